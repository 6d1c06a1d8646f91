// What a calculated field of type ALARM is configured with beside its arguments: the rules that
// raise and clear its alarm. Source: the interface's schema AlarmCalculatedFieldConfiguration.
#pragma once
#include "core/alarm_rules/alarm_rules.h"
#include "core/calculated_field/configuration.h"

namespace thingstead::core {

/// The rules of `document`, which name `arguments` alone. Errors: invalid_argument - which rule or
/// argument it is, and what is wrong with it.
Result<AlarmRules> alarm_configuration(const json::object& document,
                                       const std::vector<FieldArgument>& arguments);

}  // namespace thingstead::core
