#include "rule/enqueue.h"

#include <utility>

#include "base/uuid.h"
#include "core/rule_route.h"
#include "net/timer.h"
#include "rule/node_events.h"

namespace thingstead::rule {
namespace {

constexpr std::chrono::seconds retry_pause{10};

/// Not a member of a node: its chain may change meanwhile.
Task<> put(NodeServices& services, NodeInfo node, core::RuleIngress& ingress, HeldResult result,
           std::int32_t retries) {
    for (std::int32_t attempt = 0;; ++attempt) {
        const Result<> pushed = co_await ingress.push(result.messages);
        if (!pushed && attempt < retries) {
            co_await net::sleep_for(retry_pause);
            continue;
        }
        for (HeldMessages::Hold& each : result.holds) each.finish();
        if (!pushed)
            services.log.error("rule.node.result_lost", pushed.error(),
                               {
                                   {"tenant",   node.tenant.to_string()},
                                   {"chain",    node.chain_name        },
                                   {"node",     node.name              },
                                   {"messages", result.messages.size() }
            });
        co_return;
    }
}

}  // namespace

model::QueuedMsg behind(const NodeInfo& node, model::Msg msg, std::string_view relation) {
    model::QueuedMsg next{node.tenant, std::move(msg), {}, {}};
    next.msg.id = new_random_uuid();
    next.msg.rule_chain = node.rule_chain;
    next.msg.rule_node = node.rule_node;
    next.relations.emplace_back(relation);
    return next;
}

void note_made(NodeServices& services, const NodeInfo& node, const model::QueuedMsg& made) {
    if (!services.node_events) return;
    const DebugMode watched = services.node_events->watched(node.rule_node);
    if (services.node_events->keeps_all(watched) || (!made.failure.empty() && watched.failures))
        services.node_events->out(node, made.msg, made.relations.front(), made.failure);
}

Task<Outcome> enqueue(core::RuleIngress& ingress, std::vector<model::QueuedMsg> messages) {
    const Result<> pushed = co_await ingress.push(std::move(messages));
    if (!pushed) co_return Outcome(pushed.error());
    co_return Outcome(Consumed{});
}

void enqueue_later(NodeServices& services, const NodeInfo& node, core::RuleIngress& ingress,
                   HeldResult result, std::int32_t retries) {
    services.spawn(node.name, put(services, node, ingress, std::move(result), retries));
}

Error too_much_held() {
    return {ErrorCode::unavailable, "Too many messages are held by rule nodes of this server!"};
}

Task<Result<>> notify(NodeServices& services, model::RuleNodeId node, Notice notice) {
    const auto route = co_await core::rule_route_of(services.entities, notice.originator,
                                                    notice.type, notice.data);
    if (!route) co_return route.error();
    model::QueuedMsg queued;
    queued.tenant = notice.tenant;
    queued.msg.id = new_random_uuid();
    queued.msg.ts = services.clock.now_ms();
    queued.msg.type = std::move(notice.type);
    queued.msg.originator = notice.originator;
    queued.msg.customer = notice.customer;
    queued.msg.metadata = std::move(notice.metadata);
    queued.msg.metadata.put("ruleNodeId", node.to_string());
    queued.msg.data = std::move(notice.data);
    queued.msg.rule_chain = route->chain;
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(queued));
    core::RuleIngress& way = services.ingress.way_to(notice.tenant, route->queue);
    co_return co_await way.push(std::move(messages));
}

}  // namespace thingstead::rule
