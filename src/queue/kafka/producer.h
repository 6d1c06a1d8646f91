// The producer's handle of the Kafka queue.
#pragma once
#include <memory>
#include <vector>

#include "queue/headers.h"
#include "queue/kafka/line.h"
#include "queue/kafka/topic.h"

namespace thingstead::queue::kafka {

class KafkaProducer final : public HeaderProducer {
  public:
    KafkaProducer(std::shared_ptr<Context> context, std::shared_ptr<Room> room,
                  std::shared_ptr<Lines> lines, std::shared_ptr<const Topic> topic,
                  ProducerEvents events);
    ~KafkaProducer() override;

    std::optional<Ticket> append(PartitionIndex partition, ByteSpan key, ByteSpan value) override {
        return put(partition, key, value, {});
    }
    std::optional<Ticket> append_with(PartitionIndex partition, ByteSpan key, ByteSpan value,
                                      std::span<const Header> headers) override;
    PartitionIndex partitions() const override { return topic_->count(); }

  private:
    std::optional<Ticket> put(PartitionIndex partition, ByteSpan key, ByteSpan value,
                              ByteSpan headers);
    bool take_room(std::size_t bytes);
    Ticket refuse_record(Error error);
    void use(std::shared_ptr<Line> line);

    const std::shared_ptr<Context> context_;
    const std::shared_ptr<Room> room_;
    const std::shared_ptr<Lines> lines_;
    const std::shared_ptr<const Topic> topic_;
    const std::shared_ptr<Tickets> tickets_;
    std::shared_ptr<Line> line_;
    std::vector<Lane*> lanes_;  ///< Of line_, by partition.
};

}  // namespace thingstead::queue::kafka
