// Dates to text: ISO, patterns, and the styles of locales.
#include <algorithm>
#include <array>

#include "base/json.h"
#include "script/tbel/java/date_pattern.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/java/locale_data.h"
#include "script/tbel/java/text.h"
#include "script/tbel/java/zone_names.h"

namespace thingstead::script::java {
namespace {

std::string padded(std::int64_t value, std::int32_t width) {
    std::string digits = std::to_string(value < 0 ? -value : value);
    const auto wanted = static_cast<std::size_t>(width);
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
    return (value < 0 ? "-" : "") + digits;
}

/// The week that `day` (1 the first) is in, of a year or month whose day `day` is `weekday` of the
/// locale's week (0 the first).
std::int32_t week_number(std::int32_t day, std::int32_t weekday, const WeekRule& rule,
                         std::int32_t of_day) {
    const std::int32_t start = ((day - weekday - 1) % 7 + 7) % 7;
    const std::int32_t offset = start + 1 > rule.days_min ? 7 - start : -start;
    return (7 + offset + of_day - 1) / 7;
}

/// A date's week-based year and the week in it.
struct WeekOfYear {
    std::int32_t year;
    std::int32_t week;
};

std::int32_t local_weekday(const LocalDateTime& local, const WeekRule& rule) {
    return (day_of_week(local) - rule.first_day + 7) % 7;
}

WeekOfYear week_of_year(const LocalDateTime& local, const WeekRule& rule) {
    const std::int32_t day = day_of_year(local);
    const std::int32_t weekday = local_weekday(local, rule);
    const std::int32_t week = week_number(day, weekday, rule, day);
    if (week == 0) {
        const std::int64_t last = epoch_day(local.year, 1, 1) - 1;
        WeekOfYear out = week_of_year(date_of_epoch_day(last), rule);
        out.year = local.year - 1;
        return out;
    }
    const std::int32_t length = is_leap_year(local.year) ? 366 : 365;
    const std::int32_t next = week_number(day, weekday, rule, length + rule.days_min);
    if (week >= next) return {local.year + 1, week - next + 1};
    return {local.year, week};
}

/// "+02", "+0200", "+02:00", with seconds where `seconds` says so and there are some.
std::string offset_digits(std::int32_t offset, std::string_view colon, bool minutes,
                          bool minutes_always, bool seconds) {
    const std::int32_t total = std::abs(offset);
    std::string out = (offset < 0 ? "-" : "+") + padded(total / 3600, 2);
    if (minutes_always || (minutes && total / 60 % 60 != 0))
        out += std::string(colon) + padded(total / 60 % 60, 2);
    if (seconds && total % 60 != 0) out += std::string(colon) + padded(total % 60, 2);
    return out;
}

std::string offset_of_letters(const DateElement& element, std::int32_t offset) {
    std::int32_t kind = element.count;
    if (element.letter == 'O' || (element.letter == 'Z' && kind == 4)) {
        if (offset == 0) return "GMT";
        if (element.letter == 'Z' || kind == 4)
            return "GMT" + offset_digits(offset, ":", true, true, true);
        const std::string hours = std::to_string(std::abs(offset) / 3600);
        const std::string rest = offset_digits(offset, ":", true, false, true).substr(3);
        return (offset < 0 ? "GMT-" : "GMT+") + hours + rest;
    }
    if (element.letter == 'Z') kind = kind == 5 ? 5 : 2;
    const bool zulu = element.letter == 'X' || (element.letter == 'Z' && kind == 5);
    if (zulu && offset == 0) return "Z";
    const std::string_view colon = kind == 3 || kind == 5 ? ":" : "";
    return offset_digits(offset, colon, true, kind != 1, kind >= 4);
}

class DateWriter {
  public:
    DateWriter(const Instant& instant, const Zone& zone, std::string_view locale)
        : instant_(instant),
          zone_(zone),
          local_(local_time(instant, zone)),
          locale_(find_locale(locale)),
          week_(week_rule(locale)) {}

    std::string write(const std::vector<DateElement>& elements) const {
        std::string out;
        for (const DateElement& element : elements) {
            if (element.kind == DateElement::Kind::literal) out += element.literal;
            if (element.kind != DateElement::Kind::letters) continue;
            std::string part = write_letters(element);
            const std::int32_t missing = element.pad - text_length(part);
            if (missing > 0) out.append(static_cast<std::size_t>(missing), ' ');
            out += part;
        }
        return out;
    }

