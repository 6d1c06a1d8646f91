// Whether a point lies in a geofence: circles on the sphere, polygons with holes on the plane of
// (latitude, longitude). Rule nodes and scripts ask the same questions.
// Source: rule nodes "gps geofencing filter" and "events", script helpers isInsidePolygon and
// isInsideCircle. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::model::geo {

/// In degrees.
struct Coordinates {
    double latitude;
    double longitude;

    friend bool operator==(const Coordinates&, const Coordinates&) = default;
};

enum class RangeUnit : std::uint8_t { meter, kilometer, foot, mile, nautical_mile };

/// METER, KILOMETER, FOOT, MILE, NAUTICAL_MILE.
std::optional<RangeUnit> range_unit(std::string_view name);

struct Circle {
    Coordinates center;
    double radius;
    RangeUnit unit = RangeUnit::meter;
};

/// A ring without its closing point: two points are opposite corners of a rectangle.
using Ring = std::vector<Coordinates>;

/// Rings; one that lies strictly within another is a hole.
struct Polygon {
    std::vector<Ring> rings;
};

/// Most points of a polygon definition.
inline constexpr std::size_t polygon_points_max = 20'000;

/// Great-circle distance by the haversine formula on a sphere of 6371.0087714 km.
double distance(const Coordinates& from, const Coordinates& to, RangeUnit unit);

/// Strictly nearer than the radius.
bool is_inside(const Coordinates& point, const Circle& circle);

/// Inside the outer rings and not inside a hole; a point on a border is outside.
bool is_inside(const Coordinates& point, const Polygon& polygon);

/// JSON text: one ring `[[lat,lon],…]`, or rings in arrays nested at any depth.
/// Errors: malformed, invalid_argument (no numbers, no ring), too_large.
Result<Polygon> parse_polygon(std::string_view json);

/// JSON text `{"latitude","longitude","radius"[,"radiusUnit"]}`. Errors: as parse_polygon.
Result<Circle> parse_circle(std::string_view json);

}  // namespace thingstead::model::geo
