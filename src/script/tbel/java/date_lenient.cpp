// Date.parse(text, pattern): text to dates by the patterns of java.text.SimpleDateFormat, which
// rolls values over that are out of range and ignores what follows.
#include <algorithm>

#include "script/tbel/java/date_scan.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/java/locale_data.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

/// Two-digit years lie within the hundred years from here.
constexpr std::int64_t two_digit_start = 1946;
/// Dates farther away have no milliseconds in 64 bits.
constexpr std::int64_t year_limit = 200'000'000;
/// No number of a date is larger: what is would overflow.
constexpr std::int64_t field_max = 100'000'000'000;

struct LenientFields {
    std::int64_t year = 1970;
    std::int64_t month = 1;
    std::int64_t day = 1;
    std::optional<std::int64_t> day_of_year{};
    std::int64_t hour = 0;
    bool afternoon = false;
    bool before_christ = false;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t ms = 0;
    ZoneRef zone{};
};

template <class Names>
std::optional<std::size_t> take_any_case(std::string_view& text, const Names& first,
                                         const Names& second) {
    std::optional<std::size_t> found;
    std::size_t bytes = 0;
    for (const Names& names : {first, second})
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string_view front = text.substr(0, names[i].size());
            if (names[i].size() <= bytes || !equals_ignore_case(front, names[i])) continue;
            found = i;
            bytes = names[i].size();
        }
    text.remove_prefix(bytes);
    return found;
}

class LenientReader {
  public:
    LenientReader(std::string_view pattern, std::string_view text, const LocaleData& locale)
        : pattern_(pattern), rest_(text), locale_(locale) {}

    std::optional<LenientFields> run() {
        for (std::size_t at = 0; at < pattern_.size();) {
            const char letter = pattern_[at];
            if (letter == '\'') {
                if (!quoted(++at)) return std::nullopt;
            } else if ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z') {
                const std::size_t begin = at;
                while (at < pattern_.size() && pattern_[at] == letter) ++at;
                if (!field(letter, at - begin, is_letter_at(at))) return std::nullopt;
            } else {
                ++at;
                if (!take_prefix(rest_, std::string_view(&letter, 1))) return std::nullopt;
            }
        }
        return fields_;
    }

  private:
    bool is_letter_at(std::size_t at) const {
        if (at >= pattern_.size()) return false;
        const int lower = pattern_[at] | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    /// Behind the first quote; two quotes are one.
    bool quoted(std::size_t& at) {
        if (at < pattern_.size() && pattern_[at] == '\'') {
            ++at;
            return take_prefix(rest_, "'");
        }
        while (at < pattern_.size()) {
            if (pattern_[at] == '\'') {
                ++at;
                if (at >= pattern_.size() || pattern_[at] != '\'') return true;
            }
            if (!take_prefix(rest_, pattern_.substr(at, 1))) return false;
            ++at;
        }
        return false;
    }

    /// `abutting`: another field follows at once, so the number has `count` digits.
    bool field(char letter, std::size_t count, bool abutting) {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
        switch (letter) {
            case 'G':
                return choose(locale_.eras_short, locale_.eras,
                              [this](std::size_t i) { fields_.before_christ = i == 0; });
            case 'a':
                return choose(locale_.am_pm, locale_.am_pm,
                              [this](std::size_t i) { fields_.afternoon = i == 1; });
            case 'E': return choose(locale_.days_short, locale_.days, [](std::size_t) {});
            case 'M':
            case 'L':
                if (count < 3) break;
                return choose(locale_.months_short, locale_.months, [this](std::size_t i) {
                    fields_.month = static_cast<std::int64_t>(i) + 1;
                });
            case 'z':
            case 'Z':
            case 'X': {
                const std::optional<ZoneRef> zone = take_zone(rest_);
                if (zone) fields_.zone = *zone;
                return zone.has_value();
            }
            default: break;
        }
        const bool negative = take_prefix(rest_, "-");
        const std::size_t before = rest_.size();
        const std::optional<std::int64_t> value = take_number(rest_, 1, abutting ? count : 18);
        if (!value || *value > field_max) return false;
        return set(letter, count, negative ? -*value : *value, before - rest_.size());
    }

    template <class Names, class Use>
    bool choose(const Names& first, const Names& second, Use use) {
        const std::optional<std::size_t> found = take_any_case(rest_, first, second);
        if (found) use(*found);
        return found.has_value();
    }

    bool set(char letter, std::size_t count, std::int64_t value, std::size_t digits) {
        switch (letter) {
            case 'y':
                if (count <= 2 && digits == 2) {
                    value += two_digit_start / 100 * 100;
                    if (value < two_digit_start) value += 100;
                }
                fields_.year = value;
                return true;
            case 'M':
            case 'L': fields_.month = value; return true;
            case 'd': fields_.day = value; return true;
            case 'D': fields_.day_of_year = value; return true;
            case 'H': fields_.hour = value; return true;
            case 'k': fields_.hour = value == 24 ? 0 : value; return true;
            case 'K': fields_.hour = value; return true;
            case 'h': fields_.hour = value == 12 ? 0 : value; return true;
            case 'm': fields_.minute = value; return true;
            case 's': fields_.second = value; return true;
            case 'S': fields_.ms = value; return true;
            case 'w':
            case 'W':
            case 'F':
            case 'u': return true;
            default:  return false;
        }
    }

    std::string_view pattern_;
    std::string_view rest_;
    const LocaleData& locale_;
    LenientFields fields_;
};

