#include "queue/log/producer.h"

namespace thingstead::queue::log {

LogProducer::LogProducer(std::shared_ptr<Core> core, std::shared_ptr<Topic> topic,
                         ProducerEvents events)
    : core_(std::move(core)),
      topic_(std::move(topic)),
      state_(std::make_shared<ProducerState>(std::move(events))) {
    core_->flusher.add(state_);
}

LogProducer::~LogProducer() { core_->flusher.remove(state_); }

PartitionIndex LogProducer::partitions() const { return topic_->count(); }

std::optional<Producer::Ticket> LogProducer::append_with(PartitionIndex partition, ByteSpan key,
                                                         ByteSpan value,
                                                         std::span<const Header> headers) {
    if (headers.empty()) return put(partition, key, value, false);
    if (!are_headers(headers))
        return refuse_record({ErrorCode::invalid_argument, "too many headers, or too long names"});
    const std::string coded = encode_headers(headers);
    const std::string stored = headed_key(as_bytes(coded), key);
    return put(partition, as_bytes(stored), value, true);
}

std::optional<Producer::Ticket> LogProducer::put(PartitionIndex partition, ByteSpan key,
                                                 ByteSpan value, bool headed) {
    if (partition < 0 || partition >= topic_->count())
        return refuse_record({ErrorCode::invalid_argument, "no such partition"});
    if (key.size() + value.size() > core_->context.settings.record_bytes_max)
        return refuse_record({ErrorCode::too_large, "record is over record_bytes_max"});

    Partition& into = *topic_->partitions[static_cast<std::size_t>(partition)];
    const std::size_t bytes = record_bytes(key.size(), value.size());
    while (!into.lag_allows(bytes) || !core_->flusher.reserve(bytes))
        if (core_->flusher.starve(*state_, into, bytes)) return std::nullopt;
    if (!into.append(key, value, state_->last, ticket_ + 1, headed)) {
        core_->flusher.release(bytes);
        return std::nullopt;  // stopped: there will be no room
    }
    core_->flusher.signal();
    return ++ticket_;
}

/// The record fails for itself, in its turn among the tickets.
std::optional<Producer::Ticket> LogProducer::refuse_record(Error error) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopped) return std::nullopt;
        state_->failed.emplace_back(++ticket_, std::move(error));
        state_->last.store(ticket_);
    }
    core_->flusher.signal();
    return ticket_;
}

}  // namespace thingstead::queue::log
