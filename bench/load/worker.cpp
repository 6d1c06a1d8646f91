#include "load/worker.h"

#include <algorithm>
#include <utility>

namespace thingstead::bench {
namespace {

constexpr std::int64_t us_ns = 1000;
constexpr std::int64_t ms_ns = 1000 * us_ns;
// Open loop: messages that fall due within one tick leave together. It adds at most as much to a
// measured latency and bounds what an idle generator costs to 5,000 wake-ups a second.
constexpr std::int64_t schedule_tick_ns = 200 * us_ns;
constexpr std::int64_t quiet_tick_ns = 10 * ms_ns;
constexpr std::int64_t busy_tick_ns = 1 * ms_ns;
constexpr std::int64_t housekeeping_every_ns = 100 * ms_ns;

}  // namespace

Worker::Worker(Run& run, std::uint32_t number)
    : context_(run), number_(number), timer_(context_.io) {
    const Options& options = run.options;
    for (std::uint32_t i = number; i < options.connections; i += options.threads)
        connections_.push_back(std::make_unique<Connection>(context_, i));
}

void Worker::run() {
    arm(steady_ns());
    context_.io.run();
}

void Worker::arm(std::int64_t now) {
    timer_.expires_after(std::chrono::nanoseconds(next_wake_ns(now) - now));
    timer_.async_wait([this](boost::system::error_code failed) {
        if (!failed) on_timer();
    });
}

std::int64_t Worker::next_wake_ns(std::int64_t now) const {
    const Run& run = context_.run;
    switch (run.phase.load(std::memory_order_acquire)) {
        case Phase::connecting:
        case Phase::draining:
        case Phase::stopped:    return now + busy_tick_ns;
        case Phase::running:    break;
    }
    if (!started_) return std::max(run.start_ns.load(), now + schedule_tick_ns);
    if (!run.schedule.open_loop()) return now + quiet_tick_ns;
    const std::int64_t due_ns = run.start_ns.load() + run.schedule.due_ns(dealt_);
    return std::clamp(due_ns, now + schedule_tick_ns, now + quiet_tick_ns);
}

void Worker::on_timer() {
    const std::int64_t now = steady_ns();
    const Phase phase = context_.run.phase.load(std::memory_order_acquire);
    if (phase == Phase::stopped) {
        for (const auto& connection : connections_) connection->finish(now);
        if (!context_.acked.flush()) context_.error("the acked file could not be written");
        context_.io.stop();
        return;
    }
    if (phase == Phase::connecting) open_some(now);
    if (phase == Phase::running) send_due(now);
    if (phase == Phase::draining) {
        bool unconfirmed = false;
        for (const auto& connection : connections_) unconfirmed |= connection->confirm_rest();
        drained_.store(!unconfirmed && context_.outstanding == 0, std::memory_order_release);
    }
    if (now >= housekeeping_ns_) housekeep(now);
    arm(now);
}

void Worker::open_some(std::int64_t now) {
    const std::uint32_t burst = context_.run.options.connect_burst;
    while (opened_ < connections_.size() && context_.connecting < burst) {
        if (connections_[opened_]->waiting_to_open(now)) connections_[opened_]->open();
        ++opened_;
    }
    if (opened_ < connections_.size() || context_.connecting > 0) return;
    const bool all = std::all_of(connections_.begin(), connections_.end(),
                                 [](const auto& connection) { return connection->settled(); });
    const auto up = std::count_if(connections_.begin(), connections_.end(),
                                  [](const auto& connection) { return connection->up(); });
    up_.store(static_cast<std::size_t>(up), std::memory_order_relaxed);
    settled_.store(all, std::memory_order_release);
}

void Worker::housekeep(std::int64_t now) {
    housekeeping_ns_ = now + housekeeping_every_ns;
    for (std::size_t i = 0; i < opened_; ++i) {
        Connection& connection = *connections_[i];
        connection.tick(now);
        if (context_.connecting < context_.run.options.connect_burst &&
            connection.waiting_to_open(now))
            connection.open();
    }
    if (!context_.acked.flush()) context_.error("the acked file could not be written");
}

void Worker::send_due(std::int64_t now) {
    const Run& run = context_.run;
    if (now < run.start_ns.load()) return;
    const bool first = !std::exchange(started_, true);
    if (!run.schedule.open_loop()) {
        if (!first) return;
        for (const auto& connection : connections_) connection->pump(now);
        return;
    }
    const std::uint64_t due = run.schedule.due_count(run.elapsed_ns(now));
    const std::uint32_t connections = run.options.connections, threads = run.options.threads;
    if (due - dealt_ >= connections) {
        for (const auto& connection : connections_) connection->pump(now);
    } else {
        for (std::uint64_t k = dealt_; k < due; ++k) {
            const auto index = static_cast<std::uint32_t>(k % connections);
            if (index % threads == number_) connections_[index / threads]->pump(now);
        }
    }
    dealt_ = std::max(dealt_, due);
}

}  // namespace thingstead::bench
