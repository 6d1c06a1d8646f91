// The audit log: who did what over the interface, successful or not. Only operations of users are
// entered; what devices send never comes by here.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/caller.h"
#include "model/audit.h"
#include "net/task.h"
#include "store/entity_store.h"
#include "store/event_store.h"

namespace thingstead::core {

/// Which operations on entities of a kind are entered.
enum class AuditLevel : std::uint8_t { off, writes, reads_and_writes };
constexpr auto enum_names(AuditLevel) {
    using namespace std::literals;
    return std::array{
        std::pair{AuditLevel::off,              "OFF"sv},
        std::pair{AuditLevel::writes,           "W"sv  },
        std::pair{AuditLevel::reads_and_writes, "RW"sv }
    };
}

/// Kinds that are not listed are entered for the system tenant alone, of which everything is.
struct AuditSettings {
    AuditLevel device = AuditLevel::writes;
    AuditLevel device_profile = AuditLevel::writes;
    AuditLevel asset = AuditLevel::writes;
    AuditLevel asset_profile = AuditLevel::writes;
    AuditLevel entity_view = AuditLevel::writes;
    AuditLevel customer = AuditLevel::writes;
    AuditLevel user = AuditLevel::writes;
    AuditLevel dashboard = AuditLevel::writes;
    AuditLevel widgets_bundle = AuditLevel::writes;
    AuditLevel widget_type = AuditLevel::writes;
    AuditLevel rule_chain = AuditLevel::writes;
    AuditLevel alarm = AuditLevel::writes;
    AuditLevel edge = AuditLevel::writes;
    AuditLevel tb_resource = AuditLevel::writes;
    AuditLevel ota_package = AuditLevel::writes;
    AuditLevel calculated_field = AuditLevel::writes;
    AuditLevel ai_model = AuditLevel::writes;
};

constexpr auto describe(const AuditSettings*) {
    return fields(
        field("device", &AuditSettings::device,
              "Devices: OFF enters nothing into the audit log, W what changes them, RW reading of "
              "credentials and attributes too.",
              on_restart),
        field("device_profile", &AuditSettings::device_profile, "Device profiles.", on_restart),
        field("asset", &AuditSettings::asset, "Assets.", on_restart),
        field("asset_profile", &AuditSettings::asset_profile, "Asset profiles.", on_restart),
        field("entity_view", &AuditSettings::entity_view, "Entity views.", on_restart),
        field("customer", &AuditSettings::customer, "Customers.", on_restart),
        field("user", &AuditSettings::user, "Users, with log-in and log-out.", on_restart),
        field("dashboard", &AuditSettings::dashboard, "Dashboards.", on_restart),
        field("widgets_bundle", &AuditSettings::widgets_bundle, "Widget bundles.", on_restart),
        field("widget_type", &AuditSettings::widget_type, "Widget types.", on_restart),
        field("rule_chain", &AuditSettings::rule_chain, "Rule chains.", on_restart),
        field("alarm", &AuditSettings::alarm, "Alarms.", on_restart),
        field("edge", &AuditSettings::edge, "Edges.", on_restart),
        field("tb_resource", &AuditSettings::tb_resource, "Resources.", on_restart),
        field("ota_package", &AuditSettings::ota_package, "OTA packages.", on_restart),
        field("calculated_field", &AuditSettings::calculated_field, "Calculated fields.",
              on_restart),
        field("ai_model", &AuditSettings::ai_model, "AI models.", on_restart));
}

/// {"clientAddress","browser","os","device"}, as far as the agent's name tells.
json::value client_data(const Client& client);

/// One operation of a user.
struct AuditNote {
    model::ActionType action = model::ActionType::updated;
    model::EntityId entity{};  ///< Null id: it never came to be.
    json::value data{};
    std::optional<Error> failure{};
    std::optional<std::string> entity_name{};            ///< None: looked up.
    std::optional<model::CustomerId> entity_customer{};  ///< None: looked up, else the user's.
};

class Audit {
  public:
    /// All of it outlives the audit.
    Audit(store::EventStore& events, store::EntityStore& entities, AuditSettings settings,
          const Clock& clock, Log log, MetricsRegistry& metrics);

    /// Whether such an operation is entered: asked first where the data takes time to put together.
    bool enters(const Caller& caller, model::EntityType type, model::ActionType action) const;
    /// Enters the operation; returns when the store has taken it, at once but in trouble. It is
    /// durable within a moment, and what was taken is written at shutdown.
    /// At the limit of the store (`audit_bytes_max`) it waits for room, and with it the user's
    /// answer: back-pressure. An entry that finds no room for `audit_wait_max` is lost: counted and
    /// logged; the operation itself has happened and stays what it was.
    Task<> log(Caller caller, AuditNote note);

    /// Entries of the caller's tenant. Errors: as EventStore::find().
    Task<Result<store::Page<model::AuditLog>>> find(Caller caller, store::AuditQuery query);

  private:
    /// Fills in what the note does not have of the entity.
    Task<> complete(model::TenantId tenant, AuditNote& note);
    void note_lost(const Error& why);

    store::EventStore& events_;
    store::EntityStore& entities_;
    const AuditSettings settings_;
    const Clock& clock_;
    const Log log_;
    LogThrottle throttle_{std::chrono::seconds(10)};
    Counter entries_;
    Counter lost_;
};

}  // namespace thingstead::core
