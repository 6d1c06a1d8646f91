// What a worker does with messages that its nodes hold when their time with it is over.
#include <utility>

#include "net/timer.h"
#include "rule/worker.h"

namespace thingstead::rule {
namespace {

constexpr std::chrono::seconds held_pause_after_trouble{1};

}  // namespace

/// Messages whose node is gone visit whoever has its place.
void Worker::return_held() {
    if (returning_ || !held_.any_returned()) return;
    returning_ = true;
    if (!background_.spawn(context_.get_executor(), "rule.held", put_back(held_.take_returned())))
        returning_ = false;
}

Task<> Worker::put_back(std::vector<HeldMessages::Hold> holds) {
    std::vector<model::QueuedMsg> messages;
    for (const HeldMessages::Hold& each : holds) messages.push_back(HeldMessages::queued(each));
    const Result<> pushed = co_await own_queue().push(std::move(messages));
    if (pushed) {
        for (HeldMessages::Hold& each : holds) each.finish();
    } else {
        services_.log.error("rule.held.not_put_back", pushed.error(),
                            {
                                {"partition", partition_  },
                                {"messages",  holds.size()}
        });
        co_await net::sleep_for(held_pause_after_trouble);
    }
    returning_ = false;
}

/// What nodes hold goes back into the queue: the next owner begins behind it, not before.
void Worker::hand_over_held(std::chrono::milliseconds time) {
    std::vector<model::QueuedMsg> messages = held_.all();
    if (messages.empty() || !ingress_) return;
    const Clock::time_point until = Clock::now() + time;
    const auto pushed = ask(own_queue().push(std::move(messages)));
    while (!*pushed && !lost_ && Clock::now() < until) context_.run_one_until(until);
    if (*pushed && **pushed) held_.forget_all();
}

}  // namespace thingstead::rule
