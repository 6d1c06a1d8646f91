// Results of calculated fields that are due some time after what they are made of: aggregations.
#include <algorithm>
#include <utility>

#include "net/timer.h"
#include "rule/calculated/field.h"
#include "rule/calculated/metrics.h"
#include "rule/message_body.h"

namespace thingstead::rule {

using model::EntityId;

namespace {

/// Of a metric that needs the values themselves.
constexpr std::size_t unique_points_max = 50'000;

core::Aggregation aggregation_of(core::MetricFunction function) {
    switch (function) {
        case core::MetricFunction::min:          return core::Aggregation::min;
        case core::MetricFunction::max:          return core::Aggregation::max;
        case core::MetricFunction::sum:          return core::Aggregation::sum;
        case core::MetricFunction::avg:          return core::Aggregation::avg;
        case core::MetricFunction::count:        return core::Aggregation::count;
        case core::MetricFunction::count_unique: break;
    }
    return core::Aggregation::none;
}

/// As a text: the interface writes metrics of intervals so.
std::string metric_text(const core::Metric& metric, const model::Value& value,
                        const core::FieldConfiguration& configuration) {
    const auto number = number_of(value);
    if (!number) return model::to_text(value);
    // Integers stay what they are.
    if (std::holds_alternative<std::int64_t>(value)) return model::to_text(value);
    return text_of(metric_number(metric, *number, configuration));
}

}  // namespace

// --- related entities ---

Task<Result<>> CalculatedFields::aggregate_soon(FieldRef field, EntityRef entity,
                                                const FieldInput& input,
                                                std::vector<FieldInput>& further) {
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    known.cause = input.without_values(entity->id);
    if (due_.waits(entity->id, field->stored.id)) co_return Result<>();
    const EpochMs pause =
        std::chrono::milliseconds(field->configuration.related->deduplication).count();
    const EpochMs now = services_.clock.now_ms();
    if (known.made_at == 0 || now - known.made_at >= pause)
        co_return co_await aggregate_now(field, entity, input, further);
    wake_at(known.made_at + pause, *field, entity->id);
    co_return keep_waiting(field, entity, known.made_at + pause);
}

Task<Result<>> CalculatedFields::aggregate_now(FieldRef field, EntityRef entity,
                                               const FieldInput& input,
                                               std::vector<FieldInput>& further) {
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    const EpochMs now = services_.clock.now_ms();
    known.made_at = now;
    const auto until = services_.clock.steady_now() + calculation_timeout_;
    const auto late = [&] { return services_.clock.steady_now() > until; };
    Result<json::value> result =
        evaluate_related(field->configuration, field->program, known.values, field->limits, now,
                         services_.scripts, late);
    if (!result)
        co_return result.error().code == ErrorCode::timeout ? took_too_long() : result.error();
    note(*field, *entity, input, *result);
    const Target own(entity->id, entity->customer);
    const Result<> done = co_await emit(*field, own, input, *std::move(result), further);
    co_return done ? keep_waiting(field, entity, std::nullopt) : done;
}

// --- intervals ---

Task<Result<>> CalculatedFields::take_in_interval(FieldRef field, EntityRef entity,
                                                  const FieldInput& input,
                                                  std::vector<FieldInput>& further) {
    std::vector<EpochMs> times;
    for (const core::FieldArgument& argument : field->configuration.arguments)
        for (const ChangedValue& each : input.values)
            if (rule::takes(argument, each)) times.push_back(each.ts);
    if (input.source != entity->id || times.empty()) co_return Result<>();
    begin_to_know(field, *entity);
    if (Result<> recalled = co_await recall(field, entity); !recalled) co_return recalled;
    const EpochMs now = services_.clock.now_ms();
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    const std::optional<IntervalPlan> before = known.plan;
    if (!known.plan) known.plan.emplace(*field->configuration.aggregation, field->limits, now);
    for (const EpochMs ts : times) known.plan->take(ts, now);
    known.cause = input.without_values(entity->id);
    const FieldInput cause = known.cause;
    const Result<> done = co_await emit_intervals(field, entity, cause, further);
    // Most values change no plan.
    if (!done || known.plan == before) co_return done;
    co_return keep_plan(field, entity, false);
}

Task<Result<>> CalculatedFields::emit_intervals(FieldRef field, EntityRef entity,
                                                const FieldInput& input,
                                                std::vector<FieldInput>& further) {
    Entity::Known& known = entity->known.at(field->stored.id.uuid);
    const IntervalPlan before = *known.plan;
    const std::vector<DueInterval> due = known.plan->due(services_.clock.now_ms());
    wake_at(known.plan->next(), *field, entity->id);
    auto made = co_await net::with_deadline(results_of(field, entity, due), calculation_timeout_);
    if (!made) {
        if (made.error().code == ErrorCode::unavailable) known.plan = before;
        co_return made.error().code == ErrorCode::timeout ? took_too_long() : made.error();
    }
    json::array results = *std::move(made);
    if (results.empty()) co_return Result<>();
    // Attributes have no time: the last interval is what they are.
    json::value result = field->configuration.output.attributes
                             ? results.back().as_object()["values"]
                             : json::value(std::move(results));
    note(*field, *entity, input, result);
    const Target own(entity->id, entity->customer);
    const Result<> done = co_await emit(*field, own, input, std::move(result), further);
    if (!done && done.error().code == ErrorCode::unavailable) known.plan = before;
    co_return done;
}

Task<Result<json::array>> CalculatedFields::results_of(FieldRef field, EntityRef entity,
                                                       std::vector<DueInterval> due) {
    json::array results;
    for (const DueInterval& interval : due) {
        json::object values;
        bool any = false;
        for (const core::Metric& metric : field->configuration.aggregation->metrics) {
            const std::string& key = field->configuration.arguments[metric.argument].key;
            const auto value = co_await metric_of(entity->id, key, metric.function, interval.span);
            if (!value) co_return value.error();
            any = any || *value;
            if (*value)
                values[metric.name] = metric_text(metric, **value, field->configuration);
            else if (metric.otherwise)
                values[metric.name] =
                    text_of(metric_number(metric, *metric.otherwise, field->configuration));
        }
        if (values.empty() || (interval.only_with_data && !any)) continue;
        results.push_back(json::object{
            {"ts",     interval.span.start},
            {"values", std::move(values)  }
        });
    }
    co_return results;
}

Task<Result<std::optional<model::Value>>> CalculatedFields::metric_of(EntityId entity,
                                                                      std::string key,
                                                                      core::MetricFunction function,
                                                                      core::TimeSpan span) {
    core::HistoryQuery query;
    query.key = std::move(key);
    query.start_ms = span.start;
    query.end_ms = span.end;
    query.interval_ms = span.end - span.start;
    query.aggregation = aggregation_of(function);
    query.limit = unique_points_max;
    std::vector<core::HistoryQuery> queries{std::move(query)};
    const auto found = co_await services_.telemetry.history(entity, std::move(queries));
    if (!found) co_return found.error();
    if (found->empty() || found->front().points.empty()) co_return std::optional<model::Value>();
    const std::vector<model::TimedValue>& points = found->front().points;
    if (function != core::MetricFunction::count_unique) co_return points.front().value;
    if (points.size() >= unique_points_max)
        co_return Error{ErrorCode::too_large, "An interval has more than " +
                                                  std::to_string(unique_points_max) +
                                                  " values, too many to count different ones."};
    std::vector<model::Value> values;
    for (const model::TimedValue& each : points) values.push_back(each.value);
    const auto number = aggregated(function, values);
    if (!number) co_return number.error();
    co_return std::optional<model::Value>(static_cast<std::int64_t>(**number));
}

}  // namespace thingstead::rule
