// Fields of type PROPAGATION: values of an entity, or what a script makes of them, are handed to
// entities that are related to it. Source: the interface's rule engine, calculated fields.
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/relation_step.h"

namespace thingstead::core {

struct FieldConfiguration;

struct PropagationPart {
    RelationStep relation;
    /// The result of the script; else the arguments as they are, those that changed.
    bool by_script = false;
};

/// Errors: invalid_argument - what is wrong.
Result<> read_propagation(const json::object& document, FieldConfiguration& into);

}  // namespace thingstead::core
