// What the connections of one I/O thread share: buffers, the parser, the way into the rule engine,
// and the sweep over their deadlines (one timer a thread, not one a connection).
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/metrics.h"
#include "model/payload.h"
#include "net/task.h"
#include "net/task_group.h"
#include "protocol/mqtt/session_settings.h"
#include "transport/mqtt/settings.h"
#include "transport/session/services.h"

namespace thingstead::transport::mqtt {

class Connection;

struct Metrics {
    explicit Metrics(MetricsRegistry& registry);
    Gauge connections;
    Counter connects_accepted;
    Counter connects_refused;
    Counter publishes;
    Counter publishes_refused;
    Counter paused;
    Counter bytes_received;
};

class Worker {
  public:
    Worker(boost::asio::io_context& context, Services& services, const Settings& settings,
           const ::thingstead::mqtt::SessionSettings& session_settings, net::TaskGroup& tasks,
           Metrics& metrics);

    Services& services;
    const Settings& settings;
    const ::thingstead::mqtt::SessionSettings& session_settings;
    net::TaskGroup& tasks;
    Metrics& metrics;
    core::RuleIngress& ingress;
    model::PayloadParser parser;
    std::vector<std::byte> read_buffer;  ///< For the connection that is reading now.

    void add(const std::shared_ptr<Connection>& connection);
    void remove(Connection* connection);
    /// Looks over all connections twice a second: deadlines, activity to report. Runs until
    /// cancelled.
    Task<> sweep();
    void close_all();

  private:
    std::unordered_set<Connection*> connections_;
};

}  // namespace thingstead::transport::mqtt
