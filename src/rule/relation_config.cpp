#include "rule/relation_config.h"

#include <utility>

#include "rule/named_entity.h"

namespace thingstead::rule {

Result<> check_far_end(std::optional<model::EntityType> type) {
    if (!type) return Error{ErrorCode::invalid_argument, "Entity type should be specified!"};
    if (*type != model::EntityType::tenant && !has_names(*type))
        return Error{ErrorCode::invalid_argument,
                     "Unsupported entity type: " + std::string(model::wire_name(*type))};
    return {};
}

model::EntityRelation relation_between(model::EntityId originator, model::EntityId far,
                                       model::SearchDirection direction, std::string type) {
    const bool from = direction == model::SearchDirection::from;
    return {from ? originator : far,          from ? far : originator, std::move(type),
            model::RelationTypeGroup::common, json::value(),           std::nullopt};
}

Result<> drop_relations(store::Transaction& transaction, model::EntityId originator,
                        model::SearchDirection direction, const std::string& type) {
    const bool from = direction == model::SearchDirection::from;
    const auto gone = transaction.remove<model::Relation>({
        {from ? "fromId" : "toId",     originator.uuid                                         },
        {from ? "fromType" : "toType", std::string(model::wire_name(originator.type))          },
        {"relationTypeGroup",          std::string(enum_name(model::RelationTypeGroup::common))},
        {"relationType",               type                                                    }
    });
    return gone ? Result<>() : Result<>(gone.error());
}

Result<> upgrade_relation_config(std::int32_t from, json::object& configuration) {
    if (from > 0 || !configuration.contains("entityCacheExpiration")) return {};
    configuration.erase("entityCacheExpiration");
    const json::value* direction = configuration.if_contains("direction");
    if (!direction || !direction->is_string() ||
        (direction->get_string() != "FROM" && direction->get_string() != "TO"))
        return Error{ErrorCode::invalid_argument, "property to update: 'direction' is not valid"};
    configuration["direction"] = direction->get_string() == "FROM" ? "TO" : "FROM";
    return {};
}

}  // namespace thingstead::rule
