#include "base/log.h"

#include <chrono>

#include "model/kv.h"
#include "rule/node.h"

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

struct Config {
    std::string language;  ///< Empty: stored when there was only JS.
    std::string js_script = default_script;
    std::string tbel_script = default_script;
};
constexpr auto describe(const Config*) {
    return fields(field("scriptLang", &Config::language, "TBEL or JS."),
                  field("jsScript", &Config::js_script, "Makes the text from a message."),
                  field("tbelScript", &Config::tbel_script, "Makes the text from a message."));
}

json::value new_configuration() {
    Config config;
    config.language = "TBEL";
    return to_json(config);
}

std::string text_of(const model::Msg& msg) {
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
    if (text.size() > text_bytes_max) text.resize(text_bytes_max);
    return text;
}

class LogNode final : public Node {
  public:
    LogNode(const NodeInfo& info, NodeServices& services) : info_(info), log_(services.log) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const std::string language = config.language.empty() ? "JS" : config.language;
        const std::string& script = language == "JS" ? config.js_script : config.tbel_script;
        if (script != default_script && script != old_default_script)
            return Error{ErrorCode::unsupported,
                         "scripts of language " + language + " are not available"};
        return std::unique_ptr<Node>(std::make_unique<LogNode>(info, services));
    }

    Step on_message(Visit& visit) override {
        if (!log_.enabled(LogLevel::info)) return "Success";
        const std::int64_t swallowed = lines_.take();
        if (swallowed >= 0)
            log_.info("rule.node.log", {
                                           {"tenant",    info_.tenant.to_string()},
                                           {"chain",     info_.chain_name        },
                                           {"node",      info_.name              },
                                           {"text",      text_of(visit.msg)      },
                                           {"swallowed", swallowed               }
            });
        return "Success";
    }

  private:
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
    .default_configuration = &new_configuration,
    .make = &make_node<LogNode, Config>,
};

}  // namespace thingstead::rule::log
