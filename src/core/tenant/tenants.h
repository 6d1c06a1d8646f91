// Tenants as they are shown.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "core/caller.h"
#include "core/platform.h"
#include "model/entities.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct TenantInfo {
    model::Tenant tenant;
    std::optional<std::string> profile_name;
};

/// One tenant, without a home dashboard that is gone. Errors: not_found, forbidden.
Task<Result<model::Tenant>> tenant_details(const Platform& platform, Caller caller,
                                           model::TenantId id);
Task<Result<TenantInfo>> tenant_info(const Platform& platform, Caller caller, model::TenantId id);
/// Also sorted by tenantProfileName. Errors: invalid_argument - the page link; forbidden.
Task<Result<store::Page<TenantInfo>>> tenant_infos(const Platform& platform, Caller caller,
                                                   store::PageLink link);

}  // namespace thingstead::core
