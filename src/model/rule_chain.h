// RuleChainMetaData: the nodes of a rule chain and how they are connected. It is stored as one
// document with the chain (RuleChain::metadata), read and replaced as a whole, and run by the rule
// engine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/entities.h"
#include "model/ids.h"

namespace thingstead::model {

inline constexpr std::string_view rule_chain_node_class =
    "org.thingsboard.rule.engine.flow.TbRuleChainInputNode";
inline constexpr std::string_view output_node_class =
    "org.thingsboard.rule.engine.flow.TbRuleChainOutputNode";

/// What of a node's messages is kept as events.
struct DebugSettings {
    bool failures_enabled = false;
    bool all_enabled = false;  ///< Asked for; stored is until when.
    EpochMs all_enabled_until = 0;
};
constexpr auto describe(const DebugSettings*) {
    return fields(field("failuresEnabled", &DebugSettings::failures_enabled),
                  field("allEnabled", &DebugSettings::all_enabled),
                  field("allEnabledUntil", &DebugSettings::all_enabled_until));
}

struct RuleNode {
    std::optional<RuleNodeId> id;
    EpochMs created_time = 0;
    std::optional<RuleChainId> rule_chain_id;
    std::string type;  ///< The full name of the class.
    std::string name;
    std::optional<DebugSettings> debug_settings;
    std::optional<bool> debug_mode;  ///< The older form of debug_settings: accepted, never kept.
    bool singleton_mode = false;
    std::optional<std::string> queue_name;
    std::int32_t configuration_version = 0;
    json::value configuration;
    json::value additional_info;  ///< layoutX, layoutY, description.
    std::optional<RuleNodeId> external_id;
};
constexpr auto describe(const RuleNode*) {
    return fields(field("id", &RuleNode::id),
                  field("createdTime", &RuleNode::created_time, "", server_owned),
                  field("ruleChainId", &RuleNode::rule_chain_id, "", server_owned),
                  field("type", &RuleNode::type, "", up_to(255)),
                  field("name", &RuleNode::name, "", up_to(255)),
                  field("debugSettings", &RuleNode::debug_settings, "", of_schema("DebugSettings")),
                  field("debugMode", &RuleNode::debug_mode, "", omit_null),
                  field("singletonMode", &RuleNode::singleton_mode),
                  field("queueName", &RuleNode::queue_name, "", up_to(255)),
                  field("configurationVersion", &RuleNode::configuration_version),
                  field("configuration", &RuleNode::configuration, "", up_to(10'000'000)),
                  field("additionalInfo", &RuleNode::additional_info),
                  field("externalId", &RuleNode::external_id));
}

struct NodeConnectionInfo {
    std::int32_t from_index = -1;
    std::int32_t to_index = -1;
    std::string type;
    friend auto operator<=>(const NodeConnectionInfo&, const NodeConnectionInfo&) = default;
};
constexpr auto describe(const NodeConnectionInfo*) {
    return fields(field("fromIndex", &NodeConnectionInfo::from_index),
                  field("toIndex", &NodeConnectionInfo::to_index),
                  field("type", &NodeConnectionInfo::type, "", up_to(255)));
}

/// The older form of a node that calls another chain: accepted, never kept.
struct RuleChainConnectionInfo {
    std::int32_t from_index = -1;
    std::optional<RuleChainId> target;
    json::value additional_info;
    std::string type;
};
constexpr auto describe(const RuleChainConnectionInfo*) {
    return fields(field("fromIndex", &RuleChainConnectionInfo::from_index),
                  field("targetRuleChainId", &RuleChainConnectionInfo::target),
                  field("additionalInfo", &RuleChainConnectionInfo::additional_info),
                  field("type", &RuleChainConnectionInfo::type, "", up_to(255)));
}

/// A text that people put beside the nodes.
struct RuleChainNote {
    std::optional<std::string> id;
    std::int32_t x = 0;
    std::int32_t y = 0;
    std::int32_t width = 0;
    std::int32_t height = 0;
    std::optional<std::string> content;
    std::optional<std::string> background_color;
    std::optional<std::string> border_color;
    std::optional<std::int32_t> border_width;
    std::optional<bool> apply_default_markdown_style;
    std::optional<std::string> markdown_css;
};
constexpr auto describe(const RuleChainNote*) {
    return fields(field("id", &RuleChainNote::id, "", omit_null), field("x", &RuleChainNote::x),
                  field("y", &RuleChainNote::y), field("width", &RuleChainNote::width),
                  field("height", &RuleChainNote::height),
                  field("content", &RuleChainNote::content, "", omit_null),
                  field("backgroundColor", &RuleChainNote::background_color, "", omit_null),
                  field("borderColor", &RuleChainNote::border_color, "", omit_null),
                  field("borderWidth", &RuleChainNote::border_width, "", omit_null),
                  field("applyDefaultMarkdownStyle", &RuleChainNote::apply_default_markdown_style,
                        "", omit_null),
                  field("markdownCss", &RuleChainNote::markdown_css, "", omit_null));
}

struct RuleChainMetaData {
    std::optional<RuleChainId> rule_chain_id;
    std::optional<std::int64_t> version;  ///< The chain's.
    std::optional<std::int32_t> first_node_index;
    std::vector<RuleNode> nodes;
    std::vector<NodeConnectionInfo> connections;
    std::optional<std::vector<RuleChainConnectionInfo>> rule_chain_connections;
    std::optional<std::vector<RuleChainNote>> notes;
};
constexpr auto describe(const RuleChainMetaData*) {
    return fields(
        field("ruleChainId", &RuleChainMetaData::rule_chain_id),
        field("version", &RuleChainMetaData::version),
        field("firstNodeIndex", &RuleChainMetaData::first_node_index),
        field("nodes", &RuleChainMetaData::nodes, "", of_schema("RuleNode")),
        field("connections", &RuleChainMetaData::connections, "", of_schema("NodeConnectionInfo")),
        field("ruleChainConnections", &RuleChainMetaData::rule_chain_connections, "",
              of_schema("RuleChainConnectionInfo")),
        field("notes", &RuleChainMetaData::notes, "", omit_null, of_schema("RuleChainNote")));
}

/// What a chain has, complete: with ids of all nodes, the chain's id and version. A chain without a
/// document has no nodes. Errors: malformed - the document cannot be read, or a connection names a
/// node that is not there.
Result<RuleChainMetaData> metadata_of(const RuleChain& chain);

/// The chain that a node of rule_chain_node_class calls; nothing: another class, or none is named.
std::optional<RuleChainId> called_chain(const RuleNode& node);

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::DebugSettings)
TS_JSON_ELSEWHERE(model::RuleNode)
TS_JSON_ELSEWHERE(model::NodeConnectionInfo)
TS_JSON_ELSEWHERE(model::RuleChainConnectionInfo)
TS_JSON_ELSEWHERE(model::RuleChainNote)
TS_JSON_ELSEWHERE(model::RuleChainMetaData)
}  // namespace thingstead
