#include "script/tbel/java/zone.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>

#include "script/tbel/java/tz_file.h"

namespace thingstead::script::java {
namespace {

constexpr std::int64_t day_seconds_of_zone = 86'400;

Error bad_zone(std::string_view what, std::string_view id) {
    return {ErrorCode::invalid_argument, std::string(what) + std::string(id)};
}

class FixedZone final : public Zone {
  public:
    FixedZone(std::string id, std::int32_t seconds, bool offset)
        : Zone(std::move(id)), seconds_(seconds), offset_(offset) {}

    bool is_offset() const override { return offset_; }
    std::int32_t offset_at(std::int64_t) const override { return seconds_; }
    bool is_daylight_at(std::int64_t) const override { return false; }
    std::string_view abbreviation_at(std::int64_t) const override { return id(); }
    std::int64_t instant_of_local(std::int64_t local_seconds) const override {
        return local_seconds - seconds_;
    }

  private:
    std::int32_t seconds_;
    bool offset_;
};

class RegionZone final : public Zone {
  public:
    RegionZone(std::string id, TzFile file) : Zone(std::move(id)), file_(std::move(file)) {}

    bool is_offset() const override { return false; }

    std::int32_t offset_at(std::int64_t epoch_seconds) const override {
        if (!by_rule(epoch_seconds)) return type_at(epoch_seconds).offset;
        return file_.rule->is_daylight_at(epoch_seconds) ? file_.rule->daylight_offset
                                                         : file_.rule->standard_offset;
    }

    bool is_daylight_at(std::int64_t epoch_seconds) const override {
        if (!by_rule(epoch_seconds)) return type_at(epoch_seconds).daylight;
        return file_.rule->is_daylight_at(epoch_seconds);
    }

    std::string_view abbreviation_at(std::int64_t epoch_seconds) const override {
        if (!by_rule(epoch_seconds)) return type_at(epoch_seconds).name;
        return file_.rule->is_daylight_at(epoch_seconds) ? file_.rule->daylight_name
                                                         : file_.rule->standard_name;
    }

    std::int64_t instant_of_local(std::int64_t local_seconds) const override {
        const std::int32_t before = offset_at(local_seconds - day_seconds_of_zone);
        const std::int32_t after = offset_at(local_seconds + day_seconds_of_zone);
        const std::int64_t earlier = local_seconds - before;
        if (offset_at(earlier) == before) return earlier;
        const std::int64_t later = local_seconds - after;
        return offset_at(later) == after ? later : earlier;
    }

  private:
    bool by_rule(std::int64_t epoch_seconds) const {
        return file_.rule && (file_.changes.empty() || epoch_seconds >= file_.changes.back());
    }

    const TzType& type_at(std::int64_t epoch_seconds) const {
        const auto after =
            std::upper_bound(file_.changes.begin(), file_.changes.end(), epoch_seconds);
        if (after == file_.changes.begin()) return file_.types.front();
        const auto index = static_cast<std::size_t>(after - file_.changes.begin()) - 1;
        return file_.types[file_.types_after[index]];
    }

