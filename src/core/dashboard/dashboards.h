// Lists of dashboards, and whom they are assigned to.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "core/caller.h"
#include "core/entity/kind.h"
#include "core/platform.h"
#include "model/dashboard.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// What a list has; each member narrows it.
struct DashboardList {
    /// Another tenant's than the caller's: for the system administrator.
    std::optional<model::TenantId> tenant{};
    /// Assigned to it. Asks for READ on the customer.
    std::optional<model::CustomerId> customer{};
    /// Not hidden from phones; in the order of phones unless the link says otherwise.
    bool mobile = false;
};

/// Dashboards that the caller may read. Errors: invalid_argument - the page link; not_found,
/// forbidden.
Task<Result<store::Page<model::DashboardInfo>>> list_dashboards(const Platform& platform,
                                                                Caller caller, DashboardList list,
                                                                store::PageLink link);

enum class CustomersChange : std::uint8_t { replace, add, remove };

/// A dashboard after its customers changed, and which did.
struct Reassigned {
    model::Dashboard dashboard;
    std::vector<model::Customer> added;
    std::vector<model::Customer> removed;
};

/// Errors: not_found - the dashboard or one of the customers; forbidden.
Task<Result<Reassigned>> change_customers(const Platform& platform, Caller caller,
                                          model::DashboardId dashboard, CustomersChange change,
                                          std::vector<model::CustomerId> customers);
/// The same with the tenant's public customer, which is made if need be.
Task<Result<Reassigned>> change_public(const Platform& platform, Caller caller,
                                       model::DashboardId dashboard, bool assigned);

}  // namespace thingstead::core
