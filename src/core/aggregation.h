// The kinds of aggregation, with the names of the interface.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace thingstead::core {

enum class Aggregation : std::uint8_t { none, min, max, avg, sum, count };
constexpr auto enum_names(Aggregation) {
    using namespace std::literals;
    return std::array{
        std::pair{Aggregation::none,  "NONE"sv },
        std::pair{Aggregation::min,   "MIN"sv  },
        std::pair{Aggregation::max,   "MAX"sv  },
        std::pair{Aggregation::avg,   "AVG"sv  },
        std::pair{Aggregation::sum,   "SUM"sv  },
        std::pair{Aggregation::count, "COUNT"sv}
    };
}

}  // namespace thingstead::core
