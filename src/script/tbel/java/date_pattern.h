// Patterns of dates, cut into their elements. Source: java.time.format.DateTimeFormatter.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::script::java {

struct DateElement {
    enum class Kind : std::uint8_t { literal, letters, optional_begin, optional_end };
    Kind kind;
    std::string literal{};
    char letter = '\0';
    std::int32_t count = 0;
    std::int32_t pad = 0;  ///< Width that blanks fill up (pp in front of the letters).
};

/// Longest pattern, in bytes.
inline constexpr std::size_t date_pattern_bytes_max = 1000;

/// Errors: as DateTimeFormatter.ofPattern words them; unsupported: B, texts of quarters.
Result<std::vector<DateElement>> parse_date_pattern(std::string_view pattern);

/// How wide a number is in text; `width_max` 0: the letters are no number.
struct NumberWidth {
    std::int32_t width_min = 0;
    std::int32_t width_max = 0;
};
NumberWidth number_width(const DateElement& element);

/// The week of a locale: its first day (1 is Monday), and how many days its first week of a year
/// has.
struct WeekRule {
    std::int32_t first_day;
    std::int32_t days_min;
};
WeekRule week_rule(std::string_view locale);

}  // namespace thingstead::script::java
