// What analytics nodes know of the values that they aggregate: of one interval, of the children of
// an entity.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::rule {

enum class AggregateFunction : std::uint8_t { min, max, sum, avg, count, count_unique };
constexpr auto enum_names(AggregateFunction) {
    using namespace std::literals;
    return std::array{
        std::pair{AggregateFunction::min,          "MIN"sv         },
        std::pair{AggregateFunction::max,          "MAX"sv         },
        std::pair{AggregateFunction::sum,          "SUM"sv         },
        std::pair{AggregateFunction::avg,          "AVG"sv         },
        std::pair{AggregateFunction::count,        "COUNT"sv       },
        std::pair{AggregateFunction::count_unique, "COUNT_UNIQUE"sv}
    };
}

/// Different values that COUNT_UNIQUE tells apart in one aggregate.
inline constexpr std::size_t aggregate_unique_max = 10'000;

struct Aggregate {
    std::int64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;
    std::vector<std::string> unique;  ///< Sorted; of COUNT_UNIQUE alone.
};
constexpr auto describe(const Aggregate*) {
    return fields(
        field("count", &Aggregate::count, "Values."), field("sum", &Aggregate::sum, "Their sum."),
        field("min", &Aggregate::min, "The least."), field("max", &Aggregate::max, "The greatest."),
        field("unique", &Aggregate::unique, "Different ones."));
}

/// Errors: invalid_argument - the function asks for numbers; too_large - aggregate_unique_max
/// values are known already.
Result<> add(Aggregate& to, AggregateFunction function, const json::value& value);
/// What the function makes of them.
json::value result_of(const Aggregate& of, AggregateFunction function);

}  // namespace thingstead::rule
