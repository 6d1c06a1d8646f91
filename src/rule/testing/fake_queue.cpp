#include "rule/testing/fake_queue.h"

#include <algorithm>
#include <utility>

#include "core/rule_ingress.h"

namespace thingstead::rule::testing {

class FakeBatch final : public queue::Batch {
  public:
    explicit FakeBatch(queue::PartitionIndex partition) : partition_(partition) {}
    queue::PartitionIndex partition() const override { return partition_; }
    const std::vector<queue::Record>& records() const override { return records_; }

    void add(queue::Offset offset, std::shared_ptr<const std::string> value) {
        records_.push_back({offset, 0, {}, as_bytes(*value)});
        values_.push_back(std::move(value));
    }

  private:
    queue::PartitionIndex partition_;
    std::vector<queue::Record> records_;
    std::vector<std::shared_ptr<const std::string>> values_;
};

class FakeProducer final : public queue::Producer {
  public:
    FakeProducer(FakeQueue& queue, std::string topic, queue::ProducerEvents events)
        : queue_(queue), topic_(std::move(topic)), events_(std::move(events)) {}

    std::optional<Ticket> append(queue::PartitionIndex partition, ByteSpan,
                                 ByteSpan value) override {
        std::optional<Error> error;
        if (topic_ == core::main_topic) {
            queue_.append(partition, std::string(as_text(value)));
        } else {
            const std::lock_guard lock(queue_.mutex_);
            if (queue_.others_full_) return std::nullopt;
            if (queue_.others_fail_)
                error = Error{*queue_.others_fail_, "the fake queue fails"};
            else
                queue_.others_[topic_].emplace_back(as_text(value));
        }
        const Ticket ticket = ++last_;
        events_.on_durable(ticket, std::move(error));
        return ticket;
    }
    queue::PartitionIndex partitions() const override {
        return static_cast<queue::PartitionIndex>(queue_.partitions_.size());
    }

  private:
    FakeQueue& queue_;
    const std::string topic_;
    queue::ProducerEvents events_;
    Ticket last_ = 0;
};

class FakeConsumer : public queue::Consumer {
  public:
    /// Under the queue's lock.
    FakeConsumer(FakeQueue& queue, queue::PartitionIndex partition)
        : queue_(queue),
          partition_(partition),
          generation_(queue.at(partition).generation),
          next_(queue.at(partition).committed) {}

    queue::PartitionIndex partition() const override { return partition_; }

    Result<std::unique_ptr<queue::Batch>> poll(std::size_t records_max, std::size_t,
                                               std::chrono::milliseconds wait) override {
        std::unique_lock lock(queue_.mutex_);
        const auto& records = queue_.at(partition_).records;
        const auto ready = [&] {
            return woken_ || queue_.broken_ || ended() ||
                   static_cast<std::size_t>(next_) < records.size();
        };
        queue_.appended_.wait_for(lock, wait, ready);
        if (queue_.broken_) return Error{ErrorCode::unavailable, "the queue is broken"};
        if (ended()) return Error{ErrorCode::conflict, "the partition was taken away"};
        if (std::exchange(woken_, false) || static_cast<std::size_t>(next_) >= records.size())
            return std::unique_ptr<queue::Batch>();
        auto batch = std::make_unique<FakeBatch>(partition_);
        for (std::size_t i = 0; i < records_max && static_cast<std::size_t>(next_) < records.size();
             ++i, ++next_)
            batch->add(next_, records[static_cast<std::size_t>(next_)]);
        return std::unique_ptr<queue::Batch>(std::move(batch));
    }

    void wake() override {
        const std::lock_guard lock(queue_.mutex_);
        woken_ = true;
        ++queue_.wakes_;
        queue_.appended_.notify_all();
    }
    void seek(queue::Offset offset) override {
        const std::lock_guard lock(queue_.mutex_);
        next_ = std::clamp<queue::Offset>(offset, 0, end_locked());
        queue_.at(partition_).sought = offset;
    }
    void seek_time(EpochMs) override { seek(0); }
    void commit(queue::Offset next) override {
        {
            const std::lock_guard lock(queue_.mutex_);
            if (!ended()) queue_.at(partition_).committed = next;
        }
        queue_.board_.changed();
    }
    queue::Offset committed() const override { return queue_.committed(partition_); }
    queue::Offset end() const override {
        const std::lock_guard lock(queue_.mutex_);
        return end_locked();
    }

  protected:
    void place(queue::Offset next) { next_ = next; }

  private:
    bool ended() const { return queue_.at(partition_).generation != generation_; }
    queue::Offset end_locked() const {
        return static_cast<queue::Offset>(queue_.at(partition_).records.size());
    }

    FakeQueue& queue_;
    const queue::PartitionIndex partition_;
    const int generation_;
    queue::Offset next_;
    bool woken_ = false;
};

/// Reads from the beginning, beside the group.
class FakeReader final : public FakeConsumer {
  public:
    /// Under the queue's lock.
    FakeReader(FakeQueue& queue, queue::PartitionIndex partition) : FakeConsumer(queue, partition) {
        place(0);
    }
    void commit(queue::Offset) override {}
    queue::Offset committed() const override { return 0; }
};

class FakeMember final : public queue::GroupMember {
  public:
    FakeMember(FakeQueue& queue, std::size_t number) : queue_(queue), number_(number) {}
    ~FakeMember() override { queue_.leave(number_); }

