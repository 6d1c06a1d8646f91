// Fresh profiles with the interface's default documents.
#pragma once
#include <string>

#include "base/clock.h"
#include "model/entities.h"

namespace thingstead::core {

/// A profile of type DEFAULT that is not the tenant's default one.
model::DeviceProfile new_device_profile(model::TenantId tenant, std::string name, EpochMs now_ms);

}  // namespace thingstead::core
