// Reading a topic: a thread per partition hands on record by record, with headers.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "queue/headers.h"

namespace thingstead::script::remote {

struct Received {
    ByteSpan value;
    std::vector<queue::Header> headers;
};
/// On the reader's thread; may block, which holds up its partition alone.
using OnRecord = std::function<void(const Received&)>;

/// One partition, until it ends or the partition is taken away. What was handed on is committed.
class PartitionReader {
  public:
    PartitionReader(std::unique_ptr<queue::Consumer> consumer, OnRecord on_record, Log log);
    /// Ends after the record in hand and waits for it.
    ~PartitionReader();
    PartitionReader(const PartitionReader&) = delete;
    PartitionReader& operator=(const PartitionReader&) = delete;

  private:
    void run();

    const std::unique_ptr<queue::Consumer> consumer_;
    const OnRecord on_record_;
    const Log log_;
    LogThrottle lines_{std::chrono::seconds(10)};
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

/// A topic of one partition from its end: what was for an earlier life is dropped.
/// Errors: those of Queue::open_topic() and open_consumer().
Result<std::unique_ptr<PartitionReader>> read_from_end(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group, OnRecord on_record,
                                                       Log log);

/// The partitions that this process holds as a member of a group.
class GroupReader {
  public:
    /// Errors: those of Queue::open_topic() and join().
    static Result<std::unique_ptr<GroupReader>> open(queue::Queue& queue,
                                                     const queue::TopicSettings& topic,
                                                     const std::string& group, OnRecord on_record,
                                                     Log log);
    /// Leaves the group.
    ~GroupReader();

  private:
    GroupReader(OnRecord on_record, Log log)
        : on_record_(std::move(on_record)), log_(std::move(log)) {}

    const OnRecord on_record_;
    const Log log_;
    std::mutex mutex_;
    std::map<queue::PartitionIndex, std::unique_ptr<PartitionReader>> readers_;
    std::unique_ptr<queue::GroupMember> member_;
};

}  // namespace thingstead::script::remote
