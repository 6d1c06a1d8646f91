// Relations between entities: typed, directed, in groups.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

enum class RelationTypeGroup : std::uint8_t {
    common,
    dashboard,
    rule_chain,
    rule_node,
    edge,
    edge_auto_assign_rule_chain,
    from_entity_group,
};
constexpr auto enum_names(RelationTypeGroup) {
    using namespace std::literals;
    using enum RelationTypeGroup;
    return std::array{
        std::pair{common,                      "COMMON"sv                     },
        std::pair{dashboard,                   "DASHBOARD"sv                  },
        std::pair{rule_chain,                  "RULE_CHAIN"sv                 },
        std::pair{rule_node,                   "RULE_NODE"sv                  },
        std::pair{edge,                        "EDGE"sv                       },
        std::pair{edge_auto_assign_rule_chain, "EDGE_AUTO_ASSIGN_RULE_CHAIN"sv},
        std::pair{from_entity_group,           "FROM_ENTITY_GROUP"sv          }
    };
}

inline constexpr std::string_view contains_type = "Contains";
inline constexpr std::string_view manages_type = "Manages";

/// A row of the table; on the wire it is an EntityRelation.
struct Relation {
    Uuid from_id{};
    EntityType from_type = EntityType::tenant;
    RelationTypeGroup type_group = RelationTypeGroup::common;
    std::string type;
    Uuid to_id{};
    EntityType to_type = EntityType::tenant;
    json::value additional_info;
    std::optional<std::int64_t> version;

    EntityId from() const { return {from_type, from_id}; }
    EntityId to() const { return {to_type, to_id}; }
};
constexpr auto describe(const Relation*) {
    return fields(field("fromId", &Relation::from_id, "", in_key),
                  field("fromType", &Relation::from_type, "", in_key),
                  field("relationTypeGroup", &Relation::type_group, "", in_key),
                  field("relationType", &Relation::type, "", in_key, up_to(255)),
                  field("toId", &Relation::to_id, "", in_key),
                  field("toType", &Relation::to_type, "", in_key),
                  field("additionalInfo", &Relation::additional_info),
                  field("version", &Relation::version));
}
constexpr std::string_view table_name(const Relation*) { return "relation"; }

/// A relation as the interface shows it.
struct EntityRelation {
    EntityId from;
    EntityId to;
    std::string type;
    RelationTypeGroup type_group = RelationTypeGroup::common;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const EntityRelation*) {
    return fields(
        field("from", &EntityRelation::from), field("to", &EntityRelation::to),
        field("type", &EntityRelation::type, "", up_to(255),
              required_as("Relation type should be specified!")),
        field("typeGroup", &EntityRelation::type_group, "", of_schema("RelationTypeGroup")),
        field("additionalInfo", &EntityRelation::additional_info),
        field("version", &EntityRelation::version));
}

/// With the names of both ends; null: the end is gone.
struct EntityRelationInfo {
    EntityId from;
    EntityId to;
    std::string type;
    RelationTypeGroup type_group = RelationTypeGroup::common;
    json::value additional_info;
    std::optional<std::int64_t> version;
    std::optional<std::string> from_name;
    std::optional<std::string> to_name;
};
constexpr auto describe(const EntityRelationInfo*) {
    using Info = EntityRelationInfo;
    return fields(field("from", &Info::from), field("to", &Info::to), field("type", &Info::type),
                  field("typeGroup", &Info::type_group, "", of_schema("RelationTypeGroup")),
                  field("additionalInfo", &Info::additional_info), field("version", &Info::version),
                  field("fromName", &Info::from_name, "", server_owned),
                  field("toName", &Info::to_name, "", server_owned));
}

/// Which way relations are followed: FROM a root along them, or TO it against them.
enum class SearchDirection : std::uint8_t { from, to };
constexpr auto enum_names(SearchDirection) {
    using namespace std::literals;
    return std::array{
        std::pair{SearchDirection::from, "FROM"sv},
        std::pair{SearchDirection::to,   "TO"sv  }
    };
}

/// How far relations are followed, and from where.
struct RelationsSearch {
    Uuid root_id{};
    EntityType root_type = EntityType::tenant;
    SearchDirection direction = SearchDirection::from;
    RelationTypeGroup type_group = RelationTypeGroup::common;
    std::int32_t level_max = 1;  ///< 0 or less: as deep as is looked at all.
    bool last_level_only = false;

    EntityId root() const { return {root_type, root_id}; }
};
constexpr auto describe(const RelationsSearch*) {
    return fields(
        field("rootId", &RelationsSearch::root_id), field("rootType", &RelationsSearch::root_type),
        field("direction", &RelationsSearch::direction, "", of_schema("EntitySearchDirection")),
        field("relationTypeGroup", &RelationsSearch::type_group, "",
              of_schema("RelationTypeGroup")),
        field("maxLevel", &RelationsSearch::level_max),
        field("fetchLastLevelOnly", &RelationsSearch::last_level_only));
}

/// Which of the relations that were followed are meant: empty members fit all.
struct RelationFilter {
    std::string type;
    std::vector<EntityType> entity_types;  ///< Of the far end.
    bool negate = false;                   ///< Of the type; queries of relations do not look at it.
};
constexpr auto describe(const RelationFilter*) {
    return fields(field("relationType", &RelationFilter::type),
                  field("entityTypes", &RelationFilter::entity_types),
                  field("negate", &RelationFilter::negate));
}

struct RelationsQuery {
    RelationsSearch parameters;
    std::vector<RelationFilter> filters;
};
constexpr auto describe(const RelationsQuery*) {
    return fields(
        field("filters", &RelationsQuery::filters, "", of_schema("RelationEntityTypeFilter")),
        field("parameters", &RelationsQuery::parameters, "",
              of_schema("RelationsSearchParameters")));
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::Relation)
TS_JSON_ELSEWHERE(model::EntityRelation)
TS_JSON_ELSEWHERE(model::EntityRelationInfo)
TS_JSON_ELSEWHERE(model::RelationsSearch)
TS_JSON_ELSEWHERE(model::RelationFilter)
TS_JSON_ELSEWHERE(model::RelationsQuery)
}  // namespace thingstead
