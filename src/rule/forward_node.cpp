#include "rule/forward_node.h"

namespace thingstead::rule {
namespace {

Task<Outcome> forward(core::RuleIngress& queue, Uuid key, std::vector<model::QueuedMsg> messages) {
    const Result<> pushed = co_await queue.push_to(key, std::move(messages));
    if (!pushed) co_return Outcome(pushed.error());
    co_return Outcome(Consumed{});
}

}  // namespace

Step ForwardNode::on_message(Visit& visit) {
    model::QueuedMsg next{visit.tenant, visit.msg, {}, {}};
    next.msg.rule_chain = info_.rule_chain;
    next.msg.rule_node = info_.rule_node;
    --next.msg.node_executions;  // The visit is there.
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(next));
    return forward(services_.queue_of(info_), key_, std::move(messages));
}

}  // namespace thingstead::rule
