// A queue in memory: what was appended is durable at once and survives its consumers. A test may
// hand out the partitions of its group itself.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "queue/queue.h"
#include "rule/testing/board.h"

namespace thingstead::rule::testing {

/// Thread-safe. Every topic is open but has partitions of its own; one group, of the main topic.
class FakeQueue final : public queue::Queue {
  public:
    FakeQueue(Board& board, queue::PartitionIndex partitions);

    Result<> open_topic(const queue::TopicSettings& settings) override;
    Result<std::unique_ptr<queue::Producer>> open_producer(std::string_view topic,
                                                           queue::ProducerEvents events) override;
    Result<std::unique_ptr<queue::Consumer>> open_consumer(std::string_view, std::string_view,
                                                           queue::PartitionIndex) override {
        return Error{ErrorCode::unsupported, "the fake queue is read by members of its group"};
    }
    /// Of the main topic, whatever is asked for.
    Result<std::unique_ptr<queue::Consumer>> open_reader(std::string_view topic,
                                                         queue::PartitionIndex partition) override;
    Result<std::unique_ptr<queue::GroupMember>> join(std::string_view topic, std::string_view group,
                                                     queue::GroupEvents events) override;
    Result<queue::PartitionIndex> partitions(std::string_view) const override;
    Result<> remove_group(std::string_view, std::string_view) override { return {}; }
    Result<> flush_commits() override { return {}; }
    void stop() override {}

    void append(queue::PartitionIndex partition, std::string value);
    std::vector<std::string> records(queue::PartitionIndex partition = 0) const;
    queue::Offset committed(queue::PartitionIndex partition = 0) const;
    /// Where the last consumer of the partition was told to begin; -1: it was not told.
    queue::Offset sought(queue::PartitionIndex partition = 0) const;
    /// How often a consumer was woken: when its worker was asked to end.
    std::size_t wakes() const;
    /// Polls fail while set.
    void break_down(bool broken);

    /// What was put into another topic.
    std::vector<std::string> records_of(const std::string& topic) const;
    /// Opening other topics fails while set, appends to them get this error.
    void fail_others(std::optional<ErrorCode> error);
    /// Appends to other topics find no room while set.
    void fill_others(bool full);

    /// From now on members are handed nothing by themselves. Before the first join().
    void hand_out_by_hand() { by_hand_ = true; }
    /// Members in the order in which they joined: 0, 1, … Calls the member's events on this thread.
    void assign(queue::PartitionIndex partition, std::size_t member = 0);
    void revoke(queue::PartitionIndex partition, queue::Revocation how);

  private:
    friend class FakeProducer;
    friend class FakeConsumer;
    friend class FakeMember;
    struct Partition {
        std::vector<std::shared_ptr<const std::string>> records;
        queue::Offset committed = 0;
        queue::Offset sought = -1;
        std::optional<std::size_t> owner;
        int generation = 0;  ///< Counts owners: commits of an earlier one do nothing.
    };

    Partition& at(queue::PartitionIndex partition) {
        return partitions_[static_cast<std::size_t>(partition)];
    }
    const Partition& at(queue::PartitionIndex partition) const {
        return partitions_[static_cast<std::size_t>(partition)];
    }
    void end_generation(queue::PartitionIndex partition);
    void leave(std::size_t member);

    Board& board_;
    mutable std::mutex mutex_;
    std::condition_variable appended_;
    std::vector<Partition> partitions_;
    std::map<std::string, std::vector<std::string>> others_;
    std::optional<ErrorCode> others_fail_;
    bool others_full_ = false;
    std::size_t wakes_ = 0;
    bool broken_ = false;
    bool by_hand_ = false;
    std::mutex events_mutex_;  ///< One event at a time; taken before mutex_.
    std::vector<queue::GroupEvents> members_;
};

}  // namespace thingstead::rule::testing
