// The producer's handle of the embedded queue.
#pragma once
#include <memory>

#include "queue/headers.h"
#include "queue/log/core.h"
#include "queue/log/topic.h"

namespace thingstead::queue::log {

class LogProducer final : public HeaderProducer {
  public:
    LogProducer(std::shared_ptr<Core> core, std::shared_ptr<Topic> topic, ProducerEvents events);
    ~LogProducer() override;

    std::optional<Ticket> append(PartitionIndex partition, ByteSpan key, ByteSpan value) override {
        return put(partition, key, value, false);
    }
    std::optional<Ticket> append_with(PartitionIndex partition, ByteSpan key, ByteSpan value,
                                      std::span<const Header> headers) override;
    PartitionIndex partitions() const override;

  private:
    std::optional<Ticket> put(PartitionIndex partition, ByteSpan key, ByteSpan value, bool headed);
    std::optional<Ticket> refuse_record(Error error);

    const std::shared_ptr<Core> core_;
    const std::shared_ptr<Topic> topic_;
    const std::shared_ptr<ProducerState> state_;
    Ticket ticket_ = 0;  ///< The last one given out.
};

}  // namespace thingstead::queue::log
