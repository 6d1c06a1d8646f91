// One relation on the way from an entity to others.
#pragma once
#include <string>

#include "model/relation.h"

namespace thingstead::core {

struct RelationStep {
    model::SearchDirection direction = model::SearchDirection::from;  ///< FROM the entity, or TO.
    std::string type;
    friend bool operator==(const RelationStep&, const RelationStep&) = default;
};

/// The same relation, seen from its other end.
inline model::SearchDirection opposite(model::SearchDirection direction) {
    return direction == model::SearchDirection::from ? model::SearchDirection::to
                                                     : model::SearchDirection::from;
}

}  // namespace thingstead::core
