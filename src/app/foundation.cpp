#include "app/foundation.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

namespace thingstead::app {

queue::TopicSettings rule_topic(const QueueSettings& settings) {
    queue::TopicSettings topic;
    topic.partitions = settings.partitions;
    topic.retention = settings.retention;
    topic.retention_bytes = settings.retention_bytes;
    topic.lag_bytes_max = settings.lag_bytes_max;
    return topic;
}

namespace {

queue::TopicSettings main_topic(const QueueSettings& settings) {
    queue::TopicSettings topic = rule_topic(settings);
    topic.name = core::main_topic;
    return topic;
}

core::cluster::Cluster::Self self_of(const Settings& settings, const Roles& roles) {
    core::cluster::Cluster::Self self;
    self.roles = roles.names();
    self.id = settings.service.id;
    self.address = settings.service.address;
    const std::string first = roles.all() ? "all" : self.roles.front();
    std::uint16_t port =
        roles.mqtt && !roles.node ? settings.transport.mqtt.port : settings.api.http_port;
    if (roles.executes_only()) port = settings.script.js.executor.port;
    if (self.id.empty()) self.id = core::cluster::default_service_id(first, port);
    return self;
}

}  // namespace

Result<> Foundation::open(queue::Queue* shared) {
    if (!shared)
        if (Result<> possible = check_drivers(settings, roles); !possible) return possible;
    if (uses_data_folder(settings, roles)) {
        Result<std::unique_ptr<DataFolder>> opened = DataFolder::open(settings.data);
        if (!opened) return opened.error();
        folder = *std::move(opened);
    }
    if (!shared) {
        auto opened = open_queue(drivers());
        if (!opened) return opened.error();
        own_queue = *std::move(opened);
    }
    queue = shared ? shared : own_queue.get();

    const core::cluster::Cluster::Self self = self_of(settings, roles);
    service_id_ = self.id;
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    io = std::make_unique<net::IoThreads>(settings.io_threads == 0 ? cores : settings.io_threads);
    background = std::make_unique<net::TaskGroup>("background", log);
    if (roles.executes_only()) return {};
    if (Result<> open = queue->open_topic(main_topic(settings.queue)); !open) return open;
    events = std::make_unique<core::EntityEvents>();
    auto opened_cache = open_cache(drivers(), *io);
    if (!opened_cache) return opened_cache.error();
    cache = *std::move(opened_cache);
    sessions = std::make_unique<core::DeviceSessions>(
        core::DeviceSessionsSettings{settings.transport.sessions_per_device_max}, *events, metrics);
    ingress_metrics = std::make_unique<core::IngressMetrics>(metrics);
    std::vector<std::unique_ptr<core::RuleIngress>> ingresses;
    for (std::size_t i = 0; i < io->count(); ++i) {
        auto one = core::RuleIngress::open(io->at(i), *queue, core::main_topic, *ingress_metrics,
                                           &rule_queues);
        if (!one) return one.error();
        ingresses.push_back(*std::move(one));
    }
    ingress = std::make_unique<core::IngressPool>(std::move(ingresses));
    if (!shared && !is_clustered(settings)) return {};
    auto opened = core::cluster::Cluster::open(
        settings.cluster, self,
        core::cluster::Cluster::Services{*queue, *io, *events, clock, log, metrics});
    if (!opened) return opened.error();
    cluster = *std::move(opened);
    return {};
}

core::CredentialsSource& Foundation::cached(core::CredentialsSource& source) {
    if (!cache) return source;
    cached_credentials = std::make_unique<core::cluster::CachedCredentials>(
        source, *cache, *events, core::cluster::CachedCredentialsSettings{}, *io, log, metrics);
    return *cached_credentials;
}

core::DeviceAuthSettings Foundation::device_auth() const {
    core::DeviceAuthSettings auth;
    // The server may learn late of a change, by a process that had lost it; asking it is cheap.
    if (cache)
        auth.entry_life = std::chrono::ceil<std::chrono::minutes>(
            settings.store.cache_regions.credentials.local_ttl);
    return auth;
}

void Foundation::stop() {
    // What changed last is erased yet: other processes may have been told of it or not.
    if (cached_credentials) cached_credentials->stop(std::chrono::seconds(2));
    if (cache) cache->stop();
    if (own_queue) own_queue->stop();
    if (io) io->stop();
}

}  // namespace thingstead::app
