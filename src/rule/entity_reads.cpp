#include "rule/entity_reads.h"

#include <unordered_set>

#include "core/alarm/alarms.h"
#include "core/entity/named_row.h"
#include "core/relation/relation.h"
#include "model/asset.h"
#include "model/entities.h"
#include "model/entity_view.h"

namespace thingstead::rule {
namespace {

using model::EntityType;

/// Ids stand in the entity itself, not deeper.
void flatten_ids(json::object& document) {
    for (auto& member : document) {
        const json::object* id = member.value().if_object();
        if (!id || id->size() != 2 || !id->contains("entityType")) continue;
        if (const json::value* uuid = id->if_contains("id")) member.value() = json::value(*uuid);
    }
}

template <class T>
Result<std::optional<json::object>> document(store::Reader& reader, model::TenantId tenant,
                                             const Uuid& id) {
    const Result<std::optional<T>> found = find_own<T>(reader, tenant, id);
    if (!found) return found.error();
    if (!*found) return std::optional<json::object>();
    json::object out = to_json(**found).as_object();
    flatten_ids(out);
    return std::optional(std::move(out));
}

template <class T>
Result<model::CustomerId> customer(store::Reader& reader, model::TenantId tenant, const Uuid& id) {
    const Result<std::optional<T>> found = find_own<T>(reader, tenant, id);
    if (!found) return found.error();
    if (!*found) return Error{ErrorCode::not_found, "Originator not found"};
    if ((*found)->customer_id == model::no_customer || (*found)->customer_id.uuid == Uuid{})
        return Error{ErrorCode::not_found, "Originator is not assigned to any customer"};
    return (*found)->customer_id;
}

}  // namespace

Result<Belongs> owner_of(store::Reader& reader, model::TenantId tenant, model::EntityId entity) {
    const auto summary = core::summary_of(reader, entity);
    if (!summary) {
        // A kind of which none is stored.
        if (summary.error().code == ErrorCode::invalid_argument) return Belongs::to_nobody;
        return summary.error();
    }
    if (!*summary) return Belongs::to_nobody;
    return (*summary)->subject.tenant == tenant ? Belongs::to_tenant : Belongs::to_another;
}

Result<std::optional<json::object>> document_of(store::Reader& reader, model::TenantId tenant,
                                                model::EntityId entity) {
    switch (entity.type) {
        case EntityType::tenant:     return document<model::Tenant>(reader, tenant, entity.uuid);
        case EntityType::customer:   return document<model::Customer>(reader, tenant, entity.uuid);
        case EntityType::user:       return document<model::User>(reader, tenant, entity.uuid);
        case EntityType::asset:      return document<model::Asset>(reader, tenant, entity.uuid);
        case EntityType::device:     return document<model::Device>(reader, tenant, entity.uuid);
        case EntityType::rule_chain: return document<model::RuleChain>(reader, tenant, entity.uuid);
        case EntityType::entity_view:
            return document<model::EntityView>(reader, tenant, entity.uuid);
        case EntityType::alarm: return document<model::Alarm>(reader, tenant, entity.uuid);
        default:                return std::optional<json::object>();
    }
}

Result<model::CustomerId> customer_of(store::Reader& reader, model::TenantId tenant,
                                      model::EntityId entity) {
    switch (entity.type) {
        case EntityType::customer: {
            const auto found = find_own<model::Customer>(reader, tenant, entity.uuid);
            if (!found) return found.error();
            if (!*found) return Error{ErrorCode::not_found, "Originator not found"};
            return (*found)->id;
        }
        case EntityType::user:   return customer<model::User>(reader, tenant, entity.uuid);
        case EntityType::asset:  return customer<model::Asset>(reader, tenant, entity.uuid);
        case EntityType::device: return customer<model::Device>(reader, tenant, entity.uuid);
        case EntityType::entity_view:
            return customer<model::EntityView>(reader, tenant, entity.uuid);
        case EntityType::edge: return Error{ErrorCode::not_found, "Originator not found"};
        default:
            return Error{ErrorCode::unsupported, "Unexpected originator EntityType: " +
                                                     std::string(model::wire_name(entity.type))};
    }
}

Result<std::vector<model::EntityId>> related_to(store::Reader& reader, model::EntityId root,
                                                const RelationsConfig& query, const Clock& clock) {
    model::RelationsSearch search;
    search.root_id = root.uuid;
    search.root_type = root.type;
    search.direction = query.direction;
    search.level_max = query.level_max;
    search.last_level_only = query.last_level_only;
    std::vector<model::RelationFilter> filters;
    for (const RelationFilterConfig& each : query.filters)
        filters.push_back({each.type, each.entity_types});
    const auto relations = core::related_relations(reader, search, filters, clock);
    if (!relations) return relations.error();
    std::vector<model::EntityId> out;
    std::unordered_set<model::EntityId> met;
    for (const model::EntityRelation& each : *relations) {
        const model::EntityId far =
            query.direction == model::SearchDirection::from ? each.to : each.from;
        if (met.insert(far).second) out.push_back(far);
    }
    return out;
}

Result<std::optional<model::EntityId>> first_related(store::Reader& reader, model::TenantId tenant,
                                                     model::EntityId root,
                                                     const RelationsConfig& query,
                                                     const Clock& clock) {
    const auto found = related_to(reader, root, query, clock);
    if (!found) return found.error();
    for (const model::EntityId each : *found) {
        const Result<Belongs> whose = owner_of(reader, tenant, each);
        if (!whose) return whose.error();
        if (*whose == Belongs::to_tenant) return std::optional(each);
    }
    return std::optional<model::EntityId>();
}

}  // namespace thingstead::rule
