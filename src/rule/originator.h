// What a node may want to know of the entity that a message is about.
#pragma once
#include <optional>

#include "model/ids.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::rule {

/// The chain that the profile of a device names for its messages. Nullopt: it names none, the
/// tenant's root chain takes them; also for other entities and a device that is gone.
/// Errors: unavailable.
Task<Result<std::optional<model::RuleChainId>>> default_chain_of(store::EntityStore& store,
                                                                 model::EntityId originator);

}  // namespace thingstead::rule
