#include "rule/calculated/ways.h"

#include <unordered_set>
#include <utility>

#include "core/entity/kind.h"
#include "core/relation/relation.h"
#include "model/asset.h"
#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

/// The far ends of one step, each once.
Result<std::vector<model::EntityId>> step_from(store::Reader& reader,
                                               const std::vector<model::EntityId>& starts,
                                               const core::RelationStep& step) {
    std::vector<model::EntityId> ends;
    std::unordered_set<model::EntityId> seen;
    for (const model::EntityId start : starts) {
        const auto relations = core::relations_of(reader, start, step.direction,
                                                  model::RelationTypeGroup::common, step.type);
        if (!relations) return relations.error();
        for (const model::EntityRelation& each : *relations) {
            const bool outwards = step.direction == model::SearchDirection::from;
            const model::EntityId far = outwards ? each.to : each.from;
            if (seen.insert(far).second) ends.push_back(far);
        }
    }
    return ends;
}

/// Entities of a profile, some at a time, in the order of their ids.
template <class T>
Result<std::vector<model::EntityId>> of_profile(store::Reader& reader, model::TenantId tenant,
                                                std::string_view field, model::EntityId profile,
                                                std::int32_t page) {
    store::PageLink link;
    link.page_size = owned_of_page;
    link.page = page;
    const auto found = reader.page<T>(
        {
            {"tenantId", tenant.uuid },
            {field,      profile.uuid}
    },
        link);
    if (!found) return found.error();
    std::vector<model::EntityId> ids;
    for (const T& each : found->data) ids.push_back(each.id);
    return ids;
}

}  // namespace

Result<std::vector<model::EntityId>> at_end_of(store::Reader& reader, model::TenantId tenant,
                                               model::EntityId from, const RelationWay& way,
                                               std::size_t most) {
    std::vector<model::EntityId> at{from};
    for (const core::RelationStep& step : way) {
        auto next = step_from(reader, at, step);
        if (!next) return next.error();
        at = *std::move(next);
    }
    std::vector<model::EntityId> own;
    for (const model::EntityId each : at) {
        if (most != 0 && own.size() >= most) break;
        if (each.type == model::EntityType::tenant) {
            if (each.uuid == tenant.uuid) own.push_back(each);
            continue;
        }
        const auto belongs = owner_of(reader, tenant, each);
        if (!belongs) return belongs.error();
        if (*belongs == Belongs::to_tenant) own.push_back(each);
    }
    return own;
}

Result<std::vector<model::EntityId>> owned_entities(store::Reader& reader, model::TenantId tenant,
                                                    model::EntityId owner, std::int32_t page) {
    if (owner.type == model::EntityType::device_profile)
        return of_profile<model::Device>(reader, tenant, "deviceProfileId", owner, page);
    if (owner.type == model::EntityType::asset_profile)
        return of_profile<model::Asset>(reader, tenant, "assetProfileId", owner, page);
    return page == 0 ? std::vector<model::EntityId>{owner} : std::vector<model::EntityId>();
}

RelationWay way_back(const RelationWay& way) {
    RelationWay back;
    for (auto step = way.rbegin(); step != way.rend(); ++step)
        back.push_back({core::opposite(step->direction), step->type});
    return back;
}

}  // namespace thingstead::rule
