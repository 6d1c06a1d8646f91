#include "core/calculated_field/interval.h"

#include <algorithm>

#include "core/calculated_field/members.h"
#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 24 * hour_s;

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

/// Seconds since 1970 of the midnight that begins a date.
std::int64_t midnight_of(std::chrono::year_month_day date) {
    return std::chrono::sys_days(date).time_since_epoch().count() * day_s;
}

struct LocalSpan {
    std::int64_t start, end;
};

LocalSpan months_around(std::int64_t local_s, unsigned months) {
    using namespace std::chrono;
    const year_month_day date{sys_days(days(floor_to(local_s, day_s) / day_s))};
    const unsigned first = (static_cast<unsigned>(date.month()) - 1) / months * months + 1;
    const year_month start = date.year() / month(first);
    const year_month end = start + std::chrono::months(months);
    return {midnight_of(start / 1), midnight_of(end / 1)};
}

LocalSpan custom_around(std::int64_t local_s, std::int64_t duration_s) {
    if (duration_s % day_s == 0) {
        const std::int64_t start = floor_to(local_s, duration_s);
        return {start, start + duration_s};
    }
    const std::int64_t midnight = floor_to(local_s, day_s);
    const std::int64_t start = midnight + floor_to(local_s - midnight, duration_s);
    return {start, std::min(start + duration_s, midnight + day_s)};
}

LocalSpan local_span(const AggregationInterval& interval, std::int64_t local_s) {
    // 1970-01-05 was a Monday, 1970-01-04 a Sunday.
    const auto week_from = [&](std::int64_t first_day) {
        const std::int64_t anchor = first_day * day_s;
        const std::int64_t start = floor_to(local_s - anchor, 7 * day_s) + anchor;
        return LocalSpan{start, start + 7 * day_s};
    };
    switch (interval.type) {
        case IntervalType::hour:
            return {floor_to(local_s, hour_s), floor_to(local_s, hour_s) + hour_s};
        case IntervalType::day:          return {floor_to(local_s, day_s), floor_to(local_s, day_s) + day_s};
        case IntervalType::week:         return week_from(4);
        case IntervalType::week_sun_sat: return week_from(3);
        case IntervalType::month:        return months_around(local_s, 1);
        case IntervalType::quarter:      return months_around(local_s, 3);
        case IntervalType::year:         return months_around(local_s, 12);
        case IntervalType::custom:       break;
    }
    return custom_around(local_s, interval.duration.count());
}

}  // namespace

TimeSpan interval_at(const AggregationInterval& interval, EpochMs at) {
    const std::int64_t shifted_s = floor_to(at, 1000) / 1000 - interval.offset.count();
    const std::int32_t ahead_s = interval.zone->offset_at(shifted_s);
    const LocalSpan local = local_span(interval, shifted_s + ahead_s);
    const auto instant_ms = [&](std::int64_t local_s) {
        return (interval.zone->instant_of_local(local_s) + interval.offset.count()) * 1000;
    };
    // Hours are of equal length, also the one that a clock shows twice.
    if (interval.type == IntervalType::hour) {
        const EpochMs start = (local.start - ahead_s + interval.offset.count()) * 1000;
        return {start, start + hour_s * 1000};
    }
    return {instant_ms(local.start), instant_ms(local.end)};
}

Result<AggregationInterval> read_interval(const json::object& document) {
    const json::value* given = member_of(document, "interval");
    const json::object* object = given ? given->if_object() : nullptr;
    if (!object) return invalid("Calculated field should have an interval!");
    AggregationInterval interval;
    const auto type = enum_value<IntervalType>(text_of_member(*object, "type"));
    if (!type) return invalid("interval should have a type!");
    interval.type = *type;
    auto zone = script::find_time_zone(text_of_member(*object, "tz"));
    if (!zone) return invalid("interval.tz: " + zone.error().message);
    interval.zone = *std::move(zone);
    for (const auto& [name, into] : {
             std::pair{"offsetSec",   &interval.offset  },
             std::pair{"durationSec", &interval.duration}
    }) {
        const auto seconds = seconds_of(*object, name);
        if (!seconds) return invalid("interval." + seconds.error().message);
        *into = *seconds;
    }
    if (interval.type == IntervalType::custom) {
        if (interval.duration.count() == 0)
            return invalid("interval.durationSec should be greater than 0!");
        if (interval.duration > std::chrono::hours(24) && interval.duration.count() % day_s != 0)
            return invalid("interval.durationSec over a day should be of whole days!");
    }
    return interval;
}

}  // namespace thingstead::core
