#include "app/node.h"

#include <cstdio>

#include "core/installation.h"
#include "rule/node.h"

namespace thingstead::app {

Result<std::unique_ptr<Node>> Node::open(Foundation& foundation, bool demo) {
    std::unique_ptr<Node> node(new Node(foundation));
    if (Result<> done = node->open_stores(); !done) return done.error();
    if (Result<> done = node->wire_core(demo); !done) return done.error();
    if (Result<> done = node->wire_rule_engine(); !done) return done.error();
    node->wire_users();
    return node;
}

Result<> Node::open_stores() {
    auto entities = open_entity_store(base_.drivers());
    if (!entities) return entities.error();
    entities_ = *std::move(entities);
    auto timeseries = open_timeseries_store(base_.drivers());
    if (!timeseries) return timeseries.error();
    timeseries_ = *std::move(timeseries);
    auto events = open_event_store(base_.drivers());
    if (!events) return events.error();
    event_store_ = *std::move(events);
    return {};
}

Result<> Node::wire_core(bool demo) {
    const Result<core::InstallOutcome> installed = core::install(*entities_, demo, base_.clock);
    if (!installed) return installed.error();
    if (!installed->admin_password.empty())
        // Once, to the terminal of whoever starts it; never into the log.
        std::fprintf(stderr, "System administrator: %s, password: %s (shown this once)\n",
                     installed->admin_user.c_str(), installed->admin_password.c_str());

    const Settings& settings = base_.settings;
    core::DevicePush* push = base_.sessions.get();
    if (base_.cluster) push = &base_.cluster->push();
    hashing_ = std::make_unique<net::BlockingPool>("hash", 1, 256);
    access_ = std::make_unique<core::EntityAccess>(*entities_);
    subscriptions_ = std::make_unique<core::Subscriptions>(base_.metrics);
    telemetry_ =
        std::make_unique<core::Telemetry>(*timeseries_, *access_, *subscriptions_, base_.clock);
    attributes_ =
        std::make_unique<core::Attributes>(*entities_, *subscriptions_, *push, base_.clock);
    devices_ = std::make_unique<core::Devices>(*entities_, *telemetry_, *base_.events, base_.clock);
    audit_ = std::make_unique<core::Audit>(*event_store_, *entities_, settings.audit, base_.clock,
                                           base_.log, base_.metrics);
    event_log_ = std::make_unique<core::EventLog>(*event_store_, *access_);
    retention_ = std::make_unique<core::EventRetention>(
        *event_store_, settings.store.events_retention, base_.clock, base_.log);
    core::AuthSettings auth_settings;
    auth_settings.access_token_life = settings.auth.access_token_life;
    auth_settings.refresh_token_life = settings.auth.refresh_token_life;
    auth_ = std::make_unique<core::Auth>(*entities_, *hashing_, auth_settings, base_.clock,
                                         base_.log, audit_.get(), base_.events.get());
    if (Result<> loaded = auth_->load_key(); !loaded) return loaded;
    credentials_ = std::make_unique<core::StoredCredentials>(*entities_, *base_.events);
    // Transports are answered from the store: they have the shared cache before them.
    device_auth_ =
        std::make_unique<core::DeviceAuth>(base_.cached(*credentials_), *base_.events,
                                           base_.device_auth(), base_.clock, base_.metrics);
    core::DeviceActivitySettings activity_settings;
    activity_settings.inactivity_timeout = settings.transport.inactivity_timeout;
    activity_settings.all_devices = base_.cluster == nullptr;
    activity_ = std::make_unique<core::DeviceActivity>(*entities_, *attributes_, *base_.ingress,
                                                       *base_.events, activity_settings,
                                                       base_.clock, base_.log, base_.metrics);
    return {};
}

Result<> Node::wire_rule_engine() {
    const model::PayloadSettings payload{base_.settings.transport.json_type_cast,
                                         base_.settings.transport.json_string_chars_max};
    const rule::Services services{*base_.queue,  *timeseries_,  *entities_, *telemetry_,
                                  *attributes_,  *base_.events, nullptr,    *base_.ingress_metrics,
                                  base_.metrics, base_.clock,   base_.log,  payload};
    auto opened = rule::RuleEngine::open(base_.settings.rule, services, rule::all_nodes());
    if (!opened) return opened.error();
    rule_engine_ = *std::move(opened);
    return {};
}

void Node::wire_users() {
    const api::Services services{
        *auth_,  *devices_,   *attributes_, *telemetry_, *subscriptions_,        *base_.ingress,
        *audit_, *event_log_, base_.clock,  base_.log,   base_.settings.api.rest};
    users_ = std::make_unique<api::Api>(services, api::all_resources(), base_.metrics);
}

Result<> Node::meet() {
    base_.background->spawn(base_.io->at(0).get_executor(), "device_activity", activity_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "event_retention", retention_->run());
    if (!base_.cluster) return {};
    return base_.cluster->start_node(*credentials_, *attributes_, *activity_, *device_auth_,
                                     *subscriptions_);
}

Result<> Node::start() { return rule_engine_->start(); }

void Node::stop_working() {
    if (rule_engine_) rule_engine_->stop();
}

void Node::stop_stores() {
    if (timeseries_) timeseries_->stop();
    if (entities_) entities_->stop();
    if (event_store_) event_store_->stop();
    if (hashing_) hashing_->stop();
}

}  // namespace thingstead::app
