#include "model/geo/geofence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace thingstead::model::geo {
namespace {

constexpr double earth_radius_km = 6371.0087714;

struct UnitFacts {
    std::string_view name;
    double per_km;
};
constexpr std::array<UnitFacts, 5> units{
    {{"METER", 1000.0},
     {"KILOMETER", 1.0},
     {"FOOT", 3280.84},
     {"MILE", 0.62137},
     {"NAUTICAL_MILE", 0.539957}}
};

double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

enum class Side : std::uint8_t { inside, border, outside };

bool is_on_edge(const Coordinates& point, const Coordinates& from, const Coordinates& to) {
    const double cross = (to.latitude - from.latitude) * (point.longitude - from.longitude) -
                         (to.longitude - from.longitude) * (point.latitude - from.latitude);
    return cross == 0 && point.latitude >= std::min(from.latitude, to.latitude) &&
           point.latitude <= std::max(from.latitude, to.latitude) &&
           point.longitude >= std::min(from.longitude, to.longitude) &&
           point.longitude <= std::max(from.longitude, to.longitude);
}

/// Corners of a rectangle from two opposite ones.
Ring corners(const Ring& ring) {
    if (ring.size() != 2) return ring;
    return {
        ring[0],
        {ring[0].latitude, ring[1].longitude},
        ring[1],
        {ring[1].latitude, ring[0].longitude}
    };
}

/// Counts the edges that a ray from the point crosses: a ring that crosses itself is inside where
/// they are odd, which is what repairing it into simple ones makes of it.
Side side_of(const Coordinates& point, const Ring& ring) {
    bool inside = false;
    for (std::size_t i = 0, before = ring.size() - 1; i < ring.size(); before = i++) {
        const Coordinates& from = ring[before];
        const Coordinates& to = ring[i];
        if (is_on_edge(point, from, to)) return Side::border;
        const bool spans = (from.longitude > point.longitude) != (to.longitude > point.longitude);
        if (!spans) continue;
        const double crossing = from.latitude + (point.longitude - from.longitude) /
                                                    (to.longitude - from.longitude) *
                                                    (to.latitude - from.latitude);
        if (point.latitude < crossing) inside = !inside;
    }
    return inside ? Side::inside : Side::outside;
}

/// Which side of the line the point lies on: below, on or above 0.
double turn(const Coordinates& from, const Coordinates& to, const Coordinates& point) {
    return (to.latitude - from.latitude) * (point.longitude - from.longitude) -
           (to.longitude - from.longitude) * (point.latitude - from.latitude);
}

bool edges_cross(const Coordinates& a, const Coordinates& b, const Coordinates& c,
                 const Coordinates& d) {
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

bool rings_cross(const Ring& one, const Ring& other) {
    for (std::size_t i = 0; i < one.size(); ++i)
        for (std::size_t k = 0; k < other.size(); ++k)
            if (edges_cross(one[i], one[(i + 1) % one.size()], other[k],
                            other[(k + 1) % other.size()]))
                return true;
    return false;
}

struct Box {
    Coordinates low;
    Coordinates high;
};

Box box_of(const Ring& ring) {
    Box box{ring[0], ring[0]};
    for (const Coordinates& corner : ring) {
        box.low.latitude = std::min(box.low.latitude, corner.latitude);
        box.low.longitude = std::min(box.low.longitude, corner.longitude);
        box.high.latitude = std::max(box.high.latitude, corner.latitude);
        box.high.longitude = std::max(box.high.longitude, corner.longitude);
    }
    return box;
}

/// Every corner is inside, and no edge leaves it. The boxes spare most pairs the long answer.
bool is_strictly_within(const Ring& inner, const Ring& outer) {
    const Box small = box_of(inner);
    const Box large = box_of(outer);
    const bool fits =
        small.low.latitude > large.low.latitude && small.low.longitude > large.low.longitude &&
        small.high.latitude < large.high.latitude && small.high.longitude < large.high.longitude;
    return fits &&
           std::all_of(
               inner.begin(), inner.end(),
               [&](const Coordinates& corner) { return side_of(corner, outer) == Side::inside; }) &&
           !rings_cross(inner, outer);
}

}  // namespace

std::optional<RangeUnit> range_unit(std::string_view name) {
    for (std::size_t i = 0; i < units.size(); ++i)
        if (units[i].name == name) return static_cast<RangeUnit>(i);
    return std::nullopt;
}

double distance(const Coordinates& from, const Coordinates& to, RangeUnit unit) {
    const double latitude_half = std::sin(radians(to.latitude - from.latitude) / 2);
    const double longitude_half = std::sin(radians(to.longitude - from.longitude) / 2);
    const double haversine = latitude_half * latitude_half + std::cos(radians(from.latitude)) *
                                                                 std::cos(radians(to.latitude)) *
                                                                 longitude_half * longitude_half;
    const double angle = 2 * std::asin(std::min(1.0, std::sqrt(haversine)));
    return angle * earth_radius_km * units[static_cast<std::size_t>(unit)].per_km;
}

bool is_inside(const Coordinates& point, const Circle& circle) {
    return circle.radius > distance(point, circle.center, circle.unit);
}

bool is_inside(const Coordinates& point, const Polygon& polygon) {
    std::vector<Ring> rings;
    for (const Ring& ring : polygon.rings) rings.push_back(corners(ring));
    // A point on any border, or outside of all outer rings, is outside; so holes matter only where
    // the point is within two rings, and rings are compared only then.
    std::vector<const Ring*> around;
    for (const Ring& ring : rings) {
        if (ring.size() < 3) continue;
        if (side_of(point, ring) != Side::outside) around.push_back(&ring);
    }
    bool inside = false;
    for (const Ring* ring : around) {
        const bool hole = std::any_of(rings.begin(), rings.end(), [&](const Ring& other) {
            return &other != ring && other.size() >= 3 && is_strictly_within(*ring, other);
        });
        if (hole) return false;
        if (side_of(point, *ring) == Side::inside) inside = true;
    }
    return inside;
}

}  // namespace thingstead::model::geo
