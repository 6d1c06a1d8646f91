#include "rule/node/aggregate_stream/interval.h"

namespace thingstead::rule::aggregate_stream {
namespace {

using namespace std::chrono;

EpochMs ms_of(sys_days day) { return duration_cast<milliseconds>(day.time_since_epoch()).count(); }

Interval days_from(sys_days first, days length) { return {ms_of(first), ms_of(first + length)}; }

Interval multiple_of(milliseconds length, EpochMs ts) {
    const EpochMs ms = length.count();
    EpochMs start = ts - ts % ms;
    if (start > ts) start -= ms;  // before 1970
    return {start, start + ms};
}

}  // namespace

Interval interval_of(IntervalType type, milliseconds custom, EpochMs ts) {
    const sys_days day = floor<days>(sys_time<milliseconds>(milliseconds(ts)));
    const weekday today(day);
    const year_month_day date(day);
    switch (type) {
        case IntervalType::hour:         return multiple_of(hours(1), ts);
        case IntervalType::custom:       return multiple_of(custom, ts);
        case IntervalType::day:          return days_from(day, days(1));
        case IntervalType::week:         return days_from(day - (today - Monday), days(7));
        case IntervalType::week_sun_sat: return days_from(day - (today - Sunday), days(7));
        case IntervalType::month:        {
            const year_month month = date.year() / date.month();
            return {ms_of(month / 1), ms_of((month + months(1)) / 1)};
        }
        case IntervalType::year:
            return {ms_of(date.year() / January / 1),
                    ms_of((date.year() + years(1)) / January / 1)};
    }
    return {};
}

}  // namespace thingstead::rule::aggregate_stream
