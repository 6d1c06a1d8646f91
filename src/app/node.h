// The role node: stores, what users may do, the rule engine, the REST and WebSocket interface.
#pragma once
#include <memory>

#include "api/server/api.h"
#include "app/foundation.h"
#include "core/ai/chat.h"
#include "core/alarm/alarm_retention.h"
#include "core/attributes.h"
#include "core/audit.h"
#include "core/cleanup/cleanup.h"
#include "core/component_catalogue.h"
#include "core/courier/smtp.h"
#include "core/courier/twilio.h"
#include "core/device_activity.h"
#include "core/device_auth.h"
#include "core/event_log.h"
#include "core/identity/auth.h"
#include "core/identity/two_factor.h"
#include "core/mail.h"
#include "core/notification/worker.h"
#include "core/oauth2/login.h"
#include "core/permission/role_cache.h"
#include "core/replies.h"
#include "core/sms.h"
#include "core/stored_credentials.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "core/waiting_calls.h"
#include "net/blocking_pool.h"
#include "net/http_client.h"
#include "rule/replay/replays.h"
#include "rule/rule_engine.h"
#include "rule/shared_clients.h"
#include "script/remote/client.h"
#include "script/script_cache.h"
#include "store/entity_store.h"
#include "store/event_store.h"
#include "store/timeseries_store.h"

namespace thingstead::app {

class Node {
  public:
    /// Opens and restores; nothing is served yet. `foundation` outlives the node.
    static Result<std::unique_ptr<Node>> open(Foundation& foundation, bool demo);
    /// Looks after the devices' activity, and hears of other processes.
    Result<> meet();
    /// Begins to work on messages; when others know that this node is there.
    Result<> start();
    /// After the doors, before the stores: nobody works any more. Blocks. Idempotent.
    void stop_working();
    /// Last. Blocks. Idempotent.
    void stop_stores();

    api::Api& users() { return *users_; }
    core::DeviceAuth& device_auth() { return *device_auth_; }
    core::Attributes& attributes() { return *attributes_; }
    core::DeviceActivity& activity() { return *activity_; }

  private:
    explicit Node(Foundation& foundation) : base_(foundation) {}
    Result<> open_stores();
    Result<> wire_core(bool demo);
    Result<> wire_rule_tools();
    void wire_replies();
    Result<> wire_rule_engine();
    Result<> wire_identity();
    Result<> wire_users();
    core::Platform platform();
    script::Engine* js_engine() { return remote_js_ ? remote_js_.get() : js_.get(); }

    Foundation& base_;
    std::unique_ptr<store::EntityStore> entities_;
    std::unique_ptr<store::TimeseriesStore> timeseries_;
    std::unique_ptr<store::EventStore> event_store_;
    std::unique_ptr<net::BlockingPool> hashing_;
    std::unique_ptr<net::BlockingPool> files_;
    std::unique_ptr<core::EntityAccess> access_;
    std::unique_ptr<core::Subscriptions> subscriptions_;
    std::unique_ptr<core::Telemetry> telemetry_;
    std::unique_ptr<core::Attributes> attributes_;
    std::unique_ptr<core::Audit> audit_;
    std::unique_ptr<core::EventLog> event_log_;
    std::unique_ptr<core::EventRetention> retention_;
    std::unique_ptr<core::Cleanup> cleanup_;
    std::unique_ptr<core::AlarmRetention> alarm_retention_;
    core::SmtpDriver mail_driver_;
    std::unique_ptr<core::SmsDriver> sms_driver_;
    std::unique_ptr<net::BlockingPool> couriers_;
    std::unique_ptr<core::Mailer> mailer_;
    std::unique_ptr<core::TextMessages> texts_;
    std::unique_ptr<core::Auth> auth_;
    std::unique_ptr<core::TwoFactor> two_factor_;
    std::unique_ptr<core::RoleCache> roles_;
    std::unique_ptr<core::StoredCredentials> credentials_;
    std::unique_ptr<core::DeviceAuth> device_auth_;
    std::unique_ptr<core::DeviceActivity> activity_;
    std::unique_ptr<core::WaitingCalls> calls_;
    std::unique_ptr<core::Replies> replies_;
    std::unique_ptr<script::Engine> tbel_;
    std::unique_ptr<script::ScriptCache> tbel_scripts_;
    std::unique_ptr<net::HttpClient> external_http_;
    std::unique_ptr<net::HttpClient> ai_http_;
    std::unique_ptr<core::AiChat> ai_;
    std::unique_ptr<rule::SharedClients> broker_clients_;
    std::unique_ptr<script::Engine> js_;
    std::unique_ptr<script::remote::RemoteEngine> remote_js_;  ///< Null: it runs here.
    std::unique_ptr<rule::RuleEngine> rule_engine_;
    std::unique_ptr<core::ComponentCatalogue> components_;
    std::unique_ptr<rule::Replays> replays_;
    std::unique_ptr<core::NotificationOutlets> outlets_;
    std::unique_ptr<core::NotificationWorker> notifier_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<core::OAuth2Login> oauth2_;
    std::unique_ptr<api::Api> users_;
};

}  // namespace thingstead::app
