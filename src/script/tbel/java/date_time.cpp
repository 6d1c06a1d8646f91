#include "script/tbel/java/date_time.h"

#include <algorithm>
#include <array>
#include <limits>

namespace thingstead::script::java {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;
constexpr std::int64_t epoch_day_min = -365'243'219'162;
constexpr std::int64_t epoch_day_max = 365'241'780'471;

std::int64_t floor_quotient(std::int64_t value, std::int64_t by) {
    const std::int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

Error invalid_date(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message)};
}

std::optional<Error> check_range(std::string_view field, std::int64_t value, std::int64_t low,
                                 std::int64_t high) {
    if (value >= low && value <= high) return std::nullopt;
    return invalid_date("Invalid value for " + std::string(field) + " (valid values " +
                        std::to_string(low) + " - " + std::to_string(high) +
                        "): " + std::to_string(value));
}

std::optional<Error> check_day(const LocalDateTime& local) {
    if (local.day < 1 || local.day > 31)
        return invalid_date("Invalid value for DayOfMonth (valid values 1 - 28/31): " +
                            std::to_string(local.day));
    if (local.day <= month_length(local.year, local.month)) return std::nullopt;
    if (local.day == 29)
        return invalid_date("Invalid date 'February 29' as '" + std::to_string(local.year) +
                            "' is not a leap year");
    constexpr std::array<std::string_view, 12> names{
        "JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
        "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
    return invalid_date("Invalid date '" +
                        std::string(names[static_cast<std::size_t>(local.month - 1)]) + ' ' +
                        std::to_string(local.day) + "'");
}

std::optional<Error> check_time(const LocalDateTime& local) {
    if (auto wrong = check_range("HourOfDay", local.hour, 0, 23)) return wrong;
    if (auto wrong = check_range("MinuteOfHour", local.minute, 0, 59)) return wrong;
    if (auto wrong = check_range("SecondOfMinute", local.second, 0, 59)) return wrong;
    return check_range("NanoOfSecond", local.nano, 0, 999'999'999);
}

std::optional<Error> check_month(const LocalDateTime& local) {
    if (auto wrong = check_range("Year", local.year, -year_max, year_max)) return wrong;
    return check_range("MonthOfYear", local.month, 1, 12);
}

std::int64_t local_seconds(const LocalDateTime& local) {
    return epoch_day(local.year, local.month, local.day) * seconds_a_day + local.hour * 3600 +
           local.minute * 60 + local.second;
}

/// The date of a day, the time of `time`. Errors: beyond year_max.
Result<LocalDateTime> on_day(std::int64_t day, const LocalDateTime& time) {
    if (auto wrong = check_range("EpochDay", day, epoch_day_min, epoch_day_max))
        return *std::move(wrong);
    LocalDateTime out = date_of_epoch_day(day);
    out.hour = time.hour;
    out.minute = time.minute;
    out.second = time.second;
    out.nano = time.nano;
    return out;
}

Result<Instant> add_months(const Instant& instant, std::int64_t months) {
    LocalDateTime local = local_time(instant, *utc_zone());
    const std::int64_t total = std::int64_t{local.year} * 12 + local.month - 1 + months;
    const std::int64_t year = floor_quotient(total, 12);
    if (auto wrong = check_range("Year", year, -year_max, year_max)) return *std::move(wrong);
    local.year = static_cast<std::int32_t>(year);
    local.month = static_cast<std::int32_t>(total - year * 12) + 1;
    local.day = std::min(local.day, month_length(local.year, local.month));
    return instant_of(local, *utc_zone());
}

Result<Instant> add_seconds(const Instant& instant, std::int64_t seconds, std::int64_t nanos) {
    const std::int64_t total_nanos = instant.nanos + nanos % 1'000'000'000;
    const std::int64_t carry = floor_quotient(total_nanos, 1'000'000'000);
    std::int64_t total = 0;
    if (__builtin_add_overflow(instant.seconds, seconds, &total) ||
        __builtin_add_overflow(total, nanos / 1'000'000'000 + carry, &total))
        return invalid_date("long overflow");
    const std::int64_t day = floor_quotient(total, seconds_a_day);
    if (auto wrong = check_range("EpochDay", day, epoch_day_min, epoch_day_max))
        return *std::move(wrong);
    return Instant{total, static_cast<std::int32_t>(total_nanos - carry * 1'000'000'000)};
}

Result<Instant> add_units(const Instant& instant, std::int64_t amount, std::int64_t seconds) {
    std::int64_t total = 0;
    if (__builtin_mul_overflow(amount, seconds, &total)) return invalid_date("long overflow");
    return add_seconds(instant, total, 0);
}

Result<Instant> add_months_of(const Instant& instant, std::int64_t amount, std::int64_t months) {
    constexpr std::int64_t amount_max = 4'000'000'000;  // more leaves the calendar from anywhere
    if (amount > amount_max || amount < -amount_max)
        return invalid_date("Invalid value for Year (valid values -999999999 - 999999999): " +
                            std::to_string(amount));
    return add_months(instant, amount * months);
}

}  // namespace

Instant instant_of_ms(std::int64_t epoch_ms) {
    const std::int64_t seconds = floor_quotient(epoch_ms, 1000);
    return {seconds, static_cast<std::int32_t>(epoch_ms - seconds * 1000) * 1'000'000};
}

std::int64_t epoch_ms(const Instant& instant) {
    std::int64_t ms = 0;
    if (__builtin_mul_overflow(instant.seconds, std::int64_t{1000}, &ms) ||
        __builtin_add_overflow(ms, instant.nanos / 1'000'000, &ms))
        return instant.seconds < 0 ? std::numeric_limits<std::int64_t>::min()
                                   : std::numeric_limits<std::int64_t>::max();
    return ms;
}

LocalDateTime local_time(const Instant& instant, const Zone& zone) {
    const std::int64_t seconds = instant.seconds + zone.offset_at(instant.seconds);
    const std::int64_t day = floor_quotient(seconds, seconds_a_day);
    LocalDateTime local = date_of_epoch_day(day);
    const auto rest = static_cast<std::int32_t>(seconds - day * seconds_a_day);
    local.hour = rest / 3600;
    local.minute = rest / 60 % 60;
    local.second = rest % 60;
    local.nano = instant.nanos;
    return local;
}

Instant instant_of(const LocalDateTime& local, const Zone& zone) {
    return {zone.instant_of_local(local_seconds(local)), local.nano};
}

Result<> check(const LocalDateTime& local) {
    if (auto wrong = check_month(local)) return *std::move(wrong);
    if (auto wrong = check_day(local)) return *std::move(wrong);
    if (auto wrong = check_time(local)) return *std::move(wrong);
    return {};
}

std::int32_t day_of_week(const LocalDateTime& local) {
    const std::int64_t day = epoch_day(local.year, local.month, local.day);
    return static_cast<std::int32_t>(day + 3 - floor_quotient(day + 3, 7) * 7) + 1;
}

std::int32_t day_of_year(const LocalDateTime& local) {
    return static_cast<std::int32_t>(epoch_day(local.year, local.month, local.day) -
                                     epoch_day(local.year, 1, 1)) +
           1;
}

std::int64_t epoch_day(std::int32_t year, std::int32_t month, std::int32_t day) {
    // Years that begin in March have their leap day at the end.
    const std::int64_t shifted = month <= 2 ? std::int64_t{year} - 1 : year;
    const std::int64_t era = floor_quotient(shifted, 400);
    const std::int64_t year_of_era = shifted - era * 400;
    const std::int64_t march_month = (month + 9) % 12;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
                                    (153 * march_month + 2) / 5 + day - 1;
    return era * 146'097 + day_of_era - 719'468;
}

LocalDateTime date_of_epoch_day(std::int64_t day) {
    const std::int64_t shifted = day + 719'468;
    const std::int64_t era = floor_quotient(shifted, 146'097);
    const std::int64_t of_era = shifted - era * 146'097;
    const std::int64_t year_of_era =
        (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t march_month = (5 * of_year + 2) / 153;
    LocalDateTime out;
    out.day = static_cast<std::int32_t>(of_year - (153 * march_month + 2) / 5 + 1);
    out.month = static_cast<std::int32_t>(march_month < 10 ? march_month + 3 : march_month - 9);
    out.year = static_cast<std::int32_t>(year_of_era + era * 400 + (out.month <= 2 ? 1 : 0));
    return out;
}

bool is_leap_year(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

std::int32_t month_length(std::int64_t year, std::int32_t month) {
    if (month == 2) return is_leap_year(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Result<Instant> new_date(LocalDateTime local, const Zone& zone) {
    if (local.year >= 0 && local.year < 70)
        local.year += 2000;
    else if (local.year >= 70 && local.year < 100)
        local.year += 1900;
    if (const Result<> valid = check(local); !valid) return valid.error();
    return instant_of(local, zone);
}

Result<std::int64_t> date_utc(const UtcFields& fields) {
    LocalDateTime local;
    local.year = fields.year == 0 ? 1899 : fields.year;
    local.month = fields.month == 0 ? 12 : fields.month;
    local.day = fields.day == 0 ? 31 : fields.day;
    local.hour = fields.hour;
    local.minute = fields.minute;
    local.second = fields.second;
    if (auto wrong = check_range("MilliOfSecond", fields.ms, 0, 999)) return *std::move(wrong);
    local.nano = fields.ms * 1'000'000;
    if (const Result<> valid = check(local); !valid) return valid.error();
    return epoch_ms(instant_of(local, *utc_zone()));
}

Result<Instant> set_fields(const Instant& instant, const Zone& zone, const DateChange& change) {
    LocalDateTime local = local_time(instant, zone);
    local.year = change.year.value_or(local.year);
    local.month = change.month.value_or(local.month);
    local.day = change.day.value_or(local.day);
    local.hour = change.hour.value_or(local.hour);
    local.minute = change.minute.value_or(local.minute);
    local.second = change.second.value_or(local.second);
    if (change.ms) {
        if (auto wrong = check_range("MilliOfSecond", *change.ms, 0, 999)) return *std::move(wrong);
        local.nano = *change.ms * 1'000'000;
    }
    if (auto wrong = check_month(local)) return *std::move(wrong);
    if (auto wrong = check_time(local)) return *std::move(wrong);
    if ((change.year || change.month) && local.day > 28) {
        const std::int64_t day = epoch_day(local.year, local.month, 1) + local.day - 1;
        Result<LocalDateTime> moved = on_day(day, local);
        if (!moved) return moved.error();
        local = *moved;
    }
    if (auto wrong = check_day(local)) return *std::move(wrong);
    return instant_of(local, zone);
}

Result<Instant> add(const Instant& instant, DateUnit unit, std::int64_t amount) {
    switch (unit) {
        case DateUnit::years:   return add_months_of(instant, amount, 12);
        case DateUnit::months:  return add_months_of(instant, amount, 1);
        case DateUnit::weeks:   return add_units(instant, amount, 7 * seconds_a_day);
        case DateUnit::days:    return add_units(instant, amount, seconds_a_day);
        case DateUnit::hours:   return add_units(instant, amount, 3600);
        case DateUnit::minutes: return add_units(instant, amount, 60);
        case DateUnit::seconds: return add_seconds(instant, amount, 0);
        case DateUnit::nanos:   return add_seconds(instant, 0, amount);
    }
    return instant;
}

}  // namespace thingstead::script::java
