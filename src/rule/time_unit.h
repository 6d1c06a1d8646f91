// Units of time in configurations of nodes.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace thingstead::rule {

enum class TimeUnit : std::uint8_t { milliseconds, seconds, minutes, hours, days };
constexpr auto enum_names(TimeUnit) {
    using namespace std::literals;
    return std::array{
        std::pair{TimeUnit::milliseconds, "MILLISECONDS"sv},
        std::pair{TimeUnit::seconds,      "SECONDS"sv     },
        std::pair{TimeUnit::minutes,      "MINUTES"sv     },
        std::pair{TimeUnit::hours,        "HOURS"sv       },
        std::pair{TimeUnit::days,         "DAYS"sv        }
    };
}

constexpr std::chrono::milliseconds duration_of(std::int32_t count, TimeUnit unit) {
    switch (unit) {
        case TimeUnit::milliseconds: return std::chrono::milliseconds(count);
        case TimeUnit::seconds:      return std::chrono::seconds(count);
        case TimeUnit::minutes:      return std::chrono::minutes(count);
        case TimeUnit::hours:        return std::chrono::hours(count);
        case TimeUnit::days:         return std::chrono::days(count);
    }
    return {};
}

}  // namespace thingstead::rule
