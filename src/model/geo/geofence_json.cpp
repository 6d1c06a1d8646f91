// Geofences from JSON text.
#include <cmath>
#include <string>

#include "base/json.h"
#include "model/geo/geofence.h"

namespace thingstead::model::geo {
namespace {

Error bad_geofence(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message)};
}

std::optional<double> number_of(const json::value& value) {
    boost::system::error_code failed;
    const auto number = value.to_number<double>(failed);
    if (failed || !std::isfinite(number)) return std::nullopt;
    return number;
}

std::optional<double> member_number(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    return value ? number_of(*value) : std::nullopt;
}

/// [latitude, longitude]; what follows (a height) is not looked at.
std::optional<Coordinates> point_of(const json::value& value) {
    const json::array* pair = value.if_array();
    if (!pair || pair->size() < 2) return std::nullopt;
    const std::optional<double> latitude = number_of((*pair)[0]);
    const std::optional<double> longitude = number_of((*pair)[1]);
    if (!latitude || !longitude) return std::nullopt;
    return Coordinates{*latitude, *longitude};
}

class PolygonReader {
  public:
    /// An array of points is a ring; an array of arrays holds rings at any depth.
    std::optional<Error> read(const json::array& items) {
        if (items.empty()) return std::nullopt;
        if (!point_of(items[0])) return read_nested(items);
        Ring ring;
        for (const json::value& item : items) {
            const std::optional<Coordinates> point = point_of(item);
            if (!point) return bad_geofence("a ring has points [latitude, longitude]");
            ring.push_back(*point);
        }
        points_ += ring.size();
        if (points_ > polygon_points_max)
            return Error{ErrorCode::too_large, "polygon has too many points"};
        if (ring.size() > 3 && ring.front() == ring.back()) ring.pop_back();
        if (ring.size() < 2) return bad_geofence("a ring has at least two points");
        polygon.rings.push_back(std::move(ring));
        return std::nullopt;
    }

    Polygon polygon;

  private:
    std::optional<Error> read_nested(const json::array& items) {
        for (const json::value& item : items) {
            const json::array* inner = item.if_array();
            if (!inner)
                return bad_geofence("a polygon is an array of points [latitude, longitude]");
            if (std::optional<Error> wrong = read(*inner)) return wrong;
        }
        return std::nullopt;
    }

    std::size_t points_ = 0;
};

}  // namespace

Result<Polygon> parse_polygon(std::string_view text) {
    const Result<json::value> document = parse_json(text);
    if (!document) return document.error();
    const json::array* items = document->if_array();
    if (!items) return bad_geofence("a polygon is an array of points [latitude, longitude]");
    PolygonReader reader;
    if (std::optional<Error> wrong = reader.read(*items)) return *std::move(wrong);
    if (reader.polygon.rings.empty()) return bad_geofence("a polygon has at least one ring");
    return std::move(reader.polygon);
}

Result<Circle> parse_circle(std::string_view text) {
    const Result<json::value> document = parse_json(text);
    if (!document) return document.error();
    const json::object* members = document->if_object();
    if (!members) return bad_geofence("a circle is an object");
    const std::optional<double> latitude = member_number(*members, "latitude");
    const std::optional<double> longitude = member_number(*members, "longitude");
    const std::optional<double> radius = member_number(*members, "radius");
    if (!latitude || !longitude || !radius)
        return bad_geofence("a circle has latitude, longitude and radius");
    Circle circle{
        {*latitude, *longitude},
        *radius
    };
    const json::value* unit = members->if_contains("radiusUnit");
    if (!unit || unit->is_null()) return circle;
    const std::optional<RangeUnit> known =
        unit->is_string() ? range_unit(unit->get_string()) : std::nullopt;
    if (!known)
        return bad_geofence("radiusUnit is none of METER, KILOMETER, FOOT, MILE, NAUTICAL_MILE");
    circle.unit = *known;
    return circle;
}

}  // namespace thingstead::model::geo
