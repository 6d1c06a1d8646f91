#include "rule/testing/fake_queue.h"

#include <algorithm>
#include <utility>

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
    FakeProducer(FakeQueue& queue, queue::ProducerEvents events)
        : queue_(queue), events_(std::move(events)) {}

    std::optional<Ticket> append(queue::PartitionIndex partition, ByteSpan,
                                 ByteSpan value) override {
        queue_.append(partition, std::string(as_text(value)));
        const Ticket ticket = ++last_;
        events_.on_durable(ticket, std::nullopt);
        return ticket;
    }
    queue::PartitionIndex partitions() const override {
        return static_cast<queue::PartitionIndex>(queue_.partitions_.size());
    }

  private:
    FakeQueue& queue_;
    queue::ProducerEvents events_;
    Ticket last_ = 0;
};

class FakeConsumer final : public queue::Consumer {
  public:
    FakeConsumer(FakeQueue& queue, queue::PartitionIndex partition)
        : queue_(queue), partition_(partition), next_(queue.committed(partition)) {}

    queue::PartitionIndex partition() const override { return partition_; }

    Result<std::unique_ptr<queue::Batch>> poll(std::size_t records_max, std::size_t,
                                               std::chrono::milliseconds wait) override {
        std::unique_lock lock(queue_.mutex_);
        const auto& records = queue_.partitions_[static_cast<std::size_t>(partition_)].records;
        const auto ready = [&] {
            return woken_ || queue_.broken_ || static_cast<std::size_t>(next_) < records.size();
        };
        queue_.appended_.wait_for(lock, wait, ready);
        if (queue_.broken_) return Error{ErrorCode::unavailable, "the queue is broken"};
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
        queue_.appended_.notify_all();
    }
    void seek(queue::Offset offset) override {
        const std::lock_guard lock(queue_.mutex_);
        next_ = std::clamp<queue::Offset>(offset, 0, end_locked());
        queue_.partitions_[static_cast<std::size_t>(partition_)].sought = offset;
    }
    void seek_time(EpochMs) override { seek(0); }
    void commit(queue::Offset next) override {
        {
            const std::lock_guard lock(queue_.mutex_);
            queue_.partitions_[static_cast<std::size_t>(partition_)].committed = next;
        }
        queue_.board_.changed();
    }
    queue::Offset committed() const override { return queue_.committed(partition_); }
    queue::Offset end() const override {
        const std::lock_guard lock(queue_.mutex_);
        return end_locked();
    }

  private:
    queue::Offset end_locked() const {
        return static_cast<queue::Offset>(
            queue_.partitions_[static_cast<std::size_t>(partition_)].records.size());
    }

    FakeQueue& queue_;
    queue::PartitionIndex partition_;
    queue::Offset next_;
    bool woken_ = false;
};

FakeQueue::FakeQueue(Board& board, queue::PartitionIndex partitions)
    : board_(board), partitions_(static_cast<std::size_t>(partitions)) {}

Result<std::unique_ptr<queue::Producer>> FakeQueue::open_producer(std::string_view,
                                                                  queue::ProducerEvents events) {
    return std::unique_ptr<queue::Producer>(
        std::make_unique<FakeProducer>(*this, std::move(events)));
}

Result<std::unique_ptr<queue::Consumer>> FakeQueue::open_consumer(std::string_view,
                                                                  std::string_view,
                                                                  queue::PartitionIndex partition) {
    return std::unique_ptr<queue::Consumer>(std::make_unique<FakeConsumer>(*this, partition));
}

Result<queue::PartitionIndex> FakeQueue::partitions(std::string_view) const {
    return static_cast<queue::PartitionIndex>(partitions_.size());
}

void FakeQueue::append(queue::PartitionIndex partition, std::string value) {
    {
        const std::lock_guard lock(mutex_);
        partitions_[static_cast<std::size_t>(partition)].records.push_back(
            std::make_shared<const std::string>(std::move(value)));
        appended_.notify_all();
    }
    board_.changed();
}

std::vector<std::string> FakeQueue::records(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> copies;
    for (const auto& each : partitions_[static_cast<std::size_t>(partition)].records)
        copies.push_back(*each);
    return copies;
}

queue::Offset FakeQueue::committed(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    return partitions_[static_cast<std::size_t>(partition)].committed;
}

queue::Offset FakeQueue::sought(queue::PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    return partitions_[static_cast<std::size_t>(partition)].sought;
}

void FakeQueue::break_down(bool broken) {
    const std::lock_guard lock(mutex_);
    broken_ = broken;
    appended_.notify_all();
}

}  // namespace thingstead::rule::testing
