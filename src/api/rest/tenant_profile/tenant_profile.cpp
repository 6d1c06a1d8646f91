// Tenant profiles: limits and options of tenants.
#include "api/rest/entity_calls.h"
#include "api/rest/route.h"
#include "core/tenant/tenant_rules.h"

namespace thingstead::api::tenant_profile {
namespace {

using model::TenantProfile;

/// What lists to choose from show.
void append_info(std::string& out, const TenantProfile& profile) {
    out += "{\"id\":";
    append_text(out, profile.id);
    out += ",\"name\":";
    append_text(out, profile.name);
    out += '}';
}

Result<net::Reply> info_reply(const Result<TenantProfile>& profile) {
    if (!profile) return profile.error();
    std::string body;
    append_info(body, *profile);
    return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_profile(Call call) {
    return get_entity<TenantProfile>(std::move(call));
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::TenantProfileId>("tenantProfileId");
    if (!id) co_return id.error();
    const Result<TenantProfile> profile =
        co_await core::get<TenantProfile>(call.services.platform, call.caller, *id);
    co_return info_reply(profile);
}

Task<Result<net::Reply>> get_default_info(Call call) {
    store::Filter filter;
    filter.emplace_back("default", true);
    store::PageLink first;
    first.page_size = 1;
    const auto page = co_await core::page<TenantProfile>(call.services.platform, call.caller,
                                                         std::move(filter), std::move(first));
    if (!page) co_return page.error();
    if (page->data.empty()) co_return core::item_not_found();
    std::string body;
    append_info(body, page->data.front());
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> save_profile(Call call) {
    Result<TenantProfile> profile = call.body_as<TenantProfile>();
    if (!profile) co_return profile.error();
    co_return co_await save_entity<TenantProfile>(std::move(call), *std::move(profile));
}

Task<Result<net::Reply>> delete_profile(Call call) {
    return delete_entity<TenantProfile>(std::move(call));
}

Task<Result<net::Reply>> set_default(Call call) {
    const auto id = call.id<model::TenantProfileId>("tenantProfileId");
    if (!id) co_return id.error();
    const Result<TenantProfile> profile =
        co_await core::make_default(call.services.platform, call.caller, *id);
    core::AuditNote note = profile ? entity_note(model::ActionType::updated, *profile)
                                   : note_of(model::ActionType::updated, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), profile);
    if (!profile) co_return profile.error();
    co_return json_reply_of(*profile);
}

Task<Result<store::Page<TenantProfile>>> page_of_profiles(const Call& call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    if (link->sort_property == "isDefault") link->sort_property = "default";
    store::Filter all;
    co_return co_await core::page<TenantProfile>(call.services.platform, call.caller,
                                                 std::move(all), *std::move(link));
}

Task<Result<net::Reply>> list_profiles(Call call) {
    const auto page = co_await page_of_profiles(call);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_infos(Call call) {
    const auto page = co_await page_of_profiles(call);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_info));
}

Task<Result<net::Reply>> get_by_ids(Call call) {
    return entities_by_ids<TenantProfile>(std::move(call), "ids");
}

json::object entity_info_schema() {
    return {
        {"type",       "object"                                                               },
        {"properties", json::object{{"id", schema_ref("EntityId")}, {"name", string_schema()}}}
    };
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/tenantProfile/{tenantProfileId}",
     .allowed = allow::system,
     .handler = &get_profile,
     .summary = "One tenant profile by its id",
     .answer = "TenantProfile"},
    {.method = post,
     .pattern = "/api/tenantProfile",
     .allowed = allow::system,
     .handler = &save_profile,
     .summary = "Creates or updates a tenant profile",
     .body = BodyKind::json,
     .answer = "TenantProfile",
     .takes = "TenantProfile"},
    {.method = del,
     .pattern = "/api/tenantProfile/{tenantProfileId}",
     .allowed = allow::system,
     .handler = &delete_profile,
     .summary = "Deletes a tenant profile that no tenant has"},
    {.method = post,
     .pattern = "/api/tenantProfile/{tenantProfileId}/default",
     .allowed = allow::system,
     .handler = &set_default,
     .summary = "Makes a profile the one that new tenants get",
     .answer = "TenantProfile"},
    {.method = get,
     .pattern = "/api/tenantProfileInfo/{tenantProfileId}",
     .allowed = allow::system,
     .handler = &get_info,
     .summary = "Id and name of a tenant profile",
     .answer = "EntityInfo"},
    {.method = get,
     .pattern = "/api/tenantProfileInfo/default",
     .allowed = allow::system,
     .handler = &get_default_info,
     .summary = "Id and name of the default tenant profile",
     .answer = "EntityInfo"},
    {.method = get,
     .pattern = "/api/tenantProfileInfos",
     .allowed = allow::system,
     .handler = &list_infos,
     .summary = "A page of ids and names of tenant profiles",
     .parameters = page_parameters,
     .answer = "PageData<EntityInfo>"},
    {.method = get,
     .pattern = "/api/tenantProfiles",
     .allowed = allow::system,
     .handler = &list_profiles,
     .summary = "A page of tenant profiles",
     .parameters = page_parameters,
     .answer = "PageData<TenantProfile>"},
    {.method = get,
     .pattern = "/api/tenantProfiles",
     .allowed = allow::system,
     .handler = &get_by_ids,
     .summary = "Tenant profiles by their ids",
     .selected_by = "ids",
     .answer = "TenantProfile[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/tenantProfiles/list",
     .allowed = allow::system,
     .handler = &get_by_ids,
     .summary = "Tenant profiles by their ids",
     .parameters = "ids!",
     .answer = "TenantProfile[]"},
};

constexpr SchemaEntry schemas[] = {
    {"EntityInfo",    &entity_info_schema          },
    {"TenantProfile", &struct_schema<TenantProfile>},
};

}  // namespace

extern const Resource descriptor{"tenant_profile", "Tenant profiles.", routes, schemas};

}  // namespace thingstead::api::tenant_profile
