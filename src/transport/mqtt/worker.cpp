#include "transport/mqtt/worker.h"

#include "net/timer.h"
#include "transport/mqtt/connection.h"

namespace thingstead::transport::mqtt {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t read_buffer_bytes = 64 * 1024;
constexpr auto sweep_period = 500ms;

}  // namespace

Metrics::Metrics(MetricsRegistry& registry)
    : connects_accepted(registry, "thingstead_mqtt_connects_accepted_total",
                        "CONNECT packets accepted."),
      connects_refused(registry, "thingstead_mqtt_connects_refused_total",
                       "CONNECT packets refused."),
      publishes(registry, "thingstead_mqtt_publishes_total", "PUBLISH packets from devices."),
      publishes_refused(
          registry, "thingstead_mqtt_publishes_refused_total",
          "PUBLISH packets from devices with a payload or topic that cannot be taken."),
      paused(registry, "thingstead_mqtt_paused_total",
             "Times a connection was not read on because the queue was full or too much was "
             "unanswered."),
      bytes_received(registry, "thingstead_mqtt_received_bytes_total",
                     "Bytes read from MQTT connections.") {}

void OpenConnections::add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    gauge_.add(1);
}

void OpenConnections::remove() {
    const std::lock_guard lock(mutex_);
    gauge_.add(-1);
    if (--count_ == 0) none_.notify_all();
}

std::size_t OpenConnections::wait_none(std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, deadline, [this] { return count_ == 0; });
    return count_;
}

Worker::Worker(boost::asio::io_context& context, Services& the_services,
               const Settings& the_settings, const ::thingstead::mqtt::SessionSettings& of_sessions,
               net::TaskGroup& the_tasks, Metrics& the_metrics, OpenConnections& open)
    : services(the_services),
      settings(the_settings),
      session_settings(of_sessions),
      tasks(the_tasks),
      metrics(the_metrics),
      ingress(the_services.ingress.of(context.get_executor())),
      parser(the_services.payload),
      read_buffer(read_buffer_bytes),
      open_(open) {}

void Worker::add(const std::shared_ptr<Connection>& connection) {
    connections_.insert(connection);
    open_.add();
}

void Worker::remove(const std::shared_ptr<Connection>& connection) {
    if (connections_.erase(connection) == 0) return;
    open_.remove();
}

Task<> Worker::sweep() {
    for (;;) {
        co_await net::sleep_for(sweep_period);
        const auto now = services.clock.steady_now();
        // on_sweep() may end a session; the connection removes itself later, not now.
        for (const std::shared_ptr<Connection>& each : connections_) each->on_sweep(now);
    }
}

void Worker::close_all() {
    for (const std::shared_ptr<Connection>& each : connections_) each->shut_down();
}

}  // namespace thingstead::transport::mqtt
