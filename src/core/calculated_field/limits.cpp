#include "core/calculated_field/limits.h"

#include <utility>

#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

Result<> check_argument(const FieldArgument& argument, const json::object& limits) {
    const std::int64_t points_max = limit_in(limits, "maxDataPointsPerRollingArg");
    if (points_max > 0 && std::cmp_greater(argument.points_max, points_max))
        return invalid("Argument '" + argument.name + "' has more than " +
                       std::to_string(points_max) + " points!");
    const std::int64_t levels_max = limit_in(limits, "maxRelationLevelPerCfArgument");
    if (levels_max > 0 && std::cmp_greater(argument.path.size(), levels_max))
        return invalid("Argument '" + argument.name + "' has more than " +
                       std::to_string(levels_max) + " relation levels!");
    return {};
}

/// Intervals that are asked for may not be shorter than the profile says.
Result<> check_least(std::string_view what, std::chrono::seconds asked, const json::object& limits,
                     std::string_view limit) {
    const std::int64_t least = limit_in(limits, limit);
    if (asked.count() >= least) return {};
    return invalid(std::string(what) + " should be at least " + std::to_string(least) +
                   " seconds!");
}

}  // namespace

std::int64_t limit_in(const json::object& limits, std::string_view name) {
    const json::value* value = limits.if_contains(name);
    const Result<std::int64_t> number =
        value ? from_json<std::int64_t>(*value) : Result<std::int64_t>(0);
    return number ? *number : 0;
}

Result<> check_field_limits(const FieldConfiguration& configuration, const json::object& limits) {
    const std::int64_t arguments_max = limit_in(limits, "maxArgumentsPerCF");
    if (arguments_max > 0 && std::cmp_greater(configuration.arguments.size(), arguments_max))
        return invalid("Calculated field arguments limit reached!");
    for (const FieldArgument& each : configuration.arguments)
        if (Result<> within = check_argument(each, limits); !within) return within;
    if (configuration.refresh.count() > 0)
        if (Result<> within = check_least("scheduledUpdateInterval", configuration.refresh, limits,
                                          "minAllowedScheduledUpdateIntervalInSecForCF");
            !within)
            return within;
    if (configuration.related)
        return check_least("deduplicationIntervalInSec", configuration.related->deduplication,
                           limits, "minAllowedDeduplicationIntervalInSecForCF");
    if (configuration.aggregation &&
        configuration.aggregation->interval.type == IntervalType::custom)
        return check_least("interval.durationSec", configuration.aggregation->interval.duration,
                           limits, "minAllowedAggregationIntervalInSecForCF");
    return {};
}

}  // namespace thingstead::core
