// Groups of entities: what may be shared as a whole, and who owns what.
#include "api/rest/entity_calls.h"
#include "api/rest/entity_group/handlers.h"

namespace thingstead::api::entity_group {

std::string group_text(const model::EntityGroup& group,
                       const std::vector<model::EntityId>& owners) {
    std::string out = "{";
    append_members(out, group);
    out += ",\"ownerId\":";
    append_text(out, group.owner_id);
    out += ",\"ownerIds\":";
    append_text(out, owners);
    return out + "}";
}

Task<Result<net::Reply>> reply_group(Call call, model::EntityGroup group) {
    std::vector<model::EntityGroup> groups{group};
    const auto owners = co_await core::owners_of_groups(call.services.platform, std::move(groups));
    if (!owners) co_return owners.error();
    co_return json_reply(group_text(group, owners->front()));
}

Result<model::EntityId> owner_in_path(const Call& call) {
    const std::string& type_name = call.variable("ownerType");
    const auto type = model::entity_type_of(type_name);
    if (type != model::EntityType::tenant && type != model::EntityType::customer)
        return core::invalid("OwnerType \"" + type_name + "\" is not supported!");
    const Result<Uuid> id = call.uuid("ownerId");
    if (!id) return id.error();
    return model::EntityId(*type, *id);
}

Result<model::EntityType> group_type_in_path(const Call& call) {
    const std::string& name = call.variable("groupType");
    if (const auto type = model::entity_type_of(name)) return *type;
    return core::invalid("EntityType \"" + name + "\" is not supported!");
}

Task<Result<net::Reply>> save_group(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<model::EntityGroup> group = from_json<model::EntityGroup>(*body);
    if (!group) co_return group.error();
    if (!body->get_object().contains("type"))
        co_return core::invalid("Entity group type should be specified!");
    if (const json::value* owner = body->get_object().if_contains("ownerId");
        owner && !owner->is_null()) {
        const auto id = from_json<model::EntityId>(*owner);
        if (!id) co_return json_member_error("ownerId", id.error());
        group->owner_id = *id;
    }
    const auto saved = co_await core::save_group(call.services.platform, call.caller, *group);
    co_await tell_saved(call.services, call.caller, *group, saved);
    if (!saved) co_return saved.error();
    co_return co_await reply_group(std::move(call), saved->entity);
}

Task<Result<net::Reply>> delete_group(Call call) {
    const auto id = call.id<model::EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    const auto removed = co_await core::remove_group(call.services.platform, call.caller, *id);
    core::AuditNote note = note_of(model::ActionType::deleted, *id);
    if (removed) note.entity_name = removed->name;
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event = entity_event(model::msg_type::entity_deleted, *removed);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

namespace {

using enum net::Method;

constexpr std::string_view group_pages = "pageSize!,page!,textSearch,sortProperty,sortOrder";
constexpr std::string_view own_group_pages =
    "includeShared,pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/entityGroup",
     .allowed = allow::tenant_or_customer,
     .handler = &save_group,
     .summary = "Creates or updates a group",
     .body = BodyKind::json,
     .answer = "EntityGroupInfo",
     .takes = "EntityGroup"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_group,
     .summary = "One group by its id",
     .answer = "EntityGroupInfo"},
    {.method = del,
     .pattern = "/api/entityGroup/{entityGroupId}",
     .allowed = allow::tenant_or_customer,
     .handler = &delete_group,
     .summary = "Deletes a group; its entities stay"},
    {.method = get,
     .pattern = "/api/entityGroupInfo/{entityGroupId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_group_info,
     .summary = "Id and name of a group",
     .answer = "EntityInfo"},
    {.method = get,
     .pattern = "/api/entityGroupInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &get_group_infos,
     .summary = "Ids and names of groups by their ids",
     .parameters = "entityGroupIds!",
     .answer = "EntityInfo[]"},
    {.method = get,
     .pattern = "/api/entityGroups/list",
     .allowed = allow::tenant_or_customer,
     .handler = &get_groups,
     .summary = "Groups by their ids",
     .parameters = "entityGroupIds!",
     .answer = "EntityGroupInfo[]"},
    {.method = get,
     .pattern = "/api/entityGroup/all/{ownerType}/{ownerId}/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_group_all,
     .summary = "The group of everything of a kind that an owner has",
     .answer = "EntityGroupInfo"},
    {.method = get,
     .pattern = "/api/entityGroup/{ownerType}/{ownerId}/{groupType}/{groupName}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_group_by_name,
     .summary = "One group by owner, kind and name",
     .answer = "EntityGroupInfo"},
    {.method = get,
     .pattern = "/api/entityGroups/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_groups,
     .summary = "A page of the groups of the caller's owner",
     .parameters = own_group_pages,
     .answer = "PageData<EntityGroupInfo>"},
    {.method = get,
     .pattern = "/api/entityGroups/{groupType}/all",
     .allowed = allow::tenant_or_customer,
     .handler = &list_all_groups,
     .summary = "The groups of the caller's owner",
     .parameters = "includeShared",
     .answer = "EntityGroupInfo[]"},
    {.method = get,
     .pattern = "/api/entityGroups/{groupType}/shared",
     .allowed = allow::tenant_or_customer,
     .handler = &list_shared,
     .summary = "A page of groups of others that roles give",
     .parameters = group_pages,
     .answer = "PageData<EntityGroupInfo>"},
    {.method = get,
     .pattern = "/api/entityGroups/{groupType}/shared/all",
     .allowed = allow::tenant_or_customer,
     .handler = &list_all_shared,
     .summary = "Groups of others that roles give",
     .answer = "EntityGroupInfo[]"},
    {.method = get,
     .pattern = "/api/entityGroups/{ownerType}/{ownerId}/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_of_owner,
     .summary = "A page of the groups of an owner",
     .parameters = group_pages,
     .answer = "PageData<EntityGroupInfo>"},
    {.method = get,
     .pattern = "/api/entityGroups/{ownerType}/{ownerId}/{groupType}/all",
     .allowed = allow::tenant_or_customer,
     .handler = &list_all_of_owner,
     .summary = "The groups of an owner",
     .answer = "EntityGroupInfo[]"},
    {.method = get,
     .pattern = "/api/entityGroupsHierarchy/{ownerType}/{ownerId}/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_hierarchy,
     .summary = "A page of the groups of an owner and of those below it",
     .parameters = group_pages,
     .answer = "PageData<EntityGroupInfo>"},
    {.method = get,
     .pattern = "/api/entityGroupInfos/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_infos,
     .summary = "A page of names of the groups of the caller's owner",
     .parameters = own_group_pages,
     .answer = "PageData<EntityInfo>"},
    {.method = get,
     .pattern = "/api/entityGroupInfos/{groupType}/shared",
     .allowed = allow::tenant_or_customer,
     .handler = &list_shared_infos,
     .summary = "A page of names of groups of others that roles give",
     .parameters = group_pages,
     .answer = "PageData<EntityInfo>"},
    {.method = get,
     .pattern = "/api/entityGroupInfos/{ownerType}/{ownerId}/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_infos_of_owner,
     .summary = "A page of names of the groups of an owner",
     .parameters = group_pages,
     .answer = "PageData<EntityInfo>"},
    {.method = get,
     .pattern = "/api/entityGroupInfosHierarchy/{ownerType}/{ownerId}/{groupType}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_hierarchy_infos,
     .summary = "A page of names of the groups of an owner and of those below it",
     .parameters = group_pages,
     .answer = "PageData<EntityInfo>"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/addEntities",
     .allowed = allow::tenant_or_customer,
     .handler = &add_entities,
     .summary = "Adds entities to a group",
     .body = BodyKind::json,
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/deleteEntities",
     .allowed = allow::tenant_or_customer,
     .handler = &remove_entities,
     .summary = "Removes entities from a group",
     .body = BodyKind::json,
     .takes = "[string]"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/entities",
     .allowed = allow::tenant_or_customer,
     .handler = &list_entities,
     .summary = "A page of names of what is in a group",
     .parameters = group_pages,
     .answer = "PageData<ShortEntityView>"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/{entityId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity_of_group,
     .summary = "One entity of a group",
     .answer = "ShortEntityView"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &list_group_devices,
     .summary = "A page of the devices of a group",
     .parameters = group_pages,
     .answer = "PageData<Device>"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/customers",
     .allowed = allow::tenant_or_customer,
     .handler = &list_group_customers,
     .summary = "A page of the customers of a group",
     .parameters = group_pages,
     .answer = "PageData<Customer>"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/users",
     .allowed = allow::tenant_or_customer,
     .handler = &list_group_users,
     .summary = "A page of the users of a group",
     .parameters = group_pages,
     .answer = "PageData<User>"},
    {.method = get,
     .pattern = "/api/entityGroups/{entityType}/{entityId}",
     .allowed = allow::tenant_or_customer,
     .handler = &groups_of_entity,
     .summary = "Ids of the groups of an entity",
     .answer = "EntityGroupId[]"},
    {.method = get,
     .pattern = "/api/ownerInfo/{ownerType}/{ownerId}",
     .allowed = allow::tenant_or_customer,
     .handler = &owner_info,
     .summary = "Id and name of an owner",
     .answer = "EntityInfo"},
    {.method = get,
     .pattern = "/api/ownerInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &list_owner_infos,
     .summary = "A page of names of owners that the caller may use",
     .parameters = group_pages,
     .answer = "PageData<EntityInfo>"},
    {.method = get,
     .pattern = "/api/owners",
     .allowed = allow::tenant_or_customer,
     .handler = &list_owners,
     .summary = "A page of owners that the caller may use",
     .parameters = group_pages,
     .answer = "PageData<ContactBasedObject>"},
    {.method = post,
     .pattern = "/api/owner/TENANT/{ownerId}/{entityType}/{entityId}",
     .allowed = allow::tenant,
     .handler = &change_owner,
     .summary = "Gives an entity to the tenant",
     .body = BodyKind::any,
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/owner/CUSTOMER/{ownerId}/{entityType}/{entityId}",
     .allowed = allow::tenant_or_customer,
     .handler = &change_owner,
     .summary = "Gives an entity to a customer",
     .body = BodyKind::any,
     .takes = "[string]"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/share",
     .allowed = allow::tenant_or_customer,
     .handler = &share,
     .summary = "Lets users see a group",
     .body = BodyKind::json,
     .takes = "ShareGroupRequest"},
    {.method = post,
     .pattern = "/api/v2/entityGroup/{entityGroupId}/share",
     .allowed = allow::tenant_or_customer,
     .handler = &share,
     .summary = "Lets users see a group",
     .body = BodyKind::json,
     .takes = "ShareGroupRequest"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/{userGroupId}/{roleId}/share",
     .allowed = allow::tenant_or_customer,
     .handler = &share_with_group,
     .summary = "Lets a group of users see a group"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/makePublic",
     .allowed = allow::tenant_or_customer,
     .handler = &make_public,
     .summary = "Lets everybody see a group without a log-in"},
    {.method = post,
     .pattern = "/api/entityGroup/{entityGroupId}/makePrivate",
     .allowed = allow::tenant_or_customer,
     .handler = &make_private,
     .summary = "Ends what makePublic began"},
    {.method = get,
     .pattern = "/api/entityGroup/{entityGroupId}/groupPermissions",
     .allowed = allow::tenant_or_customer,
     .handler = &rights_on_entities,
     .summary = "Who may do what with a group",
     .answer = "GroupPermissionInfo[]"},
    {.method = get,
     .pattern = "/api/userGroup/{userGroupId}/groupPermissions",
     .allowed = allow::tenant_or_customer,
     .handler = &rights_of_users,
     .summary = "What a group of users may do",
     .answer = "GroupPermissionInfo[]"},
    {.method = post,
     .pattern = "/api/userGroup/groupPermissions/info",
     .allowed = allow::tenant_or_customer,
     .handler = &describe_rights,
     .summary = "Names for bindings that are not saved yet",
     .body = BodyKind::json,
     .answer = "GroupPermissionInfo[]"},
    {.method = post,
     .pattern = "/api/groupPermission",
     .allowed = allow::tenant_or_customer,
     .handler = &save_right,
     .summary = "Binds a role to a group of users",
     .body = BodyKind::json,
     .answer = "GroupPermission",
     .takes = "GroupPermission"},
    {.method = get,
     .pattern = "/api/groupPermission/{groupPermissionId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_right,
     .summary = "One binding by its id",
     .answer = "GroupPermission"},
    {.method = get,
     .pattern = "/api/groupPermission/info/{groupPermissionId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_right_info,
     .summary = "One binding with names",
     .parameters = "isUserGroup",
     .answer = "GroupPermissionInfo"},
    {.method = del,
     .pattern = "/api/groupPermission/{groupPermissionId}",
     .allowed = allow::tenant_or_customer,
     .handler = &delete_right,
     .summary = "Removes a binding"},
};

json::object group_info_schema() {
    return struct_schema_with<model::EntityGroup>({
        {"ownerId",  schema_ref("EntityId")                                            },
        {"ownerIds", json::object{{"type", "array"}, {"items", schema_ref("EntityId")}}},
    });
}

json::object group_right_info_schema() {
    return struct_schema_with<model::GroupPermission>({
        {"name",                 string_schema()       },
        {"role",                 schema_ref("Role")    },
        {"entityGroupName",      string_schema()       },
        {"entityGroupOwnerId",   schema_ref("EntityId")},
        {"entityGroupOwnerName", string_schema()       },
        {"userGroupName",        string_schema()       },
        {"userGroupOwnerId",     schema_ref("EntityId")},
        {"userGroupOwnerName",   string_schema()       },
        {"readOnly",             boolean_schema()      },
    });
}

json::object contact_schema() {
    return {
        {"type",        "object"                 },
        {"description", "A tenant or a customer."}
    };
}

constexpr SchemaEntry schemas[] = {
    {"EntityGroup",         &struct_schema<model::EntityGroup>      },
    {"EntityGroupInfo",     &group_info_schema                      },
    {"GroupPermission",     &struct_schema<model::GroupPermission>  },
    {"GroupPermissionInfo", &group_right_info_schema                },
    {"ShareGroupRequest",   &struct_schema<model::ShareGroupRequest>},
    {"EntityInfo",          &struct_schema<model::EntityInfo>       },
    {"ShortEntityView",     &struct_schema<model::EntityInfo>       },
    {"ContactBasedObject",  &contact_schema                         },
};

}  // namespace

extern const Resource descriptor{"entity_group", "Groups of entities, owners and what is shared.",
                                 routes, schemas};

}  // namespace thingstead::api::entity_group
