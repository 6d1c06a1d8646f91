#include "core/alarm_rules/schedule.h"

#include <algorithm>
#include <string>

namespace thingstead::core {
namespace {

constexpr std::int64_t day_ms = 24 * 60 * 60 * 1000;

Error wrong_schedule(std::string what) {
    return {ErrorCode::invalid_argument, "Schedule: " + std::move(what)};
}

const json::value* given(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

Result<std::int64_t> integer_in(const json::object& object, std::string_view name,
                                std::int64_t least, std::int64_t most) {
    const json::value* value = given(object, name);
    if (!value) return least;
    const Result<std::int64_t> number = from_json<std::int64_t>(*value);
    if (!number || *number < least || *number > most)
        return wrong_schedule(std::string(name) + " should be from " + std::to_string(least) +
                              " to " + std::to_string(most) + "!");
    return *number;
}

Result<ZoneOffset> zone_of(const json::object& object, const FindZone& zones) {
    const json::value* name = given(object, "timezone");
    if (!name) return ZoneOffset([](std::int64_t) { return std::int32_t{0}; });
    if (!name->is_string()) return wrong_schedule("timezone should be a string!");
    auto zone = zones(std::string_view(name->get_string()));
    if (!zone) return wrong_schedule(zone.error().message);
    return zone;
}

std::string type_of(const json::object& object) {
    if (const json::value* type = given(object, "type"); type && type->is_string())
        return std::string(type->get_string());
    if (given(object, "daysOfWeek")) return "SPECIFIC_TIME";
    return given(object, "items") ? "CUSTOM" : "ANY_TIME";
}

}  // namespace

Result<Schedule::Span> Schedule::read_span(const json::object& times, std::int64_t day) {
    const auto from = integer_in(times, "startsOn", 0, day_ms);
    if (!from) return from.error();
    const auto to = integer_in(times, "endsOn", 0, day_ms);
    if (!to) return to.error();
    return Span{static_cast<std::int32_t>(day), *from, *to == 0 ? day_ms : *to};
}

Result<Schedule> Schedule::read(const json::value& document, const FindZone& zones) {
    if (document.is_null()) return Schedule();
    const json::object* object = document.if_object();
    if (!object) return wrong_schedule("an object is expected!");
    const std::string type = type_of(*object);
    if (type == "ANY_TIME") return Schedule();
    const bool custom = type == "CUSTOM";
    if (!custom && type != "SPECIFIC_TIME") return wrong_schedule("unknown type '" + type + "'!");
    Schedule schedule;
    schedule.always_ = false;
    auto zone = zone_of(*object, zones);
    if (!zone) return zone.error();
    schedule.zone_ = *std::move(zone);
    const json::value* listed = given(*object, custom ? "items" : "daysOfWeek");
    const json::array* list = listed ? listed->if_array() : nullptr;
    if (!list) return wrong_schedule(custom ? "items are missing!" : "daysOfWeek are missing!");
    for (const json::value& each : *list) {
        const json::object* item = each.if_object();
        if (custom != (item != nullptr)) return wrong_schedule("a day is expected!");
        if (item) {
            const json::value* enabled = given(*item, "enabled");
            if (!enabled || !enabled->is_bool() || !enabled->get_bool()) continue;
        }
        const json::object one{
            {"dayOfWeek", each}
        };
        const auto day = integer_in(item ? *item : one, "dayOfWeek", 1, 7);
        if (!day) return day.error();
        auto span = read_span(item ? *item : *object, *day);
        if (!span) return span.error();
        schedule.spans_.push_back(*span);
    }
    return schedule;
}

bool Schedule::is_active(EpochMs now) const {
    if (always_) return true;
    const std::int64_t seconds = now >= 0 ? now / 1000 : -((-now + 999) / 1000);
    const std::int64_t local = now + std::int64_t{zone_(seconds)} * 1000;
    const std::int64_t time = ((local % day_ms) + day_ms) % day_ms;
    // 1970-01-01 was a Thursday.
    const std::int64_t days = (local - time) / day_ms;
    const std::int64_t day = (((days + 3) % 7) + 7) % 7 + 1;
    return std::any_of(spans_.begin(), spans_.end(), [&](const Span& each) {
        if (each.day != day) return false;
        if (each.from_ms <= each.to_ms) return time >= each.from_ms && time < each.to_ms;
        return time >= each.from_ms || time < each.to_ms;
    });
}

}  // namespace thingstead::core
