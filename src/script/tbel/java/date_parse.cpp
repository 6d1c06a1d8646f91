// Text to dates by the patterns of java.time.
#include <algorithm>

#include "script/tbel/java/date_fields.h"
#include "script/tbel/java/date_pattern.h"
#include "script/tbel/java/date_scan.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/java/locale_data.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

using Elements = std::vector<DateElement>;

/// Reads elements one after another; an optional part that does not fit is passed over.
class DateReader {
  public:
    DateReader(const Elements& elements, std::string_view text, const LocaleData& locale)
        : elements_(elements), text_(text), rest_(text), locale_(locale) {}

    /// Errors: as DateTimeParseException.
    Result<DateFields> run() {
        if (!read(0, elements_.size()))
            return error("could not be parsed at index " + std::to_string(failed_at_));
        if (!rest_.empty())
            return error("could not be parsed, unparsed text found at index " +
                         std::to_string(index()));
        return fields_;
    }

    Error error(const std::string& what) const {
        return {ErrorCode::invalid_argument, "Text '" + std::string(text_) + "' " + what};
    }

  private:
    std::int32_t index() const { return unit_of_byte(text_, text_.size() - rest_.size()); }

    bool read(std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const DateElement& element = elements_[i];
            if (element.kind == DateElement::Kind::optional_begin) {
                const std::size_t close = end_of_optional(i);
                read_optional(i + 1, close);
                i = close;
                continue;
            }
            const std::int32_t before = index();
            const bool good = element.kind == DateElement::Kind::literal
                                  ? take_prefix(rest_, element.literal)
                                  : read_letters(element, i);
            if (good) continue;
            failed_at_ = before;
            return false;
        }
        return true;
    }

    void read_optional(std::size_t begin, std::size_t end) {
        const DateFields fields = fields_;
        const std::string_view rest = rest_;
        if (read(begin, end)) return;
        fields_ = fields;
        rest_ = rest;
    }

    /// The closing element of the optional part that opens at `begin`.
    std::size_t end_of_optional(std::size_t begin) const {
        int depth = 0;
        for (std::size_t i = begin; i < elements_.size(); ++i) {
            if (elements_[i].kind == DateElement::Kind::optional_begin) ++depth;
            if (elements_[i].kind == DateElement::Kind::optional_end && --depth == 0) return i;
        }
        return elements_.size() - 1;
    }

    bool read_letters(const DateElement& element, std::size_t at) {
        if (element.pad > 0)
            while (take_prefix(rest_, " ")) {
            }
        if (number_width(element).width_max > 0) return read_number(element, at);
        switch (element.letter) {
            case 'G':
                return read_name(fields_.era, 0, locale_.eras_short, locale_.eras,
                                 locale_.eras_narrow, element.count);
            case 'M':
                return read_name(fields_.month, 1, locale_.months_short, locale_.months,
                                 locale_.months_narrow, element.count);
            case 'L':
                return read_name(fields_.month, 1, locale_.months_short_alone, locale_.months_alone,
                                 locale_.months_narrow, element.count);
            case 'E':
            case 'e':
                return read_name(fields_.day_of_week, 1, locale_.days_short, locale_.days,
                                 locale_.days_narrow, element.count);
            case 'c':
                return read_name(fields_.day_of_week, 1, locale_.days_short_alone,
                                 locale_.days_alone, locale_.days_narrow, element.count);
            case 'a': {
                const std::optional<std::size_t> half = take_name_of(rest_, locale_.am_pm);
                if (half) fields_.half = static_cast<std::int64_t>(*half);
                return half.has_value();
            }
            default: return read_zone(element);
        }
    }

    template <class Names>
    bool read_name(std::optional<std::int64_t>& field, std::int64_t first, const Names& shorts,
                   const Names& fulls, const Names& narrows, std::int32_t count) {
        const Names& names = count == 5 ? narrows : count == 4 ? fulls : shorts;
        const std::optional<std::size_t> found = take_name_of(rest_, names);
        if (found) field = static_cast<std::int64_t>(*found) + first;
        return found.has_value();
    }

    bool read_zone(const DateElement& element) {
        std::optional<ZoneRef> zone;
        const bool offset = element.letter == 'X' || element.letter == 'x' ||
                            (element.letter == 'Z' && element.count != 4);
        if (offset) {
            zone = take_offset(rest_);
        } else if (take_prefix(rest_, "GMT") || take_prefix(rest_, "UTC")) {
            zone = take_offset(rest_);
            if (!zone) zone = utc_zone();
        } else {
            zone = take_zone(rest_);
        }
        if (zone) fields_.zone = *zone;
        return zone.has_value();
    }

    /// Digits that numbers of fixed width right behind this one need.
    std::int32_t reserved_behind(std::size_t at) const {
        std::int32_t reserved = 0;
        for (std::size_t i = at + 1; i < elements_.size(); ++i) {
            if (elements_[i].kind != DateElement::Kind::letters) break;
            const NumberWidth width = number_width(elements_[i]);
            if (width.width_max == 0 || width.width_min != width.width_max) break;
            reserved += width.width_max;
        }
        return reserved;
    }

    bool read_number(const DateElement& element, std::size_t at) {
        const NumberWidth width = number_width(element);
        bool negative = false;
        if (width.width_min != width.width_max) {
            negative = take_prefix(rest_, "-");
            if (!negative) take_prefix(rest_, "+");
        }
        auto most = static_cast<std::size_t>(width.width_max);
        if (width.width_min != width.width_max) {
            const std::size_t digits =
                std::min(rest_.find_first_not_of("0123456789"), rest_.size());
            const auto reserved = static_cast<std::size_t>(reserved_behind(at));
            if (reserved > 0 && digits > reserved) most = std::min(most, digits - reserved);
        }
        const std::size_t before = rest_.size();
        const std::optional<std::int64_t> value =
            take_number(rest_, static_cast<std::size_t>(width.width_min), most);
        if (!value) return false;
        return set(element, negative ? -*value : *value, before - rest_.size());
    }

    bool set(const DateElement& element, std::int64_t value, std::size_t digits) {
        switch (element.letter) {
            case 'u': fields_.year = element.count == 2 ? 2000 + value : value; return true;
            case 'y': fields_.year_of_era = element.count == 2 ? 2000 + value : value; return true;
            case 'M':
            case 'L': fields_.month = value; return true;
            case 'd': fields_.day = value; return true;
            case 'D': fields_.day_of_year = value; return true;
            case 'H': fields_.hour = value; return value < 24;
            case 'k': fields_.clock_hour = value; return true;
            case 'K': fields_.half_hour = value; return true;
            case 'h': fields_.half_clock = value; return true;
            case 'm': fields_.minute = value; return true;
            case 's': fields_.second = value; return true;
            case 'n': fields_.nano = value; return true;
            case 'N': fields_.nano_of_day = value; return true;
            case 'A':
                if (value > 86'400'000) return false;
                fields_.nano_of_day = value * 1'000'000;
                return true;
            case 'S':
                for (; digits < 9; ++digits) value *= 10;
                fields_.nano = value;
                return true;
            default: return true;  // weeks and quarters say nothing that the date does not say
        }
    }

    const Elements& elements_;
    std::string_view text_;
    std::string_view rest_;
    const LocaleData& locale_;
    DateFields fields_;
    std::int32_t failed_at_ = 0;
};

}  // namespace

Result<Instant> parse_date(std::string_view text, std::string_view pattern,
                           const DateDefaults& defaults, std::optional<std::string_view> locale,
                           const ZoneRef& zone) {
    const Result<Elements> elements = parse_date_pattern(pattern);
    if (!elements) return elements.error();
    DateReader reader(*elements, text, find_locale(locale.value_or(defaults.locale)));
    const Result<DateFields> fields = reader.run();
    if (!fields) return fields.error();
    const Result<LocalDateTime> local = resolve_fields(*fields);
    if (!local) return reader.error("could not be parsed: " + local.error().message);
    const ZoneRef& used = zone ? zone : fields->zone ? fields->zone : defaults.zone;
    return instant_of(*local, *used);
}

}  // namespace thingstead::script::java
