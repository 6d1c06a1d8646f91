// What the connections of one cache share.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "net/connect.h"
#include "protocol/resp/value.h"
#include "store/cache/lru.h"
#include "store/cache/valkey/settings.h"

namespace thingstead::store::valkey {

using cache::SteadyTime;
using cache::Trust;

struct ServerMetrics {
    explicit ServerMetrics(MetricsRegistry& registry);

    Counter commands, timeouts, unavailable, errors;
    Counter connections_made, connections_lost;
    Counter moved, asked, invalidations, sweeps;
    Gauge connections, erases_waiting;
};

class NodeState;

/// Who hears of the connections; on their threads.
class LinkEvents {
  public:
    virtual ~LinkEvents() = default;
    /// Another client changed the key, or it ended.
    virtual void on_invalidated(std::string_view wire_key) = 0;
    virtual void on_ready(const NodeState& node) = 0;
    /// A connection was lost or not made. invalid_argument: a setting is wrong, and names it.
    virtual void on_failed(const NodeState& node, const Error& why) = 0;
};

struct Link {
    Link(Settings with, Log to, MetricsRegistry& registry, LinkEvents& who)
        : settings(std::move(with)), log(std::move(to)), metrics(registry), events(who) {}

    const Settings settings;
    const Log log;
    ServerMetrics metrics;
    LinkEvents& events;  ///< Outlives the connections' tasks.
    net::SslContext tls{};
    std::atomic<bool> stopping{false};  ///< Connections that end now are no news.
};

/// One server, for the log: a line when it comes and when it goes. Thread-safe.
class NodeState {
  public:
    NodeState(net::Address at, std::shared_ptr<Link> link)
        : address(std::move(at)), link_(std::move(link)) {}

    const net::Address address;

    void on_ready();
    /// A connection that was ready is no longer.
    void on_lost(const Error& why);
    /// A connection was not made.
    void on_refused(const Error& why);

  private:
    enum class Told { nothing, ready, lost, refused };
    void tell_lost(const Error& why);

    const std::shared_ptr<Link> link_;
    std::mutex mutex_;
    std::size_t ready_ = 0;
    Told told_ = Told::nothing;
};

}  // namespace thingstead::store::valkey