/// The day of a month of the Julian calendar, in days since 1970-01-01.
std::int64_t julian_epoch_day(std::int64_t year, std::int64_t month) {
    // Counted in years that begin in March: the leap day is the last one.
    const std::int64_t before_march = month < 3 ? 1 : 0;
    constexpr std::int64_t cycles = 60'000'000;  // Of four years: makes `shifted` positive.
    const std::int64_t shifted = year + 4800 + 4 * cycles - before_march;
    const std::int64_t months = month + 12 * before_march - 3;
    return 1 + (153 * months + 2) / 5 + 365 * shifted + shifted / 4 - 32'083 - 2'440'588 -
           cycles * 1'461;
}

/// The first of a month, in days since 1970-01-01. java.util.GregorianCalendar counts by the Julian
/// calendar until 1582-10-04; the day after is 1582-10-15, and days between are Julian.
std::int64_t first_of_month(std::int64_t year, std::int32_t month, std::int64_t day) {
    constexpr std::int64_t cutover = -141'427;
    const std::int64_t gregorian = epoch_day(static_cast<std::int32_t>(year), month, 1);
    if (year > 1582) return gregorian;
    const std::int64_t julian = julian_epoch_day(year, month);
    const bool after = gregorian + day - 1 >= cutover && julian + day - 1 >= cutover;
    return year == 1582 && after ? gregorian : julian;
}

/// Epoch ms of fields that may be out of range.
std::int64_t roll_over(const LenientFields& fields, const Zone& zone) {
    const std::int64_t year = fields.before_christ ? 1 - fields.year : fields.year;
    std::int64_t months = year * 12 + fields.month - 1;
    if (fields.day_of_year) months = year * 12;
    std::int64_t whole_year = months / 12;
    if (months % 12 < 0) --whole_year;
    if (whole_year > year_limit || whole_year < -year_limit) return -1;
    const auto month = static_cast<std::int32_t>(months - whole_year * 12) + 1;
    const std::int64_t day_in_month = fields.day_of_year.value_or(fields.day);
    const std::int64_t day = first_of_month(whole_year, month, day_in_month) + day_in_month - 1;
    if (day > year_limit * 365 || day < -year_limit * 365) return -1;
    LocalDateTime local = date_of_epoch_day(day);
    const std::int64_t midnight = epoch_ms(instant_of(local, *utc_zone()));
    const std::int64_t hour = fields.hour + (fields.afternoon ? 12 : 0);
    const std::int64_t ms =
        midnight + ((hour * 60 + fields.minute) * 60 + fields.second) * 1000 + fields.ms;
    return epoch_ms(instant_of(local_time(instant_of_ms(ms), *utc_zone()), zone));
}

}  // namespace

std::int64_t date_parse(std::string_view text, std::string_view pattern,
                        const DateDefaults& defaults) {
    const std::optional<LenientFields> fields =
        LenientReader(pattern, text, find_locale(defaults.locale)).run();
    if (!fields) return -1;
    return roll_over(*fields, fields->zone ? *fields->zone : *defaults.zone);
}

}  // namespace thingstead::script::java
