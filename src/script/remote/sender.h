// The way out into topics that become known as we go: one thread appends, behind a bounded line.
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/uuid.h"
#include "queue/queue.h"

namespace thingstead::script::remote {

/// A request or a response on its way.
struct Letter {
    std::string topic;
    queue::PartitionIndex partition = 0;
    std::string key;
    std::string value;
    Uuid request{};
    std::string response_topic;  ///< As the broker knows it.
    EpochMs expires_ms = 0;
};

/// Thread-safe.
class Sender {
  public:
    /// `bytes_max` wait for the queue. `role` labels metrics. The queue outlives it.
    Sender(queue::Queue& queue, std::size_t bytes_max, std::string role, Log log,
           MetricsRegistry& metrics);
    /// stop().
    ~Sender();

    /// False: too much waits already, or it was stopped. A topic that was not opened is made, with
    /// one partition and no number.
    bool send(Letter letter);
    /// What waits is dropped. Blocks. Idempotent.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::script::remote
