// Fields of type GEOFENCING: whether an entity is within zones, whose perimeters are attributes of
// other entities. Source: the interface's rule engine, calculated fields.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/calculated_field/relation_step.h"

namespace thingstead::core {

struct FieldConfiguration;

enum class ZoneReport : std::uint8_t { events, status, both };
constexpr auto enum_names(ZoneReport) {
    using namespace std::literals;
    return std::array{
        std::pair{ZoneReport::events, "REPORT_TRANSITION_EVENTS_ONLY"sv               },
        std::pair{ZoneReport::status, "REPORT_PRESENCE_STATUS_ONLY"sv                 },
        std::pair{ZoneReport::both,   "REPORT_TRANSITION_EVENTS_AND_PRESENCE_STATUS"sv}
    };
}

/// Zones that count as one: the entity is inside if it is in any of them.
struct ZoneGroup {
    std::string name;
    std::size_t argument = 0;  ///< The one that is the zones' perimeters.
    ZoneReport report = ZoneReport::both;
    std::optional<RelationStep> relation{};  ///< Made from the entity, or to it, while it is in.
};

struct GeofencingPart {
    /// Positions of the arguments.
    std::size_t latitude = 0;
    std::size_t longitude = 0;
    std::vector<ZoneGroup> groups{};
};

/// Fills in the arguments, the part, and how often the zones are looked for. Errors:
/// invalid_argument - what is wrong.
Result<> read_geofencing(const json::object& document, FieldConfiguration& into);

}  // namespace thingstead::core
