// Shapes of events and their filters.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member calculated_field_debug_event_filter_members[] = {
    {.name = "arguments",  .kind = Kind::text   },
    {.name = "entityId",   .kind = Kind::text   },
    {.name = "entityType", .kind = Kind::text   },
    {.name = "errorStr",   .kind = Kind::text   },
    {.name = "isError",    .kind = Kind::boolean},
    {.name = "msgId",      .kind = Kind::text   },
    {.name = "msgType",    .kind = Kind::text   },
    {.name = "result",     .kind = Kind::text   },
    {.name = "server",     .kind = Kind::text   },
};

constexpr Member error_event_filter_members[] = {
    {.name = "errorStr", .kind = Kind::text},
    {.name = "method",   .kind = Kind::text},
    {.name = "server",   .kind = Kind::text},
};

constexpr Member event_filter_members[] = {
    {.name = "eventType", .kind = Kind::text, .shape = "EventType", .required = true},
    {.name = "notEmpty", .kind = Kind::boolean},
};
constexpr Variant event_filter_variants[] = {
    {"DEBUG_CALCULATED_FIELD", "CalculatedFieldDebugEventFilter"},
    {"DEBUG_RULE_CHAIN",       "RuleChainDebugEventFilter"      },
    {"DEBUG_RULE_NODE",        "RuleNodeDebugEventFilter"       },
    {"ERROR",                  "ErrorEventFilter"               },
    {"LC_EVENT",               "LifeCycleEventFilter"           },
    {"STATS",                  "StatisticsEventFilter"          },
};

constexpr Member event_info_members[] = {
    {.name = "body", .kind = Kind::any, .shape = "JsonNode"},
    {.name = "createdTime", .kind = Kind::long_integer, .read_only = true},
    {.name = "entityId", .kind = Kind::id, .shape = "EntityId", .read_only = true},
    {.name = "id", .kind = Kind::id, .shape = "EventId"},
    {.name = "tenantId", .kind = Kind::id, .shape = "TenantId", .read_only = true},
    {.name = "type", .kind = Kind::text},
    {.name = "uid", .kind = Kind::text},
};

constexpr std::string_view event_type_names[] = {
    "ERROR", "LC_EVENT", "STATS", "DEBUG_RULE_NODE", "DEBUG_RULE_CHAIN", "DEBUG_CALCULATED_FIELD"};

constexpr Member life_cycle_event_filter_members[] = {
    {.name = "errorStr", .kind = Kind::text},
    {.name = "event",    .kind = Kind::text},
    {.name = "server",   .kind = Kind::text},
    {.name = "status",   .kind = Kind::text},
};

constexpr Member statistics_event_filter_members[] = {
    {.name = "maxErrorsOccurred",    .kind = Kind::integer},
    {.name = "maxMessagesProcessed", .kind = Kind::integer},
    {.name = "minErrorsOccurred",    .kind = Kind::integer},
    {.name = "minMessagesProcessed", .kind = Kind::integer},
    {.name = "server",               .kind = Kind::text   },
};

constexpr Shape event_table[] = {
    {.name = "CalculatedFieldDebugEventFilter",
     .members = calculated_field_debug_event_filter_members,
     .extends = "EventFilter"},
    {.name = "ErrorEventFilter", .members = error_event_filter_members, .extends = "EventFilter"},
    {.name = "EventFilter",
     .members = event_filter_members,
     .discriminator = "eventType",
     .variants = event_filter_variants},
    {.name = "EventInfo", .members = event_info_members},
    {.name = "EventType", .names = event_type_names},
    {.name = "LifeCycleEventFilter",
     .members = life_cycle_event_filter_members,
     .extends = "EventFilter"},
    {.name = "StatisticsEventFilter",
     .members = statistics_event_filter_members,
     .extends = "EventFilter"},
};

}  // namespace

std::span<const Shape> event_shapes() { return event_table; }

}  // namespace thingstead::model