  private:
    FakeQueue& queue_;
    const std::size_t number_;
};

FakeQueue::FakeQueue(Board& board, queue::PartitionIndex partitions)
    : board_(board), partitions_(static_cast<std::size_t>(partitions)) {}

Result<> FakeQueue::open_topic(const queue::TopicSettings&) {
    const std::lock_guard lock(mutex_);
    if (others_fail_) return Error{*others_fail_, "the fake queue fails"};
    return {};
}

Result<std::unique_ptr<queue::Producer>> FakeQueue::open_producer(std::string_view topic,
                                                                  queue::ProducerEvents events) {
    return std::unique_ptr<queue::Producer>(
        std::make_unique<FakeProducer>(*this, std::string(topic), std::move(events)));
}

Result<std::unique_ptr<queue::Consumer>> FakeQueue::open_reader(std::string_view,
                                                                queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    return std::unique_ptr<queue::Consumer>(std::make_unique<FakeReader>(*this, partition));
}

Result<queue::PartitionIndex> FakeQueue::partitions(std::string_view) const {
    return static_cast<queue::PartitionIndex>(partitions_.size());
}

// --- the group ---

Result<std::unique_ptr<queue::GroupMember>> FakeQueue::join(std::string_view, std::string_view,
                                                            queue::GroupEvents events) {
    std::size_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        const bool taken = std::any_of(partitions_.begin(), partitions_.end(),
                                       [](const Partition& each) { return each.owner; });
        if (!by_hand_ && taken) return Error{ErrorCode::conflict, "the group has a member"};
        number = members_.size();
        members_.push_back(std::move(events));
    }
    for (std::size_t i = 0; !by_hand_ && i < partitions_.size(); ++i)
        assign(static_cast<queue::PartitionIndex>(i), number);
    return std::unique_ptr<queue::GroupMember>(std::make_unique<FakeMember>(*this, number));
}

void FakeQueue::assign(queue::PartitionIndex partition, std::size_t member) {
    const std::lock_guard events_lock(events_mutex_);
    std::unique_ptr<queue::Consumer> consumer;
    std::function<void(std::unique_ptr<queue::Consumer>)> tell;
    {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(!at(partition).owner && member < members_.size());
        at(partition).owner = member;
        at(partition).sought = -1;
        consumer = std::make_unique<FakeConsumer>(*this, partition);
        tell = members_[member].on_assigned;
    }
    tell(std::move(consumer));
    board_.changed();
}

void FakeQueue::revoke(queue::PartitionIndex partition, queue::Revocation how) {
    const std::lock_guard events_lock(events_mutex_);
    if (how == queue::Revocation::lost) end_generation(partition);
    std::function<void(queue::PartitionIndex, queue::Revocation)> tell;
    {
        const std::lock_guard lock(mutex_);
        TS_ASSERT(at(partition).owner);
        tell = members_[*at(partition).owner].on_revoked;
    }
    tell(partition, how);
    if (how == queue::Revocation::orderly) end_generation(partition);
    {
        const std::lock_guard lock(mutex_);
        at(partition).owner.reset();
    }
    board_.changed();
}

void FakeQueue::end_generation(queue::PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    ++at(partition).generation;
    appended_.notify_all();
}

void FakeQueue::leave(std::size_t member) {
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
        const auto partition = static_cast<queue::PartitionIndex>(i);
        const bool owned = [&] {
            const std::lock_guard lock(mutex_);
            return at(partition).owner == member;
        }();
        if (owned) revoke(partition, queue::Revocation::orderly);
    }
}

// --- records ---

std::vector<std::string> FakeQueue::records_of(const std::string& topic) const {
    const std::lock_guard lock(mutex_);
    const auto found = others_.find(topic);
    return found == others_.end() ? std::vector<std::string>() : found->second;
}

void FakeQueue::fail_others(std::optional<ErrorCode> error) {
    const std::lock_guard lock(mutex_);
    others_fail_ = error;
}

void FakeQueue::fill_others(bool full) {
    const std::lock_guard lock(mutex_);
    others_full_ = full;
}

void FakeQueue::append(queue::PartitionIndex partition, std::string value) {
    {
        const std::lock_guard lock(mutex_);
        at(partition).records.push_back(std::make_shared<const std::string>(std::move(value)));
        appended_.notify_all();
    }
    board_.changed();
}

std::vector<std::string> FakeQueue::records(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> copies;
    for (const auto& each : at(partition).records) copies.push_back(*each);
    return copies;
}

queue::Offset FakeQueue::committed(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    return at(partition).committed;
}

queue::Offset FakeQueue::sought(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    return at(partition).sought;
}

std::size_t FakeQueue::wakes() const {
    const std::lock_guard lock(mutex_);
    return wakes_;
}

void FakeQueue::break_down(bool broken) {
    const std::lock_guard lock(mutex_);
    broken_ = broken;
    appended_.notify_all();
}

}  // namespace thingstead::rule::testing
