// Metrics over the values of related entities, or over time series in intervals. Plain functions.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "rule/calculated/evaluate.h"

namespace thingstead::rule {

/// Counts count all values, the others are made of numbers. Nullopt: there is nothing to make it
/// of (counts are 0 then). Errors: invalid_argument - a value is no number.
Result<std::optional<double>> aggregated(core::MetricFunction function,
                                         const std::vector<model::Value>& values);

/// {metric: number}, or {"ts","values"} where the field says so. An entity without a value of the
/// metric's argument does not count for it. `late` (none: never) is asked between scripts.
/// Errors: invalid_argument - which metric cannot be made; timeout - it is late.
Result<json::value> evaluate_related(const core::FieldConfiguration& configuration,
                                     const FieldProgram& program, const FieldValues& values,
                                     const FieldLimits& limits, EpochMs now, Scripts& scripts,
                                     const std::function<bool()>& late = {});

}  // namespace thingstead::rule
