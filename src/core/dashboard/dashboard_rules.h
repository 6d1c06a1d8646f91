// What is asked of a dashboard that is saved, and what goes with it.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/dashboard.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Dashboard> {
    static Result<> prepare(Save<model::Dashboard>& save);
    /// Errors: invalid_argument - a profile refers to it.
    static Result<> removing(Removal<model::Dashboard>& removal);
    static constexpr std::string_view limit = "maxDashboards";
};

}  // namespace thingstead::core
