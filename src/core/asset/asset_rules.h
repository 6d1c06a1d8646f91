// The rules of assets: the type follows the profile.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/asset.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Asset> {
    static constexpr std::string_view limit = "maxAssets";
    /// Finds the profile: by id, else by the type's name (made if there is none), else the default.
    static Result<> prepare(Save<model::Asset>& save);
    static Result<> removing(Removal<model::Asset>& removal);
};

}  // namespace thingstead::core
