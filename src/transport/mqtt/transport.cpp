#include "transport/mqtt/transport.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <vector>

#include "net/stream_socket.h"
#include "net/task_group.h"
#include "transport/mqtt/connection.h"
#include "transport/mqtt/worker.h"

namespace thingstead::transport::mqtt {
namespace {

::thingstead::mqtt::SessionSettings session_settings(const Settings& settings) {
    ::thingstead::mqtt::SessionSettings session;
    session.packet_bytes_max = settings.packet_bytes_max;
    session.connect_timeout = settings.connect_timeout;
    session.keep_alive_max_s = settings.keep_alive_s_max;
    session.receive_maximum = settings.receive_maximum;
    return session;
}

}  // namespace

struct Transport::Impl {
    Impl(net::IoThreads& the_io, Services with, Settings of_door, MetricsRegistry& the_registry)
        : io(the_io),
          services(with),
          settings(std::move(of_door)),
          sessions(session_settings(settings)),
          registry(the_registry),
          metrics(the_registry),
          open(Gauge(the_registry, "thingstead_mqtt_connections", "Open MQTT connections.")),
          tasks("mqtt", services.log) {
        for (std::size_t i = 0; i < io.count(); ++i)
            workers.push_back(std::make_unique<Worker>(io.at(i), services, settings, sessions,
                                                       tasks, metrics, open));
    }

    Worker& worker_of(const boost::asio::any_io_executor& executor) {
        const core::RuleIngress& ingress = services.ingress.of(executor);
        for (const std::unique_ptr<Worker>& each : workers)
            if (&each->ingress == &ingress) return *each;
        assertion_failed("the stream's thread has a worker", __FILE__, __LINE__);
    }

    void accept(std::unique_ptr<net::Stream> stream) {
        const boost::asio::any_io_executor executor = stream->executor();
        std::make_shared<Connection>(worker_of(executor), std::move(stream))->start();
    }

    std::unique_ptr<net::Listener> listener(const char* name, std::uint16_t port,
                                            std::optional<net::TlsSettings> tls) {
        net::ListenerSettings with;
        with.address = settings.address;
        with.port = port;
        with.connections_max = settings.connections_max;
        with.tls = std::move(tls);
        return std::make_unique<net::Listener>(
            io, std::move(with), services.log, registry, name,
            [this](std::unique_ptr<net::Stream> stream) { accept(std::move(stream)); });
    }

    net::IoThreads& io;
    Services services;
    Settings settings;
    ::thingstead::mqtt::SessionSettings sessions;
    MetricsRegistry& registry;
    Metrics metrics;
    OpenConnections open;
    net::TaskGroup tasks;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<net::Listener> plain;
    std::unique_ptr<net::Listener> secure;
    bool stopped = false;
};

Transport::Transport(net::IoThreads& io, Services services, Settings settings,
                     MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(io, services, std::move(settings), metrics)) {}

Transport::~Transport() { stop(std::chrono::seconds(5)); }

Result<> Transport::start() {
    for (std::size_t i = 0; i < impl_->workers.size(); ++i)
        impl_->tasks.spawn(impl_->io.at(i).get_executor(), "mqtt.sweep",
                           impl_->workers[i]->sweep());
    impl_->plain = impl_->listener("mqtt", impl_->settings.port, std::nullopt);
    if (Result<> started = impl_->plain->start(); !started) return started;
    if (!impl_->settings.tls_enabled) return {};
    net::TlsSettings tls;
    tls.certificate_file = impl_->settings.certificate_file;
    tls.private_key_file = impl_->settings.private_key_file;
    tls.client_certificate_wanted = true;
    impl_->secure = impl_->listener("mqtts", impl_->settings.tls_port, std::move(tls));
    return impl_->secure->start();
}

std::uint16_t Transport::port() const { return impl_->plain ? impl_->plain->port() : 0; }
std::uint16_t Transport::tls_port() const { return impl_->secure ? impl_->secure->port() : 0; }

void Transport::stop(std::chrono::milliseconds deadline) {
    if (std::exchange(impl_->stopped, true)) return;
    if (impl_->plain) impl_->plain->stop();
    if (impl_->secure) impl_->secure->stop();
    for (std::size_t i = 0; i < impl_->workers.size(); ++i)
        boost::asio::post(impl_->io.at(i),
                          [worker = impl_->workers[i].get()] { worker->close_all(); });
    const auto give_up = std::chrono::steady_clock::now() + deadline;
    if (const std::size_t left = impl_->open.wait_none(deadline); left != 0)
        impl_->services.log.error("mqtt.connections.stuck", {
                                                                {"connections", left}
        });
    impl_->tasks.stop(std::max(std::chrono::milliseconds(100),
                               std::chrono::duration_cast<std::chrono::milliseconds>(
                                   give_up - std::chrono::steady_clock::now())));
}

}  // namespace thingstead::transport::mqtt
