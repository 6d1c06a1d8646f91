#include "rule/node.h"

namespace thingstead::rule::output {
namespace {

class OutputNode final : public Node {
  public:
    OutputNode(EmptyConfig, const NodeInfo&, NodeServices&) {}
    Step on_message(Visit&) override { return Outcome(LeaveChain{}); }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.flow.TbRuleChainOutputNode",
    .name = "output",
    .kind = NodeKind::flow,
    .summary = "Goes on behind the node that called this chain, by this node's name.",
    .relations = {},
    .has_output = false,
    .form = "tbFlowNodeRuleChainOutputConfig",
    .icon = "output",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<OutputNode, EmptyConfig>,
};

}  // namespace thingstead::rule::output
