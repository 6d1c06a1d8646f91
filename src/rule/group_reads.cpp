#include "rule/group_reads.h"

#include <algorithm>

#include "core/entity/named_row.h"

namespace thingstead::rule {

using model::EntityId;

Task<Result<EntityId>> group_owner_of(NodeServices& services, model::TenantId tenant,
                                      EntityId entity) {
    const auto grouped =
        std::find(std::begin(core::grouped_kinds), std::end(core::grouped_kinds), entity.type);
    if (grouped == std::end(core::grouped_kinds))
        co_return Error{ErrorCode::unsupported, "Unsupported originator type: " +
                                                    std::string(model::wire_name(entity.type))};
    const std::function<Result<EntityId>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<EntityId> {
        const auto found = core::summary_of(reader, entity);
        if (!found) return found.error();
        if (!*found || (*found)->subject.tenant != tenant)
            return Error{ErrorCode::not_found, "Originator not found"};
        return model::owner_of(tenant, (*found)->owner);
    };
    co_return co_await read_entities<EntityId>(services, work);
}

Task<Result<std::optional<model::EntityGroup>>> find_group(NodeServices& services,
                                                           model::TenantId tenant, EntityId owner,
                                                           model::EntityType type,
                                                           std::string name) {
    const core::Platform platform = services.platform();
    auto found =
        co_await core::find_group(platform, tenant_caller(tenant), owner, type, std::move(name));
    if (found) co_return std::optional(*std::move(found));
    const Error why = within_tenant(found.error());
    if (why.code == ErrorCode::not_found) co_return std::optional<model::EntityGroup>();
    co_return why;
}

Error no_such_group(model::EntityType type, const std::string& name) {
    return {ErrorCode::not_found, "No entity group of type '" +
                                      std::string(model::wire_name(type)) + "' with name '" + name +
                                      "' was found!"};
}

}  // namespace thingstead::rule
