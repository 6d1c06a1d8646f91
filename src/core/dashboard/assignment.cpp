#include "core/dashboard/assignment.h"

#include <algorithm>

#include "core/public_customer.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::CustomerId;
using model::DashboardInfo;
using model::EntityType;

/// Dashboards are read in steps of so many.
constexpr std::int32_t step_rows = 200;

store::Cell type_cell(EntityType type) { return std::string(wire_name(type)); }

store::Cell group_cell(model::RelationTypeGroup group) { return std::string(enum_name(group)); }

model::Relation relation_of(CustomerId customer, model::DashboardId dashboard) {
    model::Relation relation;
    relation.from_id = customer.uuid;
    relation.from_type = EntityType::customer;
    relation.type_group = model::RelationTypeGroup::dashboard;
    relation.type = model::contains_type;
    relation.to_id = dashboard.uuid;
    relation.to_type = EntityType::dashboard;
    relation.version = 1;
    return relation;
}

auto find_assigned(DashboardInfo& dashboard, CustomerId customer) {
    return std::find_if(dashboard.assigned_customers.begin(), dashboard.assigned_customers.end(),
                        [&](const auto& each) { return each.customer_id == customer; });
}

/// Every dashboard of the customer, changed by `change` and written.
template <class Change>
Result<> change_each(store::Transaction& transaction, CustomerId customer, Change change) {
    Uuid last{};
    for (;;) {
        store::Filter filter{assigned_to(customer)};
        if (last != Uuid{}) filter.emplace_back("id", store::Compare::at_least, last);
        auto some = transaction.all<DashboardInfo>(filter, step_rows);
        if (!some) return some.error();
        for (DashboardInfo& dashboard : *some) {
            if (!change(dashboard)) continue;
            if (Result<> done = write_assigned(transaction, dashboard); !done) return done;
        }
        if (some->size() < static_cast<std::size_t>(step_rows)) return {};
        last = some->back().id.uuid;
    }
}

}  // namespace

store::Condition assigned_to(CustomerId customer) {
    return store::chosen_from<model::Relation>(
        "id", "toId",
        {
            {"fromId",            customer.uuid                                  },
            {"fromType",          type_cell(EntityType::customer)                },
            {"relationTypeGroup", group_cell(model::RelationTypeGroup::dashboard)},
            {"toType",            type_cell(EntityType::dashboard)               }
    });
}

store::Condition assigned_under(CustomerId customer) {
    return store::chosen_from<model::Relation>(
        "id", "toId",
        {
            store::chosen_from<model::CustomerBranch>("fromId", "descendantId",
                                                      {{"ancestorId", customer.uuid}}
                                                       ),
            {"fromType", type_cell(EntityType::customer)},
            {"relationTypeGroup", group_cell(model::RelationTypeGroup::dashboard)},
            {"toType", type_cell(EntityType::dashboard)}
    });
}

store::Condition on_edge(const Uuid& edge) {
    return store::chosen_from<model::Relation>(
        "id", "toId",
        {
            {"fromId",            edge                                      },
            {"fromType",          type_cell(EntityType::edge)               },
            {"relationTypeGroup", group_cell(model::RelationTypeGroup::edge)},
            {"toType",            type_cell(EntityType::dashboard)          }
    });
}

Result<bool> assign(store::Transaction& transaction, DashboardInfo& dashboard,
                    const model::Customer& customer) {
    if (find_assigned(dashboard, customer.id) != dashboard.assigned_customers.end()) return false;
    dashboard.assigned_customers.push_back({customer.id, customer.title, is_public(customer)});
    if (Result<> made = transaction.put(relation_of(customer.id, dashboard.id)); !made)
        return made.error();
    return true;
}

Result<bool> unassign(store::Transaction& transaction, DashboardInfo& dashboard,
                      CustomerId customer) {
    const auto found = find_assigned(dashboard, customer);
    if (found == dashboard.assigned_customers.end()) return false;
    dashboard.assigned_customers.erase(found);
    const auto gone = transaction.remove<model::Relation>({
        {"fromId",            customer.uuid                                  },
        {"fromType",          type_cell(EntityType::customer)                },
        {"relationTypeGroup", group_cell(model::RelationTypeGroup::dashboard)},
        {"toId",              dashboard.id.uuid                              },
        {"toType",            type_cell(EntityType::dashboard)               }
    });
    if (!gone) return gone.error();
    return true;
}

Result<> write_assigned(store::Transaction& transaction, const DashboardInfo& dashboard) {
    using Copies = std::vector<model::ShortCustomerInfo>;
    const auto changed = transaction.change<DashboardInfo>(
        {
            {"assignedCustomers", store::ColumnCodec<Copies>::write(dashboard.assigned_customers)}
    },
        {{"id", dashboard.id.uuid}});
    if (!changed) return changed.error();
    return {};
}

Result<> refresh_titles(store::Transaction& transaction, const model::Customer& customer) {
    return change_each(transaction, customer.id, [&](DashboardInfo& dashboard) {
        const auto copy = find_assigned(dashboard, customer.id);
        if (copy == dashboard.assigned_customers.end()) return false;
        copy->title = customer.title;
        copy->is_public = is_public(customer);
        return true;
    });
}

Result<> unassign_all(store::Transaction& transaction, CustomerId customer) {
    return change_each(transaction, customer, [&](DashboardInfo& dashboard) {
        const auto copy = find_assigned(dashboard, customer);
        if (copy == dashboard.assigned_customers.end()) return false;
        dashboard.assigned_customers.erase(copy);
        return true;
    });
}

}  // namespace thingstead::core
