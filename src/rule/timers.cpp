#include "rule/timers.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace thingstead::rule {

using std::chrono::milliseconds;

Timers::Timers(const Clock& clock, Log log) : clock_(clock), log_(std::move(log)) {}

Timer Timers::after(milliseconds delay, std::function<void()> fire) {
    auto timer = std::make_shared<std::function<void()>>(std::move(fire));
    waiting_.emplace(clock_.steady_now() + delay, timer);
    return timer;
}

void Timers::run_due() {
    const Time now = clock_.steady_now();
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        // Held while it runs: it may let go of its own timer.
        const Timer due = waiting_.begin()->second.lock();
        waiting_.erase(waiting_.begin());
        if (!due) continue;
        try {
            (*due)();
        } catch (const std::exception& why) {
            log_.error("rule.timer.failed", {
                                                {"reason", why.what()}
            });
        }
    }
}

std::optional<milliseconds> Timers::until_next() const {
    if (waiting_.empty()) return std::nullopt;
    const auto left =
        std::chrono::ceil<milliseconds>(waiting_.begin()->first - clock_.steady_now());
    return std::max(left, milliseconds(0));
}

}  // namespace thingstead::rule
