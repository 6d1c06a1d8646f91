// An alarm of a device profile (`profileData.alarms`), read into the rules that calculated fields
// of type ALARM have. Source: the interface's rule engine, device profile node.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/alarm_rules/alarm_rules.h"

namespace thingstead::core {

/// Where a value is that rules of a device profile name.
struct ProfileKey {
    enum class From : std::uint8_t {
        attribute,    ///< Of the device, whichever its scope.
        time_series,  ///< The latest value.
        field,        ///< Of the device itself: name, label, …
        constant,
        dynamic  ///< A server attribute of `source`.
    };
    enum class Source : std::uint8_t { device, customer, tenant };

    From from = From::attribute;
    std::string key;
    model::Value constant{};
    Source source = Source::device;
    bool inherit = false;  ///< What the source has not the next one may: customer, then tenant.
};

struct ProfileAlarm {
    std::string id;
    std::string type;
    AlarmRules rules;
    std::map<std::string, ProfileKey, std::less<>> keys;  ///< By the names of arguments.

    /// Errors: invalid_argument - names the alarm, the rule and what is wrong with it.
    static Result<ProfileAlarm> read(const json::value& document, const FindZone& zones);
};

}  // namespace thingstead::core
