#include "core/calculated_field/aggregation.h"

#include <algorithm>

#include "core/calculated_field/configuration.h"
#include "core/calculated_field/members.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

Error in_metric(std::string_view name, std::string_view what) {
    return invalid("Metric '" + std::string(name) + "' " + std::string(what));
}

Result<> read_input(const json::object& object, const FieldConfiguration& configuration,
                    Metric& into) {
    const json::value* given = member_of(object, "input");
    const json::object* input = given ? given->if_object() : nullptr;
    if (!input) return in_metric(into.name, "should have an input!");
    const std::string type = text_of_member(*input, "type");
    if (type == "function") {
        into.input_script = text_of_member(*input, "function");
        if (model::is_blank(into.input_script))
            return in_metric(into.name, "should have a function of its input!");
        return {};
    }
    if (type != "key") return in_metric(into.name, "should have an input of type key or function!");
    const std::string key = text_of_member(*input, "key");
    const auto argument = configuration.position_of(key);
    if (!argument)
        return in_metric(into.name, "has the input '" + key + "', which is no argument!");
    into.argument = *argument;
    return {};
}

Result<Metric> read_metric(std::string_view name, const json::value& document,
                           const FieldConfiguration& configuration) {
    Metric metric;
    metric.name = name;
    if (model::is_blank(name)) return invalid("Metrics should have names!");
    const json::object* object = document.if_object();
    if (!object) return in_metric(name, "should be an object!");
    const auto function = enum_value<MetricFunction>(text_of_member(*object, "function"));
    if (!function) return in_metric(name, "should have a function!");
    metric.function = *function;
    metric.filter = text_of_member(*object, "filter");
    if (model::is_blank(metric.filter)) metric.filter.clear();
    if (const json::value* value = member_of(*object, "defaultValue")) {
        const Result<double> number = from_json<double>(*value);
        if (!number) return in_metric(name, "should have a number as defaultValue!");
        metric.otherwise = *number;
    }
    if (Result<> read = read_input(*object, configuration, metric); !read) return read.error();
    return metric;
}

Result<std::vector<Metric>> read_metrics(const json::object& document,
                                         const FieldConfiguration& configuration) {
    const json::value* given = member_of(document, "metrics");
    const json::object* each_by_name = given ? given->if_object() : nullptr;
    if (!each_by_name || each_by_name->empty())
        return invalid("Calculated field should have at least one metric!");
    std::vector<Metric> metrics;
    for (const auto& [name, value] : *each_by_name) {
        Result<Metric> one = read_metric(name, value, configuration);
        if (!one) return one.error();
        metrics.push_back(*std::move(one));
    }
    std::sort(metrics.begin(), metrics.end(),
              [](const Metric& a, const Metric& b) { return a.name < b.name; });
    return metrics;
}

}  // namespace

Result<> read_related_aggregation(const json::object& document, FieldConfiguration& into) {
    RelatedAggregation part;
    const json::value* relation = member_of(document, "relation");
    if (!relation) return invalid("Calculated field should have a relation!");
    Result<RelationStep> step = read_step(*relation, "relation");
    if (!step) return step.error();
    part.relation = *std::move(step);
    if (Result<> read = read_arguments(document, into); !read) return read;
    for (FieldArgument& each : into.arguments) {
        if (!each.is_own())
            return invalid("Argument '" + each.name +
                           "' is of the related entities and should not refer to another!");
        if (each.type == ArgumentType::ts_rolling)
            return invalid("Argument '" + each.name +
                           "' of type TS_ROLLING is not supported by aggregations!");
        each.path = {part.relation};
        each.many = true;
    }
    auto metrics = read_metrics(document, into);
    if (!metrics) return metrics.error();
    part.metrics = *std::move(metrics);
    const auto deduplication = seconds_of(document, "deduplicationIntervalInSec");
    if (!deduplication) return deduplication.error();
    part.deduplication = *deduplication;
    const auto refresh = read_refresh(document);
    if (!refresh) return refresh.error();
    into.refresh = *refresh;
    into.related = std::move(part);
    return {};
}

Result<> read_entity_aggregation(const json::object& document, FieldConfiguration& into) {
    EntityAggregation part;
    if (Result<> read = read_arguments(document, into); !read) return read;
    for (const FieldArgument& each : into.arguments)
        if (!each.is_own() || each.type != ArgumentType::ts_latest)
            return invalid("Argument '" + each.name +
                           "' should be of type TS_LATEST and of the current entity!");
    auto metrics = read_metrics(document, into);
    if (!metrics) return metrics.error();
    for (const Metric& each : *metrics)
        if (!each.filter.empty() || !each.input_script.empty())
            return in_metric(each.name, "should have a key as input, and no filter!");
    part.metrics = *std::move(metrics);
    auto interval = read_interval(document);
    if (!interval) return interval.error();
    part.interval = *std::move(interval);
    if (const json::value* watermark = member_of(document, "watermark")) {
        const json::object* object = watermark->if_object();
        if (!object) return invalid("watermark should be an object!");
        const auto duration = seconds_of(*object, "duration");
        if (!duration) return invalid("watermark: " + duration.error().message);
        part.watermark = *duration;
    }
    part.intermediate = flag_of(document, "produceIntermediateResult", false);
    into.aggregation = std::move(part);
    return {};
}

}  // namespace thingstead::core
