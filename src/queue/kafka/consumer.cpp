#include "queue/kafka/consumer.h"

#include <algorithm>
#include <array>
#include <thread>

#include "queue/headers.h"
#include "queue/kafka/group_client.h"

namespace thingstead::queue::kafka {
namespace {

using Steady = std::chrono::steady_clock;

/// Until then each broker knows of a topic that was just made.
constexpr std::chrono::seconds spread_time{30};

class KafkaBatch final : public HeaderBatch {
  public:
    explicit KafkaBatch(std::shared_ptr<Holding> holding) : holding_(std::move(holding)) {}
    PartitionIndex partition() const override { return holding_->index; }
    const std::vector<Record>& records() const override { return records_; }

    std::vector<Header> headers(std::size_t index) const override {
        std::vector<Header> out;
        rd_kafka_headers_t* native = nullptr;
        if (rd_kafka_message_headers(messages_[index].get(), &native) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return out;
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t bytes = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(native, i, &name, &value, &bytes) ==
                                RD_KAFKA_RESP_ERR_NO_ERROR;
             ++i)
            out.push_back({name, span(value, bytes)});
        return out;
    }

    std::size_t add(Owned<rd_kafka_message_t> message) {
        const Record& record = records_.emplace_back(
            Record{message->offset, rd_kafka_message_timestamp(message.get(), nullptr),
                   span(message->key, message->key_len), span(message->payload, message->len)});
        messages_.push_back(std::move(message));
        return record.key.size() + record.value.size();
    }

  private:
    static ByteSpan span(const void* bytes, std::size_t size) {
        return bytes == nullptr ? ByteSpan() : ByteSpan(static_cast<const std::byte*>(bytes), size);
    }

    const std::shared_ptr<Holding> holding_;  ///< The messages belong to its client.
    std::vector<Record> records_;
    std::vector<Owned<rd_kafka_message_t>> messages_;
};

}  // namespace

KafkaConsumer::KafkaConsumer(std::shared_ptr<Holding> holding, Use use)
    : holding_(std::move(holding)), use_(use) {}

KafkaConsumer::~KafkaConsumer() {
    ready_.clear();
    if (use_ != Use::member) holding_->client->unassign(holding_);
}

Result<> KafkaConsumer::check_alive() const {
    if (holding_->client->context().stopping.load())
        return Error{ErrorCode::unavailable, "the queue is stopping"};
    if (holding_->ended()) return Error{ErrorCode::conflict, "the partition was taken away"};
    return {};
}

Result<std::unique_ptr<Batch>> KafkaConsumer::poll(std::size_t records_max, std::size_t bytes_max,
                                                   std::chrono::milliseconds wait) {
    const auto until = Steady::now() + wait;
    records_max = std::max<std::size_t>(records_max, 1);
    while (true) {
        if (auto r = check_alive(); !r) return r.error();
        if (holding_->take_woken()) return std::unique_ptr<Batch>();
        if (auto r = place(); !r) return r.error();
        const auto left =
            std::max(std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now()),
                     std::chrono::milliseconds(0));
        fetch(records_max, left);
        if (!ready_.empty()) return take(records_max, bytes_max);
        if (left.count() == 0 || Steady::now() >= until) return std::unique_ptr<Batch>();
    }
}

/// Takes from the library what is there, and waits for a first record if nothing is.
void KafkaConsumer::fetch(std::size_t records_max, std::chrono::milliseconds wait) {
    rd_kafka_queue_t* const queue = holding_->queue();
    std::array<rd_kafka_message_t*, 256> got;
    while (ready_.size() < records_max) {
        const std::size_t wanted = std::min(records_max - ready_.size(), got.size());
        const auto count = rd_kafka_consume_batch_queue(queue, 0, got.data(), wanted);
        for (ssize_t i = 0; i < count; ++i) ready_.emplace_back(got[static_cast<std::size_t>(i)]);
        if (count > 0) continue;
        if (!ready_.empty() || wait.count() == 0) return;
        Owned<rd_kafka_message_t> first(rd_kafka_consume_queue(queue, milliseconds(wait)));
        if (!first) return;
        ready_.push_back(std::move(first));
    }
}

Result<std::unique_ptr<Batch>> KafkaConsumer::take(std::size_t records_max, std::size_t bytes_max) {
    std::unique_ptr<KafkaBatch> batch;
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (!ready_.empty() && count < records_max) {
        if (count > 0 && bytes >= bytes_max) break;
        if (ready_.front()->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (batch) break;  // what was read already is delivered first
            const Owned<rd_kafka_message_t> failed = std::move(ready_.front());
            ready_.pop_front();
            if (passes(*failed)) continue;
            return error_of(*failed);
        }
        if (!batch) batch = std::make_unique<KafkaBatch>(holding_);
        note(*ready_.front());
        bytes += batch->add(std::move(ready_.front()));
        ready_.pop_front();
        ++count;
    }
    if (!batch) return std::unique_ptr<Batch>();
    Context& context = holding_->client->context();
    context.reached();
    context.metrics.consumed.add(count);
    return std::unique_ptr<Batch>(std::move(batch));
}

