// What a calculated field of type ALARM decides from its arguments, and what is kept of it for one
// entity. Source: the interface's rule engine, calculated fields of type ALARM.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "core/alarm_rules/alarm_rules.h"
#include "rule/calculated/field_values.h"
#include "rule/raised_alarm.h"
#include "rule/scripts.h"

namespace thingstead::rule {

/// The rules of a field, ready to run.
struct AlarmField {
    core::AlarmRules rules;
    /// Of the rules that have one; the others' filters decide.
    std::map<const core::AlarmRule*, script::ScriptRef> scripts;
    bool remembers = false;  ///< Some rule counts or waits.
};

/// Errors: invalid_argument, malformed - a rule or script; unsupported - no scripts here.
Result<std::shared_ptr<const AlarmField>> alarm_field(const core::FieldConfiguration& configuration,
                                                      const Scripts& scripts);

/// The values, or defaults, as rules look at them; outlived by both.
core::Operands operands_of(const core::FieldConfiguration& configuration,
                           const FieldValues& values);

/// What the rules decide now, `state` included. Errors: those of scripts; invalid_argument - a
/// script answers no boolean.
Result<core::AlarmDecision> decide_alarm(const AlarmField& field,
                                         const core::FieldConfiguration& configuration,
                                         const FieldValues& values, core::AlarmRulesState& state,
                                         bool active, const core::RuleMoment& moment,
                                         Scripts& scripts);

/// Of one field for one entity.
struct AlarmFieldState {
    AlarmFieldState(model::TenantId tenant, model::EntityId entity, std::string type)
        : alarm(tenant, entity, std::move(type)) {}

    RaisedAlarm alarm;
    core::AlarmRulesState rules;
    core::AlarmRulesState kept;  ///< What of it is kept.
};

/// Whether a message tells that an alarm is no longer active.
bool ends_alarm(const model::Msg& msg);

}  // namespace thingstead::rule
