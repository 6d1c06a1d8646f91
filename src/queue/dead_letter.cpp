#include "queue/dead_letter.h"

#include <limits>

#include "base/proto_wire.h"

namespace thingstead::queue {

void encode(const DeadLetter& letter, std::string& out) {
    proto::Writer writer(out);
    if (!letter.topic.empty()) writer.bytes_field(1, letter.topic);
    if (letter.partition != 0) writer.varint_field(2, static_cast<std::uint32_t>(letter.partition));
    if (letter.offset != 0) writer.varint_field(3, static_cast<std::uint64_t>(letter.offset));
    if (letter.appended_ms != 0) writer.varint_field(4, proto::zigzag(letter.appended_ms));
    if (!letter.reason.empty()) writer.bytes_field(5, letter.reason);
    if (!letter.key.empty()) writer.bytes_field(6, letter.key);
    if (!letter.value.empty()) writer.bytes_field(7, letter.value);
}

Result<DeadLetter> decode_dead_letter(ByteSpan bytes) {
    const Error malformed{ErrorCode::malformed, "not a dead letter"};
    DeadLetter letter;
    proto::Reader reader(as_text(bytes));
    while (const std::optional<proto::Field> field = reader.next()) {
        const bool text = field->number == 1 || (field->number >= 5 && field->number <= 7);
        const bool number = field->number >= 2 && field->number <= 4;
        if ((text && field->type != proto::WireType::bytes) ||
            (number && field->type != proto::WireType::varint))
            return malformed;
        switch (field->number) {
            case 1: letter.topic = field->bytes; break;
            case 2:
                if (field->integer > std::numeric_limits<PartitionIndex>::max()) return malformed;
                letter.partition = static_cast<PartitionIndex>(field->integer);
                break;
            case 3:
                if (field->integer > std::numeric_limits<Offset>::max()) return malformed;
                letter.offset = static_cast<Offset>(field->integer);
                break;
            case 4:  letter.appended_ms = proto::unzigzag(field->integer); break;
            case 5:  letter.reason = field->bytes; break;
            case 6:  letter.key = field->bytes; break;
            case 7:  letter.value = field->bytes; break;
            default: break;  // of a newer version
        }
    }
    if (reader.failed()) return malformed;
    return letter;
}

Result<std::unique_ptr<DeadLetters>> DeadLetters::open(Queue& queue, const std::string& topic,
                                                       std::chrono::milliseconds retention,
                                                       ProducerEvents events, Log log,
                                                       MetricsRegistry& registry) {
    TopicSettings settings;
    settings.name = topic + std::string(suffix);
    settings.partitions = 1;
    settings.numbered = false;
    settings.retention = retention;
    if (auto r = queue.open_topic(settings); !r) return r.error();
    auto producer = queue.open_producer(settings.name, std::move(events));
    if (!producer) return producer.error();
    return std::make_unique<DeadLetters>(topic, *std::move(producer), std::move(log), registry);
}

DeadLetters::DeadLetters(std::string topic, std::unique_ptr<Producer> producer, Log log,
                         MetricsRegistry& registry)
    : topic_(std::move(topic)),
      producer_(std::move(producer)),
      log_(std::move(log)),
      letters_(registry, "thingstead_queue_dead_letters_total",
               "Records put aside because their consumer cannot use them.",
               MetricLabels{
                   {"topic", topic_}
}) {}

std::optional<Producer::Ticket> DeadLetters::put(PartitionIndex partition, const Record& record,
                                                 std::string_view reason) {
    buffer_.clear();
    encode({topic_, partition, record.offset, record.appended_ms, std::string(reason),
            std::string(as_text(record.key)), std::string(as_text(record.value))},
           buffer_);
    const auto ticket = producer_->append(0, {}, as_bytes(buffer_));
    if (!ticket) return std::nullopt;
    letters_.add();
    const std::int64_t swallowed = lines_.take();
    if (swallowed >= 0)
        log_.error("queue.dead_letter", {
                                            {"topic",     topic_       },
                                            {"partition", partition    },
                                            {"offset",    record.offset},
                                            {"reason",    reason       },
                                            {"swallowed", swallowed    }
        });
    return ticket;
}

}  // namespace thingstead::queue
