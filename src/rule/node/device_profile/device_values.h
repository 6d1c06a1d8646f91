// What alarm rules of a device profile know of a device: the values that they name.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/alarm_rules/profile_alarm.h"
#include "rule/calculated/field_input.h"
#include "rule/node.h"

namespace thingstead::rule::device_profile {

/// The alarms of one version of a profile.
struct ProfileRules {
    std::optional<std::int64_t> version;
    std::vector<core::ProfileAlarm> alarms;
    std::set<std::string> attributes, series;                      ///< Keys of devices,
    std::set<std::string> customer_attributes, tenant_attributes;  ///< of their customer, tenant.
};
using RulesRef = std::shared_ptr<const ProfileRules>;

/// Of `profileData`; an alarm that cannot be read is left out, and `wrong` says why.
RulesRef profile_rules(const model::DeviceProfile& profile, std::vector<Error>& wrong);

/// A device where a message found it.
struct DevicePlace {
    model::Device device;
    model::DeviceProfile profile;
};
/// Nullopt: the tenant has no such device. Errors: unavailable.
Task<Result<std::optional<DevicePlace>>> place_of(NodeServices& services, model::TenantId tenant,
                                                  model::DeviceId device);

using NamedValues = std::map<std::string, core::Operand, std::less<>>;

struct DeviceValues {
    NamedValues attributes, series, fields;
    NamedValues customer, tenant;  ///< Server attributes.

    /// Takes the change in; false: it is what was known, at the same time.
    bool apply(const ChangedValue& change);
    core::Operand of(const core::ProfileAlarm& alarm, std::string_view argument) const;
};

/// What the stores have of the device. Errors: unavailable.
Task<Result<DeviceValues>> load_values(NodeServices& services, RulesRef rules,
                                       model::DeviceId device);
/// Reads those of the owners anew, and what the device itself says. Errors: unavailable.
Task<Result<>> load_owners(NodeServices& services, RulesRef rules, model::Device device,
                           DeviceValues& into);

/// Whether the message brings values of its device.
bool has_values(const model::Msg& msg);
/// The values of such a message, the oldest first. Errors: malformed.
Result<std::vector<ChangedValue>> values_in(const Visit& visit, model::PayloadParser& parser,
                                            EpochMs now);

}  // namespace thingstead::rule::device_profile