  private:
    std::string write_letters(const DateElement& element) const {
        switch (element.letter) {
            case 'G':
                return name(locale_.eras_short, locale_.eras, locale_.eras_narrow, element.count,
                            local_.year > 0 ? 1 : 0);
            case 'y':
            case 'u':
            case 'Y': return year(element);
            case 'M':
            case 'L':
                if (element.count > 2) return month(element);
                break;
            case 'E': return day_name(element);
            case 'e':
            case 'c':
                if (element.count > 2) return day_name(element);
                break;
            case 'a': return std::string(locale_.am_pm[local_.hour < 12 ? 0 : 1]);
            case 'V': return zone_.id();
            case 'v':
            case 'z':
                return zone_name(zone_, instant_.seconds, locale_.language, element.count == 4);
            case 'X':
            case 'x':
            case 'Z':
            case 'O': return offset_of_letters(element, zone_.offset_at(instant_.seconds));
            case 'S':
                return padded(local_.nano, 9).substr(0, static_cast<std::size_t>(element.count));
            default: break;
        }
        return padded(number(element.letter), number_width(element).width_min);
    }

    std::int64_t number(char letter) const {
        switch (letter) {
            case 'M':
            case 'L': return local_.month;
            case 'Q':
            case 'q': return (local_.month + 2) / 3;
            case 'd': return local_.day;
            case 'D': return day_of_year(local_);
            case 'F': return (local_.day - 1) / 7 + 1;
            case 'e':
            case 'c': return local_weekday(local_, week_) + 1;
            case 'w': return week_of_year(local_, week_).week;
            case 'W':
                return week_number(local_.day, local_weekday(local_, week_), week_, local_.day);
            case 'H': return local_.hour;
            case 'k': return local_.hour == 0 ? 24 : local_.hour;
            case 'K': return local_.hour % 12;
            case 'h': return local_.hour % 12 == 0 ? 12 : local_.hour % 12;
            case 'm': return local_.minute;
            case 's': return local_.second;
            case 'n': return local_.nano;
            case 'A': return second_of_day() * 1000 + local_.nano / 1'000'000;
            case 'N': return second_of_day() * 1'000'000'000 + local_.nano;
            default:  return 0;
        }
    }

    std::int64_t second_of_day() const {
        return std::int64_t{local_.hour} * 3600 + local_.minute * 60 + local_.second;
    }

    std::string year(const DateElement& element) const {
        std::int64_t value = local_.year;
        if (element.letter == 'Y') value = week_of_year(local_, week_).year;
        if (element.letter == 'y' && value <= 0) value = 1 - value;
        if (element.count == 2) return padded((value % 100 + 100) % 100, 2);
        std::string out = padded(value, element.count);
        const bool plus =
            element.count >= 4 && value > 0 && out.size() > static_cast<std::size_t>(element.count);
        return plus ? '+' + out : out;
    }

    std::string month(const DateElement& element) const {
        const auto index = static_cast<std::size_t>(local_.month - 1);
        if (element.letter == 'L')
            return name(locale_.months_short_alone, locale_.months_alone, locale_.months_narrow,
                        element.count, index);
        return name(locale_.months_short, locale_.months, locale_.months_narrow, element.count,
                    index);
    }

    std::string day_name(const DateElement& element) const {
        const auto index = static_cast<std::size_t>(day_of_week(local_) - 1);
        if (element.letter == 'c')
            return name(locale_.days_short_alone, locale_.days_alone, locale_.days_narrow,
                        element.count, index);
        return name(locale_.days_short, locale_.days, locale_.days_narrow, element.count, index);
    }

    template <class Names>
    std::string name(const Names& shorts, const Names& fulls, const Names& narrows,
                     std::int32_t count, std::size_t index) const {
        return std::string((count == 5 ? narrows : count == 4 ? fulls : shorts)[index]);
    }

