#include "base/log.h"

#include <chrono>

#include "model/kv.h"
#include "rule/message_body.h"
#include "rule/node_script.h"

namespace thingstead::rule::log {
namespace {

using namespace std::chrono_literals;

constexpr const char* default_script =
    "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + "
    "JSON.stringify(metadata);";
/// What older installations have stored.
constexpr std::string_view old_default_script =
    "return 'Incoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + "
    "JSON.stringify(metadata);";

constexpr std::size_t text_bytes_max = 4096;
/// Messages are many and come from outside.
constexpr auto line_interval = 10ms;

struct Config : ScriptTexts {
    Config() : ScriptTexts(default_script) {}
};
constexpr auto describe(const Config*) {
    return describe(static_cast<const ScriptTexts*>(nullptr));
}

/// What the default script makes.
std::string default_text(const model::Msg& msg) {
    std::string text = "\nIncoming message:\n" + msg.data + "\nIncoming metadata:\n{";
    char separator = 0;
    for (const auto& [key, value] : msg.metadata) {
        if (separator) text += separator;
        model::append_json_string(text, key);
        text += ':';
        model::append_json_string(text, value);
        separator = ',';
    }
    text += '}';
    return text;
}

class LogNode final : public Node {
  public:
    /// Without a script it writes what the default script would.
    LogNode(std::optional<NodeScript> script, const NodeInfo& info, NodeServices& services)
        : script_(std::move(script)), info_(info), log_(services.log) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const std::string language = config.language.value_or("JS");
        const bool known = enum_value<ScriptLanguage>(std::string_view(language)).has_value();
        const std::string& text = language == "TBEL" ? config.tbel_script : config.js_script;
        if (known && (text == default_script || text == old_default_script))
            return std::unique_ptr<Node>(std::make_unique<LogNode>(std::nullopt, info, services));
        Result<NodeScript> script = NodeScript::make(config, info, services);
        if (!script) return script.error();
        return std::unique_ptr<Node>(std::make_unique<LogNode>(*std::move(script), info, services));
    }

    Step on_message(Visit& visit) override {
        if (!script_)
            return write(log_.enabled(LogLevel::info) ? default_text(visit.msg) : std::string());
        return answered(*script_, visit, [this](Visit&, const json::value& answer) -> Step {
            // JavaScript must answer a text; what TBEL answers is written out.
            if (!answer.is_string() && script_->language() == ScriptLanguage::js)
                return wrong_result_type(answer);
            return write(answer.is_string() ? std::string(answer.get_string()) : json_text(answer));
        });
    }

  private:
    Step write(std::string text) {
        if (!log_.enabled(LogLevel::info)) return "Success";
        if (text.size() > text_bytes_max) text.resize(text_bytes_max);
        const std::int64_t swallowed = lines_.take();
        if (swallowed >= 0)
            log_.info("rule.node.log", {
                                           {"tenant",    info_.tenant.to_string()},
                                           {"chain",     info_.chain_name        },
                                           {"node",      info_.name              },
                                           {"text",      std::move(text)         },
                                           {"swallowed", swallowed               }
            });
        return "Success";
    }

    std::optional<NodeScript> script_;
    NodeInfo info_;
    Log log_;
    LogThrottle lines_{line_interval};
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbLogNode",
    .name = "log",
    .kind = NodeKind::action,
    .summary = "Writes a message to the server's log.",
    .form = "tbActionNodeLogConfig",
    .icon = "menu",
    .default_configuration = &new_script_configuration<Config>,
    .make = &make_node<LogNode, Config>,
};

}  // namespace thingstead::rule::log
