#include "core/profiles.h"

#include <utility>

namespace thingstead::core {

json::object default_transport_configuration(model::TransportType type) {
    json::object out{
        {"type", enum_name(type)}
    };
    if (type == model::TransportType::mqtt) {
        out["deviceTelemetryTopic"] = "v1/devices/me/telemetry";
        out["deviceAttributesTopic"] = "v1/devices/me/attributes";
        out["deviceAttributesSubscribeTopic"] = "v1/devices/me/attributes";
        out["sparkplug"] = false;
        out["sendAckOnValidationException"] = false;
        out["transportPayloadTypeConfiguration"] = json::object{
            {"transportPayloadType", "JSON"}
        };
    } else if (type == model::TransportType::coap) {
        out["coapDeviceTypeConfiguration"] = json::object{
            {"coapDeviceType",                    "DEFAULT"                                     },
            {"transportPayloadTypeConfiguration", json::object{{"transportPayloadType", "JSON"}}}
        };
    } else if (type == model::TransportType::snmp) {
        out["timeoutMs"] = 500;
        out["retries"] = 0;
        out["communicationConfigs"] = json::array();
    } else if (type == model::TransportType::lwm2m) {
        out["observeAttr"] = json::object{
            {"keyName",        json::object()},
            {"observe",        json::array() },
            {"attribute",      json::array() },
            {"telemetry",      json::array() },
            {"attributeLwm2m", json::object()}
        };
        out["bootstrap"] = json::array();
        out["bootstrapServerUpdateEnable"] = false;
        out["clientLwM2mSettings"] = json::object{
            {"clientOnlyObserveAfterConnect", 1    },
            {"fwUpdateStrategy",              1    },
            {"swUpdateStrategy",              1    },
            {"powerMode",                     "DRX"}
        };
    }
    return out;
}

model::DeviceProfile new_device_profile(model::TenantId tenant, std::string name, EpochMs now_ms) {
    model::DeviceProfile profile;
    profile.id = model::DeviceProfileId::make();
    profile.created_time = now_ms;
    profile.tenant_id = tenant;
    profile.name = std::move(name);
    profile.version = 1;
    profile.profile_data = json::object{
        {"configuration",          {{"type", "DEFAULT"}}                                     },
        {"transportConfiguration", {{"type", "DEFAULT"}}                                     },
        {"provisionConfiguration", {{"type", "DISABLED"}, {"provisionDeviceSecret", nullptr}}},
        {"alarms",                 nullptr                                                   },
    };
    return profile;
}

model::AssetProfile new_asset_profile(model::TenantId tenant, std::string name, EpochMs now_ms) {
    model::AssetProfile profile;
    profile.id = model::AssetProfileId::make();
    profile.created_time = now_ms;
    profile.tenant_id = tenant;
    profile.name = std::move(name);
    profile.version = 1;
    return profile;
}

}  // namespace thingstead::core