    TzFile file_;
};

/// Two digits; nullopt: something else.
std::optional<std::int32_t> two_digits(std::string_view text) {
    if (text.size() != 2 || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

std::string out_of_range(std::string_view field, std::int32_t value, std::string_view limit) {
    return "Zone offset " + std::string(field) + " not in valid range: value " +
           std::to_string(value) + " is not in the range -" + std::string(limit) + " to " +
           std::string(limit);
}

/// hh, hhmm, hh:mm, hhmmss or hh:mm:ss as three numbers; `id` is for the errors.
Result<std::array<std::int32_t, 3>> offset_fields(std::string_view digits, std::string_view id) {
    std::array<std::int32_t, 3> fields{};
    const bool colons = digits.size() == 5 || digits.size() == 8;
    for (std::size_t i = 0; !digits.empty(); ++i) {
        if (i > 0 && colons) {
            if (!digits.starts_with(':'))
                return bad_zone("Invalid ID for ZoneOffset, colon not found when expected: ", id);
            digits.remove_prefix(1);
        }
        const std::optional<std::int32_t> value = two_digits(digits.substr(0, 2));
        if (!value)
            return bad_zone("Invalid ID for ZoneOffset, non numeric characters found: ", id);
        fields[i] = *value;
        digits.remove_prefix(2);
    }
    return fields;
}

Result<ZoneRef> parse_offset(std::string_view id) {
    if (id == "Z") return utc_zone();
    std::string digits(id.empty() ? "" : id.substr(1));
    if (digits.size() == 1) digits.insert(digits.begin(), '0');
    constexpr std::array<std::size_t, 5> lengths{2, 4, 5, 6, 8};
    if (id.size() < 2 || std::find(lengths.begin(), lengths.end(), digits.size()) == lengths.end())
        return bad_zone("Invalid ID for ZoneOffset, invalid format: ", id);
    const Result<std::array<std::int32_t, 3>> fields = offset_fields(digits, id);
    if (!fields) return fields.error();
    const auto [hours, minutes, seconds] = *fields;
    if (hours > 18) return bad_zone(out_of_range("hours", hours, "18"), "");
    if (minutes > 59) return bad_zone(out_of_range("minutes", minutes, "59"), "");
    if (seconds > 59) return bad_zone(out_of_range("seconds", seconds, "59"), "");
    const std::int32_t total = hours * 3600 + minutes * 60 + seconds;
    if (total > zone_offset_seconds_max)
        return bad_zone("Zone offset not in valid range: -18:00 to +18:00", "");
    return offset_zone(id[0] == '-' ? -total : total);
}

bool is_region_format(std::string_view id) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return id.size() >= 2 && letter(id[0]) && std::all_of(id.begin(), id.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') ||
                      std::string_view("~/._+-").find(c) != std::string_view::npos;
           });
}

/// Files of the database that are no zones for Java, and ways out of its folder.
bool is_hidden(std::string_view id) {
    constexpr std::string_view hidden[] = {"EST",       "HST",        "MST",   "ROC",  "Factory",
                                           "localtime", "posixrules", "GMT+0", "GMT-0"};
    return std::find(std::begin(hidden), std::end(hidden), id) != std::end(hidden) ||
           id.starts_with("posix/") || id.starts_with("right/") ||
           id.find("..") != std::string_view::npos;
}

Result<ZoneRef> read_region(const std::string& id) {
    if (!is_region_format(id))
        return bad_zone("Invalid ID for region-based ZoneId, invalid format: ", id);
    const std::string unknown = "Unknown time-zone ID: ";
    if (is_hidden(id)) return bad_zone(unknown, id);
    const std::string path = "/usr/share/zoneinfo/" + id;
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return bad_zone(unknown, id);
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    Result<TzFile> file = parse_tz_file(bytes);
    if (!file) return bad_zone(unknown, id);
    return ZoneRef(std::make_shared<RegionZone>(id, *std::move(file)));
}

/// Regions that were read before; as many as the database has.
Result<ZoneRef> find_region(const std::string& id) {
    static std::mutex mutex;
    static std::map<std::string, ZoneRef> known;
    const std::lock_guard lock(mutex);
    if (const auto it = known.find(id); it != known.end()) return it->second;
    Result<ZoneRef> zone = read_region(id);
    if (zone) known.emplace(id, *zone);
    return zone;
}

/// UTC, GMT or UT, alone or with an offset.
Result<ZoneRef> find_prefixed(std::string_view id, std::string_view prefix) {
    const std::string_view offset = id.substr(prefix.size());
    if (offset.empty()) return ZoneRef(std::make_shared<FixedZone>(std::string(id), 0, false));
    if (offset[0] != '+' && offset[0] != '-') return find_region(std::string(id));
    const Result<ZoneRef> zone = parse_offset(offset);
    if (!zone) return bad_zone("Invalid ID for offset-based ZoneId: ", id);
    const std::int32_t seconds = (*zone)->offset_at(0);
    const std::string suffix = seconds == 0 ? "" : offset_text(seconds);
    return ZoneRef(std::make_shared<FixedZone>(std::string(prefix) + suffix, seconds, false));
}

}  // namespace

Result<ZoneRef> find_zone(std::string_view id) {
    if (id.size() < 2 || id[0] == '+' || id[0] == '-') return parse_offset(id);
    for (const std::string_view prefix : {"UTC", "GMT", "UT"})
        if (id.starts_with(prefix)) return find_prefixed(id, prefix);
    return find_region(std::string(id));
}

ZoneRef utc_zone() {
    static const ZoneRef zone = std::make_shared<FixedZone>("Z", 0, true);
    return zone;
}

ZoneRef offset_zone(std::int32_t seconds) {
    if (seconds == 0) return utc_zone();
    return std::make_shared<FixedZone>(offset_text(seconds), seconds, true);
}

std::string offset_text(std::int32_t seconds) {
    if (seconds == 0) return "Z";
    const std::int32_t total = std::abs(seconds);
    const auto two = [](std::int32_t value) {
        return (value < 10 ? "0" : "") + std::to_string(value);
    };
    std::string out = (seconds < 0 ? "-" : "+") + two(total / 3600) + ':' + two(total / 60 % 60);
    if (total % 60 != 0) out += ':' + two(total % 60);
    return out;
}

}  // namespace thingstead::script::java
