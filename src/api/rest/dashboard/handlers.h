// The handlers of dashboards; their table is in dashboard.cpp.
#pragma once
#include "api/rest/call.h"
#include "model/dashboard.h"

namespace thingstead::api::dashboard {

/// A dashboard as the audit log and the rule engine hear of it: its configuration is large.
model::Dashboard without_configuration(model::Dashboard dashboard);

Task<Result<net::Reply>> list_tenant_dashboards(Call call);
Task<Result<net::Reply>> list_dashboards_of_tenant(Call call);
Task<Result<net::Reply>> list_customer_dashboards(Call call);
Task<Result<net::Reply>> get_dashboards_by_ids(Call call);

Task<Result<net::Reply>> replace_customers(Call call);
Task<Result<net::Reply>> add_customers(Call call);
Task<Result<net::Reply>> remove_customers(Call call);
Task<Result<net::Reply>> assign_to_customer(Call call);
Task<Result<net::Reply>> unassign_from_customer(Call call);
Task<Result<net::Reply>> assign_to_public(Call call);
Task<Result<net::Reply>> unassign_from_public(Call call);

Task<Result<net::Reply>> get_home(Call call);
Task<Result<net::Reply>> get_home_info(Call call);
Task<Result<net::Reply>> get_tenant_home(Call call);
Task<Result<net::Reply>> set_tenant_home(Call call);

}  // namespace thingstead::api::dashboard
