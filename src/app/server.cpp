#include "app/server.h"

#include <utility>

#include "app/foundation.h"
#include "app/front.h"
#include "app/liveness.h"
#include "app/node.h"
#include "app/transports.h"
#include "net/http_server.h"
#include "net/metrics_server.h"
#include "script/remote/executor.h"

namespace thingstead::app {
namespace {

using namespace std::chrono_literals;

/// Of this program, as main.cpp reads it: be a process for scripts.
constexpr std::string_view worker_command = "js-worker";
constexpr auto goodbye = 5s;  ///< What the doors are given to end.

Result<> named(const char* setting, Result<> started) {
    if (started) return started;
    Error error = started.error();
    error.message = std::string(setting) + ": " + error.message;
    return error;
}

}  // namespace

/// Owners, in the order they are built; destroyed in reverse.
struct Server::Impl {
    Impl(const Settings& settings, const Roles& roles, Log log)
        : base(settings, roles, std::move(log)) {}

    Result<> start(bool demo, queue::Queue* shared);
    Result<> start_executor();
    void wire_http();
    Result<> listen();
    void stop();

    Foundation base;
    std::unique_ptr<script::remote::Executor> executor;  ///< Null: not our role.
    std::unique_ptr<LivenessHandler> probe_handler;      ///< Null likewise.
    std::unique_ptr<net::HttpServer> probe_server;       ///< Null likewise.
    std::unique_ptr<Node> node;                          ///< Null likewise.
    std::unique_ptr<Transports> transports;              ///< Null likewise.
    std::unique_ptr<Front> front;
    std::unique_ptr<net::MetricsHandler> metrics_handler;
    std::unique_ptr<net::HttpServer> metrics_server;
    std::unique_ptr<net::HttpServer> http_server;  ///< Null: devices and users come elsewhere.
    bool stopped = false;
};

Result<> Server::Impl::start(bool demo, queue::Queue* shared) {
    if (Result<> done = base.open(shared); !done) return done;
    const bool remote_js = base.settings.script.js.evaluator == script::remote::Evaluator::remote;
    if (base.roles.executes(remote_js))
        if (Result<> started = named("script.js.executor", start_executor()); !started)
            return started;
    if (base.roles.node) {
        auto opened = Node::open(base, demo);
        if (!opened) return opened.error();
        node = *std::move(opened);
    }
    if (base.roles.mqtt || base.roles.http)
        transports = std::make_unique<Transports>(base, node.get());
    wire_http();
    return listen();
}

/// Its processes are this program again.
Result<> Server::Impl::start_executor() {
    const script::remote::Settings& js = base.settings.script.js;
    auto opened = script::remote::Executor::open(
        js, script::limits_of(base.settings.script),
        {"/proc/self/exe", std::string(worker_command)},
        {*base.queue, base.clock, base.log, base.metrics, base.topic_prefix()});
    if (!opened) return opened.error();
    executor = *std::move(opened);
    probe_handler = std::make_unique<LivenessHandler>([this] { return executor->health(); });
    net::HttpServerSettings http;
    http.address = js.executor.address;
    http.port = js.executor.port;
    http.connections_max = 100;
    probe_server = std::make_unique<net::HttpServer>(*base.io, http, *probe_handler, base.log,
                                                     base.metrics, "probe");
    return probe_server->start();
}

void Server::Impl::wire_http() {
    transport::http::Handler* const devices = transports ? transports->http() : nullptr;
    const ApiSettings& api = base.settings.api;
    if (node || devices) {
        front = std::make_unique<Front>(devices, node ? &node->users() : nullptr, base.clock);
        net::HttpServerSettings http;
        http.address = api.http_address;
        http.port = api.http_port;
        http.connections_max = api.connections_max;
        if (api.tls_enabled)
            http.tls = net::TlsSettings{api.certificate_file, api.private_key_file};
        http_server = std::make_unique<net::HttpServer>(*base.io, http, *front, base.log,
                                                        base.metrics, "http");
    }
    metrics_handler = std::make_unique<net::MetricsHandler>(base.metrics);
    net::HttpServerSettings of_metrics;
    of_metrics.address = base.settings.metrics.address;
    of_metrics.port = base.settings.metrics.port;
    of_metrics.connections_max = 100;
    metrics_server = std::make_unique<net::HttpServer>(*base.io, of_metrics, *metrics_handler,
                                                       base.log, base.metrics, "metrics");
}

Result<> Server::Impl::listen() {
    if (node)
        if (Result<> met = node->meet(); !met) return met;
    if (transports)
        if (Result<> met = transports->meet(); !met) return met;
    if (base.cluster)
        if (Result<> started = base.cluster->start(); !started) return started;
    if (node)
        if (Result<> started = node->start(); !started) return started;
    if (transports)
        if (Result<> started = transports->start(); !started) return started;
    if (http_server)
        if (Result<> started = named("api", http_server->start()); !started) return started;
    return named("metrics", metrics_server->start());
}

void Server::Impl::stop() {
    if (std::exchange(stopped, true)) return;
    // Doors first: nothing new comes in. Then who works on what came in, then the stores.
    if (transports) transports->stop(goodbye);
    if (http_server) http_server->stop(goodbye);
    if (base.cluster) base.cluster->stop();
    if (base.background) base.background->stop(goodbye);
    if (node) node->stop_working();
    if (probe_server) probe_server->stop(1s);
    if (executor) executor->stop();
    if (metrics_server) metrics_server->stop(1s);
    if (node) node->stop_stores();
    base.stop();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
    if (impl_) impl_->stop();
}

Result<std::unique_ptr<Server>> Server::start(const Settings& settings, bool demo, Log log,
                                              queue::Queue* shared) {
    const Result<Roles> roles = Roles::of(settings.service.roles);
    if (!roles) return roles.error();
    std::unique_ptr<Server> server(
        new Server(std::make_unique<Impl>(settings, *roles, std::move(log))));
    if (Result<> done = server->impl_->start(demo, shared); !done) return done.error();
    return server;
}

Ports Server::ports() const {
    Ports ports;
    const transport::mqtt::Transport* const mqtt =
        impl_->transports ? impl_->transports->mqtt() : nullptr;
    if (mqtt) ports.mqtt = mqtt->port();
    if (mqtt) ports.mqtts = mqtt->tls_port();
    if (impl_->http_server) ports.http = impl_->http_server->port();
    ports.metrics = impl_->metrics_server->port();
    if (impl_->probe_server) ports.probe = impl_->probe_server->port();
    return ports;
}

void Server::stop() { impl_->stop(); }

}  // namespace thingstead::app
