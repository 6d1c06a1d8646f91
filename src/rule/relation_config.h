// What the nodes that make and delete relations have alike.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "model/relation.h"
#include "store/entity_store.h"

namespace thingstead::rule {

/// The kinds that a relation may be made to. Errors: invalid_argument.
Result<> check_far_end(std::optional<model::EntityType> type);

/// Of group COMMON. FROM: it leads from the originator.
model::EntityRelation relation_between(model::EntityId originator, model::EntityId far,
                                       model::SearchDirection direction, std::string type);
/// Those of group COMMON that lead that way.
Result<> drop_relations(store::Transaction& transaction, model::EntityId originator,
                        model::SearchDirection direction, const std::string& type);

/// 0 → 1: the direction is the originator's, and nothing is cached.
Result<> upgrade_relation_config(std::int32_t from, json::object& configuration);

}  // namespace thingstead::rule
