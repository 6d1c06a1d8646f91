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

struct Connection {
    int from, to;
    const char* relation;
};

constexpr Connection default_connections[] = {
    {2, 4, "Other"                  },
    {2, 1, "Post attributes"        },
    {2, 0, "Post telemetry"         },
    {2, 3, "RPC Request from Device"},
    {2, 5, "RPC Request to Device"  },
};

}  // namespace

model::RuleChain default_root_chain(model::TenantId tenant, EpochMs now_ms) {
    model::RuleChain chain;
    chain.id = model::RuleChainId::make();
    chain.created_time = now_ms;
    chain.tenant_id = tenant;
    chain.name = "Root Rule Chain";
    chain.root = true;
    chain.version = 1;
    constexpr int first = 2;
    json::array nodes, connections;
    for (const Node& each : default_nodes()) {
        const model::RuleNodeId id = model::RuleNodeId::make();
        if (static_cast<int>(nodes.size()) == first) chain.first_rule_node_id = id;
        nodes.push_back(json::object{
            {"id",                   to_json(id)                                                    },
            {"createdTime",          now_ms                                                         },
            {"ruleChainId",          to_json(chain.id)                                              },
            {"type",                 std::string(class_prefix) + each.type                          },
            {"name",                 each.name                                                      },
            {"debugSettings",        nullptr                                                        },
            {"singletonMode",        false                                                          },
            {"queueName",            nullptr                                                        },
            {"configurationVersion", each.version                                                   },
            {"configuration",        each.configuration                                             },
            {"additionalInfo",       {{"layoutX", each.x}, {"layoutY", each.y}, {"description", ""}}},
            {"externalId",           nullptr                                                        },
        });
    }
    for (const Connection& each : default_connections)
        connections.push_back(json::object{
            {"fromIndex", each.from    },
            {"toIndex",   each.to      },
            {"type",      each.relation}
        });
    chain.metadata = json::object{
        {"ruleChainId",          to_json(chain.id)     },
        {"version",              1                     },
        {"firstNodeIndex",       first                 },
        {"nodes",                std::move(nodes)      },
        {"connections",          std::move(connections)},
        {"ruleChainConnections", nullptr               },
    };
    return chain;
}

}  // namespace thingstead::core
