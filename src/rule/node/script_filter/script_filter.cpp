#include "rule/node_script.h"

namespace thingstead::rule::script_filter {
namespace {

struct Config : ScriptTexts {
    Config() : ScriptTexts("return msg.temperature > 20;") {}
};
constexpr auto describe(const Config*) {
    return describe(static_cast<const ScriptTexts*>(nullptr));
}

class ScriptFilterNode final : public Node {
  public:
    explicit ScriptFilterNode(NodeScript script) : script_(std::move(script)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<NodeScript> script = NodeScript::make(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(std::make_unique<ScriptFilterNode>(*std::move(script)));
    }

    Step on_message(Visit& visit) override {
        return answered(script_, visit, [](Visit&, const json::value& answer) -> Step {
            if (!answer.is_bool()) return wrong_result_type(answer);
            return answer.get_bool() ? "True" : "False";
        });
    }

  private:
    NodeScript script_;
};

constexpr std::string_view relations[] = {"True", "False"};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.filter.TbJsFilterNode",
    .name = "script",
    .kind = NodeKind::filter,
    .summary = "Asks a script whether a message passes.",
    .relations = relations,
    .form = "tbFilterNodeScriptConfig",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<ScriptFilterNode, Config>,
};

}  // namespace thingstead::rule::script_filter
