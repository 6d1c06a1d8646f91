#include "core/rule_route.h"
#include "rule/node.h"

namespace thingstead::rule::rule_chain {
namespace {

struct Config {
    std::string rule_chain_id;
    bool forward_to_default = false;
};
constexpr auto describe(const Config*) {
    return fields(field("ruleChainId", &Config::rule_chain_id, "The chain that is called."),
                  field("forwardMsgToDefaultRuleChain", &Config::forward_to_default,
                        "Call the chain that the originator's profile names, if it names one."));
}

class RuleChainNode final : public Node {
  public:
    RuleChainNode(model::RuleChainId target, bool forward_to_default, const NodeInfo& info,
                  NodeServices& services)
        : target_(target),
          forward_to_default_(forward_to_default),
          own_(info.rule_chain),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const Result<Uuid> target = parse_uuid(config.rule_chain_id);
        if (!target) return target.error();
        return std::unique_ptr<Node>(std::make_unique<RuleChainNode>(
            model::RuleChainId{*target}, config.forward_to_default, info, services));
    }

    Step on_message(Visit& visit) override {
        if (forward_to_default_) return forward(visit);
        return enter(target_);
    }

  private:
    Outcome enter(model::RuleChainId target) const {
        if (target == own_)
            return Error{ErrorCode::invalid_argument,
                         "Rule chain node must not call its own rule chain!"};
        return EnterChain{target};
    }

    Task<Outcome> forward(Visit& visit) {
        const auto route =
            co_await core::rule_route_of(services_.entities, visit.msg.originator, {}, {});
        if (!route) co_return Outcome(route.error());
        co_return enter(route->chain.value_or(target_));
    }

    model::RuleChainId target_;
    bool forward_to_default_;
    model::RuleChainId own_;
    NodeServices& services_;
};

/// 0 → 1: the flag came.
Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration["forwardMsgToDefaultRuleChain"] = false;
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.flow.TbRuleChainInputNode",
    .name = "rule chain",
    .kind = NodeKind::flow,
    .summary = "Calls another chain.",
    .configuration_version = 1,
    .relations = {},
    .custom_relations = true,
    .calls_chain = true,
    .form = "tbFlowNodeRuleChainInputConfig",
    .icon = "input",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<RuleChainNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::rule_chain
