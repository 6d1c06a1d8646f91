// How the values of settings are written by people: "10s", "64KiB", "true", names, lists.
// The inside of settings.h; a room that needs another type specialises SettingCodec.
#pragma once
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"

namespace thingstead {

/// A value as it stands in a file or a variable.
struct SettingText {
    std::vector<std::string> items;  ///< Exactly one unless `list`.
    bool list = false;               ///< A YAML sequence.
    friend bool operator==(const SettingText&, const SettingText&) = default;
};

/// "250ms", "10s", "5min", "2h", "7d"; also us and ns. Nothing if it is not one, or over 292 years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// In the largest unit that has no fraction.
std::string format_duration(std::chrono::nanoseconds duration);

/// "65536", "64KiB", "512MiB", "1GiB", "2TiB". Nothing if it is not one, or over 2^63 - 1.
std::optional<std::int64_t> parse_size(std::string_view text);
std::string format_size(std::int64_t bytes);

/// ` from 1KiB to 1MiB`
std::string setting_range(const std::string& least, const std::string& most);
std::string_view duration_unit_name(std::chrono::nanoseconds tick);
std::vector<std::string> split_list(std::string_view text);

/// How a type of setting is read and written.
///   static bool read(const SettingText&, const FieldFacts&, T& out);  false: not `allowed`, or out
///                                                                     of bounds; `out` is kept
///   static SettingText write(const T&, const FieldFacts&);
///   static std::string allowed(const FieldFacts&);  completes "x is not …"
///   static constexpr bool is_text;                  needs quotes in YAML
template <class T>
struct SettingCodec;

template <>
struct SettingCodec<bool> {
    static constexpr bool is_text = false;
    static bool read(const SettingText& text, const FieldFacts&, bool& out) {
        if (text.list || (text.items[0] != "true" && text.items[0] != "false")) return false;
        out = text.items[0] == "true";
        return true;
    }
    static SettingText write(bool value, const FieldFacts&) { return {{value ? "true" : "false"}}; }
    static std::string allowed(const FieldFacts&) { return "true or false"; }
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct SettingCodec<T> {
    static constexpr bool is_text = false;

    static bool read(const SettingText& text, const FieldFacts& facts, T& out) {
        if (text.list) return false;
        T value = 0;
        if (facts.bytes) {
            const std::optional<std::int64_t> bytes = parse_size(text.items[0]);
            if (!bytes || !std::in_range<T>(*bytes)) return false;
            value = static_cast<T>(*bytes);
        } else {
            const std::string& digits = text.items[0];
            const char* const end = digits.data() + digits.size();
            const auto [at, failed] = std::from_chars(digits.data(), end, value);
            if (failed != std::errc() || at != end) return false;
        }
        if (facts.bounds && (std::cmp_less(value, facts.bounds->first) ||
                             std::cmp_greater(value, facts.bounds->second)))
            return false;
        out = value;
        return true;
    }

    static SettingText write(T value, const FieldFacts& facts) {
        return {
            {facts.bytes ? format_size(static_cast<std::int64_t>(value)) : std::to_string(value)}};
    }

    static std::string allowed(const FieldFacts& facts) {
        const auto format = [&](auto number) {
            return facts.bytes ? format_size(static_cast<std::int64_t>(number))
                               : std::to_string(number);
        };
        const std::string what = facts.bytes ? "a size such as 64KiB" : "an integer";
        if (facts.bounds)
            return what + setting_range(format(facts.bounds->first), format(facts.bounds->second));
        if (sizeof(T) < 8)
            return what + setting_range(format(std::numeric_limits<T>::min()),
                                        format(std::numeric_limits<T>::max()));
        return what + (std::unsigned_integral<T> && !facts.bytes ? " of at least 0" : "");
    }
};

template <std::floating_point T>
struct SettingCodec<T> {
    static constexpr bool is_text = false;

    static bool read(const SettingText& text, const FieldFacts& facts, T& out) {
        if (text.list) return false;
        const std::string& digits = text.items[0];
        const char* const end = digits.data() + digits.size();
        T value = 0;
        const auto [at, failed] = std::from_chars(digits.data(), end, value);
        if (failed != std::errc() || at != end || !std::isfinite(value)) return false;
        if (facts.bounds && (value < static_cast<T>(facts.bounds->first) ||
                             value > static_cast<T>(facts.bounds->second)))
            return false;
        out = value;
        return true;
    }

