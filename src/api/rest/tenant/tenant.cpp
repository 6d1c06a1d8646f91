// Tenants.
#include "api/rest/entity_calls.h"
#include "api/rest/route.h"
#include "core/tenant/tenant_rules.h"
#include "core/tenant/tenants.h"

namespace thingstead::api::tenant {
namespace {

void append_info(std::string& out, const core::TenantInfo& info) {
    out += '{';
    append_members(out, info.tenant);
    out += ",\"tenantProfileName\":";
    append_text(out, info.profile_name);
    out += '}';
}

Task<Result<net::Reply>> get_tenant(Call call) {
    const auto id = call.id<model::TenantId>("tenantId");
    if (!id) co_return id.error();
    const Result<model::Tenant> found =
        co_await core::tenant_details(call.services.platform, call.caller, *id);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::TenantId>("tenantId");
    if (!id) co_return id.error();
    const Result<core::TenantInfo> info =
        co_await core::tenant_info(call.services.platform, call.caller, *id);
    if (!info) co_return info.error();
    std::string body;
    append_info(body, *info);
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> save_tenant(Call call) {
    Result<model::Tenant> tenant = call.body_as<model::Tenant>();
    if (!tenant) co_return tenant.error();
    co_return co_await save_entity<model::Tenant>(std::move(call), *std::move(tenant));
}

Task<Result<net::Reply>> delete_tenant(Call call) {
    const auto id = call.id<model::TenantId>("tenantId");
    if (!id) co_return id.error();
    const Result<model::Tenant> removed =
        co_await core::remove_tenant(call.services.platform, call.caller, *id);
    core::AuditNote note = removed ? entity_note(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event = entity_event(model::msg_type::entity_deleted, *removed);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> list_tenants(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter all;
    co_return co_await page_of<model::Tenant>(std::move(call), std::move(all), *std::move(link));
}

Task<Result<net::Reply>> list_infos(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::tenant_infos(call.services.platform, call.caller, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_info));
}

Task<Result<net::Reply>> get_by_ids(Call call) {
    return entities_by_ids<model::Tenant>(std::move(call), "tenantIds");
}

json::object info_schema() {
    return struct_schema_with<model::Tenant>({
        {"tenantProfileName", string_schema()}
    });
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/tenant/{tenantId}",
     .allowed = allow::administrators,
     .handler = &get_tenant,
     .summary = "One tenant by its id",
     .answer = "Tenant"},
    {.method = get,
     .pattern = "/api/tenant/info/{tenantId}",
     .allowed = allow::administrators,
     .handler = &get_info,
     .summary = "One tenant with the name of its profile",
     .answer = "TenantInfo"},
    {.method = post,
     .pattern = "/api/tenant",
     .allowed = allow::system,
     .handler = &save_tenant,
     .summary = "Creates or updates a tenant; a new one gets rule chains and profiles",
     .body = BodyKind::json,
     .answer = "Tenant",
     .takes = "Tenant"},
    {.method = del,
     .pattern = "/api/tenant/{tenantId}",
     .allowed = allow::administrators,
     .handler = &delete_tenant,
     .summary = "Deletes a tenant with its users, and in the background everything it has"},
    {.method = get,
     .pattern = "/api/tenants",
     .allowed = allow::system,
     .handler = &list_tenants,
     .summary = "A page of tenants",
     .parameters = page_parameters,
     .answer = "PageData<Tenant>"},
    {.method = get,
     .pattern = "/api/tenants",
     .allowed = allow::administrators,
     .handler = &get_by_ids,
     .summary = "Tenants by their ids",
     .selected_by = "tenantIds",
     .answer = "Tenant[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/tenants/list",
     .allowed = allow::administrators,
     .handler = &get_by_ids,
     .summary = "Tenants by their ids",
     .parameters = "tenantIds!",
     .answer = "Tenant[]"},
    {.method = get,
     .pattern = "/api/tenantInfos",
     .allowed = allow::system,
     .handler = &list_infos,
     .summary = "A page of tenants with the names of their profiles",
     .parameters = page_parameters,
     .answer = "PageData<TenantInfo>"},
};

constexpr SchemaEntry schemas[] = {
    {"Tenant",     &struct_schema<model::Tenant>},
    {"TenantInfo", &info_schema                 },
};

}  // namespace

extern const Resource descriptor{"tenant", "Tenants.", routes, schemas};

}  // namespace thingstead::api::tenant
