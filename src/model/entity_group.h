// Groups of entities, roles, and what binds them: who may do what beyond the three authorities.
// Source: the published interface of the reference platform's Professional Edition.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// Entities of one kind and owner. Each owner has a group `All` for each kind: it has no members in
/// the store, for every entity of the owner is one.
struct EntityGroup {
    EntityGroupId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;  ///< The owner; no_customer: the tenant.
    EntityType type = EntityType::device;
    std::string name;  ///< Unique of its owner and type.
    bool group_all = false;
    bool edge_group_all = false;
    json::value configuration;
    std::optional<EntityGroupId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
    /// The owner as the interface shows it, beside what is described: from customer_id, or given
    /// for a new group.
    std::optional<EntityId> owner_id;
};
constexpr auto describe(const EntityGroup*) {
    return fields(field("id", &EntityGroup::id),
                  field("createdTime", &EntityGroup::created_time, "", server_owned),
                  field("tenantId", &EntityGroup::tenant_id, "", server_owned),
                  field("customerId", &EntityGroup::customer_id, "", stored_only),
                  field("type", &EntityGroup::type),
                  field("name", &EntityGroup::name, "", searchable, short_text,
                        required_as("Entity group name should be specified!")),
                  field("groupAll", &EntityGroup::group_all, "", server_owned),
                  field("edgeGroupAll", &EntityGroup::edge_group_all, "", server_owned),
                  field("configuration", &EntityGroup::configuration),
                  field("externalId", &EntityGroup::external_id, "", undocumented),
                  field("additionalInfo", &EntityGroup::additional_info),
                  field("version", &EntityGroup::version));
}
constexpr std::string_view table_name(const EntityGroup*) { return "entity_group"; }

struct EntityGroupMember {
    EntityGroupId group_id;
    Uuid entity_id{};
    EpochMs created_time = 0;
};
constexpr auto describe(const EntityGroupMember*) {
    return fields(field("groupId", &EntityGroupMember::group_id, "", in_key),
                  field("entityId", &EntityGroupMember::entity_id, "", in_key),
                  field("createdTime", &EntityGroupMember::created_time));
}
constexpr std::string_view table_name(const EntityGroupMember*) { return "entity_group_member"; }

enum class RoleType : std::uint8_t { generic, group };
constexpr auto enum_names(RoleType) {
    using namespace std::literals;
    return std::array{
        std::pair{RoleType::generic, "GENERIC"sv},
        std::pair{RoleType::group,   "GROUP"sv  }
    };
}

struct Role {
    RoleId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;  ///< The owner; no_customer: the tenant.
    std::string name;                      ///< Unique of its owner.
    RoleType type = RoleType::generic;
    json::value permissions;           ///< GENERIC: {resource: [operation…]}; GROUP: [operation…].
    json::value excluded_permissions;  ///< As permissions of GENERIC.
    std::optional<RoleId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
    std::optional<EntityId> owner_id;  ///< As of EntityGroup.
};
constexpr auto describe(const Role*) {
    return fields(
        field("id", &Role::id), field("createdTime", &Role::created_time, "", server_owned),
        field("tenantId", &Role::tenant_id, "", server_owned),
        field("customerId", &Role::customer_id),
        field("name", &Role::name, "", searchable, short_text,
              required_as("Role name should be specified!")),
        field("type", &Role::type), field("permissions", &Role::permissions),
        field("excludedPermissions", &Role::excluded_permissions),
        field("externalId", &Role::external_id, "", undocumented),
        field("additionalInfo", &Role::additional_info), field("version", &Role::version));
}
constexpr std::string_view table_name(const Role*) { return "role"; }

/// Gives the users of a group a role; a role of type GROUP is for one group of entities.
struct GroupPermission {
    GroupPermissionId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    EntityGroupId user_group_id;
    RoleId role_id;
    std::optional<EntityGroupId> entity_group_id;
    std::optional<EntityType> entity_group_type;
    bool is_public = false;
};
constexpr auto describe(const GroupPermission*) {
    return fields(field("id", &GroupPermission::id),
                  field("createdTime", &GroupPermission::created_time, "", server_owned),
                  field("tenantId", &GroupPermission::tenant_id, "", server_owned),
                  field("userGroupId", &GroupPermission::user_group_id),
                  field("roleId", &GroupPermission::role_id),
                  field("entityGroupId", &GroupPermission::entity_group_id),
                  field("entityGroupType", &GroupPermission::entity_group_type, "", server_owned),
                  field("public", &GroupPermission::is_public, "", server_owned),
                  field("isPublic", &GroupPermission::is_public, "", server_owned, wire_only));
}
constexpr std::string_view table_name(const GroupPermission*) { return "group_permission"; }

/// `descendant` is `ancestor` or a customer below it, however deep.
struct CustomerBranch {
    CustomerId ancestor_id;
    CustomerId descendant_id;
};
constexpr auto describe(const CustomerBranch*) {
    return fields(field("ancestorId", &CustomerBranch::ancestor_id, "", in_key),
                  field("descendantId", &CustomerBranch::descendant_id, "", in_key));
}
constexpr std::string_view table_name(const CustomerBranch*) { return "customer_branch"; }

/// The owner of what has this customer.
inline EntityId owner_of(TenantId tenant, CustomerId customer) {
    return customer == no_customer ? EntityId(tenant) : EntityId(customer);
}

/// Who is to see a group: everybody of an owner, or one group of users; with roles that there are,
/// or with one to read or write.
struct ShareGroupRequest {
    std::optional<EntityId> owner_id;
    bool all_user_group = false;
    std::optional<EntityGroupId> user_group_id;
    bool read_else_write = false;
    std::vector<RoleId> role_ids;
};
constexpr auto describe(const ShareGroupRequest*) {
    return fields(field("ownerId", &ShareGroupRequest::owner_id),
                  field("allUserGroup", &ShareGroupRequest::all_user_group),
                  field("userGroupId", &ShareGroupRequest::user_group_id),
                  field("readElseWrite", &ShareGroupRequest::read_else_write),
                  field("roleIds", &ShareGroupRequest::role_ids));
}

/// An entity in a list that only names it.
struct EntityInfo {
    EntityId id;
    std::string name;
};
constexpr auto describe(const EntityInfo*) {
    return fields(field("id", &EntityInfo::id), field("name", &EntityInfo::name));
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::EntityGroup)
TS_JSON_ELSEWHERE(model::EntityGroupMember)
TS_JSON_ELSEWHERE(model::Role)
TS_JSON_ELSEWHERE(model::GroupPermission)
TS_JSON_ELSEWHERE(model::CustomerBranch)
TS_JSON_ELSEWHERE(model::ShareGroupRequest)
TS_JSON_ELSEWHERE(model::EntityInfo)
}  // namespace thingstead
