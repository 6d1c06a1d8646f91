#include "script/tbel/java/tz_rule.h"

#include "script/tbel/java/date_time.h"

namespace thingstead::script::java {
namespace {

constexpr std::int64_t day_seconds = 86'400;

class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool take(char letter) {
        if (rest_.empty() || rest_.front() != letter) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Letters, or anything between < and >.
    std::optional<std::string> name() {
        const bool quoted = take('<');
        std::size_t length = 0;
        while (length < rest_.size() && (quoted ? rest_[length] != '>' : is_letter_of(length)))
            ++length;
        std::string out(rest_.substr(0, length));
        rest_.remove_prefix(length);
        if (out.empty() || (quoted && !take('>'))) return std::nullopt;
        return out;
    }

    std::optional<std::int32_t> number() {
        std::int32_t value = 0;
        std::size_t digits = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 4;
             ++digits) {
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return digits > 0 ? std::optional(value) : std::nullopt;
    }

    /// [+-]h[h[h]][:mm[:ss]] in seconds.
    std::optional<std::int32_t> time() {
        const bool negative = take('-');
        if (!negative) take('+');
        const std::optional<std::int32_t> hours = number();
        if (!hours) return std::nullopt;
        std::int32_t seconds = *hours * 3600;
        for (const std::int32_t unit : {60, 1}) {
            if (!take(':')) break;
            const std::optional<std::int32_t> value = number();
            if (!value) return std::nullopt;
            seconds += *value * unit;
        }
        return negative ? -seconds : seconds;
    }

    std::optional<TzChange> change() {
        TzChange out;
        if (take('M')) {
            const std::optional<std::int32_t> month = number();
            if (!month || !take('.')) return std::nullopt;
            const std::optional<std::int32_t> week = number();
            if (!week || !take('.')) return std::nullopt;
            out.month = *month;
            out.week = *week;
            if (*month < 1 || *month > 12 || *week < 1 || *week > 5) return std::nullopt;
        } else {
            out.kind = take('J') ? TzChange::Kind::julian : TzChange::Kind::day_of_year;
        }
        const std::optional<std::int32_t> day = number();
        if (!day) return std::nullopt;
        out.day = *day;
        if (!take('/')) return out;
        const std::optional<std::int32_t> seconds = time();
        if (!seconds) return std::nullopt;
        out.seconds = *seconds;
        return out;
    }

  private:
    bool is_letter_of(std::size_t at) const {
        const char letter = static_cast<char>(rest_[at] | 0x20);
        return letter >= 'a' && letter <= 'z';
    }

    std::string_view rest_;
};

/// In local seconds since 1970, of the clock that rules before the change.
std::int64_t local_seconds_of(const TzChange& change, std::int32_t year) {
    const std::int64_t first = epoch_day(year, 1, 1);
    std::int64_t day = first + change.day;
    if (change.kind == TzChange::Kind::julian) {
        day = first + change.day - 1;
        if (is_leap_year(year) && change.day >= 60) ++day;
    } else if (change.kind == TzChange::Kind::month_week_day) {
        const std::int64_t month = epoch_day(year, change.month, 1);
        const std::int64_t weekday = ((month + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
        std::int64_t offset = (change.day - weekday + 7) % 7 + (change.week - 1) * 7;
        if (offset >= month_length(year, change.month)) offset -= 7;
        day = month + offset;
    }
    return day * day_seconds + change.seconds;
}

}  // namespace

bool TzRule::is_daylight_at(std::int64_t epoch_seconds) const {
    if (!has_daylight) return false;
    const std::int64_t local = epoch_seconds + standard_offset;
    const std::int64_t day = (local < 0 ? local - day_seconds + 1 : local) / day_seconds;
    const std::int32_t year = date_of_epoch_day(day).year;
    const std::int64_t begins = local_seconds_of(start, year) - standard_offset;
    const std::int64_t ends = local_seconds_of(end, year) - daylight_offset;
    if (begins < ends) return epoch_seconds >= begins && epoch_seconds < ends;
    return epoch_seconds >= begins || epoch_seconds < ends;
}

std::optional<TzRule> parse_tz_rule(std::string_view text) {
    RuleReader reader(text);
    TzRule rule;
    std::optional<std::string> name = reader.name();
    const std::optional<std::int32_t> west = reader.time();
    if (!name || !west) return std::nullopt;
    rule.standard_name = *std::move(name);
    rule.standard_offset = -*west;
    if (reader.done()) return rule;
    name = reader.name();
    if (!name) return std::nullopt;
    rule.has_daylight = true;
    rule.daylight_name = *std::move(name);
    rule.daylight_offset = rule.standard_offset + 3600;
    if (!reader.take(',')) {
        const std::optional<std::int32_t> daylight_west = reader.time();
        if (!daylight_west || !reader.take(',')) return std::nullopt;
        rule.daylight_offset = -*daylight_west;
    }
    const std::optional<TzChange> start = reader.change();
    if (!start || !reader.take(',')) return std::nullopt;
    const std::optional<TzChange> end = reader.change();
    if (!end || !reader.done()) return std::nullopt;
    rule.start = *start;
    rule.end = *end;
    return rule;
}

}  // namespace thingstead::script::java
