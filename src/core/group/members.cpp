#include "core/group/members.h"

#include <functional>

#include "core/entity/named_row.h"

namespace thingstead::core {
namespace {

using model::EntityGroup;
using model::EntityGroupId;
using model::EntityGroupMember;
using model::EntityId;
using model::EntityInfo;
using model::EntityType;

/// Rows that are in the group: of a group All, what the owner has.
template <EntityType Kind>
store::Filter members_filter(const EntityGroup& group) {
    if (group.group_all) return owned_by<Kind>(group.tenant_id, group.customer_id);
    return {
        {"tenantId", group.tenant_id.uuid},
        store::chosen_from<EntityGroupMember>("id", "entityId", {{"groupId", group.id.uuid}}
        )
    };
}

/// Whoever keeps what users may do is told which of them have other groups now.
void tell_members(const Platform& platform, const GroupMembers& members) {
    if (members.group.type != EntityType::user) return;
    for (const EntityInfo& each : members.entities)
        platform.events.publish({ChangeKind::updated, members.group.tenant_id, each.id});
}

Result<EntityInfo> add_member(store::Transaction& transaction, const Caller& caller,
                              const EntityGroup& group, const Uuid& entity, EpochMs now_ms) {
    const EntityId id(group.type, entity);
    Result<EntitySummary> found = load_summary(transaction, caller, Operation::read, id);
    if (!found) return found.error();
    if (found->owner != group.customer_id || found->subject.tenant != group.tenant_id)
        return invalid("Entity and entity group should have the same owner!");
    const auto there = transaction.find<EntityGroupMember>({
        {"groupId",  group.id.uuid},
        {"entityId", entity       }
    });
    if (!there) return there.error();
    if (!*there)
        if (Result<> made = transaction.insert(EntityGroupMember{group.id, entity, now_ms}); !made)
            return made.error();
    return EntityInfo{id, std::move(found->name)};
}

Result<EntityInfo> remove_member(store::Transaction& transaction, const EntityGroup& group,
                                 const Uuid& entity) {
    const auto gone = transaction.remove<EntityGroupMember>({
        {"groupId",  group.id.uuid},
        {"entityId", entity       }
    });
    if (!gone) return gone.error();
    EntityInfo out{EntityId(group.type, entity), {}};
    auto found = summary_of(transaction, out.id);
    if (!found) return found.error();
    if (*found) out.name = std::move((*found)->name);
    return out;
}

Result<EntityGroup> group_to_change(store::Reader& reader, const Caller& caller,
                                    Operation operation, EntityGroupId id) {
    auto group = load_group(reader, caller, operation, id);
    if (group && group->group_all)
        return invalid("Entities of entity group 'All' can't be changed!");
    return group;
}

Task<Result<GroupMembers>> change_members(const Platform& platform, Caller caller, EntityGroupId id,
                                          std::vector<Uuid> entities, bool add) {
    if (entities.size() > members_per_call_max)
        co_return invalid("More than " + std::to_string(members_per_call_max) +
                          " entities at once!");
    const std::function<Result<GroupMembers>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<GroupMembers> {
        auto group = group_to_change(
            transaction, caller, add ? Operation::add_to_group : Operation::remove_from_group, id);
        if (!group) return group.error();
        GroupMembers out{*std::move(group), {}};
        for (const Uuid& each : entities) {
            auto done =
                add ? add_member(transaction, caller, out.group, each, platform.clock.now_ms())
                    : remove_member(transaction, out.group, each);
            if (!done) return done.error();
            out.entities.push_back(*std::move(done));
        }
        return out;
    };
    Result<GroupMembers> done = co_await write<GroupMembers>(platform, work);
    if (done) tell_members(platform, *done);
    co_return done;
}

template <EntityType Kind>
Result<store::Page<EntityInfo>> page_of_kind(store::Reader& reader, const EntityGroup& group,
                                             store::PageLink link) {
    // Lists call it name, whatever the kind does.
    if (link.sort_property == "name") link.sort_property = std::string(named_table(Kind).name);
    const auto rows = reader.page<NamedRow<Kind>>(members_filter<Kind>(group), link);
    if (!rows) return rows.error();
    store::Page<EntityInfo> page;
    page.total_elements = rows->total_elements;
    page.total_pages = rows->total_pages;
    page.has_next = rows->has_next;
    for (const auto& row : rows->data) page.data.push_back({row.id, row.name});
    return page;
}

template <EntityType Kind>
Result<EntityInfo> member_of_kind(store::Reader& reader, const EntityGroup& group,
                                  const Uuid& entity) {
    store::Filter filter = members_filter<Kind>(group);
    filter.emplace_back("id", entity);
    const auto row = reader.find<NamedRow<Kind>>(filter);
    if (!row) return row.error();
    if (!*row) return item_not_found();
    return EntityInfo{(*row)->id, (*row)->name};
}

}  // namespace

Task<Result<GroupMembers>> add_to_group(const Platform& platform, Caller caller, EntityGroupId id,
                                        std::vector<Uuid> entities) {
    return change_members(platform, std::move(caller), id, std::move(entities), true);
}

Task<Result<GroupMembers>> remove_from_group(const Platform& platform, Caller caller,
                                             EntityGroupId id, std::vector<Uuid> entities) {
    return change_members(platform, std::move(caller), id, std::move(entities), false);
}

Task<Result<std::vector<GroupMembers>>> join_groups(const Platform& platform, Caller caller,
                                                    EntityId entity,
                                                    std::vector<EntityGroupId> groups) {
    using Joined = std::vector<GroupMembers>;
    const std::function<Result<Joined>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Joined> {
        Joined joined;
        for (const EntityGroupId id : groups) {
            auto group = load_group(transaction, caller, Operation::add_to_group, id);
            if (!group) return group.error();
            if (group->type != entity.type)
                return invalid("Entity group is of type " + std::string(wire_name(group->type)) +
                               "!");
            if (group->group_all) continue;
            auto member =
                add_member(transaction, caller, *group, entity.uuid, platform.clock.now_ms());
            if (!member) return member.error();
            joined.push_back({*std::move(group), {*std::move(member)}});
        }
        return joined;
    };
    Result<Joined> done = co_await write<Joined>(platform, work);
    if (done)
        for (const GroupMembers& each : *done) tell_members(platform, each);
    co_return done;
}

Task<Result<store::Filter>> group_filter(const Platform& platform, Caller caller, EntityGroupId id,
                                         EntityType type) {
    const std::function<Result<store::Filter>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Filter> {
        const auto group = load_group(reader, caller, Operation::read, id);
        if (!group) return group.error();
        if (group->type != type)
            return invalid("Entity group is of type " + std::string(wire_name(group->type)) + "!");
        return visit_grouped(type, [&](auto kind) -> Result<store::Filter> {
            return members_filter<decltype(kind)::value>(*group);
        });
    };
    co_return co_await read<store::Filter>(platform, work);
}

Task<Result<store::Page<EntityInfo>>> page_members(const Platform& platform, Caller caller,
                                                   EntityGroupId id, store::PageLink link) {
    using Infos = store::Page<EntityInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        const auto group = load_group(reader, caller, Operation::read, id);
        if (!group) return group.error();
        return visit_grouped(group->type, [&](auto kind) {
            return page_of_kind<decltype(kind)::value>(reader, *group, link);
        });
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<EntityInfo>> get_member(const Platform& platform, Caller caller, EntityGroupId id,
                                    Uuid entity) {
    const std::function<Result<EntityInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<EntityInfo> {
        const auto group = load_group(reader, caller, Operation::read, id);
        if (!group) return group.error();
        return visit_grouped(group->type, [&](auto kind) {
            return member_of_kind<decltype(kind)::value>(reader, *group, entity);
        });
    };
    co_return co_await read<EntityInfo>(platform, work);
}

Task<Result<std::vector<EntityGroupId>>> groups_of_entity(const Platform& platform, Caller caller,
                                                          EntityId entity) {
    using Ids = std::vector<EntityGroupId>;
    const std::function<Result<Ids>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Ids> {
        const auto found = load_summary(transaction, caller, Operation::read, entity);
        if (!found) return found.error();
        const auto all = ensure_group_all(transaction, found->subject.tenant, found->owner,
                                          entity.type, platform.clock.now_ms());
        if (!all) return all.error();
        Ids ids{all->id};
        const auto rows = transaction.all<EntityGroupMember>({
            {"entityId", entity.uuid}
        });
        if (!rows) return rows.error();
        for (const EntityGroupMember& each : *rows) ids.push_back(each.group_id);
        return ids;
    };
    co_return co_await write<Ids>(platform, work);
}

}  // namespace thingstead::core
