#include "store/cache/valkey/minder.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/timer.h"
#include "protocol/resp/encode.h"
#include "store/cache/valkey/wire.h"

namespace thingstead::store::valkey {
namespace asio = boost::asio;
namespace {

/// Keys that are erased in one go.
constexpr std::size_t retry_keys_max = 1'000;
/// Between two rounds, however often it is kicked.
constexpr std::chrono::milliseconds round_min{20};
/// Before what failed is tried again without a kick.
constexpr std::chrono::milliseconds retry_pause{500};

std::string slots_command() {
    std::string out;
    resp::append_command_of(out, "CLUSTER", "SLOTS");
    return out;
}

}  // namespace

Minder::Minder(asio::io_context& context, Parts parts)
    : context_(context), parts_(std::move(parts)), timer_(context) {}

void Minder::kick() {
    asio::post(context_, [self = shared_from_this()] {
        self->kicked_ = true;
        self->timer_.cancel();
    });
}

Task<> Minder::run() {
    const auto self = shared_from_this();
    while (true) {
        kicked_ = false;
        if (parts_.nodes.clustered()) co_await find_slots();
        co_await retry_erasures();
        co_await retry_sweeps();
        co_await net::sleep_for(round_min);
        co_await rest();
    }
}

/// Until it is kicked or it is time.
Task<> Minder::rest() {
    if (kicked_) co_return;
    bool pending = parts_.erasures.has_untold() || parts_.nodes.slots_missing() > 0;
    for (const auto& [region, name] : enum_names(CacheRegion{}))
        pending = pending || parts_.erasures.sweep_wanted(region);
    timer_.expires_after(pending ? std::min(retry_pause, parts_.link->settings.topology_period)
                                 : parts_.link->settings.topology_period);
    // A kick ends it early: that is no error.
    static_cast<void>(co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable)));
}

/// From the first node that tells, another one each time.
Task<> Minder::find_slots() {
    const std::vector<NodePtr> nodes = parts_.nodes.all();
    ++turn_;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const NodePtr node = nodes[(turn_ + i) % nodes.size()];
        const auto ready = std::find_if(node->connections.begin(), node->connections.end(),
                                        [](const auto& each) { return each->ready(); });
        if (ready == node->connections.end()) continue;
        const std::shared_ptr<Connection> connection = *ready;
        std::string command = slots_command();
        const Answer answer = co_await connection->call(std::move(command));
        if (!answer.answered) continue;
        const auto ranges = read_slots(answer.value, node->address);
        if (!ranges || ranges->empty()) continue;
        parts_.nodes.set_slots(*ranges);
        tell_slots();
        parts_.on_slots_known();
        co_return;
    }
    // None that is known: the settings say where the cluster was.
    parts_.nodes.add_seeds();
}

void Minder::tell_slots() {
    const std::size_t missing = parts_.nodes.slots_missing();
    if (missing == slots_missing_told_) return;
    slots_missing_told_ = missing;
    if (missing > 0)
        parts_.link->log.warn("cache.cluster.slots_missing", {
                                                                 {"slots", missing}
        });
    else
        parts_.link->log.info("cache.cluster.whole");
}

Task<> Minder::retry_erasures() {
    while (true) {
        const std::vector<Erasures::Key> some = parts_.erasures.retry(retry_keys_max);
        if (some.empty()) co_return;
        std::vector<std::string> keys;
        for (const Erasures::Key& each : some) keys.push_back(each.key);
        const std::vector<bool> done = co_await parts_.client.unlink(std::move(keys));
        bool all = true;
        for (std::size_t i = 0; i < some.size(); ++i) {
            parts_.erasures.end(some[i].region, some[i].key, done[i]);
            all = all && done[i];
        }
        if (!all) co_return;  // a server is away: later
    }
}

Task<> Minder::retry_sweeps() {
    for (const auto& [region, name] : enum_names(CacheRegion{}))
        if (parts_.erasures.sweep_wanted(region)) co_await sweep(region);
}

Task<bool> Minder::sweep(CacheRegion region) {
    const std::uint64_t ticket = parts_.erasures.begin_sweep(region);
    std::string pattern = region_pattern(parts_.link->settings.prefix, region);
    const bool done = co_await parts_.client.unlink_matching(std::move(pattern));
    if (done) parts_.erasures.end_sweep(region, ticket);
    co_return done;
}

}  // namespace thingstead::store::valkey
