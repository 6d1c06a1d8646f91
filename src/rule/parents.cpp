#include "rule/parents.h"

#include <functional>
#include <string>

#include "core/group/members.h"
#include "rule/tenant_caller.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

constexpr std::int32_t parents_per_page = 100;

Error parent_not_found(EntityId entity) {
    return {ErrorCode::not_found, "No " + std::string(wire_name(entity.type)) +
                                      " of the tenant has the id " + entity.uuid.to_string() + "!"};
}

Task<Result<ParentsPage>> group_page(NodeServices& services, model::TenantId tenant,
                                     model::EntityGroupId group, std::int32_t number) {
    const core::Platform platform = services.platform();
    store::PageLink link;
    link.page_size = parents_per_page;
    link.page = number;
    const auto members = co_await core::page_members(platform, tenant_caller(tenant), group, link);
    if (!members) co_return within_tenant(members.error());
    ParentsPage page;
    page.has_next = members->has_next;
    for (const model::EntityInfo& each : members->data) page.parents.push_back(each.id);
    co_return page;
}

}  // namespace

Result<> check_parents(const ParentsConfig& config) {
    const auto missing = [](const char* what) {
        return Error{ErrorCode::invalid_argument,
                     std::string("parentEntitiesQuery: ") + what + " should be specified!"};
    };
    switch (config.type) {
        case ParentsType::single:
            if (!config.entity) return missing("entityId");
            break;
        case ParentsType::group:
            if (!config.group) return missing("entityGroupId");
            if (config.group->type != model::EntityType::entity_group)
                return Error{ErrorCode::invalid_argument, "entityGroupId is no entity group!"};
            break;
        case ParentsType::relations:
            if (!config.root) return missing("rootEntityId");
            break;
    }
    return {};
}

Task<Result<ParentsPage>> parents_page(NodeServices& services, model::TenantId tenant,
                                       std::shared_ptr<const ParentsConfig> config,
                                       std::int32_t number) {
    if (config->type == ParentsType::group)
        co_return co_await group_page(services, tenant, model::EntityGroupId{config->group->uuid},
                                      number);
    const std::function<Result<ParentsPage>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<ParentsPage> {
        const bool single = config->type == ParentsType::single;
        const EntityId first = single ? *config->entity : *config->root;
        const Result<Belongs> whose = owner_of(reader, tenant, first);
        if (!whose) return whose.error();
        if (*whose != Belongs::to_tenant) return parent_not_found(first);
        ParentsPage page;
        if (single) {
            page.parents.push_back(first);
            return page;
        }
        auto found = children_of(reader, tenant, first, config->relations, services.clock);
        if (!found) return found.error();
        page.parents = *std::move(found);
        return page;
    };
    co_return co_await read_entities<ParentsPage>(services, work);
}

Result<std::vector<EntityId>> children_of(store::Reader& reader, model::TenantId tenant,
                                          EntityId parent, const RelationsConfig& query,
                                          const Clock& clock) {
    auto found = related_to(reader, parent, query, clock);
    if (!found) return found.error();
    std::vector<EntityId> own;
    for (const EntityId& each : *found) {
        const Result<Belongs> whose = owner_of(reader, tenant, each);
        if (!whose) return whose.error();
        if (*whose == Belongs::to_tenant) own.push_back(each);
        if (own.size() > relatives_max)
            return Error{ErrorCode::too_large, "More than " + std::to_string(relatives_max) +
                                                   " related entities were found!"};
    }
    return own;
}

}  // namespace thingstead::rule
