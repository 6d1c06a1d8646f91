// Date.
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/java/date_time.h"
#include "script/tbel/java/number_text.h"

namespace thingstead::script::tbel {
namespace dates {
namespace {

const java::DateDefaults& defaults(Call& call) { return call.run.environment().dates; }
const java::Zone& own_zone(Call& call) { return *defaults(call).zone; }
const java::Zone& utc() {
    static const java::ZoneRef zone = java::utc_zone();
    return *zone;
}

std::int64_t now_ms(Call& call) {
    const Clock* clock = call.run.environment().clock;
    return clock ? clock->now_ms() : SystemClock().now_ms();
}

java::Instant& instant(Call& call) { return call.self.date->instant; }

Value time(Call& call) { return make_long(java::epoch_ms(instant(call))); }
Value second(Call& call) { return make_long(instant(call).seconds); }

enum class In : std::uint8_t { zone, utc };

template <In in>
java::LocalDateTime local(Call& call) {
    return java::local_time(instant(call), in == In::utc ? utc() : own_zone(call));
}

template <In in, std::int32_t java::LocalDateTime::* field>
Value get(Call& call) {
    return make_int(local<in>(call).*field);
}
template <In in>
Value day_of_week(Call& call) {
    return make_int(java::day_of_week(local<in>(call)));
}
template <In in>
Value milliseconds(Call& call) {
    return make_int(local<in>(call).nano / 1'000'000);
}

using Change = std::optional<std::int32_t> java::DateChange::*;

template <In in, Change... fields>
Value set(Call& call) {
    java::DateChange change;
    std::uint32_t i = 0;
    const auto set_one = [&](Change field) {
        if (call.has(i)) change.*field = int_at(call, i);
        ++i;
    };
    (set_one(fields), ...);
    instant(call) =
        take(java::set_fields(instant(call), in == In::utc ? utc() : own_zone(call), change));
    return null_value();
}

Value set_time(Call& call) {
    instant(call) = java::instant_of_ms(long_at(call, 0));
    return null_value();
}

template <java::DateUnit unit>
Value add(Call& call) {
    instant(call) = take(java::add(instant(call), unit, long_at(call, 0)));
    return null_value();
}

template <java::DateText method>
Value text(Call& call) {
    return call.run.text(
        take(java::date_text(method, instant(call), defaults(call), optional_text_at(call, 0),
                             optional_text_at(call, 1))));
}

Value iso(Call& call) { return call.run.text(java::iso_text(instant(call))); }
Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }

constexpr StaticType integer = StaticType::int_, long_type = StaticType::long_,
                     string = StaticType::string;
constexpr Change year = &java::DateChange::year, month = &java::DateChange::month,
                 day = &java::DateChange::day, hour = &java::DateChange::hour,
                 minute = &java::DateChange::minute, sec = &java::DateChange::second,
                 ms = &java::DateChange::ms;
using Local = java::LocalDateTime;

constexpr Method methods[] = {
    // clang-format off
    {"getTime", time, 0, 0, long_type},
    {"valueOf", time, 0, 0, long_type},
    {"parseSecond", second, 0, 0, long_type},
    {"parseSecondMilli", time, 0, 0, long_type},
    {"getFullYear", get<In::zone, &Local::year>, 0, 0, integer},
    {"getMonth", get<In::zone, &Local::month>, 0, 0, integer},
    {"getDate", get<In::zone, &Local::day>, 0, 0, integer},
    {"getDay", day_of_week<In::zone>, 0, 0, integer},
    {"getHours", get<In::zone, &Local::hour>, 0, 0, integer},
    {"getMinutes", get<In::zone, &Local::minute>, 0, 0, integer},
    {"getSeconds", get<In::zone, &Local::second>, 0, 0, integer},
    {"getMilliseconds", milliseconds<In::zone>, 0, 0, integer},
    {"getUTCFullYear", get<In::utc, &Local::year>, 0, 0, integer},
    {"getUTCMonth", get<In::utc, &Local::month>, 0, 0, integer},
    {"getUTCDate", get<In::utc, &Local::day>, 0, 0, integer},
    {"getUTCDay", day_of_week<In::utc>, 0, 0, integer},
    {"getUTCHours", get<In::utc, &Local::hour>, 0, 0, integer},
    {"getUTCMinutes", get<In::utc, &Local::minute>, 0, 0, integer},
    {"getUTCSeconds", get<In::utc, &Local::second>, 0, 0, integer},
    {"getUTCMilliseconds", milliseconds<In::utc>, 0, 0, integer},
    {"setFullYear", set<In::zone, year, month, day>, 1, 3},
    {"setMonth", set<In::zone, month, day>, 1, 2},
    {"setDate", set<In::zone, day>, 1, 1},
    {"setHours", set<In::zone, hour, minute, sec, ms>, 1, 4},
    {"setMinutes", set<In::zone, minute, sec, ms>, 1, 3},
    {"setSeconds", set<In::zone, sec, ms>, 1, 2},
    {"setMilliseconds", set<In::zone, ms>, 1, 1},
    {"setUTCFullYear", set<In::utc, year, month, day>, 1, 3},
    {"setUTCMonth", set<In::utc, month, day>, 1, 2},
    {"setUTCDate", set<In::utc, day>, 1, 1},
    {"setUTCHours", set<In::utc, hour, minute, sec, ms>, 1, 4},
    {"setUTCMinutes", set<In::utc, minute, sec, ms>, 1, 3},
    {"setUTCSeconds", set<In::utc, sec, ms>, 1, 2},
    {"setUTCMilliseconds", set<In::utc, ms>, 1, 1},
    {"setTime", set_time, 1, 1},
    {"addYears", add<java::DateUnit::years>, 1, 1},
    {"addMonths", add<java::DateUnit::months>, 1, 1},
    {"addWeeks", add<java::DateUnit::weeks>, 1, 1},
    {"addDays", add<java::DateUnit::days>, 1, 1},
    {"addHours", add<java::DateUnit::hours>, 1, 1},
    {"addMinutes", add<java::DateUnit::minutes>, 1, 1},
    {"addSeconds", add<java::DateUnit::seconds>, 1, 1},
    {"addNanos", add<java::DateUnit::nanos>, 1, 1},
    {"toISOString", iso, 0, 0, string},
    {"toJSON", iso, 0, 0, string},
    {"toString", text<java::DateText::text>, 0, 2, string},
    {"toDateString", text<java::DateText::date>, 0, 2, string},
    {"toLocaleDateString", text<java::DateText::locale_date>, 0, 2, string},
    {"toTimeString", text<java::DateText::time>, 0, 2, string},
    {"toLocaleTimeString", text<java::DateText::locale_time>, 0, 2, string},
    {"toLocaleString", text<java::DateText::locale>, 0, 2, string},
    {"toUTCString", text<java::DateText::utc>, 0, 1, string},
    {"equals", equals, 1, 1, StaticType::boolean},
    // clang-format on
};

Value now(Call& call) { return make_long(now_ms(call)); }

Value parse(Call& call) {
    if (call.count == 1) return make_long(java::date_parse(text_at(call, 0), defaults(call).zone));
    return make_long(java::date_parse(text_at(call, 0), text_at(call, 1), defaults(call)));
}

Value utc_of_fields(Call& call) {
    java::UtcFields fields;
    std::int32_t* const each[] = {&fields.year,   &fields.month,  &fields.day, &fields.hour,
                                  &fields.minute, &fields.second, &fields.ms};
    for (std::uint32_t i = 0; i < call.count; ++i) *each[i] = int_at(call, i);
    return make_long(take(java::date_utc(fields)));
}

constexpr Method statics[] = {
    {"now",   now,           0, 0, long_type},
    {"parse", parse,         1, 2, long_type},
    {"UTC",   utc_of_fields, 1, 7, long_type},
};

/// new Date(y, m, d[, h, min[, s[, ms]]][, zone])
java::Instant of_fields(Call& call) {
    java::LocalDateTime local;
    std::int32_t millis = 0;
    std::int32_t* const each[] = {&local.year,   &local.month,  &local.day, &local.hour,
                                  &local.minute, &local.second, &millis};
    java::ZoneRef zone = defaults(call).zone;
    std::uint32_t count = call.count;
    if (call.at(count - 1).is(Kind::string))
        zone = take(java::find_zone(call.at(--count).text->view()));
    if (count < 3 || count > std::size(each)) fail("unable to find constructor for: Date");
    for (std::uint32_t i = 0; i < count; ++i) *each[i] = int_at(call, i);
    if (millis < 0 || millis > 999)
        fail("Invalid value for MilliOfSecond (valid values 0 - 999): " + std::to_string(millis));
    local.nano = millis * 1'000'000;
    return take(java::new_date(local, *zone));
}

java::Instant of_text(Call& call) {
    if (call.count == 1) return take(java::new_date(text_at(call, 0), defaults(call).zone));
    const auto zone_id = optional_text_at(call, 3);
    const java::ZoneRef zone = zone_id ? take(java::find_zone(*zone_id)) : nullptr;
    return take(java::parse_date(text_at(call, 0), text_at(call, 1), defaults(call),
                                 optional_text_at(call, 2), zone));
}

}  // namespace
}  // namespace dates

std::span<const Method> date_methods() { return dates::methods; }
std::span<const Method> date_statics() { return dates::statics; }

Value new_date(Call& call) {
    if (call.count == 0) return call.run.date(java::instant_of_ms(dates::now_ms(call)));
    const Value& first = call.at(0);
    if (first.is(Kind::string)) {
        if (call.count > 4) fail("unable to find constructor for: Date");
        return call.run.date(dates::of_text(call));
    }
    if (call.count > 1) return call.run.date(dates::of_fields(call));
    if (first.is(Kind::date)) return call.run.date(first.date->instant);
    if (!first.is_number()) fail("unable to find constructor for: Date");
    return call.run.date(java::instant_of_ms(number_as_long(first)));
}

}  // namespace thingstead::script::tbel
