// Who refers to a resource: entities whose documents have its link.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/resource.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct ResourceReferrer {
    model::EntityId id;
    std::string name;
    model::TenantId tenant;
};

/// By the wire name of their kind: "DEVICE_PROFILE".
using References = std::map<std::string, std::vector<ResourceReferrer>>;

/// Most entities of a kind that are named.
inline constexpr std::int32_t referrers_max = 100;

/// Looks in widget types, bundles, dashboards and profiles: those of the resource's tenant, or, if
/// it is the installation's, of all.
Result<References> find_references(store::Reader& reader, const model::TbResource& resource);

}  // namespace thingstead::core
