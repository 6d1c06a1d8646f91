// The Date of scripts: instants, their fields in a zone, arithmetic and setters.
// Source: the script language's "Date"; underneath, the proleptic ISO calendar of java.time.
// Months are 1..12, days of the week 1 (Monday) .. 7. Every error is invalid_argument with Java's
// message (`Invalid value for MonthOfYear (valid values 1 - 12): 13`, `Invalid date 'FEBRUARY
// 30'`). The clock is the caller's: nothing here knows the current time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "script/tbel/java/zone.h"

namespace thingstead::script::java {

/// A point in time; `nanos` is 0..999'999'999 also before 1970.
struct Instant {
    std::int64_t seconds = 0;  ///< Since 1970-01-01T00:00:00Z.
    std::int32_t nanos = 0;

    friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// A date and time without a zone.
struct LocalDateTime {
    std::int32_t year = 1970;
    std::int32_t month = 1;
    std::int32_t day = 1;
    std::int32_t hour = 0;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    std::int32_t nano = 0;

    friend auto operator<=>(const LocalDateTime&, const LocalDateTime&) = default;
};

/// Years of java.time are -999'999'999..999'999'999.
inline constexpr std::int32_t year_max = 999'999'999;

/// new Date(ms); getTime(), which stays at the ends of its range (292 million years from 1970).
Instant instant_of_ms(std::int64_t epoch_ms);
std::int64_t epoch_ms(const Instant& instant);

/// The fields in a zone, and the instant of fields that are valid (see check).
LocalDateTime local_time(const Instant& instant, const Zone& zone);
Instant instant_of(const LocalDateTime& local, const Zone& zone);

/// LocalDateTime.of: every field in range and the day within its month.
Result<> check(const LocalDateTime& local);

/// 1..7, 1..366; days since 1970-01-01 and back.
std::int32_t day_of_week(const LocalDateTime& local);
std::int32_t day_of_year(const LocalDateTime& local);
std::int64_t epoch_day(std::int32_t year, std::int32_t month, std::int32_t day);
LocalDateTime date_of_epoch_day(std::int64_t day);
bool is_leap_year(std::int64_t year);
std::int32_t month_length(std::int64_t year, std::int32_t month);

/// new Date(y, m, d[, h, min[, s[, ms]]][, zone]): a year below 70 counts from 2000, 70..99 from
/// 1900; fields out of range are errors. `local.nano` holds the milliseconds times a million.
Result<Instant> new_date(LocalDateTime local, const Zone& zone);

/// new Date(text): ISO with an offset, `yyyy-MM-dd[T ]HH:mm[:ss[.SSS]]` in the zone, or RFC 1123.
/// Errors: `Cannot parse value [x] as instant`.
Result<Instant> new_date(std::string_view text, const ZoneRef& zone);

/// Date.parse(text): epoch ms or -1.
std::int64_t date_parse(std::string_view text, const ZoneRef& zone);

/// The arguments of Date.UTC; those that are missing stay 0.
struct UtcFields {
    std::int32_t year = 0;
    std::int32_t month = 0;
    std::int32_t day = 0;
    std::int32_t hour = 0;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    std::int32_t ms = 0;
};

/// Date.UTC: epoch ms; year 0 counts as 1899, month 0 as 12, day 0 as 31.
Result<std::int64_t> date_utc(const UtcFields& fields);

/// What a setter changes; setHours(h, min) gives hour and minute, and so on.
struct DateChange {
    std::optional<std::int32_t> year{};
    std::optional<std::int32_t> month{};
    std::optional<std::int32_t> day{};
    std::optional<std::int32_t> hour{};
    std::optional<std::int32_t> minute{};
    std::optional<std::int32_t> second{};
    std::optional<std::int32_t> ms{};
};

/// setFullYear, setMonth, setDate, setHours, setMinutes, setSeconds, setMilliseconds and, with the
/// zone UTC, their setUTC forms. A value out of range is an error; where year or month change and
/// the day is above 28, the date is the first of that month and (day - 1) days more.
Result<Instant> set_fields(const Instant& instant, const Zone& zone, const DateChange& change);

enum class DateUnit : std::uint8_t { years, months, weeks, days, hours, minutes, seconds, nanos };

/// addYears … addNanos: calendar arithmetic in UTC, ends of months clamp. Errors: beyond year_max.
Result<Instant> add(const Instant& instant, DateUnit unit, std::int64_t amount);

}  // namespace thingstead::script::java
