#include "core/profile/device_profile_data.h"

#include <set>
#include <string>

#include "core/certificate.h"
#include "core/crypto.h"
#include "core/entity/kind.h"
#include "core/profiles.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::DeviceProfile;
using model::ProvisionType;

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

/// The object called `name`; an empty one is put in its place if there is none.
json::object& object_in(json::object& document, std::string_view name) {
    json::value& value = document[name];
    return value.is_object() ? value.get_object() : value.emplace_object();
}

Result<> complete_transport(json::object& data, model::TransportType type) {
    json::object& transport = object_in(data, "transportConfiguration");
    if (transport.empty()) {
        transport = default_transport_configuration(type);
        return {};
    }
    if (text_of(transport, "type") != enum_name(type))
        return invalid("Device profile transport configuration should be of type " +
                       std::string(enum_name(type)) + "!");
    return {};
}

Result<> check_alarm_rules(const json::object& data) {
    const json::value* found = data.if_contains("alarms");
    const json::array* rules = found ? found->if_array() : nullptr;
    if (!rules) return {};
    std::set<std::string> types;
    for (const json::value& each : *rules) {
        const json::object* rule = each.if_object();
        const std::string type = rule ? text_of(*rule, "alarmType") : std::string();
        if (model::is_blank(type)) return invalid("Alarm rule type should be specified!");
        if (!types.insert(type).second)
            return invalid("Can't create device profile with the same alarm rule types: \"" + type +
                           "\"!");
    }
    return {};
}

Result<> complete_certificate_chain(DeviceProfile& profile, const json::object& provision) {
    const Result<Certificate> first =
        first_certificate(text_of(provision, "provisionDeviceSecret"));
    if (!first) return invalid("Device profile certificate is not a valid X.509 certificate!");
    if (is_well_known_root(*first))
        return invalid("Device profile certificate can not be well-known root CA certificate!");
    profile.provision_device_key = sha3_256_hex(first->base64_der);
    return {};
}

Result<> complete_provisioning(DeviceProfile& profile, json::object& data) {
    json::object& provision = object_in(data, "provisionConfiguration");
    provision["type"] = enum_name(profile.provision_type);
    if (!provision.contains("provisionDeviceSecret")) provision["provisionDeviceSecret"] = nullptr;
    if (profile.provision_type == ProvisionType::x509_certificate_chain)
        return complete_certificate_chain(profile, provision);
    if (profile.provision_device_key && model::is_blank(*profile.provision_device_key))
        profile.provision_device_key.reset();
    return {};
}

}  // namespace

Result<> complete_profile_data(DeviceProfile& profile) {
    if (!profile.profile_data.is_object()) profile.profile_data.emplace_object();
    json::object& data = profile.profile_data.get_object();
    json::object& configuration = object_in(data, "configuration");
    if (configuration.empty()) configuration["type"] = enum_name(profile.type);
    if (Result<> done = complete_transport(data, profile.transport_type); !done) return done;
    if (Result<> done = complete_provisioning(profile, data); !done) return done;
    if (!data.contains("alarms")) data["alarms"] = nullptr;
    return check_alarm_rules(data);
}

}  // namespace thingstead::core
