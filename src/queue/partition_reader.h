// Reading a topic by threads: one for each partition hands on record by record and commits what was
// handed on.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "queue/headers.h"
#include "queue/queue.h"

namespace thingstead::queue {

struct ReaderSettings {
    std::string_view thread_name;   ///< The system keeps the first 15 bytes.
    std::string_view not_readable;  ///< Event of the line that tells of a poll that failed.
    std::size_t records_max = 500;  ///< Of one poll.
    std::size_t bytes_max = 1u << 20;
    std::chrono::milliseconds wait{500};
    std::chrono::milliseconds pause_after_error{500};
};

/// A record as it is handed on; it and its views are valid until the handler returns.
class Received {
  public:
    Received(const Batch& batch, std::size_t index) : batch_(batch), index_(index) {}

    PartitionIndex partition() const { return batch_.partition(); }
    const Record& record() const { return batch_.records()[index_]; }
    std::vector<Header> headers() const { return headers_of(batch_, index_); }

  private:
    const Batch& batch_;
    const std::size_t index_;
};

/// Runs on the reader's thread; may block, which holds up its partition alone. False: not done with
/// the record; reading ends and whoever reads the partition next gets it again.
using RecordHandler = std::function<bool(const Received&)>;

/// Reads one partition until it is stopped or the partition is taken away. What was handed on is
/// committed; after a crash up to a batch comes again. Other errors of a poll are logged, every ten
/// seconds at most, and it goes on.
class PartitionReader {
  public:
    PartitionReader(std::unique_ptr<Consumer> consumer, const ReaderSettings& settings,
                    RecordHandler handler, Log log);
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
Result<std::unique_ptr<PartitionReader>> read_from_end(Queue& queue, const TopicSettings& topic,
                                                       const std::string& group,
                                                       const ReaderSettings& settings,
                                                       RecordHandler handler, Log log);

/// Reads the partitions that the process holds as a member of a group.
class GroupReader {
  public:
    struct Events {
        /// Before the first record of the partition.
        std::function<void(PartitionIndex)> on_assigned{};
        /// The handler shall not block any more.
        std::function<void(PartitionIndex)> on_leaving{};
        /// After the last one.
        std::function<void(PartitionIndex)> on_revoked{};
    };
    /// Opens the topic and joins. Errors: those of Queue::open_topic() and join().
    static Result<std::unique_ptr<GroupReader>> open(Queue& queue, const TopicSettings& topic,
                                                     const std::string& group,
                                                     const ReaderSettings& settings, Events events,
                                                     RecordHandler handler, Log log);
    /// Leaves the group.
    ~GroupReader();

  private:
    GroupReader(const ReaderSettings& settings, Events events, RecordHandler handler, Log log);
    void take(std::unique_ptr<Consumer> consumer);
    void give_back(PartitionIndex partition);

    const ReaderSettings settings_;
    const Events events_;
    const RecordHandler handler_;
    const Log log_;
    std::mutex mutex_;
    std::map<PartitionIndex, std::unique_ptr<PartitionReader>> readers_;
    std::unique_ptr<GroupMember> member_;
};

}  // namespace thingstead::queue
