// Where a message is, and whether that is inside of a perimeter: what the geofencing nodes ask.
// Source: the interface's node "gps geofencing filter".
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "model/geo/geofence.h"
#include "model/msg.h"

namespace thingstead::rule {

enum class PerimeterType : std::uint8_t { polygon, circle };
constexpr auto enum_names(PerimeterType) {
    using namespace std::literals;
    return std::array{
        std::pair{PerimeterType::polygon, "POLYGON"sv},
        std::pair{PerimeterType::circle,  "CIRCLE"sv }
    };
}

/// A part of the nodes' configurations.
struct GeofencingConfig {
    std::string latitude_key = "latitude";
    std::string longitude_key = "longitude";
    std::optional<PerimeterType> perimeter = PerimeterType::polygon;
    bool from_metadata = true;
    std::string perimeter_key;  ///< Empty, or never stored: the older keys of metadata are read.
    std::optional<std::string> polygons;
    std::optional<double> center_latitude;
    std::optional<double> center_longitude;
    std::optional<double> range;
    std::optional<std::string> range_unit;
};
constexpr auto describe(const GeofencingConfig*) {
    using Config = GeofencingConfig;
    return fields(
        field("latitudeKeyName", &Config::latitude_key, "Key of the latitude, in degrees."),
        field("longitudeKeyName", &Config::longitude_key, "Key of the longitude, in degrees."),
        field("perimeterType", &Config::perimeter, "POLYGON or CIRCLE."),
        field("fetchPerimeterInfoFromMessageMetadata", &Config::from_metadata,
              "The metadata tells the perimeter."),
        field("perimeterKeyName", &Config::perimeter_key, "The key that does."),
        field("polygonsDefinition", &Config::polygons, "Rings of points [latitude, longitude]."),
        field("centerLatitude", &Config::center_latitude, "Of the circle, in degrees."),
        field("centerLongitude", &Config::center_longitude, "Of the circle, in degrees."),
        field("range", &Config::range, "Radius of the circle."),
        field("rangeUnit", &Config::range_unit, "METER, KILOMETER, FOOT, MILE or NAUTICAL_MILE."));
}
/// Of a new node: the perimeter stands in `ss_perimeter`.
GeofencingConfig new_geofencing();

class Geofencing {
  public:
    /// Errors: invalid_argument - no type of perimeter, or the configured perimeter is wrong.
    static Result<Geofencing> make(const GeofencingConfig& config);

    /// Whether the message's place is inside. Errors: the data is no object; no place; "Missing
    /// perimeter definition!", or a wrong one.
    Result<bool> is_inside(const model::Msg& msg) const;

  private:
    using Perimeter = std::variant<model::geo::Polygon, model::geo::Circle>;

    Geofencing() = default;
    Result<double> degrees(const model::Msg& msg, const json::object& data,
                           const std::string& key) const;
    Result<Perimeter> perimeter_of(const model::Metadata& metadata) const;
    static Result<Perimeter> polygon(std::string_view text);
    static Result<Perimeter> circle(std::string_view text);
    static Result<Perimeter> older_circle(const model::Metadata& metadata);

    std::string latitude_key_, longitude_key_;
    PerimeterType type_ = PerimeterType::polygon;
    std::string perimeter_key_;
    std::optional<Perimeter> configured_;
};

}  // namespace thingstead::rule
