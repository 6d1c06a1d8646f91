#include "rule/enqueue.h"
#include "rule/node.h"

namespace thingstead::rule::checkpoint {
namespace {

class CheckpointNode final : public Node {
  public:
    CheckpointNode(EmptyConfig, const NodeInfo& info, NodeServices& services)
        : info_(info), services_(services) {}

    Step on_message(Visit& visit) override {
        std::vector<model::QueuedMsg> next;
        next.push_back(behind(info_, visit.msg, "Success"));
        return enqueue(services_.queue_of(info_), std::move(next));
    }

  private:
    NodeInfo info_;
    NodeServices& services_;
};

/// 0 → 1: the queue became a property of the node.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration.erase("queueName");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.flow.TbCheckpointNode",
    .name = "checkpoint",
    .kind = NodeKind::flow,
    .summary = "Puts a message into a queue, from where it goes on.",
    .configuration_version = 1,
    .has_queue_name = true,
    .form = "tbNodeEmptyConfig",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<CheckpointNode, EmptyConfig>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::checkpoint
