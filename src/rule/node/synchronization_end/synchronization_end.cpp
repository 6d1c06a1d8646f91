#include "rule/node.h"

namespace thingstead::rule::synchronization_end {
namespace {

class SynchronizationEndNode final : public Node {
  public:
    SynchronizationEndNode(EmptyConfig, const NodeInfo&, NodeServices&) {}
    Step on_message(Visit&) override { return "Success"; }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transaction.TbSynchronizationEndNode",
    .name = "synchronization end",
    .kind = NodeKind::action,
    .summary = "Passes every message on; chains of older versions have it.",
    .form = "tbNodeEmptyConfig",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<SynchronizationEndNode, EmptyConfig>,
};

}  // namespace thingstead::rule::synchronization_end
