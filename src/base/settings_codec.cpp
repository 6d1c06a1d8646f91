#include "base/settings_codec.h"

#include <array>

namespace thingstead {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
    std::string_view plural;
};

constexpr Unit durations[] = {
    {"d",   86'400'000'000'000, "days"        },
    {"h",   3'600'000'000'000,  "hours"       },
    {"min", 60'000'000'000,     "minutes"     },
    {"s",   1'000'000'000,      "seconds"     },
    {"ms",  1'000'000,          "milliseconds"},
    {"us",  1'000,              "microseconds"},
    {"ns",  1,                  "nanoseconds" },
};

constexpr Unit sizes[] = {
    {"TiB", 1ll << 40, ""},
    {"GiB", 1ll << 30, ""},
    {"MiB", 1ll << 20, ""},
    {"KiB", 1ll << 10, ""},
    {"",    1,         ""},
};

/// A count without sign, and one of the units directly behind it.
template <std::size_t N>
std::optional<std::int64_t> parse(std::string_view text, const Unit (&units)[N]) {
    if (text.empty() || text[0] == '-') return std::nullopt;
    std::int64_t count = 0;
    const auto [at, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failed != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    for (const Unit& unit : units) {
        std::int64_t product = 0;
        if (text == unit.name && !__builtin_mul_overflow(count, unit.factor, &product))
            return product;
    }
    return std::nullopt;
}

template <std::size_t N>
std::string format(std::int64_t value, const Unit (&units)[N]) {
    for (const Unit& unit : units)
        if (value % unit.factor == 0)
            return std::to_string(value / unit.factor) + std::string(unit.name);
    return std::to_string(value);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const std::optional<std::int64_t> count = parse(text, durations);
    if (!count) return std::nullopt;
    return std::chrono::nanoseconds(*count);
}

std::string format_duration(std::chrono::nanoseconds duration) {
    if (duration.count() == 0) return "0s";
    return format(duration.count(), durations);
}

std::optional<std::int64_t> parse_size(std::string_view text) { return parse(text, sizes); }

std::string format_size(std::int64_t bytes) { return bytes == 0 ? "0" : format(bytes, sizes); }

std::string setting_range(const std::string& least, const std::string& most) {
    return " from " + least + " to " + most;
}

std::string_view duration_unit_name(std::chrono::nanoseconds tick) {
    for (const Unit& unit : durations)
        if (unit.factor == tick.count()) return unit.plural;
    return "units";
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view item = text.substr(0, comma);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        items.emplace_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

}  // namespace thingstead
