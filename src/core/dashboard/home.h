// The dashboard that somebody begins with: the user's, else the customer's, else the tenant's; it
// is named in their `additionalInfo`.
#pragma once
#include <optional>

#include "core/caller.h"
#include "core/platform.h"
#include "model/dashboard.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct HomeDashboard {
    std::optional<model::DashboardId> dashboard{};
    bool hide_toolbar = true;
};

/// What `additionalInfo` names.
HomeDashboard home_in(const json::value& additional_info);
/// Takes homeDashboardId and defaultDashboardId out of `additional_info` if there are no such
/// dashboards.
Result<> forget_lost_dashboards(store::Reader& reader, json::value& additional_info);

/// The caller's; nothing: there is none that it may read.
Task<Result<std::optional<HomeDashboard>>> home_dashboard(const Platform& platform, Caller caller);
/// That of the caller's tenant itself.
Task<Result<HomeDashboard>> tenant_home(const Platform& platform, Caller caller);
/// Sets it. Errors: not_found, forbidden - the dashboard.
Task<Result<>> set_tenant_home(const Platform& platform, Caller caller, HomeDashboard home);

}  // namespace thingstead::core
