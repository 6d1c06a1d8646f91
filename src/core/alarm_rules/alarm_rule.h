// One rule of an alarm: when its condition holds, and whether it held often or long enough.
// Source: the interface's rule engine, calculated fields of type ALARM.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/alarm_rules/predicate.h"
#include "core/alarm_rules/schedule.h"

namespace thingstead::core {

/// What a rule remembers between evaluations.
struct RuleState {
    std::int64_t events = 0;            ///< That it held for, one after the other.
    std::optional<EpochMs> since_ms{};  ///< Of the first of them.
    friend bool operator==(const RuleState&, const RuleState&) = default;
};

/// What an evaluation is about.
struct RuleMoment {
    EpochMs now = 0;
    EpochMs event_ts = 0;   ///< Of the value that changed.
    bool is_event = false;  ///< A value came; else only time went by.
};

enum class RuleVerdict : std::uint8_t { no, not_yet, yes };

/// Whether a condition that lasts is met when it lasted as long as it says, or longer than that.
enum class Waits : std::uint8_t { as_long, longer };

class AlarmRule {
  public:
    enum class Kind : std::uint8_t { simple, duration, repeating };

    /// A rule of `createRules`, or `clearRule`. Errors: invalid_argument.
    static Result<AlarmRule> read(const json::value& document, FindZone zones,
                                  Waits waits = Waits::as_long);

    Kind kind() const { return kind_; }
    /// Adds the arguments that its filters, limits and schedule name.
    void name_arguments(std::set<std::string>& names) const;
    /// Whether time alone makes the condition hold or not: a schedule, or what waits for data.
    bool depends_on_time() const;

    /// The script that decides; empty: the rule's own filters do.
    const std::string& script() const { return script_; }
    /// Whether the filters hold. Not for a rule with a script.
    bool filters_hold(const Operands& operands, EpochMs now) const;
    /// Takes into `state` whether the condition `holds`, and says whether the rule is met. Outside
    /// of its schedule it never is, and begins anew.
    RuleVerdict judge(bool holds, const RuleMoment& moment, const Operands& operands,
                      RuleState& state) const;
    /// When a rule that is not_yet met becomes so by time alone. Nullopt: never.
    std::optional<EpochMs> due_ms(const Operands& operands, const RuleState& state) const;

    /// {"data","dashboardId"} of the alarm, `${argument}` replaced; an empty object if the rule
    /// names neither.
    json::object details(const Operands& operands) const;

  private:
    struct Filter {
        std::string argument;
        bool any = false;  ///< OR of the predicates, else AND.
        std::vector<Predicate> predicates;
    };

    Result<> read_condition(const json::object& condition);
    Result<> read_expression(const json::object& expression);
    static Result<Filter> read_filter(const json::value& document);
    bool is_active(EpochMs now, const Operands& operands) const;
    std::optional<std::int64_t> limit(const Operands& operands) const;

    Kind kind_ = Kind::simple;
    Waits waits_ = Waits::as_long;
    std::string script_;
    bool any_ = false;  ///< OR of the filters, else AND.
    std::vector<Filter> filters_;
    RuleValue limit_;  ///< How often, or how many units long.
    std::chrono::milliseconds unit_{1};
    Schedule schedule_;
    FindZone zones_;  ///< Of schedules that come from an argument.
    std::string schedule_argument_;
    std::string details_;
    json::value dashboard_;
};

}  // namespace thingstead::core