/// Offsets have no gaps; what is not there was removed before we came for it.
void KafkaConsumer::note(const rd_kafka_message_t& message) {
    const Offset expected = std::exchange(next_, message.offset + 1);
    if (expected == Holding::unknown || message.offset == expected) return;
    Context& context = holding_->client->context();
    if (message.offset > expected)
        context.metrics.missed.add(static_cast<std::uint64_t>(message.offset - expected));
    context.log.error(
        "queue.kafka.gap",
        {
            {"topic",    holding_->broker_name},
            {"expected", expected             },
            {"offset",   message.offset       }
    });
}

/// A broker was asked for a topic that it has not heard of yet. The library asks it again.
bool KafkaConsumer::passes(const rd_kafka_message_t& failed) const {
    return failed.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART &&
           Steady::now() - since_ < spread_time;
}

Error KafkaConsumer::error_of(const rd_kafka_message_t& message) const {
    const char* const text = rd_kafka_message_errstr(&message);
    Error error = to_error(message.err, text == nullptr ? "" : text);
    error.code = ErrorCode::unavailable;
    error.message += " (" + holding_->broker_name + ")";
    return error;
}

// --- positions ---

void KafkaConsumer::seek(Offset offset) {
    seek_time_.reset();
    seek_ = offset;
}

void KafkaConsumer::seek_time(EpochMs time_ms) {
    seek_.reset();
    seek_time_ = time_ms;
}

/// Turns a seek into a position within what is kept.
Result<> KafkaConsumer::place() {
    if (seek_time_) {
        const Result<Offset> found = offset_of_time(*seek_time_);
        if (!found) return found.error();
        seek(*found);
    }
    if (!seek_) return {};
    const Result<Bounds> kept = bounds();
    if (!kept) return kept.error();
    const Offset target = std::clamp(*seek_, kept->begin, kept->end);
    const PartitionList list = list_of(holding_->broker_name, target);
    const auto until = Steady::now() + holding_->client->context().settings.request_timeout;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    do {
        const Owned<rd_kafka_error_t> error(rd_kafka_seek_partitions(
            holding_->client->handle(), list.get(),
            milliseconds(holding_->client->context().settings.request_timeout)));
        code = error ? rd_kafka_error_code(error.get()) : list->elems[0].err;
        if (code != RD_KAFKA_RESP_ERR__STATE) break;
        // The partition was assigned a moment ago, and its fetching has not begun.
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } while (Steady::now() < until);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    ready_.clear();
    seek_.reset();
    next_ = target;
    return {};
}

Result<Offset> KafkaConsumer::offset_of_time(EpochMs time_ms) const {
    const PartitionList list = list_of(holding_->broker_name, std::max<EpochMs>(time_ms, 0));
    const Context& context = holding_->client->context();
    const auto code = persist(context, [&] {
        const auto asked = rd_kafka_offsets_for_times(
            holding_->client->handle(), list.get(), milliseconds(context.settings.request_timeout));
        return asked == RD_KAFKA_RESP_ERR_NO_ERROR ? list->elems[0].err : asked;
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    if (list->elems[0].offset >= 0) return list->elems[0].offset;
    const Result<Bounds> kept = bounds();
    if (!kept) return kept.error();
    return kept->end;
}

Result<KafkaConsumer::Bounds> KafkaConsumer::bounds() const {
    Bounds kept{};
    const Context& context = holding_->client->context();
    const auto code = persist(context, [&] {
        return rd_kafka_query_watermark_offsets(
            holding_->client->handle(), holding_->broker_name.c_str(), 0, &kept.begin, &kept.end,
            milliseconds(context.settings.request_timeout));
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    return kept;
}

Offset KafkaConsumer::committed() const {
    if (use_ == Use::reader) return 0;
    const Offset known = holding_->committed();
    if (known != Holding::unknown) return known;
    // A member is given its partitions before their positions were read.
    const PartitionList list = list_of(holding_->broker_name, RD_KAFKA_OFFSET_INVALID);
    const auto code =
        rd_kafka_committed(holding_->client->handle(), list.get(),
                           milliseconds(holding_->client->context().settings.request_timeout));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[0].offset >= 0)
        return list->elems[0].offset;
    const Result<Bounds> kept = bounds();
    return kept ? kept->begin : 0;
}

Offset KafkaConsumer::end() const {
    std::int64_t begin = 0;
    std::int64_t end = RD_KAFKA_OFFSET_INVALID;
    rd_kafka_get_watermark_offsets(holding_->client->handle(), holding_->broker_name.c_str(), 0,
                                   &begin, &end);
    if (end < 0) {
        const Result<Bounds> kept = bounds();
        end = kept ? kept->end : 0;
    }
    return std::max<Offset>(end, next_);
}

}  // namespace thingstead::queue::kafka
