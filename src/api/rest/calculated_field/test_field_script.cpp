// A script of a calculated field tried with arguments that somebody made up. Source: the
// interface's rule engine, calculated field script API.
#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "api/rest/calculated_field/handlers.h"
#include "api/rest/script_trial.h"
#include "script/script.h"

namespace thingstead::api::calculated_field {
namespace {

/// What is tried; the inputs of the script point into it.
struct FieldTrial {
    std::string expression;
    std::vector<std::string> names{"ctx"};
    std::deque<script::RollingArgument> rolling;
    std::deque<json::value> values;
    script::ArgumentsContext context;
    std::vector<script::Input> inputs;
};

std::int64_t time_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    const Result<std::int64_t> number =
        value ? from_json<std::int64_t>(*value) : Result<std::int64_t>(0);
    return number ? *number : 0;
}

Result<script::RollingArgument> rolling_of(std::string_view name, const json::object& document) {
    script::RollingArgument rolling;
    if (const json::value* window = document.if_contains("timeWindow");
        window && window->is_object()) {
        rolling.start_ts = time_member(window->get_object(), "startTs");
        rolling.end_ts = time_member(window->get_object(), "endTs");
    }
    const json::value* values = document.if_contains("values");
    const json::array* points = values ? values->if_array() : nullptr;
    for (std::size_t i = 0; points && i < points->size(); ++i) {
        const json::object* point = (*points)[i].if_object();
        const json::value* value = point ? point->if_contains("value") : nullptr;
        if (!value)
            return core::invalid("arguments." + std::string(name) + ".values[" + std::to_string(i) +
                                 "] should have a value!");
        const Result<double> number = from_json<double>(*value);
        rolling.values.emplace_back(time_member(*point, "ts"), number ? *number : std::nan(""));
    }
    std::sort(rolling.values.begin(), rolling.values.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return rolling;
}

Result<> add_argument(FieldTrial& trial, std::string_view name, const json::value& document) {
    const json::object* object = document.if_object();
    if (!object) return core::invalid("arguments." + std::string(name) + " should be an object!");
    trial.names.emplace_back(name);
    if (object->contains("values") || object->contains("timeWindow")) {
        Result<script::RollingArgument> rolling = rolling_of(name, *object);
        if (!rolling) return rolling.error();
        trial.rolling.push_back(*std::move(rolling));
        const script::RollingArgument* const kept = &trial.rolling.back();
        if (!kept->values.empty())
            trial.context.latest_ts = std::max(trial.context.latest_ts, kept->values.back().first);
        trial.context.args.emplace_back(name, kept);
        trial.inputs.emplace_back(kept);
        return {};
    }
    const json::value* value = object->if_contains("value");
    trial.values.push_back(value ? *value : json::value(nullptr));
    const std::int64_t ts = time_member(*object, "ts");
    trial.context.latest_ts = std::max(trial.context.latest_ts, ts);
    trial.context.args.emplace_back(name, script::SingleArgument{ts, &trial.values.back()});
    trial.inputs.emplace_back(&trial.values.back());
    return {};
}

Result<> read_trial(const json::value& body, FieldTrial& trial) {
    const json::object* members = body.if_object();
    if (!members) return core::invalid("Script to test should be an object!");
    const json::value* expression = members->if_contains("expression");
    if (!expression || !expression->is_string())
        return core::invalid("expression should be a string!");
    trial.expression = expression->get_string();
    const json::value* arguments = members->if_contains("arguments");
    if (!arguments || arguments->is_null()) return {};
    if (!arguments->is_object()) return core::invalid("arguments should be an object!");
    for (const auto& [name, value] : arguments->get_object())
        if (Result<> added = add_argument(trial, name, value); !added) return added;
    return {};
}

Result<std::string> run_trial(script::Engine& engine, FieldTrial& trial) {
    const Result<script::ScriptRef> compiled = engine.compile(trial.expression, trial.names);
    if (!compiled) return compiled.error();
    trial.inputs.insert(trial.inputs.begin(), script::Input(&trial.context));
    const Result<json::value> answer = engine.make_context()->run(**compiled, trial.inputs);
    if (!answer) return answer.error();
    return json::serialize(*answer);
}

}  // namespace

Task<Result<net::Reply>> test_field_script(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    FieldTrial trial;
    if (Result<> fits = read_trial(*body, trial); !fits) co_return fits.error();
    const ScriptTrial work = [&](script::Engine& engine) { return run_trial(engine, trial); };
    co_return co_await try_script(call.services, "TBEL", work);
}

}  // namespace thingstead::api::calculated_field
