// What other processes tell this one: a thread per partition reads it and hands on record by
// record.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/log.h"
#include "queue/queue.h"

namespace thingstead::core::cluster {

/// Runs on the reader's thread; may block, which holds up its partition alone. False: not done with
/// the record; reading ends and whoever reads the partition next gets it again.
using RecordHandler = std::function<bool(queue::PartitionIndex, const queue::Record&)>;

/// Reads one partition until it is stopped or the partition is taken away. What was handed on is
/// committed; after a crash up to a batch comes again.
class PartitionReader {
  public:
    PartitionReader(std::unique_ptr<queue::Consumer> consumer, RecordHandler handler, Log log);
    /// stop().
    ~PartitionReader();

    /// Ends after the record in hand and waits for it. Idempotent.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Reads a topic of one partition, made if it is missing, from its end: what was for an earlier
/// life is dropped. What is appended after this returned is read.
/// Errors: those of Queue::open_topic() and open_consumer().
Result<std::unique_ptr<PartitionReader>> read_from_end(queue::Queue& queue,
                                                       const queue::TopicSettings& topic,
                                                       const std::string& group,
                                                       RecordHandler handler, Log log);

/// Reads the partitions that the process holds as a member of a group.
class GroupReader {
  public:
    struct Events {
        /// Before the first record of the partition.
        std::function<void(queue::PartitionIndex)> on_assigned;
        /// The handler shall not block any more.
        std::function<void(queue::PartitionIndex)> on_leaving{};
        /// After the last one.
        std::function<void(queue::PartitionIndex)> on_revoked;
    };
    /// Opens the topic and joins. Errors: those of Queue::open_topic() and join().
    static Result<std::unique_ptr<GroupReader>> open(queue::Queue& queue,
                                                     const queue::TopicSettings& topic,
                                                     const std::string& group, Events events,
                                                     RecordHandler handler, Log log);
    /// Leaves the group.
    ~GroupReader();

  private:
    GroupReader(Events events, RecordHandler handler, Log log);
    void take(std::unique_ptr<queue::Consumer> consumer);
    void give_back(queue::PartitionIndex partition);

    const Events events_;
    const RecordHandler handler_;
    const Log log_;
    std::mutex mutex_;
    std::map<queue::PartitionIndex, std::unique_ptr<PartitionReader>> readers_;
    std::unique_ptr<queue::GroupMember> member_;
};

}  // namespace thingstead::core::cluster
