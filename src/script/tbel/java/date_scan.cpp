#include "script/tbel/java/date_scan.h"

#include <algorithm>

#include "script/tbel/java/zone_names.h"

namespace thingstead::script::java {

std::optional<std::int64_t> take_number(std::string_view& text, std::size_t width_min,
                                        std::size_t width_max) {
    constexpr std::size_t digits_safe = 18;  // of a long
    std::size_t digits = 0;
    std::int64_t value = 0;
    const std::size_t most = std::min({text.size(), width_max, digits_safe});
    for (; digits < most && text[digits] >= '0' && text[digits] <= '9'; ++digits)
        value = value * 10 + (text[digits] - '0');
    if (digits == 0 || digits < width_min) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<ZoneRef> take_offset(std::string_view& text) {
    if (take_prefix(text, "Z")) return utc_zone();
    std::string_view rest = text;
    const bool negative = take_prefix(rest, "-");
    if (!negative && !take_prefix(rest, "+")) return std::nullopt;
    const std::optional<std::int64_t> hours = take_number(rest, 1, 2);
    if (!hours) return std::nullopt;
    std::int64_t seconds = *hours * 3600;
    for (const std::int64_t unit : {60, 1}) {
        std::string_view part = rest;
        take_prefix(part, ":");
        const std::optional<std::int64_t> value = take_number(part, 2, 2);
        if (!value || *value > 59) break;
        seconds += *value * unit;
        rest = part;
    }
    if (seconds > zone_offset_seconds_max) return std::nullopt;
    text = rest;
    return offset_zone(static_cast<std::int32_t>(negative ? -seconds : seconds));
}

std::optional<ZoneRef> take_zone(std::string_view& text) {
    if (text.starts_with('+') || text.starts_with('-')) return take_offset(text);
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-:";
    const std::size_t longest = std::min(text.find_first_not_of(letters), text.size());
    for (std::size_t length = longest; length > 0; --length) {
        const std::string_view id = text.substr(0, length);
        Result<ZoneRef> zone = find_zone(id);
        if (!zone) zone = find_zone_by_short_name(id);
        if (!zone) continue;
        text.remove_prefix(length);
        return *std::move(zone);
    }
    return std::nullopt;
}

}  // namespace thingstead::script::java
