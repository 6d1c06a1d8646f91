// Functions that are called later on a worker's thread: for nodes that act between messages. A
// timer costs no coroutine, and ends with whoever holds it.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"

namespace thingstead::rule {

/// Holds its function waiting; empty once that was called.
using Timer = std::shared_ptr<std::function<void()>>;

/// Belongs to one worker's thread.
class Timers {
  public:
    Timers(const Clock& clock, Log log);

    /// Calls `fire` once, not before `delay` is over and at most about a pack's time after that;
    /// never when the timer is gone. What it throws is logged.
    [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> fire);

    void run_due();
    /// Time until the next one is due, at least 0. Nullopt: none waits.
    std::optional<std::chrono::milliseconds> until_next() const;

  private:
    using Time = std::chrono::steady_clock::time_point;

    const Clock& clock_;
    Log log_;
    std::multimap<Time, std::weak_ptr<std::function<void()>>> waiting_;
};

}  // namespace thingstead::rule
