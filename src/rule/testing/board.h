// Where the fakes of a test tell that something happened, and the test waits for it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace thingstead::rule::testing {

/// Thread-safe.
class Board {
  public:
    void changed() {
        {
            const std::lock_guard lock(mutex_);
        }
        told_.notify_all();
    }
    /// Waits until `true_now()`; false if it was not in half a minute. What nobody tells the board,
    /// such as a metric, is looked at every few milliseconds.
    template <class Predicate>
    bool wait(Predicate true_now) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        std::unique_lock lock(mutex_);
        while (!true_now()) {
            if (std::chrono::steady_clock::now() > until) return false;
            told_.wait_for(lock, std::chrono::milliseconds(5));
        }
        return true;
    }

  private:
    std::mutex mutex_;
    std::condition_variable told_;
};

}  // namespace thingstead::rule::testing
