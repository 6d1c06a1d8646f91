#include "queue/log/consumer.h"

#include <algorithm>

#include "queue/headers.h"

namespace thingstead::queue::log {
namespace {

class LogBatch final : public HeaderBatch {
  public:
    explicit LogBatch(PartitionIndex partition) : partition_(partition) {}
    PartitionIndex partition() const override { return partition_; }
    const std::vector<Record>& records() const override { return records_; }

    std::vector<Header> headers(std::size_t index) const override {
        if (index >= headers_.size()) return {};
        return decode_headers(headers_[index]).value_or(std::vector<Header>());
    }

    void add(const Record& record, ByteSpan headers) {
        // Up to the last record that has some.
        if (!headers.empty()) {
            headers_.resize(records_.size());
            headers_.push_back(headers);
        }
        records_.push_back(record);
    }
    /// Frames that follow each other often lie in one chunk.
    void keep(const std::shared_ptr<const void>& bytes) {
        if (holds_.empty() || holds_.back() != bytes) holds_.push_back(bytes);
    }

  private:
    PartitionIndex partition_;
    std::vector<Record> records_;
    std::vector<ByteSpan> headers_;
    std::vector<std::shared_ptr<const void>> holds_;
};

}  // namespace

LogConsumer::LogConsumer(std::shared_ptr<Core> core, std::shared_ptr<Topic> topic,
                         std::shared_ptr<Lease> lease, PartitionIndex partition, Offset start)
    : core_(std::move(core)),
      topic_(std::move(topic)),
      lease_(std::move(lease)),
      index_(partition),
      partition_(*topic_->partitions[static_cast<std::size_t>(partition)]),
      reader_(partition_, core_->context.settings.read_block_bytes),
      position_(start) {}

LogConsumer::~LogConsumer() {
    if (lease_) lease_->end();
}

Result<std::unique_ptr<Batch>> LogConsumer::poll(std::size_t records_max, std::size_t bytes_max,
                                                 std::chrono::milliseconds wait) {
    const auto until = std::chrono::steady_clock::now() + wait;
    if (auto r = place(); !r) return r.error();
    while (true) {
        if (core_->context.stopping.load())
            return Error{ErrorCode::unavailable, "the queue is stopping"};
        if (lease_ && lease_->ended())
            return Error{ErrorCode::conflict, "the partition was taken away"};
        if (partition_.take_woken(woken_)) return std::unique_ptr<Batch>();
        if (auto batch = read(std::max<std::size_t>(records_max, 1), bytes_max); !batch || *batch)
            return batch;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return std::unique_ptr<Batch>();
        partition_.wait_for_records(position_, woken_, left);
    }
}

/// Turns a seek into a position within what is kept.
Result<> LogConsumer::place() {
    if (seek_time_) {
        const Result<Offset> found = reader_.offset_of_time(*seek_time_);
        if (!found) return found.error();
        seek(*found);
    }
    if (cursor_.empty() || cursor_.next != position_)
        position_ = std::clamp(position_, partition_.begin(), partition_.end());
    return {};
}

Result<std::unique_ptr<Batch>> LogConsumer::read(std::size_t records_max, std::size_t bytes_max) {
    std::unique_ptr<LogBatch> batch;
    std::size_t bytes = 0;
    while (true) {
        if (cursor_.empty() || cursor_.next != position_) {
            cursor_ = {};
            Result<std::optional<FrameCursor>> frame = reader_.frame(position_);
            // What was read already is delivered first; the next poll meets the error again.
            if (!frame && !batch) return frame.error();
            if (!frame || !*frame) break;
            cursor_ = **std::move(frame);
        }
        if (!batch) batch = std::make_unique<LogBatch>(index_);
        batch->keep(cursor_.hold);
        while (!cursor_.empty()) {
            const std::size_t count = batch->records().size();
            if (count >= records_max || (count > 0 && bytes >= bytes_max)) return batch;
            ByteSpan headers;
            const Result<Record> record = cursor_.take(&headers);
            if (!record) {
                if (count == 0) return record.error();
                return batch;
            }
            batch->add(*record, headers);
            bytes += record->key.size() + record->value.size();
            ++position_;
        }
    }
    return batch;
}

void LogConsumer::wake() { partition_.wake(woken_); }

void LogConsumer::seek(Offset offset) {
    seek_time_.reset();
    position_ = offset;
}

void LogConsumer::seek_time(EpochMs time_ms) { seek_time_ = time_ms; }

void LogConsumer::commit(Offset next) {
    if (!lease_) return;
    lease_->commit(next);
    core_->flusher.signal_room();
}

Offset LogConsumer::committed() const { return lease_ ? lease_->committed() : 0; }

Offset LogConsumer::end() const { return partition_.end(); }

}  // namespace thingstead::queue::log
