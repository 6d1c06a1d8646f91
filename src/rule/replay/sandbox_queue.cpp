#include "rule/replay/sandbox_queue.h"

#include <memory>
#include <optional>
#include <utility>

namespace thingstead::rule {
namespace {

class SandboxProducer final : public queue::Producer {
  public:
    SandboxProducer(SandboxQueue& queue, queue::ProducerEvents events)
        : queue_(queue), events_(std::move(events)) {}

    std::optional<Ticket> append(queue::PartitionIndex, ByteSpan, ByteSpan value) override {
        queue_.records.emplace_back(as_text(value));
        events_.on_durable(++last_, std::nullopt);
        return last_;
    }
    queue::PartitionIndex partitions() const override { return 1; }

  private:
    SandboxQueue& queue_;
    queue::ProducerEvents events_;
    Ticket last_ = 0;
};

}  // namespace

Result<std::unique_ptr<queue::Producer>> SandboxQueue::open_producer(std::string_view,
                                                                     queue::ProducerEvents events) {
    return std::unique_ptr<queue::Producer>(
        std::make_unique<SandboxProducer>(*this, std::move(events)));
}

}  // namespace thingstead::rule
