// Fresh profiles with the interface's default documents.
#pragma once
#include <string>

#include "base/clock.h"
#include "model/asset.h"
#include "model/entities.h"

namespace thingstead::core {

/// The name of the profile that a tenant's devices or assets have if nothing else is said.
inline constexpr std::string_view default_profile_name = "default";

/// A profile of type DEFAULT that is not the tenant's default one.
model::DeviceProfile new_device_profile(model::TenantId tenant, std::string name, EpochMs now_ms);
model::AssetProfile new_asset_profile(model::TenantId tenant, std::string name, EpochMs now_ms);

/// What a profile's `profileData.transportConfiguration` is if nothing else is said.
json::object default_transport_configuration(model::TransportType type);

}  // namespace thingstead::core
