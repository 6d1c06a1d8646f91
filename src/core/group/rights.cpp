#include "core/group/rights.h"

#include <functional>
#include <span>

#include "core/entity/named_row.h"
#include "core/permission/permissions.h"
#include "core/public_customer.h"

namespace thingstead::core {
namespace {

using model::EntityGroup;
using model::EntityGroupId;
using model::EntityType;
using model::GroupPermission;
using model::GroupPermissionId;
using model::Role;
using model::RoleType;

/// A binding is its user group's.
Result<> check_right(store::Reader& reader, const Caller& caller, Operation operation,
                     const EntityGroup& user_group) {
    const Subject subject{
        Resource::group_permission,
        {EntityType::group_permission, {}},
        user_group.tenant_id,
        user_group.customer_id,
        {}
    };
    return check(reader, caller, operation, subject);
}

Result<EntityGroup> find_user_group(store::Reader& reader, const Caller& caller, EntityGroupId id) {
    auto group = reader.find<EntityGroup>({
        {"id",       id.uuid           },
        {"tenantId", caller.tenant.uuid}
    });
    if (!group) return group.error();
    if (!*group) return not_found("Entity group", id.uuid);
    if ((*group)->type != EntityType::user) return invalid("User group should be of type USER!");
    (*group)->owner_id = model::owner_of((*group)->tenant_id, (*group)->customer_id);
    return **std::move(group);
}

/// Errors: invalid_argument - role and groups do not go together.
Result<> fill_right(store::Reader& reader, const Caller& caller, GroupPermission& right) {
    const auto role = load<Role>(reader, caller, Operation::read, right.role_id);
    if (!role) return role.error();
    right.entity_group_type.reset();
    if (role->type == RoleType::generic)
        return right.entity_group_id
                   ? Result<>(invalid("Entity group can't be specified for a generic role!"))
                   : Result<>();
    if (!right.entity_group_id)
        return invalid("Entity group should be specified for a group role!");
    const auto group = load_group(reader, caller, Operation::share_group, *right.entity_group_id);
    if (!group) return group.error();
    right.entity_group_type = group->type;
    return {};
}

Result<Saved<GroupPermission>> save_right_in(store::Transaction& transaction, const Caller& caller,
                                             GroupPermission right, EpochMs now_ms) {
    Saved<GroupPermission> saved;
    saved.created = right.id.uuid == Uuid{};
    const auto user_group = find_user_group(transaction, caller, right.user_group_id);
    if (!user_group) return user_group.error();
    const Operation operation = saved.created ? Operation::create : Operation::write;
    if (Result<> may = check_right(transaction, caller, operation, *user_group); !may)
        return may.error();
    if (Result<> filled = fill_right(transaction, caller, right); !filled) return filled.error();
    right.tenant_id = caller.tenant;
    right.is_public = false;
    if (saved.created) {
        right.id = GroupPermissionId::make();
        right.created_time = now_ms;
        if (Result<> made = transaction.insert(right); !made) return made.error();
    } else {
        auto before = transaction.find<GroupPermission>({
            {"id",       right.id.uuid     },
            {"tenantId", caller.tenant.uuid}
        });
        if (!before) return before.error();
        if (!*before) return not_found("Group permission", right.id.uuid);
        const auto old_group = find_user_group(transaction, caller, (*before)->user_group_id);
        if (!old_group) return old_group.error();
        if (Result<> may = check_right(transaction, caller, operation, *old_group); !may)
            return may.error();
        right.created_time = (*before)->created_time;
        right.is_public = (*before)->is_public;
        saved.before = **std::move(before);
        if (Result<> made = transaction.update(right); !made) return made.error();
    }
    saved.entity = std::move(right);
    return saved;
}

Result<std::string> owner_name(store::Reader& reader, const EntityGroup& group) {
    const auto owner = summary_of(reader, model::owner_of(group.tenant_id, group.customer_id));
    if (!owner) return owner.error();
    return *owner ? (*owner)->name : std::string();
}

/// What it binds; nothing: a part is gone.
Result<std::optional<RightInfo>> info_of_right(store::Reader& reader, GroupPermission right) {
    RightInfo info;
    const auto role = reader.find<Role>({
        {"id", right.role_id.uuid}
    });
    if (!role) return role.error();
    const auto user_group = reader.find<EntityGroup>({
        {"id", right.user_group_id.uuid}
    });
    if (!user_group) return user_group.error();
    if (!*role || !*user_group) return std::optional<RightInfo>();
    info.role = **role;
    info.role.owner_id = model::owner_of(info.role.tenant_id, info.role.customer_id);
    info.user_group = **user_group;
    auto name = owner_name(reader, info.user_group);
    if (!name) return name.error();
    info.user_group_owner_name = *std::move(name);
    if (right.entity_group_id) {
        auto group = reader.find<EntityGroup>({
            {"id", right.entity_group_id->uuid}
        });
        if (!group) return group.error();
        info.entity_group = *std::move(group);
        if (info.entity_group) {
            name = owner_name(reader, *info.entity_group);
            if (!name) return name.error();
            info.entity_group_owner_name = *std::move(name);
        }
    }
    info.right = std::move(right);
    return std::optional(std::move(info));
}

Result<std::vector<RightInfo>> infos_of_rights(store::Reader& reader,
                                               std::vector<GroupPermission> rights) {
    std::vector<RightInfo> out;
    for (GroupPermission& each : rights) {
        auto info = info_of_right(reader, std::move(each));
        if (!info) return info.error();
        if (*info) out.push_back(**std::move(info));
    }
    return out;
}

Result<GroupPermission> load_right(store::Reader& reader, const Caller& caller, Operation operation,
                                   GroupPermissionId id) {
    auto right = reader.find<GroupPermission>({
        {"id", id.uuid}
    });
    if (!right) return right.error();
    if (!*right) return not_found("Group permission", id.uuid);
    if ((*right)->tenant_id != caller.tenant) return permission_denied();
    const auto user_group = find_user_group(reader, caller, (*right)->user_group_id);
    if (!user_group) return user_group.error();
    if (Result<> may = check_right(reader, caller, operation, *user_group); !may)
        return may.error();
    return **std::move(right);
}

constexpr std::string_view reader_operations[] = {"READ", "READ_ATTRIBUTES", "READ_TELEMETRY"};
constexpr std::string_view writer_operations[] = {"ALL"};

/// A role that the server makes for sharing, one of the name for an owner.
Result<Role> sharing_role(store::Transaction& transaction, const EntityGroup& group,
                          std::string_view name, std::span<const std::string_view> operations,
                          EpochMs now_ms) {
    auto found = transaction.find<Role>({
        {"tenantId",   group.tenant_id.uuid  },
        {"customerId", group.customer_id.uuid},
        {"name",       std::string(name)     }
    });
    if (!found) return found.error();
    if (*found && (*found)->type == RoleType::group) return **std::move(found);
    if (*found) return invalid("Role with such name already exists!");
    Role role;
    role.id = model::RoleId::make();
    role.created_time = now_ms;
    role.tenant_id = group.tenant_id;
    role.customer_id = group.customer_id;
    role.name = name;
    role.type = RoleType::group;
    json::array list;
    for (const std::string_view each : operations) list.emplace_back(each);
    role.permissions = std::move(list);
    role.version = 1;
    if (Result<> made = transaction.insert(role); !made) return made.error();
    return role;
}

Result<> bind(store::Transaction& transaction, const EntityGroup& user_group, const Role& role,
              const EntityGroup& group, bool is_public, EpochMs now_ms) {
    const auto there = transaction.find<GroupPermission>({
        {"userGroupId",   user_group.id.uuid},
        {"roleId",        role.id.uuid      },
        {"entityGroupId", group.id.uuid     }
    });
    if (!there) return there.error();
    if (*there) return {};
    GroupPermission right;
    right.id = GroupPermissionId::make();
    right.created_time = now_ms;
    right.tenant_id = group.tenant_id;
    right.user_group_id = user_group.id;
    right.role_id = role.id;
    right.entity_group_id = group.id;
    right.entity_group_type = group.type;
    right.is_public = is_public;
    return transaction.insert(right);
}

Result<EntityGroup> shared_with(store::Transaction& transaction, const Caller& caller,
                                const model::ShareGroupRequest& request, EpochMs now_ms) {
    if (request.all_user_group) {
        if (!request.owner_id) return invalid("Owner should be specified!");
        const auto owner = load_owner(transaction, caller, *request.owner_id);
        if (!owner) return owner.error();
        return ensure_group_all(transaction, caller.tenant, *owner, EntityType::user, now_ms);
    }
    if (!request.user_group_id) return invalid("User group should be specified!");
    auto group = find_user_group(transaction, caller, *request.user_group_id);
    if (!group) return group.error();
    const Result<bool> under = is_under(transaction, caller, group->customer_id);
    if (!under) return under.error();
    if (!*under) return permission_denied();
    return group;
}

Result<std::vector<Role>> sharing_roles(store::Transaction& transaction, const Caller& caller,
                                        const EntityGroup& group,
                                        const model::ShareGroupRequest& request, EpochMs now_ms) {
    std::vector<Role> roles;
    for (const model::RoleId id : request.role_ids) {
        auto role = load<Role>(transaction, caller, Operation::read, id);
        if (!role) return role.error();
        if (role->type != RoleType::group) return invalid("Role should be of type GROUP!");
        roles.push_back(*std::move(role));
    }
    if (!roles.empty()) return roles;
    auto role = request.read_else_write
                    ? sharing_role(transaction, group, "Entity Group Read-only User",
                                   reader_operations, now_ms)
                    : sharing_role(transaction, group, "Entity Group Administrator",
                                   writer_operations, now_ms);
    if (!role) return role.error();
    roles.push_back(*std::move(role));
    return roles;
}

/// isPublic and publicCustomerId, which pages read.
json::value public_info(json::value info, const std::optional<model::CustomerId>& customer) {
    if (!info.is_object()) info = json::object();
    json::object& members = info.get_object();
    members["isPublic"] = customer.has_value();
    members.erase("publicCustomerId");
    if (customer) members["publicCustomerId"] = customer->to_string();
    return info;
}

Result<> bind_public(store::Transaction& transaction, EntityGroup& group, EpochMs now_ms) {
    const auto customer = public_customer(transaction, group.tenant_id, now_ms);
    if (!customer) return customer.error();
    const auto everybody =
        ensure_group_all(transaction, group.tenant_id, customer->id, EntityType::user, now_ms);
    if (!everybody) return everybody.error();
    const auto role =
        sharing_role(transaction, group, "Entity Group Public User", reader_operations, now_ms);
    if (!role) return role.error();
    group.additional_info = public_info(std::move(group.additional_info), customer->id);
    return bind(transaction, *everybody, *role, group, true, now_ms);
}

Result<> unbind_public(store::Transaction& transaction, EntityGroup& group) {
    group.additional_info = public_info(std::move(group.additional_info), std::nullopt);
    const auto gone = transaction.remove<GroupPermission>({
        {"entityGroupId", group.id.uuid},
        {"public",        true         }
    });
    return gone ? Result<>() : Result<>(gone.error());
}

void tell_rights(const Platform& platform, const Caller& caller, ChangeKind kind,
                 model::EntityId what) {
    platform.events.publish({kind, caller.tenant, what});
}

}  // namespace

Result<> EntityRules<Role>::prepare(Save<Role>& save) {
    Role& role = save.entity;
    if (save.before) {
        role.customer_id = save.before->customer_id;
        if (role.type != save.before->type) return invalid("Role type can't be changed!");
    }
    role.owner_id = model::owner_of(role.tenant_id, role.customer_id);
    if (role.type == RoleType::group) {
        const Result<Operations> operations = group_role_operations(role);
        return operations ? Result<>() : Result<>(operations.error());
    }
    if (role.permissions.is_null()) return invalid("Role permissions should be specified!");
    Permissions scratch;
    return add_generic_role(scratch, role);
}

Result<> EntityRules<Role>::removing(Removal<Role>& removal) {
    const auto gone = removal.transaction.remove<GroupPermission>({
        {"roleId", removal.entity.id.uuid}
    });
    return gone ? Result<>() : Result<>(gone.error());
}

Task<Result<Saved<GroupPermission>>> save_right(const Platform& platform, Caller caller,
                                                GroupPermission right) {
    if (right.user_group_id.uuid == Uuid{}) co_return invalid("User group should be specified!");
    if (right.role_id.uuid == Uuid{}) co_return invalid("Role should be specified!");
    const std::function<Result<Saved<GroupPermission>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_right_in(transaction, caller, right, platform.clock.now_ms());
        };
    auto saved = co_await write<Saved<GroupPermission>>(platform, work);
    if (saved) tell_rights(platform, caller, ChangeKind::updated, saved->entity.id);
    co_return saved;
}

