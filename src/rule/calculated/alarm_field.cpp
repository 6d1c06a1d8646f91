#include "rule/calculated/alarm_field.h"

#include <utility>
#include <vector>

#include "rule/calculated/evaluate.h"

namespace thingstead::rule {
namespace {

using core::AlarmRule;

Result<> compile_rule(const AlarmRule& rule, const std::vector<std::string>& names,
                      const Scripts& scripts, AlarmField& into) {
    if (rule.kind() != AlarmRule::Kind::simple) into.remembers = true;
    if (rule.script().empty()) return {};
    auto script = scripts.compile(ScriptLanguage::tbel, rule.script(), names);
    if (!script) return script.error();
    into.scripts.emplace(&rule, *std::move(script));
    return {};
}

}  // namespace

Result<std::shared_ptr<const AlarmField>> alarm_field(const core::FieldConfiguration& configuration,
                                                      const Scripts& scripts) {
    const auto field = std::make_shared<AlarmField>();
    field->rules = configuration.alarm.value();
    std::vector<std::string> names{"ctx"};
    for (const core::FieldArgument& each : configuration.arguments) names.push_back(each.name);
    for (const auto& each : field->rules.create)
        if (Result<> done = compile_rule(each.rule, names, scripts, *field); !done)
            return done.error();
    if (field->rules.clear)
        if (Result<> done = compile_rule(*field->rules.clear, names, scripts, *field); !done)
            return done.error();
    return std::shared_ptr<const AlarmField>(field);
}

core::Operands operands_of(const core::FieldConfiguration& configuration,
                           const FieldValues& values) {
    return [&configuration, &values](std::string_view name) {
        core::Operand operand;
        for (std::size_t i = 0; i < configuration.arguments.size(); ++i) {
            if (configuration.arguments[i].name != name) continue;
            operand.ts = values.at(i).ts;
            operand.value = values.value(i);
        }
        return operand;
    };
}

Result<core::AlarmDecision> decide_alarm(const AlarmField& field,
                                         const core::FieldConfiguration& configuration,
                                         const FieldValues& values, core::AlarmRulesState& state,
                                         bool active, const core::RuleMoment& moment,
                                         Scripts& scripts) {
    using Verdict = Result<std::optional<core::RuleVerdict>>;
    const core::Operands operands = operands_of(configuration, values);
    const core::JudgeRule judge = [&](const AlarmRule& rule, core::RuleState& of) -> Verdict {
        const auto script = field.scripts.find(&rule);
        if (script == field.scripts.end()) {
            const bool holds = rule.filters_hold(operands, moment.now);
            return std::optional(rule.judge(holds, moment, operands, of));
        }
        const Result<json::value> answer =
            evaluate_script(configuration, *script->second, values, moment.now, scripts);
        if (!answer) return answer.error();
        if (!answer->is_bool())
            return Error{ErrorCode::invalid_argument,
                         "The script of an alarm rule should return true or false!"};
        return std::optional(rule.judge(answer->get_bool(), moment, operands, of));
    };
    return core::decide(field.rules, state, active, judge);
}

bool ends_alarm(const model::Msg& msg) {
    return msg.type == "ALARM_CLEAR" || msg.type == "ALARM_DELETE";
}

}  // namespace thingstead::rule
