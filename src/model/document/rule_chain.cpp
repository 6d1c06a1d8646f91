// Shapes of rule chains and components.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr std::string_view component_clustering_mode_names[] = {"USER_PREFERENCE", "ENABLED",
                                                                "SINGLETON"};

constexpr std::string_view component_scope_names[] = {"SYSTEM", "TENANT"};

constexpr std::string_view component_type_names[] = {"ENRICHMENT", "FILTER",   "TRANSFORMATION",
                                                     "ACTION",     "EXTERNAL", "FLOW"};

constexpr Member default_rule_chain_create_request_members[] = {
    {.name = "name", .kind = Kind::text, .required = true},
};

constexpr Member rule_chain_debug_event_filter_members[] = {
    {.name = "errorStr", .kind = Kind::text   },
    {.name = "isError",  .kind = Kind::boolean},
    {.name = "message",  .kind = Kind::text   },
    {.name = "server",   .kind = Kind::text   },
};

constexpr Member rule_node_debug_event_filter_members[] = {
    {.name = "dataSearch",       .kind = Kind::text   },
    {.name = "entityId",         .kind = Kind::text   },
    {.name = "entityType",       .kind = Kind::text   },
    {.name = "errorStr",         .kind = Kind::text   },
    {.name = "isError",          .kind = Kind::boolean},
    {.name = "metadataSearch",   .kind = Kind::text   },
    {.name = "msgDirectionType", .kind = Kind::text   },
    {.name = "msgId",            .kind = Kind::text   },
    {.name = "msgType",          .kind = Kind::text   },
    {.name = "relationType",     .kind = Kind::text   },
    {.name = "server",           .kind = Kind::text   },
};

constexpr std::string_view script_language_names[] = {"JS", "TBEL"};

constexpr Shape rule_chain_table[] = {
    {.name = "ComponentClusteringMode", .names = component_clustering_mode_names},
    {.name = "ComponentScope", .names = component_scope_names},
    {.name = "ComponentType", .names = component_type_names},
    {.name = "DefaultRuleChainCreateRequest", .members = default_rule_chain_create_request_members},
    {.name = "RuleChainDebugEventFilter",
     .members = rule_chain_debug_event_filter_members,
     .extends = "EventFilter"},
    {.name = "RuleNodeDebugEventFilter",
     .members = rule_node_debug_event_filter_members,
     .extends = "EventFilter"},
    {.name = "ScriptLanguage", .names = script_language_names},
};

}  // namespace

std::span<const Shape> rule_chain_shapes() { return rule_chain_table; }

}  // namespace thingstead::model
