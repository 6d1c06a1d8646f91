#include "rule/node.h"

namespace thingstead::rule::acknowledge {
namespace {

class AcknowledgeNode final : public Node {
  public:
    AcknowledgeNode(EmptyConfig, const NodeInfo&, NodeServices&) {}

    Step on_message(Visit& visit) override {
        visit.acknowledged = true;
        return "Success";
    }
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.flow.TbAckNode",
    .name = "acknowledge",
    .kind = NodeKind::flow,
    .summary = "Tells the queue that a message is processed, and goes on with it.",
    .form = "tbNodeEmptyConfig",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<AcknowledgeNode, EmptyConfig>,
};

}  // namespace thingstead::rule::acknowledge
