// The rule at the end of a tz file: how a zone goes on after its last listed change.
// Source: POSIX 1003.1 section 8.3 (TZ) with the extension of RFC 8536 section 3.3.1 (times beyond
// a day, negative ones).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thingstead::script::java {

/// The day of a year on which the time changes, and when.
struct TzChange {
    enum class Kind : std::uint8_t { month_week_day, julian, day_of_year };
    Kind kind = Kind::month_week_day;
    std::int32_t month = 1;
    std::int32_t week = 1;  ///< 1..5; 5 is the last.
    std::int32_t day = 0;   ///< Of the week (0 Sunday), or of the year.
    std::int32_t seconds = 2 * 3600;
};

struct TzRule {
    std::string standard_name;
    std::int32_t standard_offset = 0;  ///< Seconds, east positive.
    bool has_daylight = false;
    std::string daylight_name{};
    std::int32_t daylight_offset = 0;
    TzChange start{};
    TzChange end{};

    /// Whether daylight time rules at an instant.
    bool is_daylight_at(std::int64_t epoch_seconds) const;
};

/// nullopt: no valid rule.
std::optional<TzRule> parse_tz_rule(std::string_view text);

}  // namespace thingstead::script::java
