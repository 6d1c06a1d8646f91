#include "rule/enqueue.h"
#include "rule/node_script.h"

namespace thingstead::rule::script_transform {
namespace {

struct Config : ScriptTexts {
    Config() : ScriptTexts("return {msg: msg, metadata: metadata, msgType: msgType};") {}
};
constexpr auto describe(const Config*) {
    return describe(static_cast<const ScriptTexts*>(nullptr));
}

class ScriptTransformNode final : public Node {
  public:
    ScriptTransformNode(NodeScript script, const NodeInfo& info, NodeServices& services)
        : script_(std::move(script)), info_(info), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        Result<NodeScript> script = NodeScript::make(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(
            std::make_unique<ScriptTransformNode>(*std::move(script), info, services));
    }

    Step on_message(Visit& visit) override {
        return answered(script_, visit, [this](Visit& at, const json::value& answer) {
            return become(at, answer);
        });
    }

  private:
    Step become(Visit& visit, const json::value& answer) const {
        if (!answer.is_array()) return change(visit, answer);
        const json::array& answers = answer.get_array();
        if (answers.empty())
            return Error{ErrorCode::invalid_argument, "Message or messages list are empty!"};
        if (answers.size() == 1) return change(visit, answers.front());
        std::vector<model::QueuedMsg> messages;
        for (const json::value& each : answers) {
            Result<model::Msg> changed = changed_msg(visit.msg, each, script_.language());
            if (!changed) return changed.error();
            messages.push_back(behind(info_, *std::move(changed), "Success"));
        }
        return enqueue(services_.ingress, std::move(messages));
    }

    Step change(Visit& visit, const json::value& answer) const {
        Result<model::Msg> changed = changed_msg(visit.msg, answer, script_.language());
        if (!changed) return changed.error();
        visit.msg = *std::move(changed);
        return "Success";
    }

    NodeScript script_;
    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbTransformMsgNode",
    .name = "script",
    .kind = NodeKind::transformation,
    .summary = "Lets a script change a message, or make several of it.",
    .form = "tbTransformationNodeScriptConfig",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<ScriptTransformNode, Config>,
};

}  // namespace thingstead::rule::script_transform
