#include "core/permission/role_cache.h"

#include <atomic>
#include <functional>
#include <unordered_map>
#include <utility>

#include "base/lru_cache.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::EntityGroup;
using model::EntityGroupId;
using model::EntityType;
using model::GroupPermission;
using PermissionsPtr = std::shared_ptr<const Permissions>;

/// Groups of users that the caller is in.
Result<std::vector<EntityGroupId>> groups_of(store::Reader& reader, const Caller& caller) {
    std::vector<EntityGroupId> groups;
    const auto memberships = reader.all<model::EntityGroupMember>(
        {
            {"entityId", caller.user.uuid}
    },
        user_groups_max);
    if (!memberships) return memberships.error();
    for (const auto& each : *memberships) groups.push_back(each.group_id);
    const auto all = reader.find<EntityGroup>({
        {"tenantId",   caller.tenant.uuid  },
        {"customerId", caller.customer.uuid},
        {"type",       std::string("USER") },
        {"groupAll",   true                }
    });
    if (!all) return all.error();
    if (*all) groups.push_back((*all)->id);
    return groups;
}

template <class T, class Id>
Result<std::unordered_map<Uuid, T>> by_id(store::Reader& reader, const Caller& caller,
                                          const std::vector<Id>& ids) {
    std::unordered_map<Uuid, T> out;
    if (ids.empty()) return out;
    auto rows = reader.all<T>({
        {"tenantId", caller.tenant.uuid},
        store::one_of("id", ids)
    });
    if (!rows) return rows.error();
    for (T& row : *rows) {
        const Uuid id = row.id.uuid;
        out.emplace(id, std::move(row));
    }
    return out;
}

/// Adds an operation on a group of entities.
Result<> add_group_role(Permissions& permissions, const model::Role& role,
                        const EntityGroup& group) {
    const Result<Operations> operations = group_role_operations(role);
    if (!operations) return operations.error();
    GroupGrant& grant = permissions.groups[group.id.uuid];
    grant.type = group.type;
    grant.operations |= *operations;
    grant.all = group.group_all;
    grant.owner = group.customer_id;
    return {};
}

Result<PermissionsPtr> merged(store::Reader& reader, const Caller& caller,
                              const std::vector<GroupPermission>& rights) {
    std::vector<model::RoleId> role_ids;
    std::vector<EntityGroupId> group_ids;
    bool only_public = true;
    for (const GroupPermission& each : rights) {
        role_ids.push_back(each.role_id);
        if (each.entity_group_id) group_ids.push_back(*each.entity_group_id);
        only_public = only_public && each.is_public;
    }
    const auto roles = by_id<model::Role>(reader, caller, role_ids);
    if (!roles) return roles.error();
    const auto groups = by_id<EntityGroup>(reader, caller, group_ids);
    if (!groups) return groups.error();

    Permissions out =
        only_public ? built_in_permissions(caller.authority) : before_roles(caller.authority);
    for (const GroupPermission& each : rights) {
        const auto role = roles->find(each.role_id.uuid);
        if (role == roles->end()) continue;
        if (role->second.type == model::RoleType::generic) {
            if (Result<> added = add_generic_role(out, role->second); !added) return added.error();
            continue;
        }
        const auto group =
            each.entity_group_id ? groups->find(each.entity_group_id->uuid) : groups->end();
        if (group == groups->end()) continue;
        if (Result<> added = add_group_role(out, role->second, group->second); !added)
            return added.error();
    }
    if (!only_public) out.generic.limit(role_ceiling(caller.authority));
    return std::make_shared<const Permissions>(std::move(out));
}

/// Who a token says the caller is.
struct Known {
    Authority authority;
    model::TenantId tenant;
    model::CustomerId customer;
    PermissionsPtr permissions;

    bool is(const Caller& caller) const {
        return authority == caller.authority && tenant == caller.tenant &&
               customer == caller.customer;
    }
};

/// Everybody who did not log in is one user of the public customer.
bool is_anonymous(const Caller& caller) {
    return caller.user.uuid == null_uuid || caller.user.uuid == Uuid{};
}

Error outdated() { return {ErrorCode::expired, "Token has expired"}; }

