// One message becomes one for each of many entities.
#pragma once
#include <vector>

#include "model/entity_group.h"
#include "rule/node.h"

namespace thingstead::rule {

/// Puts a copy of the visited message for each entity into the queue, to go on behind the node.
/// Consumed: they go on in its place. Errors: unavailable.
Task<Outcome> duplicate_for(NodeServices& services, NodeInfo node, const Visit& visit,
                            std::vector<model::EntityId> entities);

/// The same for what is in the group, however much. Errors: not_found - nothing is.
Task<Outcome> duplicate_for_group(NodeServices& services, NodeInfo node, const Visit& visit,
                                  model::EntityGroupId group);

}  // namespace thingstead::rule
