// The consecutive intervals of a calendar over which a field aggregates. Source: the interface's
// rule engine, calculated fields of type ENTITY_AGGREGATION.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "script/time_zone.h"

namespace thingstead::core {

enum class IntervalType : std::uint8_t {
    hour,
    day,
    week,
    week_sun_sat,
    month,
    quarter,
    year,
    custom
};
constexpr auto enum_names(IntervalType) {
    using namespace std::literals;
    using enum IntervalType;
    return std::array{
        std::pair{hour,         "HOUR"sv        },
        std::pair{day,          "DAY"sv         },
        std::pair{week,         "WEEK"sv        },
        std::pair{week_sun_sat, "WEEK_SUN_SAT"sv},
        std::pair{month,        "MONTH"sv       },
        std::pair{quarter,      "QUARTER"sv     },
        std::pair{year,         "YEAR"sv        },
        std::pair{custom,       "CUSTOM"sv      }
    };
}

struct AggregationInterval {
    IntervalType type = IntervalType::hour;
    script::TimeZoneRef zone = script::utc_time_zone();
    std::chrono::seconds offset{0};    ///< By which every interval begins later.
    std::chrono::seconds duration{0};  ///< Of a custom one.
};

/// The time from `start` until before `end`.
struct TimeSpan {
    EpochMs start = 0;
    EpochMs end = 0;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// The interval that `at` lies in. Calendar intervals begin at a local midnight (hours: at a full
/// local hour). Custom ones follow each other from the midnight of each day, the last one cut at
/// the next midnight; those of whole days are counted from 1970-01-01.
TimeSpan interval_at(const AggregationInterval& interval, EpochMs at);

/// The member `interval` of a field's document. Errors: invalid_argument - what is wrong, or an
/// unknown time zone.
Result<AggregationInterval> read_interval(const json::object& document);

}  // namespace thingstead::core
