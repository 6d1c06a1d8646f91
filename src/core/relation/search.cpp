// Following relations, level by level.
#include <algorithm>
#include <unordered_set>

#include "core/entity/named_row.h"
#include "core/relation/relation.h"

namespace thingstead::core {
namespace {

using model::EntityId;
using model::EntityRelation;
using model::Relation;
using model::SearchDirection;

/// Ends that one query asks for.
constexpr std::size_t ends_per_query = 500;

bool fits(const model::RelationFilter& filter, const EntityRelation& relation, EntityId far) {
    const bool type = filter.type.empty() || filter.type == relation.type;
    const bool kind = filter.entity_types.empty() ||
                      std::find(filter.entity_types.begin(), filter.entity_types.end(), far.type) !=
                          filter.entity_types.end();
    return type && kind;
}

/// A search under way.
class Walk {
  public:
    Walk(store::Reader& reader, const model::RelationsSearch& search, const Clock& clock)
        : reader_(reader),
          search_(search),
          clock_(clock),
          until_(clock.steady_now() + relation_search_time_max),
          level_max_(search.level_max <= 0 || search.level_max > relation_level_max
                         ? relation_level_max
                         : search.level_max) {}

    struct Step {
        EntityRelation relation;
        int level;
    };

    Result<std::vector<Step>> run() {
        std::vector<EntityId> front{search_.root()};
        seen_.insert(search_.root());
        for (int level = 1; level <= level_max_ && !front.empty(); ++level) {
            std::vector<EntityId> next;
            for (std::size_t at = 0; at < front.size(); at += ends_per_query) {
                const std::size_t end = std::min(at + ends_per_query, front.size());
                const std::vector<EntityId> part(front.begin() + static_cast<std::ptrdiff_t>(at),
                                                 front.begin() + static_cast<std::ptrdiff_t>(end));
                if (Result<> done = step(part, level, next); !done) return done.error();
            }
            front = std::move(next);
        }
        return std::move(steps_);
    }

    EntityId near(const EntityRelation& relation) const {
        return search_.direction == SearchDirection::from ? relation.from : relation.to;
    }
    EntityId far(const EntityRelation& relation) const {
        return search_.direction == SearchDirection::from ? relation.to : relation.from;
    }
    int level_max() const { return level_max_; }

  private:
    Result<> step(const std::vector<EntityId>& ends, int level, std::vector<EntityId>& next) {
        if (clock_.steady_now() > until_)
            return Error{ErrorCode::timeout, "The search of relations takes too long"};
        std::vector<store::Cell> ids;
        std::unordered_set<EntityId> wanted;
        for (const EntityId& end : ends) {
            ids.emplace_back(end.uuid);
            wanted.insert(end);
        }
        const bool forth = search_.direction == SearchDirection::from;
        const auto left =
            static_cast<std::int32_t>(static_cast<std::size_t>(relations_max) - steps_.size());
        auto rows = reader_.all<Relation>(
            {
                store::Condition(forth ? "fromId" : "toId", store::Compare::one_of, std::move(ids)),
                {"relationTypeGroup", std::string(enum_name(search_.type_group))}
        },
            left + 1);
        if (!rows) return rows.error();
        if (rows->size() > static_cast<std::size_t>(left))
            return Error{ErrorCode::too_large,
                         "More than " + std::to_string(relations_max) + " relations were found"};
        for (Relation& row : *rows) {
            EntityRelation relation{row.from(),
                                    row.to(),
                                    std::move(row.type),
                                    row.type_group,
                                    std::move(row.additional_info),
                                    row.version};
            if (!wanted.contains(near(relation))) continue;
            const EntityId reached = far(relation);
            if (seen_.insert(reached).second) next.push_back(reached);
            steps_.push_back({std::move(relation), level});
        }
        return {};
    }

    store::Reader& reader_;
    const model::RelationsSearch& search_;
    const Clock& clock_;
    const std::chrono::steady_clock::time_point until_;
    const int level_max_;
    std::unordered_set<EntityId> seen_;
    std::vector<Step> steps_;
};

}  // namespace

Result<std::vector<EntityRelation>> related_relations(
    store::Reader& reader, const model::RelationsSearch& search,
    const std::vector<model::RelationFilter>& filters, const Clock& clock) {
    Walk walk(reader, search, clock);
    Result<std::vector<Walk::Step>> steps = walk.run();
    if (!steps) return steps.error();
    std::erase_if(*steps, [&](const Walk::Step& step) {
        const EntityId far = walk.far(step.relation);
        return !filters.empty() && std::none_of(filters.begin(), filters.end(), [&](const auto& f) {
            return fits(f, step.relation, far);
        });
    });
    if (search.last_level_only) {
        std::unordered_set<EntityId> lead_on;
        for (const Walk::Step& step : *steps) lead_on.insert(walk.near(step.relation));
        std::erase_if(*steps, [&](const Walk::Step& step) {
            return step.level != walk.level_max() && lead_on.contains(walk.far(step.relation));
        });
    }
    std::vector<EntityRelation> out;
    out.reserve(steps->size());
    for (Walk::Step& step : *steps) out.push_back(std::move(step.relation));
    return out;
}

Result<std::vector<Uuid>> related_entities(store::Reader& reader, const Caller& caller,
                                           const model::RelationsSearch& search,
                                           const std::string& relation_type, model::EntityType type,
                                           const Clock& clock) {
    const bool own_tenant =
        search.root() == EntityId(caller.tenant) && caller.is(model::Authority::tenant_admin);
    if (!own_tenant) {
        const auto root = load_summary(reader, caller, Operation::read, search.root());
        if (!root) return root.error();
    }
    model::RelationFilter filter;
    filter.type = relation_type;
    filter.entity_types = {type};
    const auto relations = related_relations(reader, search, {filter}, clock);
    if (!relations) return relations.error();
    std::vector<Uuid> out;
    std::unordered_set<Uuid> met;
    for (const EntityRelation& each : *relations) {
        const EntityId far = search.direction == SearchDirection::from ? each.to : each.from;
        if (met.insert(far.uuid).second) out.push_back(far.uuid);
    }
    return out;
}

}  // namespace thingstead::core
