#include "rule/calculated/evaluate.h"

#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "rule/decimals.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

std::vector<std::string> field_argument_names(const core::FieldConfiguration& configuration) {
    std::vector<std::string> names;
    for (const core::FieldArgument& each : configuration.arguments) names.push_back(each.name);
    return names;
}

Error wrong_result(std::string what) { return {ErrorCode::invalid_argument, std::move(what)}; }

}  // namespace

Result<FieldProgram> field_program(model::CalculatedFieldType type,
                                   const core::FieldConfiguration& configuration,
                                   const Scripts& scripts) {
    FieldProgram program;
    std::vector<std::string> names = field_argument_names(configuration);
    if (type == model::CalculatedFieldType::simple) {
        auto formula = core::Expression::parse(configuration.expression, names);
        if (!formula) return formula.error();
        program.formula = *std::move(formula);
        return program;
    }
    const auto compiled = [&](const std::string& text) {
        return text.empty() ? Result<script::ScriptRef>(script::ScriptRef())
                            : scripts.compile(ScriptLanguage::tbel, text, names);
    };
    names.insert(names.begin(), "ctx");
    if (type == model::CalculatedFieldType::script || configuration.propagation) {
        auto script = compiled(configuration.expression);
        if (!script) return script.error();
        program.script = *std::move(script);
    }
    if (!configuration.related) return program;
    for (const core::Metric& each : configuration.related->metrics) {
        auto filter = compiled(each.filter);
        if (!filter) return filter.error();
        auto input = compiled(each.input_script);
        if (!input) return input.error();
        program.metrics.push_back({*std::move(filter), *std::move(input)});
    }
    return program;
}

Result<json::value> evaluate_simple(const core::FieldConfiguration& configuration,
                                    const core::Expression& formula, const FieldValues& values) {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < configuration.arguments.size(); ++i) {
        const auto value = values.value(i);
        const auto number = value ? number_of(*value) : std::nullopt;
        if (!number)
            return wrong_result("Argument '" + configuration.arguments[i].name +
                                "' is not a number.");
        numbers.push_back(*number);
    }
    const Result<double> number = formula.evaluate(numbers);
    if (!number) return number.error();
    if (!std::isfinite(*number)) return wrong_result("The result is not a finite number.");
    json::object result;
    result[configuration.output.name] = in_decimals(*number, configuration.output.decimals);
    return with_time(configuration, values, std::move(result));
}

Result<json::value> evaluate_script(const core::FieldConfiguration& configuration,
                                    const script::Script& script, const FieldValues& values,
                                    EpochMs now, Scripts& scripts) {
    std::deque<json::value> singles;
    std::deque<script::RollingArgument> series;
    script::ArgumentsContext context;
    context.latest_ts = values.latest_ts();
    std::vector<script::Input> inputs{&context};
    for (std::size_t i = 0; i < configuration.arguments.size(); ++i) {
        const core::FieldArgument& argument = configuration.arguments[i];
        if (argument.type == core::ArgumentType::ts_rolling) {
            const script::RollingArgument* const rolling = &series.emplace_back(
                script::RollingArgument{now - argument.window.count(), now, values.at(i).points});
            context.args.emplace_back(argument.name, rolling);
            inputs.emplace_back(rolling);
            continue;
        }
        const auto value = values.value(i);
        const json::value* const single =
            &singles.emplace_back(value ? json_of(*value) : json::value(nullptr));
        context.args.emplace_back(argument.name, script::SingleArgument{values.at(i).ts, single});
        inputs.emplace_back(single);
    }
    return scripts.run(ScriptLanguage::tbel, script, inputs);
}

json::value in_decimals(double number, std::optional<std::int32_t> decimals) {
    if (!decimals) return number;
    const double round = rounded(number, *decimals);
    constexpr double integer_max = 9.2e18;
    if (*decimals == 0 && std::fabs(round) < integer_max) return static_cast<std::int64_t>(round);
    return round;
}

json::value metric_number(const core::Metric& metric, double number,
                          const core::FieldConfiguration& configuration) {
    const bool counts = metric.function == core::MetricFunction::count ||
                        metric.function == core::MetricFunction::count_unique;
    return in_decimals(number, counts ? std::optional(0) : configuration.output.decimals);
}

json::value with_time(const core::FieldConfiguration& configuration, const FieldValues& values,
                      json::object result) {
    if (!configuration.use_latest_ts || configuration.output.attributes ||
        values.latest_ts() == 0 || result.empty())
        return result;
    return json::object{
        {"ts",     values.latest_ts()},
        {"values", std::move(result) }
    };
}

}  // namespace thingstead::rule
