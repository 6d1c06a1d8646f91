// Which partitions of the queue this process runs, for those inside and outside who must know.
#pragma once
#include <atomic>
#include <functional>
#include <vector>

#include "base/metrics.h"
#include "queue/queue.h"

namespace thingstead::rule {

class Ownership {
  public:
    /// One call at a time.
    using Listener = std::function<void(queue::PartitionIndex, bool owned)>;

    Ownership(queue::PartitionIndex partitions, MetricsRegistry& registry);

    /// Before the first set().
    void listen(Listener listener) { listeners_.push_back(std::move(listener)); }
    /// Tells the listeners. One call at a time.
    void set(queue::PartitionIndex partition, bool owned);
    /// Thread-safe.
    bool owns(queue::PartitionIndex partition) const;

  private:
    std::vector<std::atomic<bool>> owned_;
    std::vector<Gauge> gauges_;
    std::vector<Listener> listeners_;
};

}  // namespace thingstead::rule
