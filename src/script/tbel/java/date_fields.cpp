#include "script/tbel/java/date_fields.h"

#include <algorithm>

namespace thingstead::script::java {
namespace {

Error unresolved(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// The value within its range; `missing` where there is none.
Result<std::int32_t> in_range(const std::optional<std::int64_t>& value, std::string_view name,
                              std::int32_t low, std::int32_t high, std::int32_t missing) {
    const std::int64_t number = value.value_or(missing);
    if (number >= low && number <= high) return static_cast<std::int32_t>(number);
    return unresolved("Invalid value for " + std::string(name) + " (valid values " +
                      std::to_string(low) + " - " + std::to_string(high) +
                      "): " + std::to_string(number));
}

Result<std::int32_t> resolve_year(const DateFields& fields) {
    std::optional<std::int64_t> year = fields.year;
    if (!year && fields.year_of_era)
        year = fields.era == 0 ? 1 - *fields.year_of_era : *fields.year_of_era;
    if (!year) return unresolved("Unable to obtain Instant from TemporalAccessor");
    return in_range(year, "Year", -year_max, year_max, 0);
}

Result<LocalDateTime> resolve_date(const DateFields& fields) {
    const Result<std::int32_t> year = resolve_year(fields);
    if (!year) return year.error();
    if (!fields.month && !fields.day && fields.day_of_year) {
        const std::int32_t length = is_leap_year(*year) ? 366 : 365;
        const Result<std::int32_t> day = in_range(fields.day_of_year, "DayOfYear", 1, length, 1);
        if (!day) return day.error();
        return date_of_epoch_day(epoch_day(*year, 1, 1) + *day - 1);
    }
    if (!fields.month || !fields.day)
        return unresolved("Unable to obtain Instant from TemporalAccessor");
    const Result<std::int32_t> month = in_range(fields.month, "MonthOfYear", 1, 12, 1);
    if (!month) return month.error();
    const Result<std::int32_t> day = in_range(fields.day, "DayOfMonth", 1, 31, 1);
    if (!day) return day.error();
    LocalDateTime date;
    date.year = *year;
    date.month = *month;
    date.day = std::min(*day, month_length(*year, *month));
    return date;
}

Result<std::int32_t> resolve_hour(const DateFields& fields) {
    if (fields.hour) return in_range(fields.hour, "HourOfDay", 0, 24, 0);
    if (fields.clock_hour) {
        const Result<std::int32_t> hour = in_range(fields.clock_hour, "ClockHourOfDay", 1, 24, 24);
        if (!hour) return hour.error();
        return *hour % 24;
    }
    Result<std::int32_t> hour = in_range(fields.half_hour, "HourOfAmPm", 0, 11, 0);
    if (fields.half_clock) {
        hour = in_range(fields.half_clock, "ClockHourOfAmPm", 1, 12, 12);
        if (hour) *hour %= 12;
    }
    if (!hour) return hour.error();
    return *hour + (fields.half == 1 ? 12 : 0);
}

/// The time, into `out`. True: it is the end of the day.
Result<bool> resolve_time(const DateFields& fields, LocalDateTime& out) {
    if (fields.nano_of_day) {
        const std::int64_t nanos = *fields.nano_of_day;
        if (nanos < 0 || nanos >= 86'400'000'000'000)
            return unresolved("Invalid value for NanoOfDay");
        const std::int64_t seconds = nanos / 1'000'000'000;
        out.hour = static_cast<std::int32_t>(seconds / 3600);
        out.minute = static_cast<std::int32_t>(seconds / 60 % 60);
        out.second = static_cast<std::int32_t>(seconds % 60);
        out.nano = static_cast<std::int32_t>(nanos % 1'000'000'000);
        return false;
    }
    const Result<std::int32_t> hour = resolve_hour(fields);
    if (!hour) return hour.error();
    const Result<std::int32_t> minute = in_range(fields.minute, "MinuteOfHour", 0, 59, 0);
    if (!minute) return minute.error();
    const Result<std::int32_t> second = in_range(fields.second, "SecondOfMinute", 0, 59, 0);
    if (!second) return second.error();
    const Result<std::int32_t> nano = in_range(fields.nano, "NanoOfSecond", 0, 999'999'999, 0);
    if (!nano) return nano.error();
    const bool end_of_day = *hour == 24;
    if (end_of_day && (*minute != 0 || *second != 0 || *nano != 0))
        return unresolved("Invalid value for HourOfDay (valid values 0 - 23): 24");
    out.hour = end_of_day ? 0 : *hour;
    out.minute = *minute;
    out.second = *second;
    out.nano = *nano;
    return end_of_day;
}

}  // namespace

Result<LocalDateTime> resolve_fields(const DateFields& fields) {
    Result<LocalDateTime> local = resolve_date(fields);
    if (!local) return local;
    if (fields.day_of_week && *fields.day_of_week != day_of_week(*local))
        return unresolved("Conflict found: Field DayOfWeek " + std::to_string(day_of_week(*local)) +
                          " differs from DayOfWeek " + std::to_string(*fields.day_of_week));
    LocalDateTime time;
    const Result<bool> next_day = resolve_time(fields, time);
    if (!next_day) return next_day.error();
    if (*next_day) local = date_of_epoch_day(epoch_day(local->year, local->month, local->day) + 1);
    local->hour = time.hour;
    local->minute = time.minute;
    local->second = time.second;
    local->nano = time.nano;
    return local;
}

}  // namespace thingstead::script::java
