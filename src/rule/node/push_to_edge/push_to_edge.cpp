#include <algorithm>

#include "rule/node.h"

namespace thingstead::rule::push_to_edge {
namespace {

struct Config {
    std::string scope = "SERVER_SCOPE";
};
constexpr auto describe(const Config*) {
    return fields(field("scope", &Config::scope, "Scope of attributes that name none."));
}

/// What an edge takes.
constexpr std::string_view types[] = {"POST_TELEMETRY_REQUEST",
                                      "POST_ATTRIBUTES_REQUEST",
                                      "ATTRIBUTES_UPDATED",
                                      "ATTRIBUTES_DELETED",
                                      "TIMESERIES_UPDATED",
                                      "ALARM",
                                      "ALARM_CREATED",
                                      "ALARM_UPDATED",
                                      "ALARM_SEVERITY_UPDATED",
                                      "ALARM_ACK",
                                      "ALARM_CLEAR",
                                      "CONNECT_EVENT",
                                      "DISCONNECT_EVENT",
                                      "ACTIVITY_EVENT",
                                      "INACTIVITY_EVENT",
                                      "TO_SERVER_RPC_REQUEST"};

/// This server has no edges: no originator is related to one, and such messages are done.
class PushToEdgeNode final : public Node {
  public:
    PushToEdgeNode(Config, const NodeInfo&, NodeServices&) {}

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        if (msg.metadata.get("source") == "edge") return Outcome(Consumed{});
        if (std::find(std::begin(types), std::end(types), msg.type) == std::end(types))
            return Error{ErrorCode::unsupported, "Unsupported msg type " + msg.type};
        if (msg.originator.type == model::EntityType::edge)
            return Error{ErrorCode::unsupported, "This server has no edges!"};
        return Outcome(Consumed{});
    }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.edge.TbMsgPushToEdgeNode",
    .name = "push to edge",
    .kind = NodeKind::action,
    .summary = "Sends messages to the edges that the originator is related to; here are none.",
    .chains = ChainKinds::core_only,
    .form = "tbActionNodePushToEdgeConfig",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<PushToEdgeNode, Config>,
};

}  // namespace thingstead::rule::push_to_edge