    static SettingText write(T value, const FieldFacts&) {
        char digits[64];
        const auto end = std::to_chars(digits, digits + sizeof digits, value);
        return {{std::string(digits, end.ptr)}};
    }

    static std::string allowed(const FieldFacts& facts) {
        if (!facts.bounds) return "a number";
        return "a number" + setting_range(std::to_string(facts.bounds->first),
                                          std::to_string(facts.bounds->second));
    }
};

template <>
struct SettingCodec<std::string> {
    static constexpr bool is_text = true;
    static bool read(const SettingText& text, const FieldFacts& facts, std::string& out) {
        if (text.list) return false;
        if (facts.bounds && (std::cmp_less(text.items[0].size(), facts.bounds->first) ||
                             std::cmp_greater(text.items[0].size(), facts.bounds->second)))
            return false;
        out = text.items[0];
        return true;
    }
    static SettingText write(const std::string& value, const FieldFacts&) { return {{value}}; }
    static std::string allowed(const FieldFacts& facts) {
        if (!facts.bounds) return "text";
        return "text of " + std::to_string(facts.bounds->first) + " to " +
               std::to_string(facts.bounds->second) + " bytes";
    }
};

template <NamedEnum E>
struct SettingCodec<E> {
    static constexpr bool is_text = false;
    static bool read(const SettingText& text, const FieldFacts&, E& out) {
        if (text.list) return false;
        const std::optional<E> value = enum_value<E>(text.items[0]);
        if (value) out = *value;
        return value.has_value();
    }
    static SettingText write(E value, const FieldFacts&) {
        return {{std::string(enum_name(value))}};
    }
    static std::string allowed(const FieldFacts&) {
        std::string names;
        for (const auto& [each, name] : enum_names(E{}))
            names += (names.empty() ? "one of " : ", ") + std::string(name);
        return names;
    }
};

/// Bounds are in the unit of the duration.
template <std::integral Rep, class Period>
struct SettingCodec<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static constexpr bool is_text = false;
    static constexpr std::chrono::nanoseconds tick = Duration(1);

    static bool read(const SettingText& text, const FieldFacts& facts, Duration& out) {
        if (text.list) return false;
        const std::optional<std::chrono::nanoseconds> value = parse_duration(text.items[0]);
        if (!value || *value % tick != std::chrono::nanoseconds(0)) return false;
        const std::int64_t count = *value / tick;
        if (!std::in_range<Rep>(count)) return false;
        if (facts.bounds && (count < facts.bounds->first || count > facts.bounds->second))
            return false;
        out = Duration(static_cast<Rep>(count));
        return true;
    }
    static SettingText write(Duration value, const FieldFacts&) {
        return {{format_duration(value)}};
    }
    static std::string allowed(const FieldFacts& facts) {
        std::string text = "a duration in whole " + std::string(duration_unit_name(tick)) +
                           " such as 250ms, 10s, 5min, 2h or 7d";
        if (facts.bounds)
            text += "," + setting_range(format_duration(facts.bounds->first * tick),
                                        format_duration(facts.bounds->second * tick));
        return text;
    }
};

/// A YAML sequence, or one text with commas. Bounds are those of the number of items.
template <class T>
struct SettingCodec<std::vector<T>> {
    static constexpr bool is_text = SettingCodec<T>::is_text;

    static bool read(const SettingText& text, const FieldFacts& facts, std::vector<T>& out) {
        const std::vector<std::string> items = text.list ? text.items : split_list(text.items[0]);
        if (facts.bounds && (std::cmp_less(items.size(), facts.bounds->first) ||
                             std::cmp_greater(items.size(), facts.bounds->second)))
            return false;
        std::vector<T> values(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            T value{};
            if (!SettingCodec<T>::read({{items[i]}}, item_facts(facts), value)) return false;
            values[i] = std::move(value);
        }
        out = std::move(values);
        return true;
    }
    static SettingText write(const std::vector<T>& values, const FieldFacts& facts) {
        SettingText text{{}, true};
        for (const T& value : values)
            text.items.push_back(SettingCodec<T>::write(value, item_facts(facts)).items[0]);
        return text;
    }
    static std::string allowed(const FieldFacts& facts) {
        std::string text = "a list, each " + SettingCodec<T>::allowed(item_facts(facts));
        if (facts.bounds)
            text += ", of " + std::to_string(facts.bounds->first) + " to " +
                    std::to_string(facts.bounds->second) + " items";
        return text;
    }

  private:
    static FieldFacts item_facts(FieldFacts facts) {
        facts.bounds.reset();
        return facts;
    }
};

}  // namespace thingstead
