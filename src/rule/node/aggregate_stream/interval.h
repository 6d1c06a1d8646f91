// Intervals that follow each other without a gap: every moment is in one. Calendars are those of
// UTC.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace thingstead::rule::aggregate_stream {

enum class IntervalType : std::uint8_t { hour, day, week, week_sun_sat, month, year, custom };
constexpr auto enum_names(IntervalType) {
    using namespace std::literals;
    return std::array{
        std::pair{IntervalType::hour,         "HOUR"sv        },
        std::pair{IntervalType::day,          "DAY"sv         },
        std::pair{IntervalType::week,         "WEEK"sv        },
        std::pair{IntervalType::week_sun_sat, "WEEK_SUN_SAT"sv},
        std::pair{IntervalType::month,        "MONTH"sv       },
        std::pair{IntervalType::year,         "YEAR"sv        },
        std::pair{IntervalType::custom,       "CUSTOM"sv      }
    };
}

struct Interval {
    EpochMs start = 0;
    EpochMs end = 0;  ///< The first moment of the next one.
};

/// The interval that `ts` is in. `custom` is the length of those of type custom, which begin at
/// multiples of it since 1970. WEEK begins with Monday, WEEK_SUN_SAT with Sunday.
Interval interval_of(IntervalType type, std::chrono::milliseconds custom, EpochMs ts);

}  // namespace thingstead::rule::aggregate_stream
