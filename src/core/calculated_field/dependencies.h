// Which calculated fields of an entity are made of each other.
#pragma once
#include <span>

#include "core/calculated_field/configuration.h"

namespace thingstead::core {

/// A field of an entity or profile, and where the values are that it takes.
struct FieldInCycle {
    model::EntityId owner;
    std::string name;
    FieldConfiguration configuration;
};

/// Errors: invalid_argument - `field` is made, through others, of what is made of it; names the
/// way. A field that takes its own last result is none, and a script's results are not known before
/// it runs.
Result<> check_no_cycle(const FieldInCycle& field, std::span<const FieldInCycle> others);

}  // namespace thingstead::core
