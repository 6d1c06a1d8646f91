// new Date(text) and Date.parse(text): ISO 8601 and RFC 1123.
#include "script/tbel/java/date_fields.h"
#include "script/tbel/java/date_scan.h"
#include "script/tbel/java/date_time.h"
#include "script/tbel/java/locale_data.h"

namespace thingstead::script::java {
namespace {

bool take_either(std::string_view& text, char upper) {
    if (text.empty() || (text[0] != upper && text[0] != (upper | 0x20))) return false;
    text.remove_prefix(1);
    return true;
}

bool take_into(std::string_view& text, std::optional<std::int64_t>& field, std::size_t width_min,
               std::size_t width_max) {
    field = take_number(text, width_min, width_max);
    return field.has_value();
}

/// HH:mm[:ss[.n…]].
bool take_time(std::string_view& text, DateFields& fields) {
    if (!take_into(text, fields.hour, 2, 2) || !take_prefix(text, ":") ||
        !take_into(text, fields.minute, 2, 2))
        return false;
    if (!take_prefix(text, ":")) return true;
    if (!take_into(text, fields.second, 2, 2)) return false;
    if (!take_prefix(text, ".")) return true;
    const std::size_t before = text.size();
    std::int64_t nano = take_number(text, 1, 9).value_or(0);
    for (std::size_t digits = before - text.size(); digits < 9; ++digits) nano *= 10;
    fields.nano = nano;
    return true;
}

/// yyyy-MM-dd[T ]HH:mm…, perhaps with an offset or zone behind it.
std::optional<DateFields> read_iso(std::string_view text) {
    DateFields fields;
    if (!take_into(text, fields.year, 4, 4) || !take_prefix(text, "-") ||
        !take_into(text, fields.month, 2, 2) || !take_prefix(text, "-") ||
        !take_into(text, fields.day, 2, 2))
        return std::nullopt;
    if (!take_either(text, 'T') && !take_prefix(text, " ")) return std::nullopt;
    if (!take_time(text, fields)) return std::nullopt;
    if (text.empty()) return fields;
    if (take_either(text, 'Z')) {
        fields.zone = utc_zone();
    } else {
        take_prefix(text, " ");
        const std::optional<ZoneRef> zone = take_zone(text);
        if (!zone) return std::nullopt;
        fields.zone = *zone;
    }
    return text.empty() ? std::optional(fields) : std::nullopt;
}

/// [EEE, ]d MMM yyyy HH:mm[:ss] and GMT or an offset; without one the zone's own.
std::optional<DateFields> read_rfc_1123(std::string_view text, const ZoneRef& zone) {
    const LocaleData& english = find_locale("en");
    DateFields fields;
    if (const std::optional<std::size_t> day = take_name_of(text, english.days_short)) {
        fields.day_of_week = static_cast<std::int64_t>(*day) + 1;
        if (!take_prefix(text, ", ")) return std::nullopt;
    }
    if (!take_into(text, fields.day, 1, 2) || !take_prefix(text, " ")) return std::nullopt;
    const std::optional<std::size_t> month = take_name_of(text, english.months_short);
    if (!month || !take_prefix(text, " ") || !take_into(text, fields.year, 4, 4) ||
        !take_prefix(text, " ") || !take_time(text, fields))
        return std::nullopt;
    fields.month = static_cast<std::int64_t>(*month) + 1;
    if (text.empty()) {
        // The reference appends the zone's offset, and "Z" is none that it can read again.
        const bool utc = zone->offset_at(0) == 0 && !zone->is_daylight_at(0) &&
                         (zone->is_offset() || zone->id() == "UTC" || zone->id() == "GMT" ||
                          zone->id() == "Etc/UTC");
        if (utc) return std::nullopt;
        fields.zone = zone;
        return fields;
    }
    if (!take_prefix(text, " ")) return std::nullopt;
    const bool gmt = take_prefix(text, "GMT");
    const std::optional<ZoneRef> offset =
        gmt && text.empty() ? std::optional(utc_zone()) : take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    fields.zone = *offset;
    return fields;
}

}  // namespace

Result<Instant> new_date(std::string_view text, const ZoneRef& zone) {
    const bool digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
    const std::optional<DateFields> fields = digit ? read_iso(text) : read_rfc_1123(text, zone);
    const Error failed{ErrorCode::invalid_argument,
                       "Cannot parse value [" + std::string(text) + "] as instant"};
    if (!fields) return failed;
    const Result<LocalDateTime> local = resolve_fields(*fields);
    if (!local) return failed;
    return instant_of(*local, fields->zone ? *fields->zone : *zone);
}

std::int64_t date_parse(std::string_view text, const ZoneRef& zone) {
    const Result<Instant> instant = new_date(text, zone);
    return instant ? epoch_ms(*instant) : -1;
}

}  // namespace thingstead::script::java
