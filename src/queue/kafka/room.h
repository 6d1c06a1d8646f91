// The bound on what was appended and not yet acknowledged, over all producers of a queue.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "queue/kafka/tickets.h"

namespace thingstead::queue::kafka {

/// Thread-safe.
class Room {
  public:
    Room(std::size_t bytes_max, std::size_t records_max)
        : bytes_max_(bytes_max), records_max_(records_max) {}

    /// Takes room for one record; false: there is none, or the queue stops. A record that is
    /// larger than all room fits when it is alone.
    bool take(std::size_t bytes);
    void give(std::size_t bytes, std::size_t records);
    /// Remembers who was refused; false: meanwhile there is room, try again. `by_library`: the
    /// library refused, which has its own idea of room.
    bool starve(const std::shared_ptr<Tickets>& who, bool by_library = false);
    /// Tells those who were refused, once half is free.
    void tell_starving();

    /// From now on there is no room.
    void close() { closed_ = true; }
    /// Waits until nothing is in flight; false: it took longer.
    bool wait_empty(std::chrono::milliseconds timeout);
    std::size_t bytes() const { return bytes_.load(); }

  private:
    bool half_free() const;

    const std::size_t bytes_max_;
    const std::size_t records_max_;
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::size_t> records_{0};
    std::atomic<bool> closed_{false};
    std::atomic<bool> starving_any_{false};
    std::mutex mutex_;
    std::condition_variable emptied_;
    std::vector<std::weak_ptr<Tickets>> starving_;
};

}  // namespace thingstead::queue::kafka
