#include "rule/node.h"

namespace thingstead::rule::synchronization_start {
namespace {

class SynchronizationStartNode final : public Node {
  public:
    SynchronizationStartNode(EmptyConfig, const NodeInfo&, NodeServices&) {}
    Step on_message(Visit&) override { return "Success"; }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transaction.TbSynchronizationBeginNode",
    .name = "synchronization start",
    .kind = NodeKind::action,
    .summary = "Passes every message on; chains of older versions have it.",
    .form = "tbNodeEmptyConfig",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<SynchronizationStartNode, EmptyConfig>,
};

}  // namespace thingstead::rule::synchronization_start
