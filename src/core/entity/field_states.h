// What calculated fields and rule nodes remember of entities (model/field_state.h), at their end.
#pragma once
#include "store/entity_store.h"

namespace thingstead::core {

/// Removes whatever the calculated field or rule node remembers.
Result<> forget_states_of(store::Transaction& transaction, model::EntityId owner);

}  // namespace thingstead::core
