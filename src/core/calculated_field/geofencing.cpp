#include "core/calculated_field/geofencing.h"

#include <algorithm>

#include "core/calculated_field/configuration.h"
#include "core/calculated_field/members.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::string_view latitude_argument = "latitude";
constexpr std::string_view longitude_argument = "longitude";

Error in_group(std::string_view name, std::string_view what) {
    return invalid("Zone group '" + std::string(name) + "' " + std::string(what));
}

Result<> read_coordinates(const json::object& document, FieldConfiguration& into) {
    const json::value* given = member_of(document, "entityCoordinates");
    const json::object* keys = given ? given->if_object() : nullptr;
    if (!keys) return invalid("Geofencing calculated field should have entityCoordinates!");
    for (const auto& [name, member] : {
             std::pair{latitude_argument,  "latitudeKeyName" },
             std::pair{longitude_argument, "longitudeKeyName"}
    }) {
        FieldArgument argument;
        argument.name = name;
        argument.key = text_of_member(*keys, member);
        if (model::is_blank(argument.key))
            return invalid("entityCoordinates should have " + std::string(member) + "!");
        into.arguments.push_back(std::move(argument));
    }
    return {};
}

Result<ZoneGroup> read_group(std::string_view name, const json::value& document,
                             std::vector<FieldArgument>& arguments) {
    if (!is_variable_name(name)) return in_group(name, "should be named by letters, digits, '_'!");
    if (name == latitude_argument || name == longitude_argument || name == "ctx")
        return in_group(name, "has a reserved name!");
    const json::object* object = document.if_object();
    if (!object) return in_group(name, "should be an object!");
    FieldArgument zones;
    zones.name = name;
    zones.type = ArgumentType::attribute;
    zones.key = text_of_member(*object, "perimeterKeyName");
    zones.many = true;
    if (model::is_blank(zones.key)) return in_group(name, "should have perimeterKeyName!");
    if (Result<> read = read_source(*object, true, zones); !read)
        return in_group(name, "has a wrong source: " + read.error().message);
    ZoneGroup group;
    group.name = name;
    const auto report = enum_value<ZoneReport>(text_of_member(*object, "reportStrategy"));
    if (!report) return in_group(name, "should have a reportStrategy!");
    group.report = *report;
    if (flag_of(*object, "createRelationsWithMatchedZones", false)) {
        Result<RelationStep> step = read_step(document, "Zone group '" + group.name + "'");
        if (!step) return step.error();
        group.relation = *std::move(step);
    }
    arguments.push_back(std::move(zones));
    return group;
}

}  // namespace

Result<> read_geofencing(const json::object& document, FieldConfiguration& into) {
    if (Result<> read = read_coordinates(document, into); !read) return read;
    const json::value* given = member_of(document, "zoneGroups");
    const json::object* groups = given ? given->if_object() : nullptr;
    if (!groups || groups->empty())
        return invalid("Geofencing calculated field should have at least one zone group!");
    GeofencingPart part;
    for (const auto& [name, value] : *groups) {
        Result<ZoneGroup> group = read_group(name, value, into.arguments);
        if (!group) return group.error();
        part.groups.push_back(*std::move(group));
    }
    std::sort(part.groups.begin(), part.groups.end(),
              [](const ZoneGroup& a, const ZoneGroup& b) { return a.name < b.name; });
    sort_by_name(into.arguments);
    part.latitude = *into.position_of(latitude_argument);
    part.longitude = *into.position_of(longitude_argument);
    for (ZoneGroup& each : part.groups) each.argument = *into.position_of(each.name);
    const auto refresh = read_refresh(document);
    if (!refresh) return refresh.error();
    into.refresh = *refresh;
    into.geofencing = std::move(part);
    return {};
}

}  // namespace thingstead::core
