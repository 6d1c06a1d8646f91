#include "rule/named_entity.h"

#include <utility>

#include "core/asset/asset_rules.h"
#include "core/customer/customer_rules.h"
#include "core/device/device_rules.h"
#include "core/entity/named_row.h"
#include "rule/enqueue.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule {
namespace {

using model::EntityId;
using model::EntityType;
using Found = std::optional<EntityId>;

template <EntityType Kind>
Result<Found> find_kind(store::Reader& reader, model::TenantId tenant, const std::string& name) {
    constexpr core::NamedTable at = core::named_table(Kind);
    const auto row = reader.find<core::NamedRow<Kind>>({
        {at.tenant, tenant.uuid},
        {at.name,   name       }
    });
    if (!row) return row.error();
    return *row ? Found((*row)->id) : Found();
}

/// There are no edges yet: none is found.
Result<Found> find_row(store::Reader& reader, model::TenantId tenant, EntityType type,
                       const std::string& name) {
    switch (type) {
        case EntityType::device:    return find_kind<EntityType::device>(reader, tenant, name);
        case EntityType::asset:     return find_kind<EntityType::asset>(reader, tenant, name);
        case EntityType::customer:  return find_kind<EntityType::customer>(reader, tenant, name);
        case EntityType::dashboard: return find_kind<EntityType::dashboard>(reader, tenant, name);
        case EntityType::user:      return find_kind<EntityType::user>(reader, tenant, name);
        case EntityType::entity_view:
            return find_kind<EntityType::entity_view>(reader, tenant, name);
        default: return Found();
    }
}

Task<Result<Found>> look(NodeServices& services, model::TenantId tenant, const NamedEntity& named) {
    Found found;
    const auto work = [&](store::Reader& reader) -> Result<> {
        Result<Found> row = find_row(reader, tenant, named.type, named.name);
        if (!row) return row.error();
        found = *row;
        return {};
    };
    if (Result<> read = co_await services.entities.read(work); !read) co_return read.error();
    co_return found;
}

template <class T>
Task<Result<EntityId>> create(NodeServices& services, const NodeInfo& node, T entity) {
    const core::Platform platform = services.platform();
    const core::SaveOptions options;
    const auto saved =
        co_await core::save<T>(platform, tenant_caller(node.tenant), std::move(entity), options);
    if (!saved) co_return within_tenant(saved.error());
    const Result<> told =
        co_await notify(services, node.rule_node,
                        notice_of(model::msg_type::entity_created, node.tenant, saved->entity));
    if (!told) co_return told.error();
    co_return EntityId(saved->entity.id);
}

Task<Result<EntityId>> create(NodeServices& services, const NodeInfo& node,
                              const NamedEntity& named) {
    if (named.type == EntityType::device) {
        model::Device device;
        device.name = named.name;
        device.type = named.profile;
        co_return co_await create(services, node, std::move(device));
    }
    if (named.type == EntityType::asset) {
        model::Asset asset;
        asset.name = named.name;
        asset.type = named.profile;
        co_return co_await create(services, node, std::move(asset));
    }
    model::Customer customer;
    customer.title = named.name;
    co_return co_await create(services, node, std::move(customer));
}

std::string_view name_word(EntityType type) {
    if (type == EntityType::customer || type == EntityType::dashboard) return "title";
    return type == EntityType::user ? "email" : "name";
}

}  // namespace

bool has_names(EntityType type) {
    switch (type) {
        case EntityType::device:
        case EntityType::asset:
        case EntityType::customer:
        case EntityType::entity_view:
        case EntityType::dashboard:
        case EntityType::edge:
        case EntityType::user:        return true;
        default:                      return false;
    }
}

bool can_be_created(EntityType type) {
    return type == EntityType::device || type == EntityType::asset || type == EntityType::customer;
}

Task<Result<EntityId>> find_named(NodeServices& services, NodeInfo node, NamedEntity named) {
    Result<Found> found = co_await look(services, node.tenant, named);
    if (!found) co_return found.error();
    if (*found) co_return **found;
    if (named.create && can_be_created(named.type)) {
        Result<EntityId> made = co_await create(services, node, named);
        if (made) co_return made;
        // Another message may have made it meanwhile.
        found = co_await look(services, node.tenant, named);
        if (!found || !*found) co_return made;
        co_return **found;
    }
    co_return Error{ErrorCode::not_found, std::string(model::normal_name(named.type)) + " with " +
                                              std::string(name_word(named.type)) + " '" +
                                              named.name + "' doesn't exist!"};
}

}  // namespace thingstead::rule
