// One dashboard: read, save, delete. And the table of all routes of dashboards.
#include "api/rest/dashboard/handlers.h"
#include "api/rest/entity_calls.h"
#include "api/rest/owned_calls.h"
#include "api/rest/route.h"
#include "core/dashboard/dashboard_rules.h"
#include "core/dashboard/dashboards.h"
#include "core/image/embedded.h"
#include "core/resource/resource_export.h"

namespace thingstead::api::dashboard {
namespace {

using model::Dashboard;
using model::DashboardInfo;

/// Points that one widget may ask for at once.
constexpr std::int64_t datapoints_max = 50'000;

/// A dashboard with what it links to, as another installation takes it.
Task<Result<net::Reply>> get_with_resources(Call call) {
    const auto id = call.id<model::DashboardId>("dashboardId");
    if (!id) co_return id.error();
    const std::function<Result<std::string>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::string> {
        const auto dashboard =
            core::load<Dashboard>(reader, call.caller, core::Operation::read, *id);
        if (!dashboard) return dashboard.error();
        const auto linked = core::export_linked(reader, call.caller,
                                                json::serialize(dashboard->configuration) + " \"" +
                                                    dashboard->image.value_or("") + "\"");
        if (!linked) return linked.error();
        std::string body = "{";
        append_members(body, *dashboard);
        body += ",\"resources\":";
        append_text(body, *linked);
        return body + '}';
    };
    Result<std::string> body = co_await core::read<std::string>(call.services.platform, work);
    if (!body) co_return body.error();
    co_return json_reply(*std::move(body));
}

Task<Result<net::Reply>> get_dashboard(Call call) {
    const Result<bool> with_resources = call.flag("includeResources", false);
    if (!with_resources) co_return with_resources.error();
    if (*with_resources) co_return co_await get_with_resources(std::move(call));
    co_return co_await get_entity<Dashboard>(std::move(call));
}

/// What a dashboard brings along becomes resources of its own: pictures, and member `resources`.
Task<Result<Dashboard>> with_own_resources(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<Dashboard> dashboard = from_json<Dashboard>(*body);
    if (!dashboard) co_return dashboard.error();
    std::vector<model::ResourceExportData> brought;
    const json::value* resources = body->as_object().if_contains("resources");
    if (resources && !resources->is_null()) {
        auto read = from_json<std::vector<model::ResourceExportData>>(*resources);
        if (!read) co_return json_member_error("resources", read.error());
        brought = *std::move(read);
    }
    const core::Platform& platform = call.services.platform;
    const Result<core::MovedLinks> moved =
        co_await core::import_resources(platform, call.caller, std::move(brought));
    if (!moved) co_return moved.error();
    const std::string title = dashboard->title + " image";
    Result<json::value> configuration = co_await core::link_images(
        platform, call.caller, title, core::with_moved_links(dashboard->configuration, *moved));
    if (!configuration) co_return configuration.error();
    dashboard->configuration = *std::move(configuration);
    Result<std::optional<std::string>> image = co_await core::link_image(
        platform, call.caller, title, core::with_moved_links(dashboard->image, *moved));
    if (!image) co_return image.error();
    dashboard->image = *std::move(image);
    co_return dashboard;
}

Task<Result<net::Reply>> get_info(Call call) { return get_entity<DashboardInfo>(std::move(call)); }

Task<Result<net::Reply>> save_dashboard(Call call) {
    Result<Dashboard> asked = co_await with_own_resources(call);
    if (!asked) co_return asked.error();
    Dashboard blank = without_configuration(*asked);
    const Result<core::Saved<Dashboard>> saved =
        co_await core::save(call.services.platform, call.caller, *std::move(asked));
    Result<core::Saved<Dashboard>> told = saved;
    if (told) told->entity = without_configuration(std::move(told->entity));
    co_await tell_saved(call.services, call.caller, std::move(blank), std::move(told));
    if (!saved) co_return saved.error();
    const Result<> joined = co_await join_asked_groups(call.services, call.caller,
                                                       asked_groups(call), saved->entity.id);
    if (!joined) co_return joined.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> delete_dashboard(Call call) {
    const auto id = call.id<model::DashboardId>("dashboardId");
    if (!id) co_return id.error();
    Result<Dashboard> removed =
        co_await core::remove<Dashboard>(call.services.platform, call.caller, *id);
    core::AuditNote note = removed ? entity_note(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    const Dashboard blank = without_configuration(*std::move(removed));
    RuleEvent event = entity_event(model::msg_type::entity_deleted, blank);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> server_time(Call call) {
    co_return json_reply(std::to_string(call.services.clock.now_ms()));
}

Task<Result<net::Reply>> max_datapoints(Call) {
    co_return json_reply(std::to_string(datapoints_max));
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,mobile,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/dashboard/serverTime",
     .allowed = allow::users,
     .handler = &server_time,
     .summary = "The clock of the server, in milliseconds",
     .answer = "integer"},
    {.method = get,
     .pattern = "/api/dashboard/maxDatapointsLimit",
     .allowed = allow::users,
     .handler = &max_datapoints,
     .summary = "Most points that a widget may ask for",
     .answer = "integer"},
    {.method = get,
     .pattern = "/api/dashboard/{dashboardId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_dashboard,
     .summary = "One dashboard by its id",
     .parameters = "includeResources",
     .answer = "Dashboard"},
    {.method = get,
     .pattern = "/api/dashboard/info/{dashboardId}",
     .allowed = allow::users,
     .handler = &get_info,
     .summary = "One dashboard without its configuration",
     .answer = "DashboardInfo"},
    {.method = post,
     .pattern = "/api/dashboard",
     .allowed = allow::tenant,
     .handler = &save_dashboard,
     .summary = "Creates or updates a dashboard",
     .body = BodyKind::json,
     .answer = "Dashboard",
     .takes = "Dashboard"},
    {.method = del,
     .pattern = "/api/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &delete_dashboard,
     .summary = "Deletes a dashboard"},
    {.method = get,
     .pattern = "/api/tenant/dashboards",
     .allowed = allow::tenant,
     .handler = &list_tenant_dashboards,
     .summary = "A page of the tenant's dashboards",
     .parameters = page_parameters,
     .answer = "PageData<DashboardInfo>"},
    {.method = get,
     .pattern = "/api/tenant/{tenantId}/dashboards",
     .allowed = allow::system,
     .handler = &list_dashboards_of_tenant,
     .summary = "A page of the dashboards of a tenant",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<DashboardInfo>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/dashboards",
     .allowed = allow::tenant_or_customer,
     .handler = &list_customer_dashboards,
     .summary = "A page of the dashboards that are assigned to a customer",
     .parameters = page_parameters,
     .answer = "PageData<DashboardInfo>"},
    {.method = get,
     .pattern = "/api/dashboards",
     .allowed = allow::tenant_or_customer,
     .handler = &get_dashboards_by_ids,
     .summary = "Dashboards by their ids",
     .selected_by = "dashboardIds",
     .answer = "DashboardInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/dashboards/list",
     .allowed = allow::tenant_or_customer,
     .handler = &get_dashboards_by_ids,
     .summary = "Dashboards by their ids",
     .parameters = "dashboardIds!",
     .answer = "DashboardInfo[]"},
    {.method = post,
     .pattern = "/api/dashboard/{dashboardId}/customers",
     .allowed = allow::tenant,
     .handler = &replace_customers,
     .summary = "Assigns a dashboard to exactly these customers",
     .body = BodyKind::json,
     .answer = "Dashboard",
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/dashboard/{dashboardId}/customers/add",
     .allowed = allow::tenant,
     .handler = &add_customers,
     .summary = "Assigns a dashboard to these customers too",
     .body = BodyKind::json,
     .answer = "Dashboard",
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/dashboard/{dashboardId}/customers/remove",
     .allowed = allow::tenant,
     .handler = &remove_customers,
     .summary = "Takes a dashboard from these customers",
     .body = BodyKind::json,
     .answer = "Dashboard",
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/customer/{customerId}/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &assign_to_customer,
     .summary = "Assigns a dashboard to a customer",
     .answer = "Dashboard"},
    {.method = del,
     .pattern = "/api/customer/{customerId}/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &unassign_from_customer,
     .summary = "Takes a dashboard from a customer",
     .answer = "Dashboard"},
    {.method = post,
     .pattern = "/api/customer/public/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &assign_to_public,
     .summary = "Shows a dashboard to everybody",
     .answer = "Dashboard"},
    {.method = del,
     .pattern = "/api/customer/public/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &unassign_from_public,
     .summary = "Shows a dashboard to everybody no longer",
     .answer = "Dashboard"},
    {.method = get,
     .pattern = "/api/dashboard/home",
     .allowed = allow::users,
     .handler = &get_home,
     .summary = "The dashboard that the caller begins with",
     .answer = "HomeDashboard"},
    {.method = get,
     .pattern = "/api/dashboard/home/info",
     .allowed = allow::users,
     .handler = &get_home_info,
     .summary = "Id of the dashboard that the caller begins with",
     .answer = "HomeDashboardInfo"},
    {.method = get,
     .pattern = "/api/tenant/dashboard/home/info",
     .allowed = allow::tenant,
     .handler = &get_tenant_home,
     .summary = "Id of the dashboard that users of the tenant begin with",
     .answer = "HomeDashboardInfo"},
    {.method = post,
     .pattern = "/api/tenant/dashboard/home/info",
     .allowed = allow::tenant,
     .handler = &set_tenant_home,
     .summary = "Sets the dashboard that users of the tenant begin with",
     .body = BodyKind::json,
     .takes = "HomeDashboardInfo"},
    {.method = post,
     .pattern = "/api/edge/{edgeId}/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Assigns a dashboard to an edge: edges are not supported",
     .answer = "Dashboard"},
    {.method = del,
     .pattern = "/api/edge/{edgeId}/dashboard/{dashboardId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Takes a dashboard from an edge: edges are not supported",
     .answer = "Dashboard"},
    {.method = get,
     .pattern = "/api/edge/{edgeId}/dashboards",
     .allowed = allow::tenant_or_customer,
     .handler = &edges_unsupported,
     .summary = "The dashboards of an edge: edges are not supported",
     .parameters = page_parameters,
     .answer = "PageData<DashboardInfo>"},
};

json::object dashboard_schema() {
    json::object schema = struct_schema<Dashboard>();
    schema["properties"].as_object()["resources"] = json::object{
        {"type",  "array"                         },
        {"items", schema_ref("ResourceExportData")}
    };
    return schema;
}

constexpr SchemaEntry schemas[] = {
    {"Dashboard",         &dashboard_schema                       },
    {"DashboardInfo",     &struct_schema<DashboardInfo>           },
    {"ShortCustomerInfo", &struct_schema<model::ShortCustomerInfo>},
};

}  // namespace

Dashboard without_configuration(Dashboard dashboard) {
    dashboard.configuration = nullptr;
    return dashboard;
}

extern const Resource descriptor{"dashboard", "Dashboards and whom they are assigned to.", routes,
                                 schemas};

}  // namespace thingstead::api::dashboard