    const Instant& instant_;
    const Zone& zone_;
    LocalDateTime local_;
    const LocaleData& locale_;
    WeekRule week_;
};

enum class Style : std::uint8_t { full, long_, medium, short_ };

struct TextOptions {
    ZoneRef zone;
    std::optional<Style> date_style;
    std::optional<Style> time_style;
    std::optional<std::string> pattern;
};

Result<Style> find_style(std::string_view name) {
    constexpr std::string_view names[] = {"full", "long", "medium", "short"};
    const std::string lower = to_lower_case(name);
    for (std::uint8_t i = 0; i < 4; ++i)
        if (names[i] == lower) return static_cast<Style>(i);
    return Error{ErrorCode::invalid_argument,
                 "No enum constant java.time.format.FormatStyle." + to_upper_case(name)};
}

std::optional<std::string> text_member(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->get_string());
}

/// A zone id, or an object of JSON; null, blank: nothing of it.
Result<TextOptions> read_options(std::string_view text) {
    TextOptions options;
    const std::string_view trimmed = trim(text);
    if (trimmed.empty()) return options;
    if (trimmed[0] != '{') {
        Result<ZoneRef> zone = find_zone(text);
        if (!zone) return zone.error();
        options.zone = *std::move(zone);
        return options;
    }
    const Result<json::value> document = parse_json(trimmed);
    if (!document) return document.error();
    const json::object& members = document->get_object();
    if (const std::optional<std::string> id = text_member(members, "timeZone")) {
        Result<ZoneRef> zone = find_zone(*id);
        if (!zone) return zone.error();
        options.zone = *std::move(zone);
    }
    for (const auto& [name, style] : {
             std::pair{"dateStyle", &options.date_style},
             std::pair{"timeStyle", &options.time_style}
    }) {
        const std::optional<std::string> given = text_member(members, name);
        if (!given) continue;
        const Result<Style> found = find_style(*given);
        if (!found) return found.error();
        *style = *found;
    }
    options.pattern = text_member(members, "pattern");
    return options;
}

/// Which parts a method writes, its styles, and whether they are what the script chooses.
struct MethodFacts {
    std::optional<Style> date;
    std::optional<Style> time;
    bool root_locale;    ///< Where the script gives none.
    bool styles_chosen;  ///< By options.
};

MethodFacts facts_of(DateText method) {
    switch (method) {
        case DateText::text:        return {Style::full, Style::full, false, true};
        case DateText::date:        return {Style::full, std::nullopt, true, true};
        case DateText::locale_date: return {Style::full, std::nullopt, true, true};
        case DateText::time:        return {std::nullopt, Style::full, false, true};
        case DateText::locale_time: return {std::nullopt, Style::full, false, true};
        case DateText::locale:      return {Style::short_, Style::medium, true, true};
        case DateText::utc:         return {Style::full, Style::medium, true, false};
    }
    return {};
}

std::string style_pattern(const LocaleData& locale, std::optional<Style> date,
                          std::optional<Style> time) {
    const auto at = [](Style style) { return static_cast<std::size_t>(style); };
    if (!date) return std::string(locale.times[at(*time)]);
    std::string out(locale.dates[at(*date)]);
    if (!time) return out;
    out += locale.joints[at(std::max(*date, *time))];
    return out + std::string(locale.times[at(*time)]);
}

}  // namespace

std::string iso_text(const Instant& instant) {
    const LocalDateTime local = local_time(instant, *utc_zone());
    std::string out = padded(local.year, 4);
    if (local.year > 9999) out.insert(out.begin(), '+');
    out += '-' + padded(local.month, 2) + '-' + padded(local.day, 2) + 'T' + padded(local.hour, 2) +
           ':' + padded(local.minute, 2) + ':' + padded(local.second, 2);
    if (local.nano == 0) return out + 'Z';
    std::string fraction = padded(local.nano, 9);
    while (fraction.ends_with("000")) fraction.resize(fraction.size() - 3);
    return out + '.' + fraction + 'Z';
}

Result<std::string> format_date(const Instant& instant, const Zone& zone, std::string_view pattern,
                                std::string_view locale) {
    const Result<std::vector<DateElement>> elements = parse_date_pattern(pattern);
    if (!elements) return elements.error();
    return DateWriter(instant, zone, locale).write(*elements);
}

Result<std::string> date_text(DateText method, const Instant& instant, const DateDefaults& defaults,
                              std::optional<std::string_view> locale,
                              std::optional<std::string_view> options) {
    const Result<TextOptions> read = read_options(options.value_or(""));
    if (!read) return read.error();
    MethodFacts facts = facts_of(method);
    const std::string tag = locale              ? std::string(*locale)
                            : facts.root_locale ? ""
                                                : defaults.locale;
    // With options given, toLocaleDateString and toLocaleTimeString have shorter defaults.
    if (options && method == DateText::locale_date) facts.date = Style::short_;
    if (options && method == DateText::locale_time) facts.time = Style::medium;
    if (facts.styles_chosen) {
        if (facts.date && read->date_style) facts.date = read->date_style;
        if (facts.time && read->time_style) facts.time = read->time_style;
    }
    const ZoneRef zone = method == DateText::utc ? *find_zone("UTC")
                         : read->zone            ? read->zone
                                                 : defaults.zone;
    const std::string pattern = facts.styles_chosen && read->pattern
                                    ? *read->pattern
                                    : style_pattern(find_locale(tag), facts.date, facts.time);
    return format_date(instant, *zone, pattern, tag);
}

}  // namespace thingstead::script::java
