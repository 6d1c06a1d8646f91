#include "rule/node_script.h"

namespace thingstead::rule::script_switch {
namespace {

constexpr std::string_view js_default = R"(function nextRelation(metadata, msg) {
    return ['one','nine'];
}
if(msgType === 'POST_TELEMETRY_REQUEST') {
    return ['two'];
}
return nextRelation(metadata, msg);)";
constexpr std::string_view tbel_default = R"(function nextRelation(metadata, msg) {
    return ['one','nine'];
}
if(msgType == 'POST_TELEMETRY_REQUEST') {
    return ['two'];
}
return nextRelation(metadata, msg);)";

struct Config : ScriptTexts {
    Config() {
        js_script = js_default;
        tbel_script = tbel_default;
    }
};
constexpr auto describe(const Config*) {
    return describe(static_cast<const ScriptTexts*>(nullptr));
}

Relation relation_of(const json::value& name) {
    return Relation::owned(std::string(name.get_string()));
}

class ScriptSwitchNode final : public Node {
  public:
    explicit ScriptSwitchNode(NodeScript script) : script_(std::move(script)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<NodeScript> script = NodeScript::make(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(std::make_unique<ScriptSwitchNode>(*std::move(script)));
    }

    Step on_message(Visit& visit) override {
        return answered(script_, visit,
                        [](Visit&, const json::value& answer) -> Step { return way_of(answer); });
    }

  private:
    static Step way_of(const json::value& answer) {
        if (answer.is_string()) return relation_of(answer);
        if (!answer.is_array()) return wrong_result_type(answer);
        std::vector<Relation> relations;
        for (const json::value& each : answer.get_array()) {
            if (!each.is_string()) return wrong_result_type(each);
            relations.push_back(relation_of(each));
        }
        return Outcome(std::move(relations));
    }

    NodeScript script_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbJsSwitchNode",
    .name = "switch",
    .kind = NodeKind::filter,
    .summary = "Asks a script which ways a message goes.",
    .relations = {},
    .custom_relations = true,
    .form = "tbFilterNodeSwitchConfig",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<ScriptSwitchNode, Config>,
};

}  // namespace thingstead::rule::script_switch
