#include "rule/calculated/zones.h"

#include "model/geo/geofence.h"

namespace thingstead::rule {
namespace {

Error no_place(std::string what) { return {ErrorCode::invalid_argument, std::move(what)}; }

Result<double> coordinate(const core::FieldConfiguration& configuration, const FieldValues& values,
                          std::size_t argument) {
    const auto value = values.value(argument);
    const auto number = value ? number_of(*value) : std::nullopt;
    if (number) return *number;
    return no_place("The value of '" + configuration.arguments[argument].key +
                    "' is not a number.");
}

/// A circle is an object, a polygon a list.
Result<bool> is_in(const model::geo::Coordinates& place, const model::Value& perimeter) {
    std::string text;
    if (const auto* document = std::get_if<model::JsonText>(&perimeter)) text = document->text;
    if (const auto* plain = std::get_if<std::string>(&perimeter)) text = *plain;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return no_place("is no polygon and no circle.");
    if (text[first] == '{') {
        const auto circle = model::geo::parse_circle(text);
        if (!circle) return circle.error();
        return model::geo::is_inside(place, *circle);
    }
    const auto polygon = model::geo::parse_polygon(text);
    if (!polygon) return polygon.error();
    return model::geo::is_inside(place, *polygon);
}

Result<std::unordered_set<model::EntityId>> zones_around(const core::ZoneGroup& group,
                                                         const model::geo::Coordinates& place,
                                                         const FieldValues& values) {
    std::unordered_set<model::EntityId> zones;
    for (const RelatedValue& each : values.related(group.argument)) {
        if (!each.value.value) continue;
        const Result<bool> inside = is_in(place, *each.value.value);
        if (!inside)
            return no_place("Perimeter of zone " + each.entity.uuid.to_string() + " of group '" +
                            group.name + "': " + inside.error().message);
        if (*inside) zones.insert(each.entity);
    }
    return zones;
}

void report(const core::ZoneGroup& group, std::optional<bool> before, bool inside,
            json::object& result) {
    if (group.report != core::ZoneReport::status && before && *before != inside)
        result[group.name + "Event"] = inside ? "ENTERED" : "LEFT";
    if (group.report != core::ZoneReport::events)
        result[group.name + "Status"] = inside ? "INSIDE" : "OUTSIDE";
}

/// At the first look every zone that it is not in is one that it may have been in.
ZoneRelations relations_after(const core::ZoneGroup& group, const ZonesState::Group& before,
                              const std::unordered_set<model::EntityId>& now,
                              const FieldValues& values) {
    ZoneRelations changed{*group.relation};
    for (const model::EntityId each : now)
        if (!before.zones.contains(each)) changed.made.push_back(each);
    if (before.looked) {
        for (const model::EntityId each : before.zones)
            if (!now.contains(each)) changed.ended.push_back(each);
    } else {
        for (const RelatedValue& each : values.related(group.argument))
            if (!now.contains(each.entity)) changed.ended.push_back(each.entity);
    }
    return changed;
}

}  // namespace

Result<ZonesOutcome> evaluate_zones(const core::FieldConfiguration& configuration,
                                    const FieldValues& values, ZonesState& state) {
    const core::GeofencingPart& part = *configuration.geofencing;
    const Result<double> latitude = coordinate(configuration, values, part.latitude);
    if (!latitude) return latitude.error();
    const Result<double> longitude = coordinate(configuration, values, part.longitude);
    if (!longitude) return longitude.error();
    std::vector<std::unordered_set<model::EntityId>> zones;
    for (const core::ZoneGroup& group : part.groups) {
        auto around = zones_around(group, {*latitude, *longitude}, values);
        if (!around) return around.error();
        zones.push_back(*std::move(around));
    }
    ZonesOutcome outcome;
    for (std::size_t i = 0; i < part.groups.size(); ++i) {
        const core::ZoneGroup& group = part.groups[i];
        ZonesState::Group& known = state.groups[group.name];
        const bool inside = !zones[i].empty();
        report(group, known.inside, inside, outcome.result);
        if (group.relation) {
            ZoneRelations changed = relations_after(group, known, zones[i], values);
            if (!changed.made.empty() || !changed.ended.empty())
                outcome.relations.push_back(std::move(changed));
        }
        known = {inside, std::move(zones[i]), true};
    }
    return outcome;
}

std::optional<bool> was_inside(const std::optional<model::Value>& event,
                               const std::optional<model::Value>& status) {
    const auto text = [](const std::optional<model::Value>& value) {
        const auto* found = value ? std::get_if<std::string>(&*value) : nullptr;
        return found ? std::string_view(*found) : std::string_view();
    };
    if (text(status) == "INSIDE") return true;
    if (text(status) == "OUTSIDE") return false;
    if (text(event) == "ENTERED") return true;
    if (text(event) == "LEFT") return false;
    return std::nullopt;
}

}  // namespace thingstead::rule
