// Diagnostic records that the interface shows under an entity: errors, life cycle, statistics, and
// what passed through rule nodes, rule chains and calculated fields in debug mode.
// The fields of a body are described with the names that it has in answers.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

enum class EventKind : std::uint8_t {
    error,
    lifecycle,
    stats,
    rule_node_debug,
    rule_chain_debug,
    calculated_field_debug
};
constexpr auto enum_names(EventKind) {
    using namespace std::literals;
    return std::array{
        std::pair{EventKind::error,                  "ERROR"sv                 },
        std::pair{EventKind::lifecycle,              "LC_EVENT"sv              },
        std::pair{EventKind::stats,                  "STATS"sv                 },
        std::pair{EventKind::rule_node_debug,        "DEBUG_RULE_NODE"sv       },
        std::pair{EventKind::rule_chain_debug,       "DEBUG_RULE_CHAIN"sv      },
        std::pair{EventKind::calculated_field_debug, "DEBUG_CALCULATED_FIELD"sv}
    };
}

/// Whether a message came into a rule node or left it.
enum class MsgDirection : std::uint8_t { in, out };
constexpr auto enum_names(MsgDirection) {
    using namespace std::literals;
    return std::array{
        std::pair{MsgDirection::in,  "IN"sv },
        std::pair{MsgDirection::out, "OUT"sv}
    };
}

struct ErrorEvent {
    std::string method;
    std::optional<std::string> error;
};
constexpr auto describe(const ErrorEvent*) {
    return fields(field("method", &ErrorEvent::method), field("error", &ErrorEvent::error));
}

struct LifecycleEvent {
    std::string event;  ///< CREATED, STARTED, UPDATED, …
    bool success = true;
    std::optional<std::string> error;
};
constexpr auto describe(const LifecycleEvent*) {
    return fields(field("event", &LifecycleEvent::event),
                  field("success", &LifecycleEvent::success),
                  field("error", &LifecycleEvent::error));
}

struct StatsEvent {
    std::int64_t messages_processed = 0;
    std::int64_t errors_occurred = 0;
};
constexpr auto describe(const StatsEvent*) {
    return fields(field("messagesProcessed", &StatsEvent::messages_processed),
                  field("errorsOccurred", &StatsEvent::errors_occurred));
}

struct RuleNodeDebugEvent {
    MsgDirection type = MsgDirection::in;
    std::optional<Uuid> entity_id;  ///< The message's originator.
    std::optional<EntityType> entity_type;
    std::optional<Uuid> msg_id;
    std::optional<std::string> msg_type;
    std::optional<std::string> data_type;
    std::optional<std::string> relation_type;
    std::optional<std::string> data;
    std::optional<std::string> metadata;
    std::optional<std::string> error;
};
constexpr auto describe(const RuleNodeDebugEvent*) {
    return fields(
        field("type", &RuleNodeDebugEvent::type), field("entityId", &RuleNodeDebugEvent::entity_id),
        field("entityType", &RuleNodeDebugEvent::entity_type),
        field("msgId", &RuleNodeDebugEvent::msg_id),
        field("msgType", &RuleNodeDebugEvent::msg_type),
        field("dataType", &RuleNodeDebugEvent::data_type),
        field("relationType", &RuleNodeDebugEvent::relation_type),
        field("data", &RuleNodeDebugEvent::data), field("metadata", &RuleNodeDebugEvent::metadata),
        field("error", &RuleNodeDebugEvent::error));
}

struct RuleChainDebugEvent {
    std::optional<std::string> message;
    std::optional<std::string> error;
};
constexpr auto describe(const RuleChainDebugEvent*) {
    return fields(field("message", &RuleChainDebugEvent::message),
                  field("error", &RuleChainDebugEvent::error));
}

struct CalculatedFieldDebugEvent {
    Uuid calculated_field_id{};
    std::optional<Uuid> entity_id;
    std::optional<EntityType> entity_type;
    std::optional<Uuid> msg_id;
    std::optional<std::string> msg_type;
    std::optional<std::string> arguments;
    std::optional<std::string> result;
    std::optional<std::string> error;
};
constexpr auto describe(const CalculatedFieldDebugEvent*) {
    return fields(field("calculatedFieldId", &CalculatedFieldDebugEvent::calculated_field_id),
                  field("entityId", &CalculatedFieldDebugEvent::entity_id),
                  field("entityType", &CalculatedFieldDebugEvent::entity_type),
                  field("msgId", &CalculatedFieldDebugEvent::msg_id),
                  field("msgType", &CalculatedFieldDebugEvent::msg_type),
                  field("arguments", &CalculatedFieldDebugEvent::arguments),
                  field("result", &CalculatedFieldDebugEvent::result),
                  field("error", &CalculatedFieldDebugEvent::error));
}

/// In the order of EventKind.
using EventBody = std::variant<ErrorEvent, LifecycleEvent, StatsEvent, RuleNodeDebugEvent,
                               RuleChainDebugEvent, CalculatedFieldDebugEvent>;

struct Event {
    Uuid id{};
    EpochMs created_time = 0;
    TenantId tenant_id;
    Uuid entity_id{};        ///< Of the entity whose list shows it: a rule node, a device, …
    std::string service_id;  ///< The server that saw it.
    EventBody body;

    EventKind kind() const { return static_cast<EventKind>(body.index()); }
};

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::ErrorEvent)
TS_JSON_ELSEWHERE(model::LifecycleEvent)
TS_JSON_ELSEWHERE(model::StatsEvent)
TS_JSON_ELSEWHERE(model::RuleNodeDebugEvent)
TS_JSON_ELSEWHERE(model::RuleChainDebugEvent)
TS_JSON_ELSEWHERE(model::CalculatedFieldDebugEvent)
}  // namespace thingstead