Task<Result<GroupPermission>> remove_right(const Platform& platform, Caller caller,
                                           GroupPermissionId id) {
    const std::function<Result<GroupPermission>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<GroupPermission> {
        auto right = load_right(transaction, caller, Operation::remove, id);
        if (!right) return right.error();
        const auto gone = transaction.remove<GroupPermission>({
            {"id", id.uuid}
        });
        if (!gone) return gone.error();
        return right;
    };
    auto removed = co_await write<GroupPermission>(platform, work);
    if (removed) tell_rights(platform, caller, ChangeKind::deleted, id);
    co_return removed;
}

Task<Result<RightInfo>> get_right(const Platform& platform, Caller caller, GroupPermissionId id) {
    const std::function<Result<RightInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<RightInfo> {
        auto right = load_right(reader, caller, Operation::read, id);
        if (!right) return right.error();
        auto info = info_of_right(reader, *std::move(right));
        if (!info) return info.error();
        if (!*info) return item_not_found();
        return **std::move(info);
    };
    co_return co_await read<RightInfo>(platform, work);
}

Task<Result<std::vector<RightInfo>>> rights_of_group(const Platform& platform, Caller caller,
                                                     EntityGroupId id, bool of_users) {
    using Infos = std::vector<RightInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        const auto group = load_group(reader, caller, Operation::read, id);
        if (!group) return group.error();
        if (Result<> may = check_right(reader, caller, Operation::read, *group); !may)
            return may.error();
        auto rights = reader.all<GroupPermission>({
            {of_users ? "userGroupId" : "entityGroupId", id.uuid}
        });
        if (!rights) return rights.error();
        return infos_of_rights(reader, *std::move(rights));
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<std::vector<RightInfo>>> describe_rights(const Platform& platform, Caller caller,
                                                     std::vector<GroupPermission> rights) {
    using Infos = std::vector<RightInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        for (const GroupPermission& each : rights) {
            if (const auto role = load<Role>(reader, caller, Operation::read, each.role_id); !role)
                return role.error();
            if (each.user_group_id.uuid != Uuid{})
                if (const auto group =
                        load_group(reader, caller, Operation::read, each.user_group_id);
                    !group)
                    return group.error();
            if (each.entity_group_id)
                if (const auto group =
                        load_group(reader, caller, Operation::read, *each.entity_group_id);
                    !group)
                    return group.error();
        }
        return infos_of_rights(reader, rights);
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<EntityGroup>> share_group(const Platform& platform, Caller caller, EntityGroupId id,
                                      model::ShareGroupRequest request) {
    const std::function<Result<EntityGroup>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<EntityGroup> {
        const EpochMs now_ms = platform.clock.now_ms();
        auto group = load_group(transaction, caller, Operation::share_group, id);
        if (!group) return group.error();
        const auto users = shared_with(transaction, caller, request, now_ms);
        if (!users) return users.error();
        const auto roles = sharing_roles(transaction, caller, *group, request, now_ms);
        if (!roles) return roles.error();
        for (const Role& each : *roles)
            if (Result<> bound = bind(transaction, *users, each, *group, false, now_ms); !bound)
                return bound.error();
        return group;
    };
    auto shared = co_await write<EntityGroup>(platform, work);
    if (shared) tell_rights(platform, caller, ChangeKind::updated, id);
    co_return shared;
}

Task<Result<EntityGroup>> make_public(const Platform& platform, Caller caller, EntityGroupId id,
                                      bool is_public) {
    const std::function<Result<EntityGroup>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<EntityGroup> {
        auto group = load_group(transaction, caller, Operation::write, id);
        if (!group) return group.error();
        if (group->type == EntityType::user || group->type == EntityType::customer)
            return invalid("Entity groups of users and customers can't be public!");
        const Result<> done = is_public ? bind_public(transaction, *group, platform.clock.now_ms())
                                        : unbind_public(transaction, *group);
        if (!done) return done.error();
        group->version = group->version.value_or(0) + 1;
        if (Result<> written = transaction.update(*group); !written) return written.error();
        return group;
    };
    auto changed = co_await write<EntityGroup>(platform, work);
    if (changed) tell_rights(platform, caller, ChangeKind::updated, id);
    co_return changed;
}

}  // namespace thingstead::core
