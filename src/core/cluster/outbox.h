// What this process tells others over the queue: any thread hands it in, one thread appends it.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "base/uuid.h"
#include "queue/queue.h"

namespace thingstead::core::cluster {

struct OutboxSettings {
    std::size_t bytes_max = 16u << 20;              ///< Waiting; more is refused.
    std::chrono::milliseconds retry_interval{500};  ///< After a topic could not be opened.
    std::chrono::minutes producer_life{10};         ///< Unused producers are closed.
};

/// Thread-safe. A record is tried until the queue takes it; what the queue then loses is counted,
/// and the senders' own timeouts and repetitions make up for it.
class Outbox {
  public:
    /// `queue` and `metrics` outlive it.
    Outbox(queue::Queue& queue, OutboxSettings settings, Log log, MetricsRegistry& metrics);
    /// stop(0).
    ~Outbox();

    /// Appends to the partition of `key` (no id: the first one) of `topic`, which is opened, or
    /// made, at first use. Records of a topic and partition keep their order.
    /// False: bytes_max are waiting; nothing was taken.
    bool send(const queue::TopicSettings& topic, const Uuid& key, std::string bytes);
    /// Takes nothing any more; waits for what was taken to be durable, `deadline` at most.
    /// Idempotent.
    void stop(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::core::cluster
