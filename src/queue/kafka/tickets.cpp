#include "queue/kafka/tickets.h"

namespace thingstead::queue::kafka {

Producer::Ticket Tickets::take(std::uint32_t bytes, Slot*& slot) {
    const std::lock_guard lock(mutex_);
    slot = &slots_.emplace_back(Slot{this, bytes});
    return ++last_;
}

void Tickets::take_back() {
    const std::lock_guard lock(mutex_);
    slots_.pop_back();
    --last_;
}

void Tickets::settle(Slot& slot, std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    slot.settled = true;
    slot.error = std::move(error);
}

/// Settled tickets from the oldest on that share one outcome: all durable, or one that failed.
std::optional<Tickets::Run> Tickets::next_run() {
    const std::lock_guard lock(mutex_);
    if (slots_.empty() || !slots_.front().settled) return std::nullopt;
    Run run{0, std::move(slots_.front().error)};
    slots_.pop_front();
    while (!run.error && !slots_.empty() && slots_.front().settled && !slots_.front().error)
        slots_.pop_front();
    run.up_to = last_ - slots_.size();
    return run;
}

void Tickets::report() {
    std::shared_ptr<Tickets> ends;  // released last
    const std::lock_guard events_lock(events_mutex_);
    while (std::optional<Run> run = next_run())
        if (events_.on_durable) events_.on_durable(run->up_to, std::move(run->error));
    const std::lock_guard lock(mutex_);
    if (slots_.empty()) ends = std::move(alive_);
}

void Tickets::tell_room() {
    const std::lock_guard events_lock(events_mutex_);
    if (events_.on_room) events_.on_room();
}

void Tickets::close() {
    const std::lock_guard events_lock(events_mutex_);
    events_ = {};
    const std::lock_guard lock(mutex_);
    if (!slots_.empty()) alive_ = shared_from_this();
}

}  // namespace thingstead::queue::kafka
