// Which customers a dashboard is assigned to: relations customer -> dashboard, and their copies in
// the dashboard.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"
#include "model/dashboard.h"
#include "model/entities.h"
#include "model/relation.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Dashboards assigned to one of these customers.
store::Condition assigned_to(model::CustomerId customer);
/// Dashboards assigned to the customer or one below it.
store::Condition assigned_under(model::CustomerId customer);
/// Dashboards assigned to the edge with this id.
store::Condition on_edge(const Uuid& edge);

/// False: it was assigned already. `dashboard` is not written.
Result<bool> assign(store::Transaction& transaction, model::DashboardInfo& dashboard,
                    const model::Customer& customer);
/// False: it was not assigned.
Result<bool> unassign(store::Transaction& transaction, model::DashboardInfo& dashboard,
                      model::CustomerId customer);
/// Writes the copies alone.
Result<> write_assigned(store::Transaction& transaction, const model::DashboardInfo& dashboard);

/// A customer has another title: so have its copies.
Result<> refresh_titles(store::Transaction& transaction, const model::Customer& customer);
/// A customer goes. Its relations stay to whoever removes those of the customer.
Result<> unassign_all(store::Transaction& transaction, model::CustomerId customer);

}  // namespace thingstead::core
