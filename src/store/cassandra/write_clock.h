// Write timestamps of history and directory: the system's microseconds, each greater than the last.
// Cassandra lets the greater one win; so of two writes of this process the later one does.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace thingstead::store::cassandra {

/// Thread-safe.
class WriteClock {
  public:
    std::int64_t next() { return next(1); }
    /// The first of `count` that follow each other.
    std::int64_t next(std::size_t count) {
        const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count();
        std::int64_t last = last_.load(std::memory_order_relaxed);
        while (true) {
            const std::int64_t next = now > last ? now : last + 1;
            const std::int64_t end = next + static_cast<std::int64_t>(count) - 1;
            if (last_.compare_exchange_weak(last, end, std::memory_order_relaxed)) return next;
        }
    }

  private:
    std::atomic<std::int64_t> last_{0};
};

}  // namespace thingstead::store::cassandra
