// The rules of one type of alarm: those that raise it, by severity, and the one that clears it.
// Which of them decides at a moment is a plain function; who keeps the state and the alarm does the
// rest. Source: the interface's rule engine, calculated fields of type ALARM and device profile
// node.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/alarm_rules/alarm_rule.h"
#include "model/alarm.h"

namespace thingstead::core {

struct AlarmRules {
    struct Create {
        model::AlarmSeverity severity = model::AlarmSeverity::indeterminate;
        AlarmRule rule;
    };
    std::vector<Create> create;  ///< The worst severity first.
    std::optional<AlarmRule> clear;
    bool propagate = false;
    bool propagate_to_owner = false;
    bool propagate_to_tenant = false;
    std::vector<std::string> propagate_relation_types;

    /// `createRules`, `clearRule`, `propagate`, … of a document. Errors: invalid_argument - names
    /// the rule and what is wrong with it.
    static Result<AlarmRules> read(const json::object& document, const FindZone& zones,
                                   Waits waits = Waits::as_long);
    /// Of whichever rule.
    std::set<std::string> arguments() const;
    bool depends_on_time() const;
};

/// What the rules of one alarm remember of an entity.
struct AlarmRulesState {
    std::vector<RuleState> create;  ///< As AlarmRules::create; shorter: the rest knows nothing.
    RuleState clear;

    bool empty() const;
    friend bool operator==(const AlarmRulesState&, const AlarmRulesState&) = default;
};

/// What of a state decides anything later: of rules that count, how often they held, of those that
/// last, since when.
AlarmRulesState remembered(const AlarmRules& rules, const AlarmRulesState& state);

struct AlarmDecision {
    enum class Kind : std::uint8_t { nothing, raise, clear };
    Kind kind = Kind::nothing;
    std::size_t rule = 0;  ///< To raise: which of AlarmRules::create.
    RuleState met{};       ///< Of the rule that decided, when it did.
};

/// Judges a rule and takes that into its state; nullopt: nothing that concerns it changed.
using JudgeRule =
    std::function<Result<std::optional<RuleVerdict>>(const AlarmRule& rule, RuleState& state)>;

/// Asks the rules that raise, the worst first, until one is met; if none is, and the alarm is
/// `active`, the one that clears. Errors: those of `judge`.
Result<AlarmDecision> decide(const AlarmRules& rules, AlarmRulesState& state, bool active,
                             const JudgeRule& judge);
/// When time alone meets a rule that waits. Nullopt: never.
std::optional<EpochMs> due_ms(const AlarmRules& rules, const AlarmRulesState& state,
                              const Operands& operands, EpochMs now);

/// {"createRuleStates":{severity:{"lastEventTs","duration","eventCount"}},"clearRuleState"}.
json::object to_document(const AlarmRules& rules, const AlarmRulesState& state);
/// What cannot be read counts as nothing.
AlarmRulesState state_of(const AlarmRules& rules, const json::value& document);

}  // namespace thingstead::core
