// The Date of scripts as text and from text: ISO, patterns of java.time, styles of locales.
// Locales with tables of their own: en (en-US), de, fr, es, it, uk, ja and the root ("UTC", "");
// de-AT finds de, a language without a table finds the root, as Java does without data for it.
// Names and styles are those of CLDR 47, which Java 25 carries.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "script/tbel/java/date_time.h"

namespace thingstead::script::java {

/// The server's own zone and locale.
struct DateDefaults {
    ZoneRef zone;
    std::string locale = "en-US";  ///< BCP 47 tag.
};

/// The methods toString, toDateString, toLocaleDateString, toTimeString, toLocaleTimeString,
/// toLocaleString and toUTCString.
enum class DateText : std::uint8_t {
    // clang-format off
    text, date, locale_date, time, locale_time, locale, utc,
    // clang-format on
};

/// `locale` is a tag; `options` a zone id or JSON text
/// {"timeZone","dateStyle","timeStyle","pattern"}. Both are what the script gave; nullopt: not
/// given, and the method has its own default. Errors: an unknown zone, style or pattern; malformed
/// JSON.
Result<std::string> date_text(DateText method, const Instant& instant, const DateDefaults& defaults,
                              std::optional<std::string_view> locale = {},
                              std::optional<std::string_view> options = {});

/// toISOString, toJSON: "2023-08-06T04:04:05.123Z", the fraction in 0, 3, 6 or 9 digits.
std::string iso_text(const Instant& instant);

/// DateTimeFormatter.ofPattern(pattern, locale).format(…): the letters G u y D M L d Q q Y w W E e
/// c F a B-less h K k H m s S A n N V v z O X x Z p, quotes and literals. `locale` is a tag.
/// Errors: the message of Java's exception, e.g. `Unknown pattern letter: r`.
Result<std::string> format_date(const Instant& instant, const Zone& zone, std::string_view pattern,
                                std::string_view locale);

/// new Date(text, pattern[, locale[, zone]]): without `zone` the offset or zone in the text counts,
/// else the default one; with `zone` the text's own is ignored. Errors: `Text 'x' could not be
/// parsed at index 0` and the like.
Result<Instant> parse_date(std::string_view text, std::string_view pattern,
                           const DateDefaults& defaults,
                           std::optional<std::string_view> locale = {},
                           const ZoneRef& zone = nullptr);

/// Date.parse(text, pattern): epoch ms or -1; the pattern is one of java.text.SimpleDateFormat,
/// which is lenient and stops where the pattern ends.
std::int64_t date_parse(std::string_view text, std::string_view pattern,
                        const DateDefaults& defaults);

}  // namespace thingstead::script::java
