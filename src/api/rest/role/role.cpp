// Roles: what users of groups may do.
#include "api/rest/entity_calls.h"
#include "api/rest/role/handlers.h"
#include "core/group/rights.h"

namespace thingstead::api::role {
namespace {

using model::Role;

std::string role_with_owner(const Role& role) {
    std::string out = "{";
    append_members(out, role);
    out += ",\"ownerId\":";
    append_text(out, model::owner_of(role.tenant_id, role.customer_id));
    return out + "}";
}

/// The owner of a new role, if the body names one. Errors: malformed; invalid_argument - neither a
/// tenant nor a customer.
Result<> take_owner(const json::value& body, Role& role) {
    const json::value* owner = body.get_object().if_contains("ownerId");
    if (!owner || owner->is_null()) return {};
    const auto id = from_json<model::EntityId>(*owner);
    if (!id) return json_member_error("ownerId", id.error());
    if (id->type == model::EntityType::customer)
        role.customer_id = {id->uuid};
    else if (id->type != model::EntityType::tenant)
        return core::invalid("Owner should be a tenant or a customer!");
    return {};
}

Task<Result<net::Reply>> save_role(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<Role> asked = from_json<Role>(*body);
    if (!asked) co_return asked.error();
    if (!body->get_object().contains("type"))
        co_return core::invalid("Role type should be specified!");
    if (Result<> taken = take_owner(*body, *asked); !taken) co_return taken.error();
    const auto saved = co_await core::save(call.services.platform, call.caller, *asked);
    co_await tell_saved(call.services, call.caller, *asked, saved);
    if (!saved) co_return saved.error();
    co_return json_reply(role_with_owner(saved->entity));
}

Task<Result<net::Reply>> get_role(Call call) {
    const auto id = call.id<model::RoleId>("roleId");
    if (!id) co_return id.error();
    const auto role = co_await core::get<Role>(call.services.platform, call.caller, *id);
    if (!role) co_return role.error();
    co_return json_reply(role_with_owner(*role));
}

Task<Result<net::Reply>> delete_role(Call call) { return delete_entity<Role>(std::move(call)); }

Task<Result<net::Reply>> list_roles(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter filter;
    if (const auto type = call.parameter("type")) {
        if (!enum_value<model::RoleType>(*type))
            co_return core::invalid("RoleType \"" + *type + "\" is not supported!");
        filter.emplace_back("type", *type);
    }
    const auto page = co_await core::page<Role>(call.services.platform, call.caller,
                                                std::move(filter), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(
        page_text(*page, [](std::string& out, const Role& each) { out += role_with_owner(each); }));
}

Task<Result<net::Reply>> get_roles(Call call) {
    const Result<std::vector<Uuid>> uuids = call.uuids("roleIds");
    if (!uuids) co_return uuids.error();
    std::vector<model::RoleId> ids;
    for (const Uuid& each : *uuids) ids.push_back({each});
    const auto roles =
        co_await core::get_many<Role>(call.services.platform, call.caller, std::move(ids));
    if (!roles) co_return roles.error();
    std::string out = "[";
    for (const Role& each : *roles)
        out += (&each == roles->data() ? "" : ",") + role_with_owner(each);
    co_return json_reply(out + "]");
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/role",
     .allowed = allow::tenant_or_customer,
     .handler = &save_role,
     .summary = "Creates or updates a role",
     .body = BodyKind::json,
     .answer = "Role",
     .takes = "Role"},
    {.method = get,
     .pattern = "/api/role/{roleId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_role,
     .summary = "One role by its id",
     .answer = "Role"},
    {.method = del,
     .pattern = "/api/role/{roleId}",
     .allowed = allow::tenant_or_customer,
     .handler = &delete_role,
     .summary = "Deletes a role and what binds it"},
    {.method = get,
     .pattern = "/api/roles",
     .allowed = allow::tenant_or_customer,
     .handler = &list_roles,
     .summary = "A page of roles",
     .parameters = "pageSize!,page!,type,textSearch,sortProperty,sortOrder",
     .answer = "PageData<Role>"},
    {.method = get,
     .pattern = "/api/roles/list",
     .allowed = allow::tenant_or_customer,
     .handler = &get_roles,
     .summary = "Roles by their ids",
     .parameters = "roleIds!",
     .answer = "Role[]"},
    {.method = get,
     .pattern = "/api/permissions/allowedPermissions",
     .allowed = allow::users,
     .handler = &allowed_permissions,
     .summary = "What the caller may do",
     .answer = "AllowedPermissionsInfo"},
    {.method = get,
     .pattern = "/api/permission/{entityType}/{entityId}/{operation}",
     .allowed = allow::users,
     .handler = &has_permission,
     .summary = "Whether the caller may do an operation with an entity",
     .answer = "boolean"},
};

json::object role_schema() {
    return struct_schema_with<Role>({
        {"ownerId", schema_ref("EntityId")}
    });
}

json::object allowed_schema() {
    return {
        {"type",        "object"                                                      },
        {"description",
         "The vocabularies of resources and operations, and what the caller is given."}
    };
}

constexpr SchemaEntry schemas[] = {
    {"Role",                   &role_schema   },
    {"AllowedPermissionsInfo", &allowed_schema},
};

}  // namespace

extern const Resource descriptor{"role", "Roles and what they give.", routes, schemas};

}  // namespace thingstead::api::role
