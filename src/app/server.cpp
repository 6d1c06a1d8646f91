#include "app/server.h"

#include <filesystem>
#include <thread>
#include <vector>

#include "app/data_folder.h"
#include "app/drivers.h"
#include "app/front.h"
#include "core/audit.h"
#include "core/auth.h"
#include "core/devices.h"
#include "core/event_log.h"
#include "core/installation.h"
#include "net/blocking_pool.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "net/metrics_server.h"
#include "net/task_group.h"
#include "rule/node.h"
#include "rule/rule_engine.h"
#include "transport/mqtt/transport.h"

namespace thingstead::app {
namespace {

using namespace std::chrono_literals;

constexpr auto goodbye = 5s;  ///< What the doors are given to end.

}  // namespace

/// Owners, in the order they are built; destroyed in reverse.
struct Server::Impl {
    Impl(const Settings& with, Log to) : settings(with), log(std::move(to)) {}

    Result<> wire_stores();
    Result<> wire_core(bool demo);
    Result<> wire_rule_engine();
    Result<> wire_doors();
    Result<> listen();
    void stop();

    Settings settings;
    Log log;
    SystemClock clock;
    MetricsRegistry metrics;
    std::unique_ptr<DataFolder> folder;
    std::unique_ptr<net::IoThreads> io;

    std::unique_ptr<queue::Queue> queue;
    std::unique_ptr<store::EntityStore> entities;
    std::unique_ptr<store::TimeseriesStore> timeseries;
    std::unique_ptr<store::EventStore> event_store;

    std::unique_ptr<net::BlockingPool> hashing;
    std::unique_ptr<net::TaskGroup> background;
    std::unique_ptr<core::EntityEvents> events;
    std::unique_ptr<core::EntityAccess> access;
    std::unique_ptr<core::Subscriptions> subscriptions;
    std::unique_ptr<core::DeviceSessions> sessions;
    std::unique_ptr<core::Telemetry> telemetry;
    std::unique_ptr<core::Attributes> attributes;
    std::unique_ptr<core::Devices> devices;
    std::unique_ptr<core::Audit> audit;
    std::unique_ptr<core::EventLog> event_log;
    std::unique_ptr<core::EventRetention> retention;
    std::unique_ptr<core::Auth> auth;
    std::unique_ptr<core::DeviceAuth> device_auth;
    std::unique_ptr<core::IngressMetrics> ingress_metrics;
    std::unique_ptr<core::IngressPool> ingress;
    std::unique_ptr<core::DeviceActivity> activity;

    std::unique_ptr<rule::RuleEngine> rule_engine;

