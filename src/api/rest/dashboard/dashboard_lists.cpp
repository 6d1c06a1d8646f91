// Lists of dashboards.
#include "api/rest/dashboard/handlers.h"
#include "api/rest/entity_calls.h"
#include "core/dashboard/dashboards.h"

namespace thingstead::api::dashboard {
namespace {

Task<Result<net::Reply>> list(Call call, core::DashboardList what) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::list_dashboards(call.services.platform, call.caller, what, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

}  // namespace

Task<Result<net::Reply>> list_tenant_dashboards(Call call) {
    const Result<bool> mobile = call.flag("mobile", false);
    if (!mobile) co_return mobile.error();
    core::DashboardList what;
    what.mobile = *mobile;
    co_return co_await list(std::move(call), what);
}

Task<Result<net::Reply>> list_dashboards_of_tenant(Call call) {
    const auto tenant = call.id<model::TenantId>("tenantId");
    if (!tenant) co_return tenant.error();
    core::DashboardList what;
    what.tenant = *tenant;
    co_return co_await list(std::move(call), what);
}

Task<Result<net::Reply>> list_customer_dashboards(Call call) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    const Result<bool> mobile = call.flag("mobile", false);
    if (!mobile) co_return mobile.error();
    core::DashboardList what;
    what.customer = *customer;
    what.mobile = *mobile;
    co_return co_await list(std::move(call), what);
}

Task<Result<net::Reply>> get_dashboards_by_ids(Call call) {
    return entities_by_ids<model::DashboardInfo>(std::move(call), "dashboardIds");
}

}  // namespace thingstead::api::dashboard
