// The entities that a periodic node of analytics works for, its parents, and their children.
// Source: the interface's rule engine, `parentEntitiesQuery` of its analytics nodes.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "rule/entity_reads.h"
#include "rule/node.h"

namespace thingstead::rule {

enum class ParentsType : std::uint8_t { single, group, relations };
constexpr auto enum_names(ParentsType) {
    using namespace std::literals;
    return std::array{
        std::pair{ParentsType::single,    "single"sv        },
        std::pair{ParentsType::group,     "group"sv         },
        std::pair{ParentsType::relations, "relationsQuery"sv}
    };
}

struct ParentsConfig {
    ParentsType type = ParentsType::single;
    std::optional<model::EntityId> entity;
    std::optional<model::EntityId> group;
    std::optional<model::EntityId> root;
    RelationsConfig relations{};
    RelationsConfig children{};
};
constexpr auto describe(const ParentsConfig*) {
    return fields(
        field("type", &ParentsConfig::type, "single, group or relationsQuery."),
        field("entityId", &ParentsConfig::entity, "The parent, of type single."),
        field("entityGroupId", &ParentsConfig::group,
              "The group whose entities are the parents, of type group."),
        field("rootEntityId", &ParentsConfig::root,
              "Where relations to the parents begin, of type relationsQuery."),
        field("relationsQuery", &ParentsConfig::relations, "How they lead to the parents."),
        field("childRelationsQuery", &ParentsConfig::children,
              "How relations lead from a parent to its children."));
}

/// Errors: invalid_argument - what the type asks for is missing.
Result<> check_parents(const ParentsConfig& config);

/// Parents that are in memory at a time.
struct ParentsPage {
    std::vector<model::EntityId> parents;
    bool has_next = false;
};
/// Page `number`, the first is 0, of the tenant's parents; those of another tenant are none. Those
/// of a query of relations are one page. Errors: not_found - of the entity, the group or the root;
/// as related_to().
Task<Result<ParentsPage>> parents_page(NodeServices& services, model::TenantId tenant,
                                       std::shared_ptr<const ParentsConfig> config,
                                       std::int32_t number);

/// Parents that a query of relations finds, and children of a parent, at most.
inline constexpr std::size_t relatives_max = 10'000;

/// Within a read: the tenant's children of a parent. Errors: as related_to(); too_large -
/// relatives_max.
Result<std::vector<model::EntityId>> children_of(store::Reader& reader, model::TenantId tenant,
                                                 model::EntityId parent,
                                                 const RelationsConfig& query, const Clock& clock);

}  // namespace thingstead::rule
