// isInsidePolygon and isInsideCircle.
#include "model/geo/geofence.h"
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"

namespace thingstead::script::tbel {
namespace geo {
namespace {

model::geo::Coordinates point(Call& call) { return {double_at(call, 0), double_at(call, 1)}; }

Value is_inside_polygon(Call& call) {
    const std::string_view text = text_at(call, 2);
    call.run.tick(text.size());
    const model::geo::Polygon polygon = take(model::geo::parse_polygon(text));
    // Which ring lies in which takes time by their product.
    constexpr std::size_t rings_max = 100;
    if (polygon.rings.size() > rings_max) fail("a perimeter has at most 100 rings");
    return make_boolean(model::geo::is_inside(point(call), polygon));
}

Value is_inside_circle(Call& call) {
    const model::geo::Circle circle = take(model::geo::parse_circle(text_at(call, 2)));
    return make_boolean(model::geo::is_inside(point(call), circle));
}

constexpr Method methods[] = {
    {"isInsidePolygon", is_inside_polygon, 3, 3, StaticType::boolean},
    {"isInsideCircle",  is_inside_circle,  3, 3, StaticType::boolean},
};

}  // namespace
}  // namespace geo

std::span<const Method> geo_helpers() { return geo::methods; }

}  // namespace thingstead::script::tbel