    std::unique_ptr<api::Api> users;
    std::unique_ptr<transport::http::Handler> http_devices;
    std::unique_ptr<Front> front;
    std::unique_ptr<net::MetricsHandler> metrics_handler;
    std::unique_ptr<net::HttpServer> metrics_server;
    std::unique_ptr<net::HttpServer> http_server;
    std::unique_ptr<transport::mqtt::Transport> mqtt;
    bool stopped = false;
};

Result<> Server::Impl::wire_stores() {
    const std::filesystem::path data = settings.data;
    Result<std::unique_ptr<DataFolder>> opened = DataFolder::open(data);
    if (!opened) return opened.error();
    folder = *std::move(opened);

    const DriverContext context{settings, data, log, metrics, clock};
    auto opened_queue = open_queue(context);
    if (!opened_queue) return opened_queue.error();
    queue = *std::move(opened_queue);
    auto opened_entities = open_entity_store(context);
    if (!opened_entities) return opened_entities.error();
    entities = *std::move(opened_entities);
    auto opened_timeseries = open_timeseries_store(context);
    if (!opened_timeseries) return opened_timeseries.error();
    timeseries = *std::move(opened_timeseries);
    auto opened_events = open_event_store(context);
    if (!opened_events) return opened_events.error();
    event_store = *std::move(opened_events);
    return {};
}

Result<> Server::Impl::wire_core(bool demo) {
    const Result<core::InstallOutcome> installed = core::install(*entities, demo, clock);
    if (!installed) return installed.error();
    if (!installed->admin_password.empty())
        // Once, to the terminal of whoever starts it; never into the log.
        std::fprintf(stderr, "System administrator: %s, password: %s (shown this once)\n",
                     installed->admin_user.c_str(), installed->admin_password.c_str());

    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    io = std::make_unique<net::IoThreads>(settings.io_threads == 0 ? cores : settings.io_threads);
    hashing = std::make_unique<net::BlockingPool>("hash", 1, 256);
    background = std::make_unique<net::TaskGroup>("background", log);
    events = std::make_unique<core::EntityEvents>();
    access = std::make_unique<core::EntityAccess>(*entities);
    subscriptions = std::make_unique<core::Subscriptions>(metrics);
    sessions = std::make_unique<core::DeviceSessions>(
        core::DeviceSessionsSettings{settings.transport.sessions_per_device_max}, *events, metrics);
    telemetry = std::make_unique<core::Telemetry>(*timeseries, *access, *subscriptions, clock);
    attributes =
        std::make_unique<core::Attributes>(*entities, *access, *subscriptions, *sessions, clock);
    devices = std::make_unique<core::Devices>(*entities, *telemetry, *events, clock);
    audit =
        std::make_unique<core::Audit>(*event_store, *entities, settings.audit, clock, log, metrics);
    event_log = std::make_unique<core::EventLog>(*event_store, *access);
    retention = std::make_unique<core::EventRetention>(*event_store,
                                                       settings.store.events_retention, clock, log);
    core::AuthSettings auth_settings;
    auth_settings.access_token_life = settings.auth.access_token_life;
    auth_settings.refresh_token_life = settings.auth.refresh_token_life;
    auth =
        std::make_unique<core::Auth>(*entities, *hashing, auth_settings, clock, log, audit.get());
    if (Result<> loaded = auth->load_key(); !loaded) return loaded;
    device_auth = std::make_unique<core::DeviceAuth>(*entities, *events, core::DeviceAuthSettings{},
                                                     clock, metrics);

    ingress_metrics = std::make_unique<core::IngressMetrics>(metrics);
    std::vector<std::unique_ptr<core::RuleIngress>> ingresses;
    for (std::size_t i = 0; i < io->count(); ++i) {
        auto one = core::RuleIngress::open(io->at(i), *queue, core::main_topic, *ingress_metrics);
        if (!one) return one.error();
        ingresses.push_back(*std::move(one));
    }
    ingress = std::make_unique<core::IngressPool>(std::move(ingresses));
    core::DeviceActivitySettings activity_settings;
    activity_settings.inactivity_timeout = settings.transport.inactivity_timeout;
    activity = std::make_unique<core::DeviceActivity>(*entities, *attributes, *ingress, *events,
                                                      activity_settings, clock, log, metrics);
    return {};
}

Result<> Server::Impl::wire_rule_engine() {
    const model::PayloadSettings payload{settings.transport.json_type_cast,
                                         settings.transport.json_string_chars_max};
    const rule::Services services{*queue,      *timeseries, *entities, *telemetry,
                                  *attributes, *events,     nullptr,   *ingress_metrics,
                                  metrics,     clock,       log,       payload};
    auto opened = rule::RuleEngine::open(settings.rule, services, rule::all_nodes());
    if (!opened) return opened.error();
    rule_engine = *std::move(opened);
    rule_engine->start();
    return {};
}

Result<> Server::Impl::wire_doors() {
    const transport::Services services{
        *device_auth,
        *sessions,
        *attributes,
        *activity,
        *ingress,
        clock,
        log,
        {settings.transport.json_type_cast, settings.transport.json_string_chars_max}
    };
    const api::Services user_services{*auth,          *devices, *attributes,      *telemetry,
                                      *subscriptions, *ingress, *audit,           *event_log,
                                      clock,          log,      settings.api.rest};
    users = std::make_unique<api::Api>(user_services, api::all_resources(), metrics);
    http_devices =
        std::make_unique<transport::http::Handler>(services, settings.transport.http, metrics);
    front = std::make_unique<Front>(*http_devices, *users);

    net::HttpServerSettings http;
    http.address = settings.api.http_address;
    http.port = settings.api.http_port;
    http.connections_max = settings.api.connections_max;
    if (settings.api.tls_enabled)
        http.tls = net::TlsSettings{settings.api.certificate_file, settings.api.private_key_file};
    http_server = std::make_unique<net::HttpServer>(*io, http, *front, log, metrics, "http");

    metrics_handler = std::make_unique<net::MetricsHandler>(metrics);
    net::HttpServerSettings of_metrics;
    of_metrics.address = settings.metrics.address;
    of_metrics.port = settings.metrics.port;
    of_metrics.connections_max = 100;
    metrics_server = std::make_unique<net::HttpServer>(*io, of_metrics, *metrics_handler, log,
                                                       metrics, "metrics");

    if (settings.transport.mqtt.enabled)
        mqtt = std::make_unique<transport::mqtt::Transport>(*io, services, settings.transport.mqtt,
                                                            metrics);
    return {};
}

Result<> Server::Impl::listen() {
    const auto named = [](const char* setting, Result<> started) -> Result<> {
        if (started) return started;
        Error error = started.error();
        error.message = std::string(setting) + ": " + error.message;
        return error;
    };
    if (mqtt)
        if (Result<> started = named("transport.mqtt", mqtt->start()); !started) return started;
    if (Result<> started = named("api", http_server->start()); !started) return started;
    if (Result<> started = named("metrics", metrics_server->start()); !started) return started;
    background->spawn(io->at(0).get_executor(), "device_activity", activity->run());
    background->spawn(io->at(0).get_executor(), "event_retention", retention->run());
    return {};
}

void Server::Impl::stop() {
    if (std::exchange(stopped, true)) return;
    // Doors first: nothing new comes in. Then who works on what came in, then the stores.
    if (mqtt) mqtt->stop(goodbye);
    if (http_server) http_server->stop(goodbye);
    if (background) background->stop(goodbye);
    if (rule_engine) rule_engine->stop();
    if (metrics_server) metrics_server->stop(1s);
    if (timeseries) timeseries->stop();
    if (entities) entities->stop();
    if (event_store) event_store->stop();
    if (queue) queue->stop();
    if (hashing) hashing->stop();
    if (io) io->stop();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
    if (impl_) impl_->stop();
}

Result<std::unique_ptr<Server>> Server::start(const Settings& settings, bool demo, Log log) {
    std::unique_ptr<Server> server(new Server(std::make_unique<Impl>(settings, std::move(log))));
    Impl& impl = *server->impl_;
    if (Result<> done = impl.wire_stores(); !done) return done.error();
    if (Result<> done = impl.wire_core(demo); !done) return done.error();
    if (Result<> done = impl.wire_rule_engine(); !done) return done.error();
    if (Result<> done = impl.wire_doors(); !done) return done.error();
    if (Result<> done = impl.listen(); !done) return done.error();
    return server;
}

Ports Server::ports() const {
    Ports ports;
    if (impl_->mqtt) ports.mqtt = impl_->mqtt->port();
    if (impl_->mqtt) ports.mqtts = impl_->mqtt->tls_port();
    ports.http = impl_->http_server->port();
    ports.metrics = impl_->metrics_server->port();
    return ports;
}

void Server::stop() { impl_->stop(); }

}  // namespace thingstead::app
