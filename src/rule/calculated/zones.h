// Fields of type GEOFENCING: which zones an entity is in, and what follows from it. Plain
// functions over FieldValues and what was the case before.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "rule/calculated/field_values.h"

namespace thingstead::rule {

/// Where an entity was.
struct ZonesState {
    struct Group {
        std::optional<bool> inside{};                 ///< Nullopt: nobody looked yet.
        std::unordered_set<model::EntityId> zones{};  ///< That it was in, as far as is known.
        bool looked = false;                          ///< `zones` is complete.
    };
    std::map<std::string, Group> groups{};
};

/// Relations of a group that are to be made or ended.
struct ZoneRelations {
    core::RelationStep relation;
    std::vector<model::EntityId> made{};
    std::vector<model::EntityId> ended{};
};

struct ZonesOutcome {
    json::object result;  ///< `<group>Event`, `<group>Status`, as the groups say.
    std::vector<ZoneRelations> relations{};
};

/// Of complete values; `state` becomes what is the case now. Errors: invalid_argument - a
/// coordinate that is no number, a perimeter that is none; the state is as it was.
Result<ZonesOutcome> evaluate_zones(const core::FieldConfiguration& configuration,
                                    const FieldValues& values, ZonesState& state);

/// What a saved result says of a group; nullopt: nothing.
std::optional<bool> was_inside(const std::optional<model::Value>& event,
                               const std::optional<model::Value>& status);

}  // namespace thingstead::rule
