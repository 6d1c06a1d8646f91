#include "core/alarm_rules/alarm_rule.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace thingstead::core {
namespace {

Error wrong_rule(std::string what) {
    return {ErrorCode::invalid_argument, "Alarm rule: " + std::move(what)};
}

const json::value* rule_part(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

const json::object* rule_object(const json::object& object, std::string_view name) {
    const json::value* value = rule_part(object, name);
    return value ? value->if_object() : nullptr;
}

std::string rule_text(const json::object& object, std::string_view name) {
    const json::value* value = rule_part(object, name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Result<AlarmRule> AlarmRule::read(const json::value& document, FindZone zones, Waits waits) {
    const json::object* object = document.if_object();
    const json::object* condition = object ? rule_object(*object, "condition") : nullptr;
    if (!condition) return wrong_rule("a condition is missing!");
    AlarmRule rule;
    rule.zones_ = std::move(zones);
    rule.waits_ = waits;
    if (Result<> read = rule.read_condition(*condition); !read) return read.error();
    rule.details_ = rule_text(*object, "alarmDetails");
    if (const json::object* dashboard = rule_object(*object, "dashboardId"))
        if (const json::value* id = rule_part(*dashboard, "id")) rule.dashboard_ = *id;
    return rule;
}

Result<> AlarmRule::read_condition(const json::object& condition) {
    const std::string type = rule_text(condition, "type");
    const json::value* limit = nullptr;
    if (type == "DURATION") {
        kind_ = Kind::duration;
        limit = rule_part(condition, "value");
        const json::value* unit = rule_part(condition, "unit");
        const auto known = time_unit(unit ? *unit : json::value());
        if (!known) return known.error();
        unit_ = *known;
    } else if (type == "REPEATING") {
        kind_ = Kind::repeating;
        limit = rule_part(condition, "count");
    } else if (type != "SIMPLE") {
        return wrong_rule("unknown type of condition '" + type + "'!");
    }
    if (kind_ != Kind::simple) {
        if (!limit) return wrong_rule("how often or how long is missing!");
        auto read = RuleValue::read(*limit);
        if (!read) return read.error();
        limit_ = *std::move(read);
    }
    if (const json::object* schedule = rule_object(condition, "schedule")) {
        schedule_argument_ = rule_text(*schedule, "dynamicValueArgument");
        const json::value* fixed = rule_part(*schedule, "staticValue");
        auto read = Schedule::read(fixed ? *fixed : json::value(), zones_);
        if (!read) return read.error();
        schedule_ = *std::move(read);
    }
    const json::object* expression = rule_object(condition, "expression");
    if (!expression) return wrong_rule("an expression is missing!");
    return read_expression(*expression);
}

Result<> AlarmRule::read_expression(const json::object& expression) {
    if (rule_text(expression, "type") == "TBEL") {
        script_ = rule_text(expression, "expression");
        return script_.empty() ? Result<>(wrong_rule("a script is missing!")) : Result<>();
    }
    any_ = rule_text(expression, "operation") == "OR";
    const json::value* list = rule_part(expression, "filters");
    const json::array* filters = list ? list->if_array() : nullptr;
    if (!filters || filters->empty()) return wrong_rule("filters are missing!");
    for (const json::value& each : *filters) {
        auto filter = read_filter(each);
        if (!filter) return filter.error();
        filters_.push_back(*std::move(filter));
    }
    return {};
}

Result<AlarmRule::Filter> AlarmRule::read_filter(const json::value& document) {
    const json::object* object = document.if_object();
    if (!object) return wrong_rule("a filter should be an object!");
    Filter filter;
    filter.argument = rule_text(*object, "argument");
    if (filter.argument.empty()) return wrong_rule("a filter should have an argument!");
    filter.any = rule_text(*object, "operation") == "OR";
    const json::value* list = rule_part(*object, "predicates");
    const json::array* predicates = list ? list->if_array() : nullptr;
    if (!predicates || predicates->empty())
        return wrong_rule("filter of '" + filter.argument + "' should have a predicate!");
    for (const json::value& each : *predicates) {
        auto predicate = Predicate::read(each);
        if (!predicate)
            return wrong_rule("filter of '" + filter.argument + "': " + predicate.error().message);
        filter.predicates.push_back(*std::move(predicate));
    }
    return filter;
}

void AlarmRule::name_arguments(std::set<std::string>& names) const {
    for (const Filter& filter : filters_) {
        names.insert(filter.argument);
        for (const Predicate& each : filter.predicates) each.name_arguments(names);
    }
    if (!limit_.argument.empty()) names.insert(limit_.argument);
    if (!schedule_argument_.empty()) names.insert(schedule_argument_);
}

bool AlarmRule::depends_on_time() const {
    if (!schedule_argument_.empty() || !schedule_.is_always()) return true;
    return std::any_of(filters_.begin(), filters_.end(), [](const Filter& filter) {
        return std::any_of(filter.predicates.begin(), filter.predicates.end(),
                           [](const Predicate& each) { return each.waits_for_data(); });
    });
}

bool AlarmRule::filters_hold(const Operands& operands, EpochMs now) const {
    const auto holds = [&](const Filter& filter) {
        const Operand operand = operands(filter.argument);
        const auto fits = [&](const Predicate& each) { return each.fits(operand, operands, now); };
        const auto& all = filter.predicates;
        return filter.any ? std::any_of(all.begin(), all.end(), fits)
                          : std::all_of(all.begin(), all.end(), fits);
    };
    return any_ ? std::any_of(filters_.begin(), filters_.end(), holds)
                : std::all_of(filters_.begin(), filters_.end(), holds);
}

/// An argument that holds no schedule that can be read counts as any time.
bool AlarmRule::is_active(EpochMs now, const Operands& operands) const {
    if (schedule_argument_.empty()) return schedule_.is_active(now);
    const auto value = operands(schedule_argument_).value;
    if (!value) return schedule_.is_active(now);
    const auto document = parse_json(to_text(*value));
    const auto schedule =
        document ? Schedule::read(*document, zones_) : Result<Schedule>(Schedule());
    return !schedule || schedule->is_active(now);
}

/// Nullopt: it comes from an argument that has no number.
std::optional<std::int64_t> AlarmRule::limit(const Operands& operands) const {
    const auto value = limit_.in(operands);
    if (!value) return std::nullopt;
    constexpr double most = 9e15;
    double number = 0;
    if (const auto* integer = std::get_if<std::int64_t>(&*value))
        number = static_cast<double>(*integer);
    else if (const auto* real = std::get_if<double>(&*value))
        number = *real;
    else
        return std::nullopt;
    if (!std::isfinite(number)) return std::nullopt;
    return static_cast<std::int64_t>(std::clamp(
        number * static_cast<double>(kind_ == Kind::duration ? unit_.count() : 1), 0.0, most));
}

RuleVerdict AlarmRule::judge(bool holds, const RuleMoment& moment, const Operands& operands,
                             RuleState& state) const {
    if (!holds || !is_active(moment.now, operands)) {
        state = {};
        return RuleVerdict::no;
    }
    if (moment.is_event) ++state.events;
    if (!state.since_ms) state.since_ms = moment.is_event ? moment.event_ts : moment.now;
    if (kind_ == Kind::simple) return RuleVerdict::yes;
    const auto most = limit(operands);
    if (!most) return RuleVerdict::not_yet;
    const std::int64_t reached = kind_ == Kind::repeating  ? state.events
                                 : waits_ == Waits::longer ? moment.now - *state.since_ms - 1
                                                           : moment.now - *state.since_ms;
    return reached >= *most ? RuleVerdict::yes : RuleVerdict::not_yet;
}

std::optional<EpochMs> AlarmRule::due_ms(const Operands& operands, const RuleState& state) const {
    if (kind_ != Kind::duration || !state.since_ms) return std::nullopt;
    const auto most = limit(operands);
    if (!most) return std::nullopt;
    return *state.since_ms + *most + (waits_ == Waits::longer ? 1 : 0);
}

json::object AlarmRule::details(const Operands& operands) const {
    json::object out;
    if (!details_.empty()) {
        std::string text;
        std::size_t at = 0;
        while (at < details_.size()) {
            const std::size_t open = details_.find("${", at);
            const std::size_t close = open == std::string::npos ? open : details_.find('}', open);
            if (close == std::string::npos) break;
            text += details_.substr(at, open - at);
            const auto value = operands(details_.substr(open + 2, close - open - 2)).value;
            text += value ? to_text(*value) : details_.substr(open, close + 1 - open);
            at = close + 1;
        }
        text += details_.substr(at);
        out["data"] = text;
    }
    if (!dashboard_.is_null()) out["dashboardId"] = dashboard_;
    return out;
}

}  // namespace thingstead::core
