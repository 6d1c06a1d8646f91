// The dashboard that people begin with.
#include "api/rest/dashboard/handlers.h"
#include "api/rest/entity_calls.h"
#include "core/dashboard/home.h"

namespace thingstead::api::dashboard {

/// The body and answer.
struct HomeInfo {
    std::optional<model::DashboardId> dashboard;
    bool hide_toolbar = true;
};
constexpr auto describe(const HomeInfo*) {
    return fields(field("dashboardId", &HomeInfo::dashboard),
                  field("hideDashboardToolbar", &HomeInfo::hide_toolbar));
}

/// An empty body: there is none.
Task<Result<net::Reply>> get_home(Call call) {
    const auto home = co_await core::home_dashboard(call.services.platform, call.caller);
    if (!home) co_return home.error();
    if (!*home || !(*home)->dashboard) co_return net::Reply{};
    const Result<model::Dashboard> found = co_await core::get<model::Dashboard>(
        call.services.platform, call.caller, *(*home)->dashboard);
    if (!found) co_return found.error();
    std::string body = "{";
    append_members(body, *found);
    body += ",\"hideDashboardToolbar\":";
    append_text(body, (*home)->hide_toolbar);
    body += '}';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_home_info(Call call) {
    const auto home = co_await core::home_dashboard(call.services.platform, call.caller);
    if (!home) co_return home.error();
    if (!*home) co_return net::Reply{};
    const HomeInfo info{(*home)->dashboard, (*home)->hide_toolbar};
    co_return json_reply_of(info);
}

Task<Result<net::Reply>> get_tenant_home(Call call) {
    const auto home = co_await core::tenant_home(call.services.platform, call.caller);
    if (!home) co_return home.error();
    const HomeInfo info{home->dashboard, home->hide_toolbar};
    co_return json_reply_of(info);
}

Task<Result<net::Reply>> set_tenant_home(Call call) {
    const Result<HomeInfo> info = call.body_as<HomeInfo>();
    if (!info) co_return info.error();
    core::HomeDashboard home;
    home.dashboard = info->dashboard;
    home.hide_toolbar = info->hide_toolbar;
    const Result<> done =
        co_await core::set_tenant_home(call.services.platform, call.caller, std::move(home));
    if (!done) co_return done.error();
    co_return net::Reply{};
}

}  // namespace thingstead::api::dashboard
