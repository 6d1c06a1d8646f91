#include "queue/kafka/producer.h"

namespace thingstead::queue::kafka {

KafkaProducer::KafkaProducer(std::shared_ptr<Context> context, std::shared_ptr<Room> room,
                             std::shared_ptr<Lines> lines, std::shared_ptr<const Topic> topic,
                             ProducerEvents events)
    : context_(std::move(context)),
      room_(std::move(room)),
      lines_(std::move(lines)),
      topic_(std::move(topic)),
      tickets_(std::make_shared<Tickets>(std::move(events))) {
    use(lines_->current());
}

KafkaProducer::~KafkaProducer() { tickets_->close(); }

void KafkaProducer::use(std::shared_ptr<Line> line) {
    line_ = std::move(line);
    lanes_.clear();
    for (const std::string& name : topic_->names) lanes_.push_back(&line_->lane(name));
}

std::optional<Producer::Ticket> KafkaProducer::append_with(PartitionIndex partition, ByteSpan key,
                                                           ByteSpan value,
                                                           std::span<const Header> headers) {
    if (are_headers(headers)) {
        const std::string coded = encode_headers(headers);
        return put(partition, key, value, as_bytes(coded));
    }
    if (!take_room(0)) return std::nullopt;
    return refuse_record({ErrorCode::invalid_argument, "too many headers, or too long names"});
}

std::optional<Producer::Ticket> KafkaProducer::put(PartitionIndex partition, ByteSpan key,
                                                   ByteSpan value, ByteSpan headers) {
    const bool known = partition >= 0 && partition < topic_->count();
    const std::size_t record = key.size() + value.size() + headers.size();
    const bool fits = record <= context_->settings.record_bytes_max;
    const std::size_t bytes = known && fits ? record : 0;
    if (!take_room(bytes)) return std::nullopt;
    if (!known) return refuse_record({ErrorCode::invalid_argument, "no such partition"});
    if (!fits) return refuse_record({ErrorCode::too_large, "record is over record_bytes_max"});

    Tickets::Slot* slot = nullptr;
    const Ticket ticket = tickets_->take(static_cast<std::uint32_t>(bytes), slot);
    const auto at = static_cast<std::size_t>(partition);
    rd_kafka_resp_err_t code = lanes_[at]->append(key, value, headers, *slot);
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        if (auto next = lines_->after(line_)) {
            use(*std::move(next));
            code = lanes_[at]->append(key, value, headers, *slot);
        }
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return ticket;
    tickets_->take_back();
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        room_->give(bytes, 0);
        return refuse_record(to_error(code));
    }
    room_->give(bytes, 1);
    context_->metrics.refused.add();
    room_->starve(tickets_, true);
    return std::nullopt;
}

bool KafkaProducer::take_room(std::size_t bytes) {
    while (!room_->take(bytes)) {
        if (!room_->starve(tickets_)) continue;
        context_->metrics.refused.add();
        return false;
    }
    return true;
}

/// The record fails for itself, in its turn among the tickets. Room was taken for it, of 0 bytes.
Producer::Ticket KafkaProducer::refuse_record(Error error) {
    context_->metrics.failed.add();
    Tickets::Slot* slot = nullptr;
    const Ticket ticket = tickets_->take(0, slot);
    tickets_->settle(*slot, std::move(error));
    line_->report_soon(tickets_);
    room_->give(0, 1);
    return ticket;
}

}  // namespace thingstead::queue::kafka
