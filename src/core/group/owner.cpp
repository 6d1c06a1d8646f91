#include "core/group/owner.h"

#include <algorithm>
#include <functional>

#include "core/customer/branches.h"
#include "core/entity/named_row.h"
#include "store/row_mapping.h"

namespace thingstead::core {
namespace {

using model::CustomerId;
using model::EntityId;
using model::EntityInfo;
using model::EntityType;

/// The columns that a change of owner writes.
template <EntityType Kind>
struct OwnedRow {
    model::Id<Kind> id;
    std::optional<CustomerId> owner;
    std::optional<std::int64_t> version;
};
template <EntityType Kind>
constexpr auto describe(const OwnedRow<Kind>*) {
    using Row = OwnedRow<Kind>;
    return fields(field("id", &Row::id), field(named_table(Kind).owner, &Row::owner),
                  field("version", &Row::version));
}
template <EntityType Kind>
constexpr std::string_view table_name(const OwnedRow<Kind>*) {
    return named_table(Kind).table;
}

template <EntityType Kind>
Result<> write_owner(store::Transaction& transaction, const Uuid& id, CustomerId owner) {
    const auto row = transaction.find<OwnedRow<Kind>>({
        {"id", id}
    });
    if (!row) return row.error();
    if (!*row) return not_found(normal_name(Kind), id);
    const bool absent = Kind == EntityType::customer && owner == model::no_customer;
    const std::int64_t version = (*row)->version.value_or(0) + 1;
    const auto changed = transaction.change<OwnedRow<Kind>>(
        {
            {named_table(Kind).owner, absent ? store::Cell() : store::Cell(owner.uuid)},
            {"version",               version                                         }
    },
        {{"id", id}});
    return changed ? Result<>() : Result<>(changed.error());
}

Result<> move_customer(store::Transaction& transaction, const Uuid& id, CustomerId owner) {
    if (owner.uuid == id) return invalid("Customer can't be moved below itself!");
    if (owner == model::no_customer) return move_branch(transaction, {id}, std::nullopt);
    const Result<bool> circle = is_below(transaction, {id}, owner);
    if (!circle) return circle.error();
    if (*circle) return invalid("Customer can't be moved below itself!");
    return move_branch(transaction, {id}, owner);
}

/// What a user is follows from who it belongs to.
Result<> move_user(store::Transaction& transaction, const Caller& caller, const Uuid& id,
                   CustomerId before, CustomerId owner) {
    if (caller.user.uuid == id) return permission_denied();
    if (before == model::no_customer) {
        const auto administrators = transaction.count<model::User>({
            {"tenantId",  caller.tenant.uuid                                    },
            {"authority", std::string(enum_name(model::Authority::tenant_admin))}
        });
        if (!administrators) return administrators.error();
        if (*administrators < 2) return invalid("At least one tenant administrator must remain!");
    }
    const model::Authority authority = owner == model::no_customer
                                           ? model::Authority::tenant_admin
                                           : model::Authority::customer_user;
    const auto changed = transaction.change<model::User>(
        {
            {"authority", std::string(enum_name(authority))}
    },
        {{"id", id}});
    return changed ? Result<>() : Result<>(changed.error());
}

/// Identities of devices are kept by their credentials.
Result<std::vector<std::string>> credentials_of(store::Reader& reader, const Uuid& device) {
    const auto credentials = reader.find<model::DeviceCredentials>({
        {"deviceId", device}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return std::vector<std::string>();
    return std::vector<std::string>{(*credentials)->credentials_id};
}

Result<> change_groups(store::Transaction& transaction, const Caller& caller, EntityId entity,
                       CustomerId owner, const std::vector<model::EntityGroupId>& groups,
                       EpochMs now_ms) {
    const auto left = transaction.remove<model::EntityGroupMember>({
        {"entityId", entity.uuid}
    });
    if (!left) return left.error();
    for (const model::EntityGroupId id : groups) {
        const auto group = load_group(transaction, caller, Operation::add_to_group, id);
        if (!group) return group.error();
        if (group->type != entity.type || group->customer_id != owner)
            return invalid("Entity and entity group should have the same owner and type!");
        if (group->group_all) continue;
        if (Result<> made = transaction.put(model::EntityGroupMember{id, entity.uuid, now_ms});
            !made)
            return made;
    }
    return {};
}

store::Filter customers_under(const Caller& caller) {
    store::Filter filter{
        {"tenantId", caller.tenant.uuid}
    };
    if (caller.customer == model::no_customer) return filter;
    filter.push_back(store::either({
        {{"id", caller.customer.uuid}},
        {store::chosen_from<model::CustomerBranch>("id", "descendantId",
         {{"ancestorId", caller.customer.uuid}})},
    }));
    return filter;
}

using CustomerRow = NamedRow<EntityType::customer>;

/// The list of the tenant and then its customers is a page that begins one row earlier.
Result<> put_tenant_first(store::Reader& reader, const Caller& caller, const store::Filter& filter,
                          const store::PageLink& link, store::Page<CustomerRow>& page,
                          std::vector<EntityInfo>& out) {
    if (link.page == 0) {
        const auto tenant = reader.find<NamedRow<EntityType::tenant>>({
            {"id", caller.tenant.uuid}
        });
        if (!tenant) return tenant.error();
        if (*tenant) out.push_back({(*tenant)->id, (*tenant)->name});
    } else {
        store::PageLink before = link;
        --before.page;
        const auto last = reader.page<CustomerRow>(filter, before);
        if (!last) return last.error();
        if (last->data.size() == static_cast<std::size_t>(link.page_size))
            out.push_back({last->data.back().id, last->data.back().name});
    }
    for (const CustomerRow& each : page.data)
        if (out.size() < static_cast<std::size_t>(link.page_size))
            out.push_back({each.id, each.name});
    ++page.total_elements;
    page.total_pages = (page.total_elements + link.page_size - 1) / link.page_size;
    page.has_next = std::int64_t{link.page} + 1 < page.total_pages;
    return {};
}

}  // namespace

Task<Result<OwnerChange>> change_owner(const Platform& platform, Caller caller, EntityId owner,
                                       EntityId entity, std::vector<model::EntityGroupId> groups) {
    EntityChange change{ChangeKind::updated, caller.tenant, entity};
    const std::function<Result<OwnerChange>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<OwnerChange> {
        change.credentials_ids.clear();
        auto found = load_summary(transaction, caller, Operation::change_owner, entity);
        if (!found) return found.error();
        const Result<CustomerId> after = load_owner(transaction, caller, owner);
        if (!after) return after.error();
        OwnerChange out{
            {entity, std::move(found->name)},
            model::owner_of(found->subject.tenant, found->owner),
            model::owner_of(found->subject.tenant, *after),
            found->owner != *after
        };
        if (!out.changed) return out;
        Result<> moved;
        if (entity.type == EntityType::customer)
            moved = move_customer(transaction, entity.uuid, *after);
        if (entity.type == EntityType::user)
            moved = move_user(transaction, caller, entity.uuid, found->owner, *after);
        if (!moved) return moved.error();
        moved = visit_grouped(entity.type, [&](auto kind) {
            return write_owner<decltype(kind)::value>(transaction, entity.uuid, *after);
        });
        if (!moved) return moved.error();
        moved = change_groups(transaction, caller, entity, *after, groups, platform.clock.now_ms());
        if (!moved) return moved.error();
        if (entity.type == EntityType::device) {
            auto ids = credentials_of(transaction, entity.uuid);
            if (!ids) return ids.error();
            change.credentials_ids = *std::move(ids);
        }
        return out;
    };
    Result<OwnerChange> done = co_await write<OwnerChange>(platform, work);
    if (done && done->changed) platform.events.publish(change);
    co_return done;
}

Task<Result<EntityInfo>> get_owner(const Platform& platform, Caller caller, EntityId owner) {
    const std::function<Result<EntityInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<EntityInfo> {
        if (const Result<CustomerId> may = load_owner(reader, caller, owner); !may)
            return may.error();
        const auto found = summary_of(reader, owner);
        if (!found) return found.error();
        if (!*found) return not_found(normal_name(owner.type), owner.uuid);
        return EntityInfo{owner, (*found)->name};
    };
    co_return co_await read<EntityInfo>(platform, work);
}

Task<Result<store::Page<EntityInfo>>> page_owners(const Platform& platform, Caller caller,
                                                  store::PageLink link) {
    using Infos = store::Page<EntityInfo>;
    if (link.sort_property == "name") link.sort_property = "title";
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        const store::Filter filter = customers_under(caller);
        auto rows = reader.page<CustomerRow>(filter, link);
        if (!rows) return rows.error();
        Infos out;
        // A search is one of customers.
        if (caller.customer == model::no_customer && link.text_search.empty()) {
            if (Result<> done = put_tenant_first(reader, caller, filter, link, *rows, out.data);
                !done)
                return done.error();
        } else {
            for (const CustomerRow& each : rows->data) out.data.push_back({each.id, each.name});
        }
        out.total_elements = rows->total_elements;
        out.total_pages = rows->total_pages;
        out.has_next = rows->has_next;
        return out;
    };
    co_return co_await read<Infos>(platform, work);
}

}  // namespace thingstead::core
