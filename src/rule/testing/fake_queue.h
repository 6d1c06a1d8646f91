// A queue in memory: what was appended is durable at once and survives its consumers.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "queue/queue.h"
#include "rule/testing/board.h"

namespace thingstead::rule::testing {

/// Thread-safe. One topic.
class FakeQueue final : public queue::Queue {
  public:
    FakeQueue(Board& board, queue::PartitionIndex partitions);

    Result<> open_topic(const queue::TopicSettings&) override { return {}; }
    Result<std::unique_ptr<queue::Producer>> open_producer(std::string_view topic,
                                                           queue::ProducerEvents events) override;
    Result<std::unique_ptr<queue::Consumer>> open_consumer(
        std::string_view topic, std::string_view group, queue::PartitionIndex partition) override;
    Result<std::unique_ptr<queue::GroupMember>> join(std::string_view, std::string_view,
                                                     queue::GroupEvents) override {
        return Error{ErrorCode::unsupported, "the fake queue has no groups"};
    }
    Result<queue::PartitionIndex> partitions(std::string_view) const override;
    Result<> remove_group(std::string_view, std::string_view) override { return {}; }
    Result<> flush_commits() override { return {}; }
    void stop() override {}

    void append(queue::PartitionIndex partition, std::string value);
    std::vector<std::string> records(queue::PartitionIndex partition = 0) const;
    queue::Offset committed(queue::PartitionIndex partition = 0) const;
    /// Where the last consumer of the partition was told to begin.
    queue::Offset sought(queue::PartitionIndex partition = 0) const;
    /// Polls fail while set.
    void break_down(bool broken);

  private:
    friend class FakeProducer;
    friend class FakeConsumer;
    struct Partition {
        std::vector<std::shared_ptr<const std::string>> records;
        queue::Offset committed = 0;
        queue::Offset sought = -1;
    };

    Board& board_;
    mutable std::mutex mutex_;
    std::condition_variable appended_;
    std::vector<Partition> partitions_;
    bool broken_ = false;
};

}  // namespace thingstead::rule::testing
