// Messages that nodes put into the queue: to go on behind themselves, and about what they changed.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/msg.h"
#include "rule/message_body.h"
#include "rule/node.h"

namespace thingstead::rule {

/// `msg` under a new id, to go on behind the node by `relation`.
model::QueuedMsg behind(const NodeInfo& node, model::Msg msg, std::string_view relation);

/// The debug event of a message that a node made by itself, if its node asks for one.
void note_made(NodeServices& services, const NodeInfo& node, const model::QueuedMsg& made);

/// Durable on return. Consumed: the messages go on instead of the one that is visited. Errors:
/// unavailable.
Task<Outcome> enqueue(core::RuleIngress& ingress, std::vector<model::QueuedMsg> messages);

/// What is made of messages that a node held.
struct HeldResult {
    HeldResult(std::vector<model::QueuedMsg> made, std::vector<HeldMessages::Hold> of)
        : messages(std::move(made)), holds(std::move(of)) {}
    std::vector<model::QueuedMsg> messages;
    std::vector<HeldMessages::Hold> holds;
};
/// Starts to put the result into the queue; what it was made of is finished when it is durable.
/// Tries again after ten seconds, up to `retries` times; then the result is lost, and logged. If
/// too much runs already the held messages visit the node again.
void enqueue_later(NodeServices& services, const NodeInfo& node, core::RuleIngress& ingress,
                   HeldResult result, std::int32_t retries);
/// Why a message is not kept: the node's own words are for its own limit.
Error too_much_held();

/// A message of the node's own about `originator`, in whose profile's chain it starts.
struct Notice {
    model::TenantId tenant;
    model::EntityId originator;
    std::optional<model::CustomerId> customer{};
    std::string type;
    std::string data;  ///< JSON.
    model::Metadata metadata{};
};
/// Durable on return. Errors: unavailable.
Task<Result<>> notify(NodeServices& services, model::RuleNodeId node, Notice notice);

/// What notify() tells of an entity: its JSON is the data.
template <class T>
Notice notice_of(std::string_view type, model::TenantId tenant, const T& entity) {
    Notice notice;
    notice.tenant = tenant;
    notice.originator = model::EntityId(entity.id);
    notice.type = type;
    notice.data = json_text(to_json(entity));
    if constexpr (requires { entity.customer_id; })
        if (entity.customer_id != model::no_customer) notice.customer = entity.customer_id;
    return notice;
}

}  // namespace thingstead::rule
