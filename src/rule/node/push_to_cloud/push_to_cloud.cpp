#include "rule/cannot_work.h"

namespace thingstead::rule::push_to_cloud {
namespace {

std::string_view why() { return "Only an edge pushes to the cloud!"; }

json::value new_configuration() {
    return json::object{
        {"scope", "SERVER_SCOPE"}
    };
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.edge.TbMsgPushToCloudNode",
    .name = "push to cloud",
    .kind = NodeKind::action,
    .summary = "Part of chains for edges, which send messages to the cloud by it.",
    .chains = ChainKinds::edge_only,
    .form = "tbActionNodePushToCloudConfig",
    .default_configuration = &new_configuration,
    .make = &cannot_work<&why>,
};

}  // namespace thingstead::rule::push_to_cloud
