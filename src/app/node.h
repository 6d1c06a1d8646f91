// The role node: stores, what users may do, the rule engine, the REST and WebSocket interface.
#pragma once
#include <memory>

#include "api/server/api.h"
#include "app/foundation.h"
#include "core/attributes.h"
#include "core/audit.h"
#include "core/auth.h"
#include "core/device_activity.h"
#include "core/device_auth.h"
#include "core/devices.h"
#include "core/event_log.h"
#include "core/stored_credentials.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "net/blocking_pool.h"
#include "rule/rule_engine.h"
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
    Result<> wire_rule_engine();
    void wire_users();

    Foundation& base_;
    std::unique_ptr<store::EntityStore> entities_;
    std::unique_ptr<store::TimeseriesStore> timeseries_;
    std::unique_ptr<store::EventStore> event_store_;
    std::unique_ptr<net::BlockingPool> hashing_;
    std::unique_ptr<core::EntityAccess> access_;
    std::unique_ptr<core::Subscriptions> subscriptions_;
    std::unique_ptr<core::Telemetry> telemetry_;
    std::unique_ptr<core::Attributes> attributes_;
    std::unique_ptr<core::Devices> devices_;
    std::unique_ptr<core::Audit> audit_;
    std::unique_ptr<core::EventLog> event_log_;
    std::unique_ptr<core::EventRetention> retention_;
    std::unique_ptr<core::Auth> auth_;
    std::unique_ptr<core::StoredCredentials> credentials_;
    std::unique_ptr<core::DeviceAuth> device_auth_;
    std::unique_ptr<core::DeviceActivity> activity_;
    std::unique_ptr<rule::RuleEngine> rule_engine_;
    std::unique_ptr<api::Api> users_;
};

}  // namespace thingstead::app
