#include "rule/calculated/metrics.h"

#include <algorithm>
#include <set>
#include <utility>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

Error in_metric(const core::Metric& metric, const std::string& what) {
    return {ErrorCode::invalid_argument, "Metric '" + metric.name + "': " + what};
}

double of_numbers(core::MetricFunction function, const std::vector<double>& numbers) {
    double sum = 0;
    for (const double each : numbers) sum += each;
    switch (function) {
        case core::MetricFunction::min: return *std::min_element(numbers.begin(), numbers.end());
        case core::MetricFunction::max: return *std::max_element(numbers.begin(), numbers.end());
        case core::MetricFunction::avg: return sum / static_cast<double>(numbers.size());
        default:                        return sum;
    }
}

/// What each related entity has, as the values of a field of its own.
std::vector<FieldValues> by_entity(const core::FieldConfiguration& configuration,
                                   const FieldValues& values, const FieldLimits& limits) {
    std::vector<FieldValues> each;
    if (configuration.arguments.empty()) return each;
    const std::size_t entities = values.related(0).size();
    for (std::size_t entity = 0; entity < entities; ++entity) {
        FieldValues of(configuration, limits);
        for (std::size_t i = 0; i < configuration.arguments.size(); ++i)
            if (entity < values.related(i).size()) of.set(i, values.related(i)[entity].value);
        each.push_back(std::move(of));
    }
    return each;
}

struct MetricInput {
    const core::FieldConfiguration& configuration;
    const core::Metric& metric;
    const FieldProgram::OfMetric& program;
    EpochMs now;
    Scripts& scripts;

    /// Nullopt: the entity does not count.
    Result<std::optional<model::Value>> of(const FieldValues& entity) const {
        if (program.filter) {
            const auto answer =
                evaluate_script(configuration, *program.filter, entity, now, scripts);
            if (!answer) return answer.error();
            if (!answer->is_bool())
                return Error{ErrorCode::invalid_argument, "the filter should answer a boolean."};
            if (!answer->get_bool()) return std::optional<model::Value>();
        }
        if (!program.input) return entity.value(metric.argument);
        const auto answer = evaluate_script(configuration, *program.input, entity, now, scripts);
        if (!answer) return answer.error();
        return value_of(*answer);
    }

  private:
    static Result<std::optional<model::Value>> value_of(const json::value& answer) {
        if (answer.is_null()) return std::optional<model::Value>();
        if (answer.is_bool()) return std::optional<model::Value>(answer.get_bool());
        if (answer.is_int64()) return std::optional<model::Value>(answer.get_int64());
        if (answer.is_double()) return std::optional<model::Value>(answer.get_double());
        if (answer.is_string())
            return std::optional<model::Value>(std::string(answer.get_string()));
        return Error{ErrorCode::invalid_argument, "the function should answer a plain value."};
    }
};

}  // namespace

Result<std::optional<double>> aggregated(core::MetricFunction function,
                                         const std::vector<model::Value>& values) {
    if (function == core::MetricFunction::count)
        return std::optional(static_cast<double>(values.size()));
    if (function == core::MetricFunction::count_unique) {
        std::set<std::string> different;
        for (const model::Value& each : values) different.insert(model::to_text(each));
        return std::optional(static_cast<double>(different.size()));
    }
    if (values.empty()) return std::optional<double>();
    std::vector<double> numbers;
    for (const model::Value& each : values) {
        const auto number = number_of(each);
        if (!number)
            return Error{ErrorCode::invalid_argument,
                         "'" + model::to_text(each) + "' is not a number."};
        numbers.push_back(*number);
    }
    return std::optional(of_numbers(function, numbers));
}

Result<json::value> evaluate_related(const core::FieldConfiguration& configuration,
                                     const FieldProgram& program, const FieldValues& values,
                                     const FieldLimits& limits, EpochMs now, Scripts& scripts,
                                     const std::function<bool()>& late) {
    const std::vector<core::Metric>& metrics = configuration.related->metrics;
    const std::vector<FieldValues> entities = by_entity(configuration, values, limits);
    json::object result;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const core::Metric& metric = metrics[i];
        const MetricInput input{configuration, metric, program.metrics[i], now, scripts};
        std::vector<model::Value> taken;
        for (const FieldValues& each : entities) {
            if (late && late()) return Error{ErrorCode::timeout, "too late"};
            auto value = input.of(each);
            if (!value) return in_metric(metric, value.error().message);
            if (*value) taken.push_back(**std::move(value));
        }
        const auto number = aggregated(metric.function, taken);
        if (!number) return in_metric(metric, number.error().message);
        const std::optional<double> shown =
            taken.empty() && metric.otherwise ? metric.otherwise : *number;
        if (shown) result[metric.name] = metric_number(metric, *shown, configuration);
    }
    return with_time(configuration, values, std::move(result));
}

}  // namespace thingstead::rule
