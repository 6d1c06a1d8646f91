// Fields of types RELATED_ENTITIES_AGGREGATION and ENTITY_AGGREGATION: metrics over the values of
// related entities, or over an entity's own time series in consecutive intervals. Source: the
// interface's rule engine, calculated fields.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/interval.h"
#include "core/calculated_field/relation_step.h"

namespace thingstead::core {

struct FieldConfiguration;

enum class MetricFunction : std::uint8_t { min, max, sum, avg, count, count_unique };
constexpr auto enum_names(MetricFunction) {
    using namespace std::literals;
    using enum MetricFunction;
    return std::array{
        std::pair{min,          "MIN"sv         },
        std::pair{max,          "MAX"sv         },
        std::pair{sum,          "SUM"sv         },
        std::pair{avg,          "AVG"sv         },
        std::pair{count,        "COUNT"sv       },
        std::pair{count_unique, "COUNT_UNIQUE"sv}
    };
}

/// A key of the result.
struct Metric {
    std::string name;
    MetricFunction function = MetricFunction::avg;
    std::string filter{};               ///< A script that chooses entities; empty: all.
    std::size_t argument = 0;           ///< What is aggregated: this argument,
    std::string input_script{};         ///< or what this makes of the arguments.
    std::optional<double> otherwise{};  ///< While there is nothing to aggregate.
};

struct RelatedAggregation {
    RelationStep relation;
    std::vector<Metric> metrics{};
    /// At most one result within it.
    std::chrono::seconds deduplication{0};
};

struct EntityAggregation {
    std::vector<Metric> metrics{};
    AggregationInterval interval{};
    /// For so long after its end a result is made again of data that comes late.
    std::chrono::seconds watermark{0};
    bool intermediate = false;  ///< Results of the interval that runs, too.
};

/// Errors, of both: invalid_argument - what is wrong.
Result<> read_related_aggregation(const json::object& document, FieldConfiguration& into);
Result<> read_entity_aggregation(const json::object& document, FieldConfiguration& into);

}  // namespace thingstead::core
