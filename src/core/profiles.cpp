#include "core/profiles.h"

namespace thingstead::core {

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

}  // namespace thingstead::core
