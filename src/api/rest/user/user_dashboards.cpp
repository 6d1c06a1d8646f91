// Dashboards that the caller saw last or marked with a star.
#include <algorithm>

#include "api/rest/json_text.h"
#include "api/rest/user/handlers.h"
#include "core/entity/kind.h"
#include "core/user/visited_dashboards.h"

namespace thingstead::api::user {
namespace {

Result<core::DashboardAction> action_of(const Call& call) {
    std::string name = call.variable("action");
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (const auto action = enum_value<core::DashboardAction>(name)) return *action;
    return core::invalid("UserDashboardAction \"" + call.variable("action") +
                         "\" is not supported!");
}

}  // namespace

Task<Result<net::Reply>> get_visited_dashboards(Call call) {
    const Result<core::VisitedDashboards> visited =
        co_await core::visited_dashboards(call.services.platform, call.caller);
    if (!visited) co_return visited.error();
    co_return json_reply_of(*visited);
}

Task<Result<net::Reply>> note_dashboard_action(Call call) {
    const auto dashboard = call.id<model::DashboardId>("dashboardId");
    if (!dashboard) co_return dashboard.error();
    const Result<core::DashboardAction> action = action_of(call);
    if (!action) co_return action.error();
    const Result<core::VisitedDashboards> visited =
        co_await core::note_dashboard(call.services.platform, call.caller, *dashboard, *action);
    if (!visited) co_return visited.error();
    co_return json_reply_of(*visited);
}

}  // namespace thingstead::api::user
