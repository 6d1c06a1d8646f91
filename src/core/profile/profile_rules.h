// The rules of device and asset profiles: what they refer to, which one is the tenant's default,
// and that devices and assets follow the name of theirs.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/profiles.h"
#include "model/asset.h"

namespace thingstead::core {

template <>
struct EntityRules<model::DeviceProfile> {
    static Result<> prepare(Save<model::DeviceProfile>& save);
    static Result<> written(Save<model::DeviceProfile>& save);
    static Result<> removing(Removal<model::DeviceProfile>& removal);
};

template <>
struct EntityRules<model::AssetProfile> {
    static Result<> prepare(Save<model::AssetProfile>& save);
    static Result<> written(Save<model::AssetProfile>& save);
    static Result<> removing(Removal<model::AssetProfile>& removal);
};

// For P: DeviceProfile and AssetProfile.

/// The tenant's profile that has the name; made if there is none, and the default one if it is
/// called so and the tenant has no other.
template <class P>
Result<P> find_or_create_profile(store::Transaction& transaction, model::TenantId tenant,
                                 const std::string& name, EpochMs now_ms);
/// The tenant's default profile; made if there is none.
template <class P>
Result<P> find_or_create_default_profile(store::Transaction& transaction, model::TenantId tenant,
                                         EpochMs now_ms);

/// Errors: forbidden.
template <class P>
Task<Result<P>> default_profile(const Platform& platform, Caller caller);

/// The profiles that a switch of the default changed: the new one first, then the old one if there
/// was another.
template <class P>
Task<Result<std::vector<P>>> set_default_profile(const Platform& platform, Caller caller,
                                                 IdOf<P> id);

/// Profiles that the caller may read, by name; `in_use`: of which there are devices or assets.
template <class P>
Task<Result<std::vector<P>>> profile_names(const Platform& platform, Caller caller, bool in_use);

}  // namespace thingstead::core
