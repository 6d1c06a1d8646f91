// What the connections of one I/O thread share: buffers, the parser, the way into the rule engine,
// and the sweep over their deadlines (one timer a thread, not one a connection).
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
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
    Counter connects_accepted;
    Counter connects_refused;
    Counter publishes;
    Counter publishes_refused;
    Counter paused;
    Counter bytes_received;
};

/// The connections of all workers, for the one who waits until they are gone.
class OpenConnections {
  public:
    explicit OpenConnections(Gauge gauge) : gauge_(std::move(gauge)) {}
    void add();
    void remove();
    /// How many are left when none is, or the deadline has passed. Blocks.
    std::size_t wait_none(std::chrono::milliseconds deadline);

  private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
    Gauge gauge_;
};

class Worker {
  public:
    Worker(boost::asio::io_context& context, Services& services, const Settings& settings,
           const ::thingstead::mqtt::SessionSettings& session_settings, net::TaskGroup& tasks,
           Metrics& metrics, OpenConnections& open);

    Services& services;
    const Settings& settings;
    const ::thingstead::mqtt::SessionSettings& session_settings;
    net::TaskGroup& tasks;
    Metrics& metrics;
    core::RuleIngress& ingress;
    model::PayloadParser parser;
    std::vector<std::byte> read_buffer;  ///< For the connection that is reading now.

    void add(const std::shared_ptr<Connection>& connection);
    /// The last thing that is said of a connection.
    void remove(const std::shared_ptr<Connection>& connection);
    /// Looks over all connections twice a second: deadlines, activity to report. Runs until
    /// cancelled.
    Task<> sweep();
    void close_all();

  private:
    OpenConnections& open_;
    std::unordered_set<std::shared_ptr<Connection>> connections_;
};

}  // namespace thingstead::transport::mqtt
