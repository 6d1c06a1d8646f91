#include <array>

#include "core/installation.h"

namespace thingstead::core {
namespace {

constexpr std::string_view class_prefix = "org.thingsboard.rule.engine.";
constexpr std::string_view default_log_script =
    "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + "
    "JSON.stringify(metadata);";

struct Node {
    const char* name;
    const char* type;  ///< Behind class_prefix.
    int version;
    json::value configuration;
    int x, y;
};

json::object log_configuration() {
    return {
        {"scriptLang", "TBEL"            },
        {"jsScript",   default_log_script},
        {"tbelScript", default_log_script}
    };
}

std::array<Node, 6> default_nodes() {
    const json::object every_message{
        {"type", "ON_EVERY_MESSAGE"}
    };
    return {
        Node{"Save Timeseries",        "telemetry.TbMsgTimeseriesNode", 1,
             json::object{
                 {"defaultTTL", 0}, {"useServerTs", false}, {"processingSettings", every_message}},
             824,                                                                                             156},
        Node{"Save Client Attributes", "telemetry.TbMsgAttributesNode", 3,
             json::object{{"processingSettings", every_message},
                          {"scope", "CLIENT_SCOPE"},
                          {"notifyDevice", false},
                          {"sendAttributesUpdatedNotification", false},
                          {"updateAttributesOnlyOnValueChange", true}},
             825,                                                                                             52 },
        Node{"Message Type Switch",    "filter.TbMsgTypeSwitchNode",    0, json::object{{"version", 0}},
             347,                                                                                             149},
        Node{"Log RPC from Device",    "action.TbLogNode",              0, log_configuration(),          825, 266},
        Node{"Log Other",              "action.TbLogNode",              0, log_configuration(),          825, 379},
        Node{"RPC Call Request",       "rpc.TbSendRPCRequestNode",      0,
             json::object{{"timeoutInSeconds", 60}},                                                     825, 468},
    };
}

constexpr int first_node = 2;

const std::vector<model::NodeConnectionInfo>& default_connections() {
    static const std::vector<model::NodeConnectionInfo> connections{
        {2, 4, "Other"                  },
        {2, 1, "Post attributes"        },
        {2, 0, "Post telemetry"         },
        {2, 3, "RPC Request from Device"},
        {2, 5, "RPC Request to Device"  },
    };
    return connections;
}

model::RuleNode node_of(const Node& row, model::RuleChainId chain, EpochMs now_ms) {
    model::RuleNode node;
    node.id = model::RuleNodeId::make();
    node.created_time = now_ms;
    node.rule_chain_id = chain;
    node.type = std::string(class_prefix) + row.type;
    node.name = row.name;
    node.configuration_version = row.version;
    node.configuration = row.configuration;
    node.additional_info = json::object{
        {"layoutX",     row.x},
        {"layoutY",     row.y},
        {"description", ""   }
    };
    return node;
}

}  // namespace

model::RuleChainMetaData default_metadata(model::RuleChainId chain, EpochMs now_ms) {
    model::RuleChainMetaData metadata;
    metadata.rule_chain_id = chain;
    metadata.first_node_index = first_node;
    for (const Node& each : default_nodes()) metadata.nodes.push_back(node_of(each, chain, now_ms));
    metadata.connections = default_connections();
    return metadata;
}

model::RuleChain default_chain(model::TenantId tenant, std::string name, EpochMs now_ms) {
    model::RuleChain chain;
    chain.id = model::RuleChainId::make();
    chain.created_time = now_ms;
    chain.tenant_id = tenant;
    chain.name = std::move(name);
    chain.version = 1;
    const model::RuleChainMetaData metadata = default_metadata(chain.id, now_ms);
    chain.first_rule_node_id = metadata.nodes[first_node].id;
    chain.metadata = to_json(metadata);
    return chain;
}

model::RuleChain default_root_chain(model::TenantId tenant, EpochMs now_ms) {
    model::RuleChain chain = default_chain(tenant, "Root Rule Chain", now_ms);
    chain.root = true;
    return chain;
}

model::RuleChain edge_root_chain(model::TenantId tenant, EpochMs now_ms) {
    model::RuleChain chain = default_chain(tenant, "Edge Root Rule Chain", now_ms);
    chain.type = model::RuleChainType::edge;
    chain.root = true;
    model::RuleChainMetaData metadata = default_metadata(chain.id, now_ms);
    for (const char* scope : {"CLIENT_SCOPE", "SERVER_SCOPE"}) {
        const int y = metadata.nodes.size() == default_nodes().size() ? 104 : 208;
        const Node push{"Push to cloud",
                        "edge.TbMsgPushToCloudNode",
                        0,
                        json::object{{"scope", scope}},
                        1129,
                        y};
        metadata.nodes.push_back(node_of(push, chain.id, now_ms));
    }
    metadata.connections.push_back({0, 6, "Success"});
    metadata.connections.push_back({1, 6, "Success"});
    metadata.connections.push_back({2, 7, "Attributes Updated"});
    metadata.connections.push_back({2, 7, "Attributes Deleted"});
    chain.first_rule_node_id = metadata.nodes[first_node].id;
    chain.metadata = to_json(metadata);
    return chain;
}

}  // namespace thingstead::core
