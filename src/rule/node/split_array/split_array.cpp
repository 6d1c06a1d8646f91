#include "rule/entity_reads.h"
#include "rule/message_body.h"

namespace thingstead::rule::split_array {
namespace {

/// Messages that are made at a time: a long array takes no more memory than this.
constexpr std::size_t batch_messages = 500;

class SplitArrayNode final : public Node {
  public:
    SplitArrayNode(EmptyConfig, const NodeInfo& info, NodeServices& services)
        : info_(info), services_(services) {}

    Step on_message(Visit& visit) override {
        Result<json::value> data = body(visit.msg);
        if (!data) return data.error();
        json::array* const elements = data->if_array();
        if (!elements) return Error{ErrorCode::invalid_argument, "Message body is not an array!"};
        if (elements->empty()) return Outcome(Consumed{});
        if (elements->size() == 1) {
            set_body(visit.msg, elements->front());
            return "Success";
        }
        return send_each(visit, std::move(*elements));
    }

  private:
    Task<Outcome> send_each(Visit& visit, json::array elements) {
        for (std::size_t at = 0; at < elements.size(); at += batch_messages) {
            std::vector<model::QueuedMsg> messages;
            const std::size_t end = std::min(at + batch_messages, elements.size());
            for (std::size_t i = at; i < end; ++i)
                messages.push_back(message_of(visit, elements[i]));
            const Result<> pushed = co_await net::with_deadline(
                services_.ingress.push(std::move(messages)), answer_time_max);
            if (!pushed) co_return Outcome(pushed.error());
        }
        co_return Outcome(Consumed{});
    }

    /// It goes on behind this node.
    model::QueuedMsg message_of(const Visit& visit, const json::value& element) const {
        model::QueuedMsg next{visit.tenant, visit.msg, {"Success"}, {}};
        next.msg.id = new_random_uuid();
        next.msg.rule_chain = info_.rule_chain;
        next.msg.rule_node = info_.rule_node;
        set_body(next.msg, element);
        return next;
    }

    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbSplitArrayMsgNode",
    .name = "split array msg",
    .kind = NodeKind::transformation,
    .summary = "Makes a message of each element of an array.",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<SplitArrayNode, EmptyConfig>,
};

}  // namespace thingstead::rule::split_array
