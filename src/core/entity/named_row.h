// The few columns that tell what an entity is, whichever its kind: id, tenant, owner, name. For
// what looks at entities of many kinds (relations, groups, owners) without their whole rows.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/describe.h"
#include "core/permission/check.h"
#include "model/ids.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Where a kind keeps them; an empty field: it has none.
struct NamedTable {
    std::string_view table;
    std::string_view name;
    std::string_view tenant = "tenantId";
    std::string_view owner = {};
};

constexpr NamedTable named_table(model::EntityType type) {
    using enum model::EntityType;
    switch (type) {
        case tenant:         return {.table = "tenant", .name = "title", .tenant = {}};
        case customer:       return {.table = "customer", .name = "title", .owner = "parentCustomerId"};
        case user:           return {.table = "tb_user", .name = "email", .owner = "customerId"};
        case dashboard:      return {.table = "dashboard", .name = "title", .owner = "customerId"};
        case asset:          return {.table = "asset", .name = "name", .owner = "customerId"};
        case device:         return {.table = "device", .name = "name", .owner = "customerId"};
        case rule_chain:     return {.table = "rule_chain", .name = "name"};
        case entity_view:    return {.table = "entity_view", .name = "name", .owner = "customerId"};
        case widgets_bundle: return {.table = "widgets_bundle", .name = "title"};
        case widget_type:    return {.table = "widget_type", .name = "name"};
        case tenant_profile: return {.table = "tenant_profile", .name = "name", .tenant = {}};
        case device_profile: return {.table = "device_profile", .name = "name"};
        case asset_profile:  return {.table = "asset_profile", .name = "name"};
        case tb_resource:    return {.table = "resource", .name = "title"};
        case ota_package:    return {.table = "ota_package", .name = "title"};
        case entity_group:   return {.table = "entity_group", .name = "name", .owner = "customerId"};
        case role:           return {.table = "role", .name = "name", .owner = "customerId"};
        default:             return {};
    }
}

template <model::EntityType Kind>
struct NamedRow {
    model::Id<Kind> id;
    model::TenantId tenant = model::system_tenant;
    std::optional<model::CustomerId> owner;  ///< None: the tenant.
    std::string name;
};
template <model::EntityType Kind>
constexpr auto describe(const NamedRow<Kind>*) {
    using Row = NamedRow<Kind>;
    constexpr NamedTable at = named_table(Kind);
    const auto tenant = [] {
        if constexpr (named_table(Kind).tenant.empty())
            return fields();
        else
            return fields(field(named_table(Kind).tenant, &Row::tenant));
    }();
    const auto owner = [] {
        if constexpr (named_table(Kind).owner.empty())
            return fields();
        else
            return fields(field(named_table(Kind).owner, &Row::owner));
    }();
    return joined(fields(field("id", &Row::id)), tenant, owner,
                  fields(field(at.name, &Row::name, "", searchable)));
}
template <model::EntityType Kind>
constexpr std::string_view table_name(const NamedRow<Kind>*) {
    return named_table(Kind).table;
}

/// Rows of the kind that `owner` has; no_customer: the tenant has them itself.
template <model::EntityType Kind>
store::Filter owned_by(model::TenantId tenant, model::CustomerId owner) {
    store::Filter filter{
        {named_table(Kind).tenant, tenant.uuid}
    };
    const bool absent = Kind == model::EntityType::customer && owner == model::no_customer;
    filter.emplace_back(named_table(Kind).owner, absent ? store::Cell() : store::Cell(owner.uuid));
    return filter;
}

template <model::EntityType Kind>
using KindOf = std::integral_constant<model::EntityType, Kind>;

/// Calls `visit(KindOf<type>())` for a kind of which there are groups. Errors: invalid_argument.
template <class Visit>
auto visit_grouped(model::EntityType type, Visit&& visit)
    -> decltype(visit(KindOf<model::EntityType::device>())) {
    using enum model::EntityType;
    switch (type) {
        case device:      return visit(KindOf<device>());
        case asset:       return visit(KindOf<asset>());
        case customer:    return visit(KindOf<customer>());
        case user:        return visit(KindOf<user>());
        case entity_view: return visit(KindOf<entity_view>());
        case dashboard:   return visit(KindOf<dashboard>());
        default:
            return Error{ErrorCode::invalid_argument, "Entity groups of type " +
                                                          std::string(model::wire_name(type)) +
                                                          " are not supported!"};
    }
}
inline constexpr model::EntityType grouped_kinds[] = {
    model::EntityType::device, model::EntityType::asset,       model::EntityType::customer,
    model::EntityType::user,   model::EntityType::entity_view, model::EntityType::dashboard,
};

/// What decisions and lists need to know of an entity.
struct EntitySummary {
    Subject subject;  ///< Its owner is who may use it: a customer is its own.
    /// Who owns it: of a customer, the customer above it. no_customer: the tenant.
    model::CustomerId owner = model::no_customer;
    std::string name;
};

/// None: there is no such entity, or none of its kind is stored. Errors: invalid_argument -
/// "Unknown EntityType: X", a kind that has no rights.
Result<std::optional<EntitySummary>> summary_of(store::Reader& reader, model::EntityId entity);
/// The entity, if the caller may do `operation` with it. Errors: not_found - "Asset with id […] is
/// not found"; forbidden; those of summary_of().
Result<EntitySummary> load_summary(store::Reader& reader, const Caller& caller, Operation operation,
                                   model::EntityId entity);

}  // namespace thingstead::core
