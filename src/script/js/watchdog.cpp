#include "script/js/watchdog.h"

#include <js/Context.h>
#include <js/Interrupt.h>

#include <algorithm>
#include <chrono>

namespace thingstead::script::js {
namespace {

constexpr std::chrono::milliseconds look_every{5};
/// After so many looks at which nothing ran, the thread sleeps until a call begins.
constexpr int idle_looks_max = 200;

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Watchdog::add(WatchedCalls& calls) {
    const std::lock_guard lock(mutex_);
    watched_.push_back(&calls);
}

void Watchdog::remove(WatchedCalls& calls) {
    const std::lock_guard lock(mutex_);
    std::erase(watched_, &calls);
}

void Watchdog::wake() {
    const std::lock_guard lock(mutex_);
    asleep_.store(false, std::memory_order_seq_cst);
    changed_.notify_one();
}

bool Watchdog::look() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    bool ran = false;
    for (WatchedCalls* each : watched_) {
        const std::uint64_t turns = each->turns_.load(std::memory_order_seq_cst);
        const bool runs = turns % 2 == 1;
        if (runs && now >= each->due_.load(std::memory_order_relaxed))
            JS_RequestInterruptCallback(each->context_);
        ran = ran || turns != each->seen_ || runs;
        each->seen_ = turns;
    }
    return ran;
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    int idle_looks = 0;
    while (!ended_) {
        idle_looks = look() ? 0 : idle_looks + 1;
        if (idle_looks < idle_looks_max) {
            changed_.wait_for(lock, look_every, [this] { return ended_; });
            continue;
        }
        asleep_.store(true, std::memory_order_seq_cst);
        // A call that began before it could see that this thread sleeps.
        if (look()) asleep_.store(false, std::memory_order_seq_cst);
        changed_.wait(lock, [this] { return ended_ || !asleep_.load(); });
        idle_looks = 0;
    }
}

}  // namespace thingstead::script::js