Result<Known> load_known(store::Reader& reader, const Caller& caller) {
    Known known{caller.authority, caller.tenant, caller.customer, {}};
    if (!is_anonymous(caller)) {
        const auto user = reader.find<model::User>({
            {"id", caller.user.uuid}
        });
        if (!user) return user.error();
        if (!*user) return outdated();
        known.authority = (*user)->authority;
        known.tenant = (*user)->tenant_id;
        known.customer = (*user)->customer_id;
        if (!known.is(caller)) return known;
    }
    Result<PermissionsPtr> permissions = load_permissions(reader, caller);
    if (!permissions) return permissions.error();
    known.permissions = *std::move(permissions);
    return known;
}

}  // namespace

Result<PermissionsPtr> load_permissions(store::Reader& reader, const Caller& caller) {
    const auto groups = groups_of(reader, caller);
    if (!groups) return groups.error();
    if (groups->empty()) return PermissionsPtr();
    const auto rights = reader.all<GroupPermission>(
        {
            {"tenantId", caller.tenant.uuid},
            store::one_of("userGroupId", *groups)
    },
        user_rights_max);
    if (!rights) return rights.error();
    if (rights->empty()) return PermissionsPtr();
    return merged(reader, caller, *rights);
}

struct RoleCache::Impl {
    Impl(store::EntityStore& entity_store, std::size_t users_max, MetricsRegistry& metrics)
        : store(entity_store),
          users(users_max),
          hits(metrics, "thingstead_role_cache_hits_total", "Callers whose roles were known."),
          misses(metrics, "thingstead_role_cache_misses_total",
                 "Callers whose roles were read from the store.") {}

    void on_change(const EntityChange& change) {
        switch (change.entity.type) {
            case EntityType::user:
                // Of log-outs nothing follows.
                if (change.kind == ChangeKind::session_ended) return;
                ++generation;
                users.erase(change.entity.uuid);
                return;
            case EntityType::role:
            case EntityType::entity_group:
            case EntityType::group_permission:
            case EntityType::customer:
            case EntityType::tenant:           forget(); return;
            default:                           return;
        }
    }
    void forget() {
        ++generation;
        users.clear();
    }

    store::EntityStore& store;
    LruCache<Uuid, Known> users;
    /// Of changes: what was read while one came is not kept.
    std::atomic<std::uint64_t> generation{0};
    Counter hits;
    Counter misses;
};

RoleCache::RoleCache(store::EntityStore& store, EntityEvents& events, std::size_t users_max,
                     MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(store, users_max, metrics)) {
    events.listen_first([weak = std::weak_ptr(impl_)](const EntityChange& change) {
        if (const auto impl = weak.lock()) impl->on_change(change);
    });
    events.listen_missed([weak = std::weak_ptr(impl_)] {
        if (const auto impl = weak.lock()) impl->forget();
    });
}

RoleCache::~RoleCache() = default;

void RoleCache::forget() { impl_->forget(); }

Task<Result<Caller>> RoleCache::complete(Caller caller) {
    // Of an unfinished log-in not even the authority is known: it opens nothing that roles give.
    if (caller.scope != TokenScope::full) co_return caller;
    if (caller.is(Authority::sys_admin)) co_return caller;
    const std::shared_ptr<Impl> impl = impl_;
    const Uuid key = is_anonymous(caller) ? caller.customer.uuid : caller.user.uuid;
    std::optional<Known> known = impl->users.get(key);
    if (known && known->is(caller)) {
        impl->hits.add();
        caller.permissions = known->permissions;
        co_return caller;
    }
    impl->misses.add();
    const std::uint64_t generation = impl->generation.load();
    std::optional<Known> read;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        Result<Known> loaded = load_known(reader, caller);
        if (!loaded) return loaded.error();
        read = *std::move(loaded);
        return {};
    };
    if (const Result<> done = co_await impl->store.read(work); !done) co_return done.error();
    if (!read->is(caller)) co_return outdated();
    caller.permissions = read->permissions;
    impl->users.put(key, *std::move(read));
    if (impl->generation.load() != generation) impl->users.erase(key);
    co_return caller;
}

}  // namespace thingstead::core
