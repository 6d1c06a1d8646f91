#include "model/msg.h"
#include "rule/node.h"

namespace thingstead::rule::msg_type_switch {
namespace {

constexpr std::string_view relations[] = {
    "Post telemetry",
    "Post attributes",
    "RPC Request from Device",
    "RPC Request to Device",
    "Activity Event",
    "Inactivity Event",
    "Connect Event",
    "Disconnect Event",
    "Entity Created",
    "Entity Updated",
    "Entity Deleted",
    "Entity Assigned",
    "Entity Unassigned",
    "Entity Assigned From Tenant",
    "Entity Assigned To Tenant",
    "Attributes Updated",
    "Attributes Deleted",
    "Timeseries Updated",
    "Timeseries Deleted",
    "Alarm",
    "Alarm Created",
    "Alarm Updated",
    "Alarm Severity Updated",
    "Alarm Acknowledged",
    "Alarm Cleared",
    "Alarm Assigned",
    "Alarm Unassigned",
    "Comment Created",
    "Comment Updated",
    "RPC Queued",
    "RPC Sent",
    "RPC Delivered",
    "RPC Successful",
    "RPC Timeout",
    "RPC Expired",
    "RPC Failed",
    "RPC Deleted",
    "Relation Added or Updated",
    "Relation Deleted",
    "All Relations Deleted",
    "REST API request",
    "Other",
    "Failure",
};

class MsgTypeSwitchNode final : public Node {
  public:
    MsgTypeSwitchNode(EmptyConfig, const NodeInfo&, NodeServices&) {}

    Step on_message(Visit& visit) override {
        return Relation(model::connection_of(visit.msg.type));
    }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode",
    .name = "message type switch",
    .kind = NodeKind::filter,
    .summary = "Routes a message by its type.",
    .relations = relations,
    .form = "tbNodeEmptyConfig",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<MsgTypeSwitchNode, EmptyConfig>,
};

}  // namespace thingstead::rule::msg_type_switch
