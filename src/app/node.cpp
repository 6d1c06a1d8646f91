#include "app/node.h"

#include <cstdio>

#include "core/installation.h"
#include "core/queue/queue_rules.h"
#include "queue/names.h"
#include "rule/catalogue.h"
#include "rule/node.h"
#include "script/js/engine.h"
#include "script/settings.h"
#include "script/tbel/engine.h"

namespace thingstead::app {
namespace {

/// Users whose roles are kept.
constexpr std::size_t users_known_max = 10'000;

/// The engine of this process works on messages of the queue.
Task<> note_queue_stats(core::Platform platform, std::string service_id) {
    const auto noted = co_await core::queue_stats_of(
        platform, model::system_tenant, std::string(core::main_queue), std::move(service_id));
    if (!noted) platform.log.warn("queue_stats.not_noted", noted.error(), {});
}

}  // namespace

Result<std::unique_ptr<Node>> Node::open(Foundation& foundation, bool demo) {
    std::unique_ptr<Node> node(new Node(foundation));
    if (Result<> done = node->open_stores(); !done) return done.error();
    if (Result<> done = node->wire_core(demo); !done) return done.error();
    if (Result<> done = node->wire_rule_engine(); !done) return done.error();
    if (Result<> done = node->wire_users(); !done) return done.error();
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
    // One thread: a picture that is decoded may need 100 MB.
    files_ = std::make_unique<net::BlockingPool>("files", 1, 64);
    access_ = std::make_unique<core::EntityAccess>(*entities_);
    subscriptions_ = std::make_unique<core::Subscriptions>(base_.metrics);
    telemetry_ =
        std::make_unique<core::Telemetry>(*timeseries_, *access_, *subscriptions_, base_.clock);
    attributes_ =
        std::make_unique<core::Attributes>(*entities_, *subscriptions_, *push, base_.clock);
    audit_ = std::make_unique<core::Audit>(*event_store_, *entities_, settings.audit, base_.clock,
                                           base_.log, base_.metrics);
    event_log_ = std::make_unique<core::EventLog>(*event_store_, *access_);
    retention_ = std::make_unique<core::EventRetention>(
        *event_store_, settings.store.events_retention, base_.clock, base_.log);
    cleanup_ = std::make_unique<core::Cleanup>(platform(), *event_store_, core::CleanupSettings{},
                                               base_.metrics, base_.ingress.get());
    alarm_retention_ = std::make_unique<core::AlarmRetention>(platform(), *base_.ingress);
    if (Result<> wired = wire_identity(); !wired) return wired;
    roles_ = std::make_unique<core::RoleCache>(*entities_, *base_.events, users_known_max,
                                               base_.metrics);
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

/// What rule chains run and ask: scripts, systems outside.
Result<> Node::wire_rule_tools() {
    const script::Limits limits = script::limits_of(base_.settings.script);
    tbel_ = std::make_unique<script::tbel::TbelEngine>(
        script::tbel::Environment{.limits = limits, .clock = &base_.clock});
    tbel_scripts_ =
        std::make_unique<script::ScriptCache>(*tbel_, base_.settings.script.compiled_scripts_max);
    js_ = std::make_unique<script::js::JsEngine>(limits);
    const script::remote::Settings& js = base_.settings.script.js;
    if (js.evaluator == script::remote::Evaluator::remote) {
        auto remote = script::remote::RemoteEngine::open(
            js, limits, *js_, base_.service_id(),
            {*base_.queue, base_.clock, base_.log, base_.metrics, base_.topic_prefix()});
        if (!remote) return remote.error();
        remote_js_ = *std::move(remote);
    }
    const net::HttpClientSettings& outside = base_.settings.rule.external.http;
    auto http = net::HttpClient::open(outside);
    if (!http) return http.error();
    external_http_ = *std::move(http);
    auto clients = rule::SharedClients::open(outside.allowed_networks);
    if (!clients) return clients.error();
    broker_clients_ = *std::move(clients);
    auto ai_http = net::HttpClient::open(base_.settings.ai.http);
    if (!ai_http) return ai_http.error();
    ai_http_ = *std::move(ai_http);
    ai_ = std::make_unique<core::AiChat>(base_.settings.ai, *ai_http_, base_.clock);
    return {};
}

/// Users and devices that wait for what rule chains answer.
void Node::wire_replies() {
    const api::Settings& rest = base_.settings.api.rest;
    calls_ = std::make_unique<core::WaitingCalls>(
        core::WaitingCallsSettings{rest.rule_calls_waiting_max,
                                   rest.rule_calls_waiting_of_tenant_max},
        base_.metrics);
    replies_ =
        std::make_unique<core::OwnReplies>(base_.service_id(), *calls_, *base_.sessions,
                                           base_.cluster ? &base_.cluster->replies() : nullptr);
}

Result<> Node::wire_rule_engine() {
    wire_replies();
    if (Result<> wired = wire_rule_tools(); !wired) return wired;
    const model::PayloadSettings payload{base_.settings.transport.json_type_cast,
                                         base_.settings.transport.json_string_chars_max};
    // A broker has as many partitions as administrators say; each of ours has a file and a thread.
    queue::TopicSettings topic = rule_topic(base_.settings.queue);
    if (base_.settings.queue.driver == QueueDriver::kafka) topic.partitions = queue::partitions_max;
    const rule::Services services{
        *base_.queue,
        *timeseries_,
        *entities_,
        *telemetry_,
        *attributes_,
        *base_.events,
        nullptr,
        *base_.ingress_metrics,
        base_.metrics,
        base_.clock,
        base_.log,
        payload,
        base_.service_id(),
        activity_.get(),
        {.tbel = {tbel_.get(), tbel_scripts_.get()}, .js = {js_engine()}},
        {external_http_.get(), mailer_.get(), texts_.get(), broker_clients_.get(),
                timeseries_->custom_tables(), nullptr, ai_.get()},
        event_store_.get(),
        &base_.rule_queues,
        topic,
        replies_.get()
    };
    auto opened = rule::RuleEngine::open(base_.settings.rule, services, rule::all_nodes());
    if (!opened) return opened.error();
    rule_engine_ = *std::move(opened);
    event_log_->set_trace(&rule_engine_->trace());
    components_ = std::make_unique<core::ComponentCatalogue>(
        rule::components_of(rule::all_nodes(), base_.clock.now_ms()));
    replays_ = std::make_unique<rule::Replays>(base_.settings.rule, services, rule::all_nodes(),
                                               *components_);
    return {};
}

core::Platform Node::platform() {
    return {*entities_,  *telemetry_, *attributes_, *base_.events,
            base_.clock, base_.log,   files_.get()};
}

Result<> Node::wire_identity() {
    const MessagingSettings& messaging = base_.settings.messaging;
    couriers_ =
        std::make_unique<net::BlockingPool>("courier", messaging.threads, messaging.waiting_max);
    sms_driver_ = std::make_unique<core::TwilioDriver>(messaging.twilio_url, messaging.sms_timeout);
    mailer_ = std::make_unique<core::Mailer>(mail_driver_, *couriers_, platform(), base_.metrics);
    texts_ =
        std::make_unique<core::TextMessages>(*sms_driver_, *couriers_, platform(), base_.metrics);
    const AuthSection& section = base_.settings.auth;
    core::AuthSettings settings;
    settings.access_token_life = section.access_token_life;
    settings.refresh_token_life = section.refresh_token_life;
    settings.login_case_sensitive = section.login_case_sensitive;
    settings.user_token_access_enabled = section.user_token_access_enabled;
    settings.api_key_prefix = section.api_key_prefix;
    settings.api_key_bytes = section.api_key_bytes;
    auth_ =
        std::make_unique<core::Auth>(platform(), *hashing_, settings, audit_.get(), mailer_.get());
    two_factor_ =
        std::make_unique<core::TwoFactor>(platform(), *auth_, *mailer_, *texts_, audit_.get());
    return auth_->open();
}

Result<> Node::wire_users() {
    auto http = net::HttpClient::open(base_.settings.oauth2.http);
    if (!http) return http.error();
    http_ = *std::move(http);
    oauth2_ =
        std::make_unique<core::OAuth2Login>(platform(), *auth_, *http_, base_.settings.oauth2);
    outlets_ = std::make_unique<core::NotificationOutlets>(platform(), mailer_.get(), texts_.get(),
                                                           external_http_.get(),
                                                           base_.settings.rule.external.slack_url);
    notifier_ = std::make_unique<core::NotificationWorker>(*outlets_, base_.metrics);
    core::ServerFacts facts;
    facts.version = TS_VERSION;
    facts.monolith = base_.cluster == nullptr;
    facts.service_id = base_.service_id();
    facts.data_folder = base_.folder ? base_.settings.data : std::string();
    const api::Services services{.platform = platform(),
                                 .auth = *auth_,
                                 .roles = *roles_,
                                 .two_factor = *two_factor_,
                                 .mailer = *mailer_,
                                 .texts = *texts_,
                                 .attributes = *attributes_,
                                 .telemetry = *telemetry_,
                                 .subscriptions = *subscriptions_,
                                 .ingress = *base_.ingress,
                                 .audit = *audit_,
                                 .events = *event_log_,
                                 .components = *components_,
                                 .oauth2 = *oauth2_,
                                 .clock = base_.clock,
                                 .log = base_.log,
                                 .settings = base_.settings.api.rest,
                                 .facts = std::move(facts),
                                 .tbel = tbel_.get(),
                                 .js = js_engine(),
                                 .calls = calls_.get(),
                                 .replays = replays_.get(),
                                 .notifications = outlets_.get(),
                                 .ai = ai_.get()};
    users_ = std::make_unique<api::Api>(services, api::all_resources(), base_.metrics);
    return {};
}

Result<> Node::meet() {
    base_.background->spawn(base_.io->at(0).get_executor(), "device_activity", activity_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "event_retention", retention_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "cleanup", cleanup_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "alarm_retention",
                            alarm_retention_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "notifications",
                            notifier_->run(*base_.background));
    base_.background->spawn(base_.io->at(0).get_executor(), "notification_retention",
                            notifier_->run_retention());
    base_.background->spawn(base_.io->at(0).get_executor(), "auth", auth_->run());
    base_.background->spawn(base_.io->at(0).get_executor(), "queue_stats",
                            note_queue_stats(platform(), base_.service_id()));
    if (!base_.cluster) return {};
    return base_.cluster->start_node(*credentials_, *attributes_, *activity_, *device_auth_,
                                     *subscriptions_, *calls_);
}

Result<> Node::start() { return rule_engine_->start(); }

void Node::stop_working() {
    if (replays_) replays_->stop();
    if (rule_engine_) rule_engine_->stop();
    if (remote_js_) remote_js_->stop();
}

void Node::stop_stores() {
    if (timeseries_) timeseries_->stop();
    if (entities_) entities_->stop();
    if (event_store_) event_store_->stop();
    if (hashing_) hashing_->stop();
    if (couriers_) couriers_->stop();
    if (http_) http_->stop();
    if (external_http_) external_http_->stop();
    if (ai_http_) ai_http_->stop();
}

}  // namespace thingstead::app
