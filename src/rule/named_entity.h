// Entities that a node is told by their names.
#pragma once
#include <optional>
#include <string>

#include "rule/node.h"

namespace thingstead::rule {

/// How nodes look for one.
struct NamedEntity {
    model::EntityType type = model::EntityType::device;
    std::string name;  ///< The title of customers and dashboards, the e-mail of users.
    /// If it is missing: made, and told of by a message ENTITY_CREATED. Devices, assets, customers.
    bool create = false;
    std::string profile{};  ///< Of a new device or asset; empty: the default one.
};

/// Whether there is a way to look for entities of the kind by name; the tenant itself needs none.
bool has_names(model::EntityType type);
bool can_be_created(model::EntityType type);

/// The entity of the node's tenant. Errors: not_found - "Device with name 'x' doesn't exist!";
/// those of its creation.
Task<Result<model::EntityId>> find_named(NodeServices& services, NodeInfo node, NamedEntity named);

}  // namespace thingstead::rule
