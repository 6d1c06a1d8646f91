#include "script/js/js_testing.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <vector>

namespace thingstead::script::js {
namespace {

std::string described(const Result<json::value>& answer) {
    if (answer) return json::serialize(*answer);
    const Error& error = answer.error();
    return "error: " + std::string(to_string(error.code)) + ": " + error.message;
}

/// Arguments of scripts: name → value.
struct Arguments {
    explicit Arguments(std::string_view text) {
        if (!text.empty()) members = json::parse(text).as_object();
        for (const auto& [name, value] : members) {
            names.emplace_back(name);
            values.emplace_back(&value);
        }
    }
    json::object members;
    std::vector<std::string> names;
    std::vector<Input> values;
};

std::string outcome_in(Context& context, const Result<ScriptRef>& compiled,
                       const Arguments& arguments) {
    if (!compiled) return described(compiled.error());
    return described(context.run(**compiled, arguments.values));
}

}  // namespace

Limits patient() {
    Limits limits;
    limits.time_max = std::chrono::seconds(60);
    return limits;
}

std::string outcome(std::string_view script, std::string_view inputs, const Limits& limits) {
    const Arguments arguments(inputs);
    JsEngine engine(limits);
    return outcome_in(*engine.make_context(), engine.compile(script, arguments.names), arguments);
}

Outcomes outcomes(std::string_view script, std::string_view neighbour, std::string_view inputs,
                  const Limits& limits) {
    const Arguments arguments(inputs);
    JsEngine engine(limits);
    const auto context = engine.make_context();
    const Result<ScriptRef> beside = engine.compile(neighbour, arguments.names);
    Outcomes got;
    got.script = outcome_in(*context, engine.compile(script, arguments.names), arguments);
    for (int i = 0; i < attempts_max && (i == 0 || is_late(got.neighbour)); ++i)
        got.neighbour = outcome_in(*context, beside, arguments);
    return got;
}

}  // namespace thingstead::script::js
