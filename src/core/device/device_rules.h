// The rules of devices: type and transport follow the profile, every device has credentials.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entities.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Device> {
    static constexpr std::string_view limit = "maxDevices";
    /// Finds the profile: by id, else by the type's name (made if there is none), else the default.
    static Result<> prepare(Save<model::Device>& save);
    /// A new device gets an access token of 20 random characters.
    static Result<> written(Save<model::Device>& save);
    static Result<> removing(Removal<model::Device>& removal);
    /// Says which credentials others may have cached.
    static Result<> touched(store::Reader& reader, const model::Device& device,
                            EntityChange& change);
};

/// Fills what follows from the profile that the device names, in the device's tenant. Errors:
/// invalid_argument.
Result<> follow_profile(store::Transaction& transaction, model::Device& device, EpochMs now_ms);

}  // namespace thingstead::core
