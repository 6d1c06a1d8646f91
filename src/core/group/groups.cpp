#include "core/group/groups.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "core/entity/named_row.h"
#include "core/entity/remove.h"
#include "core/permission/permissions.h"

namespace thingstead::core {
namespace {

using model::CustomerId;
using model::EntityGroup;
using model::EntityGroupId;
using model::EntityId;
using model::EntityType;
using model::TenantId;

store::Cell type_cell(EntityType type) { return std::string(wire_name(type)); }

EntityGroup with_owner(EntityGroup group) {
    group.owner_id = model::owner_of(group.tenant_id, group.customer_id);
    return group;
}

Result<Resource> resource_of_groups(EntityType type) {
    const auto known = std::find(std::begin(grouped_kinds), std::end(grouped_kinds), type);
    const auto resource = group_resource_of(type);
    if (known == std::end(grouped_kinds) || !resource)
        return invalid("Entity groups of type " + std::string(wire_name(type)) +
                       " are not supported!");
    return *resource;
}

Result<Subject> subject_of_group(const EntityGroup& group) {
    const Result<Resource> resource = resource_of_groups(group.type);
    if (!resource) return resource.error();
    return Subject{*resource, group.id, group.tenant_id, group.customer_id, {}};
}

Result<> check_group(store::Reader& reader, const Caller& caller, Operation operation,
                     const EntityGroup& group) {
    const Result<Subject> subject = subject_of_group(group);
    if (!subject) return subject.error();
    return check(reader, caller, operation, *subject);
}

EntityGroup new_group_all(TenantId tenant, CustomerId owner, EntityType type, EpochMs now_ms) {
    EntityGroup group;
    group.id = EntityGroupId::make();
    group.created_time = now_ms;
    group.tenant_id = tenant;
    group.customer_id = owner;
    group.type = type;
    group.name = group_all_name;
    group.group_all = true;
    group.version = 1;
    return group;
}

Result<EntityGroup> prepare_new_group(store::Transaction& transaction, const Caller& caller,
                                      EntityGroup group, EpochMs now_ms) {
    const EntityId owner = group.owner_id.value_or(model::owner_of(caller.tenant, caller.customer));
    const Result<CustomerId> customer = load_owner(transaction, caller, owner);
    if (!customer) return customer.error();
    group.id = {};
    group.tenant_id = caller.tenant;
    group.customer_id = *customer;
    group.group_all = group.edge_group_all = false;
    if (Result<> may = check_group(transaction, caller, Operation::create, group); !may)
        return may.error();
    group.id = EntityGroupId::make();
    group.created_time = now_ms;
    group.version = 1;
    return group;
}

Result<EntityGroup> prepare_group_update(const EntityGroup& before, EntityGroup group) {
    if (group.version && group.version != before.version) return changed_by_another("Entity group");
    if (group.type != before.type) return invalid("Entity group type can't be changed!");
    if (before.group_all && group.name != before.name)
        return invalid("Entity group 'All' can't be renamed!");
    group.created_time = before.created_time;
    group.tenant_id = before.tenant_id;
    group.customer_id = before.customer_id;
    group.group_all = before.group_all;
    group.edge_group_all = before.edge_group_all;
    group.version = before.version.value_or(0) + 1;
    return group;
}

/// Groups of the kind that a role gives the caller to read.
std::vector<EntityGroupId> granted_groups(const Caller& caller, EntityType type) {
    std::vector<EntityGroupId> out;
    for (const auto& [id, grant] : permissions_of(caller).groups)
        if (grant.type == type && grant.operations.contains(Operation::read)) out.push_back({id});
    return out;
}

/// The owners whose groups a list has.
Result<store::Filter> list_filter(store::Reader& reader, const Caller& caller,
                                  const GroupList& list) {
    const Result<Resource> resource = resource_of_groups(list.type);
    if (!resource) return resource.error();
    store::Filter filter{
        {"tenantId", caller.tenant.uuid  },
        {"type",     type_cell(list.type)}
    };
    using Of = GroupList::Of;
    const std::vector<EntityGroupId> granted = granted_groups(caller, list.type);
    CustomerId owner = caller.customer;
    if (list.of == Of::owner || list.of == Of::below_owner) {
        const Result<CustomerId> given = load_owner(reader, caller, list.owner);
        if (!given) return given.error();
        owner = *given;
    }
    if (list.of == Of::shared) {
        filter.push_back(store::one_of("id", granted));
        filter.emplace_back("customerId", store::Compare::not_equal, owner.uuid);
        return filter;
    }
    std::vector<store::Filter> ways;
    const bool generic = permissions_of(caller).generic.of(*resource).contains(Operation::read);
    if (generic) {
        ways.push_back({
            {"customerId", owner.uuid}
        });
        if (list.of == Of::below_owner && owner == model::no_customer)
            ways.push_back({
                {"tenantId", caller.tenant.uuid}
            });
        if (list.of == Of::below_owner && owner != model::no_customer)
            ways.push_back({
                store::chosen_from<model::CustomerBranch>("customerId", "descendantId",
                                                          {{"ancestorId", owner.uuid}}
                                                           )
            });
    } else if (list.of != Of::caller_and_shared) {
        store::Filter own{store::one_of("id", granted)};
        if (list.of != Of::below_owner) own.emplace_back("customerId", owner.uuid);
        ways.push_back(std::move(own));
    }
    if (list.of == Of::caller_and_shared) ways.push_back({store::one_of("id", granted)});
    filter.push_back(store::either(std::move(ways)));
    return filter;
}

/// Makes the group All of a list's owner, if a caller may see it.
Task<Result<>> ensure_listed(const Platform& platform, Caller caller, GroupList list) {
    if (list.of == GroupList::Of::shared) co_return Result<>();
    bool there = false;
    CustomerId owner = caller.customer;
    const auto look = [&](store::Reader& reader) -> Result<> {
        const bool named = list.of == GroupList::Of::owner || list.of == GroupList::Of::below_owner;
        if (named) {
            const Result<CustomerId> given = load_owner(reader, caller, list.owner);
            if (!given) return given.error();
            owner = *given;
        }
        const auto all = reader.find<EntityGroup>({
            {"tenantId",   caller.tenant.uuid  },
            {"customerId", owner.uuid          },
            {"type",       type_cell(list.type)},
            {"groupAll",   true                }
        });
        if (!all) return all.error();
        there = all->has_value();
        return {};
    };
    if (Result<> done = co_await platform.store.read(look); !done) co_return done;
    if (there) co_return Result<>();
    const std::function<Result<EntityGroup>(store::Transaction&)> make =
        [&](store::Transaction& transaction) {
            return ensure_group_all(transaction, caller.tenant, owner, list.type,
                                    platform.clock.now_ms());
        };
    const Result<EntityGroup> made = co_await write<EntityGroup>(platform, make);
    co_return made ? Result<>() : Result<>(made.error());
}

}  // namespace

Result<EntityGroup> load_group(store::Reader& reader, const Caller& caller, Operation operation,
                               EntityGroupId id) {
    auto group = reader.find<EntityGroup>({
        {"id", id.uuid}
    });
    if (!group) return group.error();
    if (!*group) return not_found("Entity group", id.uuid);
    if (Result<> may = check_group(reader, caller, operation, **group); !may) return may.error();
    return with_owner(**std::move(group));
}

Result<EntityGroup> ensure_group_all(store::Transaction& transaction, TenantId tenant,
                                     CustomerId owner, EntityType type, EpochMs now_ms) {
    if (const auto known = resource_of_groups(type); !known) return known.error();
    auto group = transaction.find<EntityGroup>({
        {"tenantId",   tenant.uuid    },
        {"customerId", owner.uuid     },
        {"type",       type_cell(type)},
        {"groupAll",   true           }
    });
    if (!group) return group.error();
    if (*group) return with_owner(**std::move(group));
    EntityGroup fresh = new_group_all(tenant, owner, type, now_ms);
    if (Result<> made = transaction.insert(fresh); !made) return made.error();
    return with_owner(std::move(fresh));
}

Result<std::vector<EntityId>> owners_of(store::Reader& reader, TenantId tenant, CustomerId owner) {
    std::vector<EntityId> out;
    for (int level = 0; owner != model::no_customer && level < owner_levels_max; ++level) {
        out.push_back(owner);
        const auto row = reader.find<NamedRow<EntityType::customer>>({
            {"id", owner.uuid}
        });
        if (!row) return row.error();
        owner = *row ? (*row)->owner.value_or(model::no_customer) : model::no_customer;
    }
    out.push_back(tenant);
    return out;
}

Result<CustomerId> load_owner(store::Reader& reader, const Caller& caller, EntityId owner) {
    if (owner.type == EntityType::tenant) {
        if (owner.uuid != caller.tenant.uuid || caller.customer != model::no_customer)
            return permission_denied();
        return model::no_customer;
    }
    if (owner.type != EntityType::customer)
        return invalid("Owner should be a tenant or a customer!");
    const auto customer = reader.find<NamedRow<EntityType::customer>>({
        {"id", owner.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return not_found("Customer", owner.uuid);
    if ((*customer)->tenant != caller.tenant) return permission_denied();
    const Result<bool> under = is_under(reader, caller, {owner.uuid});
    if (!under) return under.error();
    if (!*under) return permission_denied();
    return CustomerId{owner.uuid};
}

Task<Result<Saved<EntityGroup>>> save_group(const Platform& platform, Caller caller,
                                            EntityGroup group) {
    if (Result<> valid = model::validate(group); !valid) co_return valid.error();
    const std::function<Result<Saved<EntityGroup>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<EntityGroup>> {
        Saved<EntityGroup> saved;
        if (group.id.uuid == Uuid{}) {
            auto fresh = prepare_new_group(transaction, caller, group, platform.clock.now_ms());
            if (!fresh) return fresh.error();
            saved.entity = *std::move(fresh);
            saved.created = true;
        } else {
            auto before = load_group(transaction, caller, Operation::write, group.id);
            if (!before) return before.error();
            auto changed = prepare_group_update(*before, group);
            if (!changed) return changed.error();
            saved.entity = *std::move(changed);
            saved.before = *std::move(before);
        }
        const Result<> written =
            saved.created ? transaction.insert(saved.entity) : transaction.update(saved.entity);
        if (!written) return written.error();
        saved.entity = with_owner(std::move(saved.entity));
        return saved;
    };
    Result<Saved<EntityGroup>> saved = co_await write<Saved<EntityGroup>>(platform, work);
    if (saved)
        platform.events.publish({saved->created ? ChangeKind::created : ChangeKind::updated,
                                 caller.tenant, saved->entity.id});
    co_return saved;
}

Task<Result<EntityGroup>> remove_group(const Platform& platform, Caller caller, EntityGroupId id) {
    const std::function<Result<EntityGroup>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<EntityGroup> {
        auto group = load_group(transaction, caller, Operation::remove, id);
        if (!group) return group.error();
        if (group->group_all) return invalid("Deletion of entity group 'All' is not allowed!");
        auto gone = transaction.remove<model::EntityGroupMember>({
            {"groupId", id.uuid}
        });
        if (!gone) return gone.error();
        for (const std::string_view field : {"userGroupId", "entityGroupId"}) {
            gone = transaction.remove<model::GroupPermission>({
                {field, id.uuid}
            });
            if (!gone) return gone.error();
        }
        if (Result<> done =
                forget_entity(transaction, group->tenant_id, id, platform.clock.now_ms(), false);
            !done)
            return done.error();
        gone = transaction.remove<EntityGroup>({
            {"id", id.uuid}
        });
        if (!gone) return gone.error();
        return group;
    };
    Result<EntityGroup> removed = co_await write<EntityGroup>(platform, work);
    if (removed) platform.events.publish({ChangeKind::deleted, caller.tenant, id});
    co_return removed;
}

Task<Result<EntityGroup>> get_group(const Platform& platform, Caller caller, EntityGroupId id) {
    const std::function<Result<EntityGroup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_group(reader, caller, Operation::read, id);
    };
    co_return co_await read<EntityGroup>(platform, work);
}

Task<Result<EntityGroup>> find_group(const Platform& platform, Caller caller, EntityId owner,
                                     EntityType type, std::string name) {
    if (name == group_all_name) {
        GroupList list{GroupList::Of::owner, type, owner};
        if (Result<> made = co_await ensure_listed(platform, caller, list); !made)
            co_return made.error();
    }
    const std::function<Result<EntityGroup>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<EntityGroup> {
        const Result<CustomerId> customer = load_owner(reader, caller, owner);
        if (!customer) return customer.error();
        const auto found = reader.find<EntityGroup>({
            {"tenantId",   caller.tenant.uuid},
            {"customerId", customer->uuid    },
            {"type",       type_cell(type)   },
            {"name",       name              }
        });
        if (!found) return found.error();
        if (!*found) return item_not_found();
        return load_group(reader, caller, Operation::read, (*found)->id);
    };
    co_return co_await read<EntityGroup>(platform, work);
}

Task<Result<store::Page<EntityGroup>>> page_groups(const Platform& platform, Caller caller,
                                                   GroupList list, store::PageLink link) {
    if (Result<> made = co_await ensure_listed(platform, caller, list); !made)
        co_return made.error();
    using Groups = store::Page<EntityGroup>;
    const std::function<Result<Groups>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Groups> {
        const Result<store::Filter> filter = list_filter(reader, caller, list);
        if (!filter) return filter.error();
        auto page = reader.page<EntityGroup>(*filter, link);
        if (!page) return page;
        for (EntityGroup& each : page->data) each = with_owner(std::move(each));
        return page;
    };
    co_return co_await read<Groups>(platform, work);
}

Task<Result<std::vector<std::vector<EntityId>>>> owners_of_groups(const Platform& platform,
                                                                  std::vector<EntityGroup> groups) {
    using Owners = std::vector<std::vector<EntityId>>;
    const std::function<Result<Owners>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Owners> {
        Owners out;
        std::unordered_map<Uuid, std::vector<EntityId>> known;
        for (const EntityGroup& each : groups) {
            auto at = known.find(each.customer_id.uuid);
            if (at == known.end()) {
                auto owners = owners_of(reader, each.tenant_id, each.customer_id);
                if (!owners) return owners.error();
                at = known.emplace(each.customer_id.uuid, *std::move(owners)).first;
            }
            out.push_back(at->second);
        }
        return out;
    };
    co_return co_await read<Owners>(platform, work);
}

}  // namespace thingstead::core
