// A script tried with a message that somebody made up. Source: the interface's rule engine, test
// endpoint.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_chain/handlers.h"
#include "api/rest/script_trial.h"
#include "base/describe.h"
#include "core/entity/kind.h"
#include "model/msg.h"
#include "script/script.h"

namespace thingstead::api::rule_chain {
namespace {

/// What a node expects of its script.
enum class ScriptType : std::uint8_t { update, generate, filter, switch_, json, string };
constexpr auto enum_names(ScriptType) {
    using namespace std::literals;
    return std::array{
        std::pair{ScriptType::update,   "update"sv  },
        std::pair{ScriptType::generate, "generate"sv},
        std::pair{ScriptType::filter,   "filter"sv  },
        std::pair{ScriptType::switch_,  "switch"sv  },
        std::pair{ScriptType::json,     "json"sv    },
        std::pair{ScriptType::string,   "string"sv  }
    };
}

struct Trial {
    std::string script;
    ScriptType type = ScriptType::update;
    std::vector<std::string> names;
    std::string data;
    model::Metadata metadata;
    std::string msg_type;
};

Result<std::string> text_member(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    if (!value || value->is_null()) return std::string();
    if (value->is_string()) return std::string(value->get_string());
    return core::invalid(std::string(name) + " should be a string!");
}

Result<std::vector<std::string>> names_of(const json::object& members) {
    const json::value* names = members.if_contains("argNames");
    if (!names || names->is_null()) return std::vector<std::string>{"msg", "metadata", "msgType"};
    std::vector<std::string> out;
    const json::array* list = names->if_array();
    for (std::size_t i = 0; list && i < list->size(); ++i)
        if ((*list)[i].is_string()) out.emplace_back((*list)[i].get_string());
    if (!list || out.size() != list->size() || out.size() != 3)
        return core::invalid("argNames should be three names!");
    return out;
}

Result<model::Metadata> metadata_of(const json::object& members) {
    model::Metadata metadata;
    const json::value* given = members.if_contains("metadata");
    if (!given || given->is_null()) return metadata;
    const json::object* pairs = given->if_object();
    if (!pairs) return core::invalid("metadata should be an object!");
    for (const auto& [key, value] : *pairs) {
        if (!value.is_string())
            return core::invalid("metadata." + std::string(key) + " should be a string!");
        metadata.put(key, std::string_view(value.get_string()));
    }
    return metadata;
}

Result<Trial> trial_of(const json::value& body) {
    const json::object* members = body.if_object();
    if (!members) return core::invalid("Script to test should be an object!");
    Trial trial;
    const Result<std::string> type = text_member(*members, "scriptType");
    if (!type) return type.error();
    const auto known = enum_value<ScriptType>(std::string_view(*type));
    if (!known) return core::invalid("Unsupported script type: " + *type);
    trial.type = *known;
    for (const auto& [name, into] : {
             std::pair{"script",  &trial.script  },
             std::pair{"msg",     &trial.data    },
             std::pair{"msgType", &trial.msg_type}
    }) {
        Result<std::string> text = text_member(*members, name);
        if (!text) return text.error();
        *into = *std::move(text);
    }
    auto names = names_of(*members);
    if (!names) return names.error();
    trial.names = *std::move(names);
    auto metadata = metadata_of(*members);
    if (!metadata) return metadata.error();
    trial.metadata = *std::move(metadata);
    return trial;
}

Error wrong_type(std::string_view expected) {
    return {ErrorCode::invalid_argument,
            "Wrong result type: " + std::string(expected) + " is expected!"};
}

/// A message as the answer changes it.
Result<json::value> changed(const Trial& trial, const json::value& msg, const json::value& answer) {
    const json::object* members = answer.if_object();
    if (!members) return wrong_type("an object");
    json::object metadata;
    for (const auto& [key, value] : trial.metadata) metadata[key] = value;
    json::object out{
        {"msg",      msg                },
        {"metadata", std::move(metadata)},
        {"msgType",  trial.msg_type     }
    };
    for (const char* name : {"msg", "metadata", "msgType"})
        if (const json::value* value = members->if_contains(name)) out[name] = *value;
    return json::value(std::move(out));
}

Result<std::string> output_of(const Trial& trial, const json::value& msg,
                              const json::value& answer) {
    switch (trial.type) {
        case ScriptType::filter:
            if (!answer.is_bool()) return wrong_type("a boolean");
            return std::string(answer.get_bool() ? "true" : "false");
        case ScriptType::switch_: {
            if (answer.is_string()) return json::serialize(json::array{answer});
            const json::array* names = answer.if_array();
            for (std::size_t i = 0; names && i < names->size(); ++i)
                if (!(*names)[i].is_string()) return wrong_type("a list of strings");
            if (!names) return wrong_type("a list of strings");
            return json::serialize(answer);
        }
        case ScriptType::json: return json::serialize(answer);
        case ScriptType::string:
            return answer.is_string() ? std::string(answer.get_string()) : json::serialize(answer);
        case ScriptType::update:
        case ScriptType::generate: break;
    }
    if (!answer.is_array()) {
        const Result<json::value> one = changed(trial, msg, answer);
        if (!one) return one.error();
        return json::serialize(*one);
    }
    json::array all;
    for (const json::value& each : answer.get_array()) {
        Result<json::value> one = changed(trial, msg, each);
        if (!one) return one.error();
        all.push_back(*std::move(one));
    }
    return json::serialize(all);
}

Result<std::string> run(script::Engine& engine, const Trial& trial) {
    Result<json::value> msg = parse_json(trial.data.empty() ? "{}" : trial.data);
    if (!msg) return msg.error();
    const Result<script::ScriptRef> script = engine.compile(trial.script, trial.names);
    if (!script) return script.error();
    const std::array<script::Input, 3> inputs{&*msg, &trial.metadata,
                                              std::string_view(trial.msg_type)};
    const Result<json::value> answer = engine.make_context()->run(**script, inputs);
    if (!answer) return answer.error();
    return output_of(trial, *msg, *answer);
}

}  // namespace

Task<Result<net::Reply>> test_script(Call call) {
    const std::string language = call.parameter("scriptLang").value_or("JS");
    if (language != "TBEL" && language != "JS")
        co_return core::invalid("Unsupported script language: " + language);
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const Result<Trial> trial = trial_of(*body);
    if (!trial) co_return trial.error();
    const ScriptTrial work = [&](script::Engine& engine) { return run(engine, *trial); };
    co_return co_await try_script(call.services, language, work);
}

Task<Result<net::Reply>> tbel_enabled(Call call) {
    co_return json_reply(call.services.tbel ? "true" : "false");
}

}  // namespace thingstead::api::rule_chain
