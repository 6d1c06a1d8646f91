// Interrupts calls that are due, so that they look at the clock and end: one thread for all that
// run JavaScript. A call that is not due is left alone: the library gives up a regular expression
// that it had to interrupt a few times.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

struct JSContext;

namespace thingstead::script::js {

/// The calls of one thread.
class WatchedCalls {
  public:
    explicit WatchedCalls(JSContext* context) : context_(context) {}

  private:
    friend class Watchdog;
    JSContext* context_;
    std::atomic<std::uint64_t> turns_ = 0;  ///< Odd while a call runs.
    std::uint64_t seen_ = 0;                ///< By the watchdog.
    /// Of the steady clock; when the call is to be interrupted.
    std::atomic<std::chrono::steady_clock::rep> due_ = 0;
};

class Watchdog {
  public:
    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// From here to remove() the context of `calls` may be interrupted by the watchdog's thread.
    void add(WatchedCalls& calls);
    void remove(WatchedCalls& calls);

    /// By the thread of `calls`, in turns. `due` is long ago: whenever the watchdog looks.
    void call_begins(WatchedCalls& calls, std::chrono::steady_clock::time_point due) {
        calls.due_.store(due.time_since_epoch().count(), std::memory_order_relaxed);
        calls.turns_.fetch_add(1, std::memory_order_seq_cst);
        if (asleep_.load(std::memory_order_seq_cst)) wake();
    }
    void call_ends(WatchedCalls& calls) { calls.turns_.fetch_add(1, std::memory_order_release); }

  private:
    void run();
    /// Interrupts what is due; whether anything ran since the last look.
    bool look();
    void wake();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<WatchedCalls*> watched_;
    bool ended_ = false;
    std::atomic<bool> asleep_ = false;
    std::thread thread_;
};

}  // namespace thingstead::script::js
