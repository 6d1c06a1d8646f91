// What was read of a date, and the instant that follows from it.
#pragma once
#include <cstdint>
#include <optional>

#include "script/tbel/java/date_time.h"

namespace thingstead::script::java {

struct DateFields {
    std::optional<std::int64_t> year{};         ///< Proleptic.
    std::optional<std::int64_t> year_of_era{};  ///< With `era`, by default the current one.
    std::optional<std::int64_t> era{};          ///< 0 before, 1 after.
    std::optional<std::int64_t> month{};
    std::optional<std::int64_t> day{};
    std::optional<std::int64_t> day_of_year{};
    std::optional<std::int64_t> day_of_week{};
    std::optional<std::int64_t> hour{};        ///< 0..23, or 24:00 for the end of the day.
    std::optional<std::int64_t> clock_hour{};  ///< 1..24
    std::optional<std::int64_t> half_hour{};   ///< 0..11 of the half of a day.
    std::optional<std::int64_t> half_clock{};  ///< 1..12
    std::optional<std::int64_t> half{};        ///< 0 before noon, 1 after.
    std::optional<std::int64_t> minute{};
    std::optional<std::int64_t> second{};
    std::optional<std::int64_t> nano{};
    std::optional<std::int64_t> nano_of_day{};
    ZoneRef zone{};
};

/// As java.time resolves them in its "smart" way: a day of 29..31 beyond its month is its last; a
/// day of the week must fit. Without a time it is midnight. Errors: no date, values out of range.
Result<LocalDateTime> resolve_fields(const DateFields& fields);

}  // namespace thingstead::script::java
