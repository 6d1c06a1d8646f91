#include "core/calculated_field/alarm_configuration.h"

#include <algorithm>

#include "core/alarm_rules/zones.h"
#include "core/entity/kind.h"

namespace thingstead::core {

Result<AlarmRules> alarm_configuration(const json::object& document,
                                       const std::vector<FieldArgument>& arguments) {
    Result<AlarmRules> rules = AlarmRules::read(document, &schedule_zone);
    if (!rules) return rules;
    for (const std::string& name : rules->arguments()) {
        const auto found = std::find_if(arguments.begin(), arguments.end(),
                                        [&](const auto& each) { return each.name == name; });
        if (found == arguments.end())
            return invalid("Alarm rules name the argument '" + name + "', which there is not!");
        if (found->type == ArgumentType::ts_rolling)
            return invalid("Argument '" + name +
                           "' of type TS_ROLLING can be used by scripts of alarm rules alone!");
    }
    return rules;
}

}  // namespace thingstead::core
