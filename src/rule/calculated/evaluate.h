// What calculated fields make of their arguments. Plain functions over FieldValues.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/expression.h"
#include "rule/calculated/field_values.h"
#include "rule/scripts.h"

namespace thingstead::rule {

/// What the fields of a configuration are computed with: a formula, a script, or those of metrics.
struct FieldProgram {
    std::optional<core::Expression> formula{};
    script::ScriptRef script{};
    /// Null: it has none.
    struct OfMetric {
        script::ScriptRef filter{};
        script::ScriptRef input{};
    };
    std::vector<OfMetric> metrics{};
};

/// Errors: invalid_argument, malformed - the expression; unsupported - no scripts here.
Result<FieldProgram> field_program(model::CalculatedFieldType type,
                                   const core::FieldConfiguration& configuration,
                                   const Scripts& scripts);

/// {name: value}, or {"ts","values"} where the field says so. `values` are complete.
/// Errors: invalid_argument - "Argument 'x' is not a number.", what the formula answers.
Result<json::value> evaluate_simple(const core::FieldConfiguration& configuration,
                                    const core::Expression& formula, const FieldValues& values);
/// The script's answer as it is. Errors: as Scripts::run().
Result<json::value> evaluate_script(const core::FieldConfiguration& configuration,
                                    const script::Script& script, const FieldValues& values,
                                    EpochMs now, Scripts& scripts);

/// As many decimals as the output says.
json::value in_decimals(double number, std::optional<std::int32_t> decimals);
/// The same of a metric; counts are integers.
json::value metric_number(const core::Metric& metric, double number,
                          const core::FieldConfiguration& configuration);
/// {"ts","values"} where the field says so, else the values as they are.
json::value with_time(const core::FieldConfiguration& configuration, const FieldValues& values,
                      json::object result);

}  // namespace thingstead::rule
