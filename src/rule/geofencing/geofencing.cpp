#include "rule/geofencing/geofencing.h"

#include <charconv>
#include <cmath>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

Error bad_place(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }
Error no_perimeter() { return bad_place("Missing perimeter definition!"); }

std::optional<double> finite_number(std::string_view text) {
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

Result<model::geo::Circle> circle_of(std::optional<double> latitude,
                                     std::optional<double> longitude, std::optional<double> radius,
                                     std::string_view unit) {
    if (!latitude || !longitude || !radius) return no_perimeter();
    const auto known = model::geo::range_unit(unit);
    if (!known) return bad_place("Unknown range unit: " + std::string(unit));
    return model::geo::Circle{
        {*latitude, *longitude},
        *radius, *known
    };
}

}  // namespace

GeofencingConfig new_geofencing() {
    GeofencingConfig config;
    config.perimeter_key = "ss_perimeter";
    return config;
}

Result<Geofencing> Geofencing::make(const GeofencingConfig& config) {
    if (!config.perimeter)
        return bad_place("perimeterType can't be null! Allowed values: POLYGON, CIRCLE");
    Geofencing out;
    out.latitude_key_ = config.latitude_key;
    out.longitude_key_ = config.longitude_key;
    out.type_ = *config.perimeter;
    out.perimeter_key_ = config.perimeter_key;
    if (config.from_metadata) return out;
    if (out.type_ == PerimeterType::polygon) {
        Result<Perimeter> made = polygon(config.polygons.value_or(""));
        if (!made) return made.error();
        out.configured_ = *std::move(made);
    } else {
        const auto made = circle_of(config.center_latitude, config.center_longitude, config.range,
                                    config.range_unit.value_or(""));
        if (!made) return made.error();
        out.configured_ = *made;
    }
    return out;
}

Result<bool> Geofencing::is_inside(const model::Msg& msg) const {
    const Result<json::object> data = body_object(msg);
    if (!data) return data.error();
    const Result<double> latitude = degrees(msg, *data, latitude_key_);
    if (!latitude) return latitude.error();
    const Result<double> longitude = degrees(msg, *data, longitude_key_);
    if (!longitude) return longitude.error();
    const model::geo::Coordinates place{*latitude, *longitude};
    const auto asks = [&](const auto& perimeter) {
        return model::geo::is_inside(place, perimeter);
    };
    if (configured_) return std::visit(asks, *configured_);
    const Result<Perimeter> perimeter = perimeter_of(msg.metadata);
    if (!perimeter) return perimeter.error();
    return std::visit(asks, *perimeter);
}

/// From the data if a plain value stands there, else from the metadata.
Result<double> Geofencing::degrees(const model::Msg& msg, const json::object& data,
                                   const std::string& key) const {
    std::string text;
    const json::value* value = data.if_contains(key);
    if (value && !value->is_structured() && !value->is_null())
        text = text_of(*value);
    else if (const std::string* found = msg.metadata.find(key))
        text = *found;
    else
        return bad_place("The message has no " + key);
    const std::optional<double> number = finite_number(text);
    if (!number) return bad_place("The message's " + key + " is no number: " + text);
    return *number;
}

Result<Geofencing::Perimeter> Geofencing::perimeter_of(const model::Metadata& metadata) const {
    if (perimeter_key_.empty() && type_ == PerimeterType::circle) return older_circle(metadata);
    const std::string* text =
        metadata.find(perimeter_key_.empty() ? std::string_view("perimeter") : perimeter_key_);
    if (!text) return no_perimeter();
    return type_ == PerimeterType::polygon ? polygon(*text) : circle(*text);
}

Result<Geofencing::Perimeter> Geofencing::polygon(std::string_view text) {
    if (text.empty()) return no_perimeter();
    Result<model::geo::Polygon> parsed = model::geo::parse_polygon(text);
    if (!parsed) return parsed.error();
    return Perimeter(*std::move(parsed));
}

Result<Geofencing::Perimeter> Geofencing::circle(std::string_view text) {
    if (text.empty()) return no_perimeter();
    const Result<model::geo::Circle> parsed = model::geo::parse_circle(text);
    if (!parsed) return parsed.error();
    return Perimeter(*parsed);
}

Result<Geofencing::Perimeter> Geofencing::older_circle(const model::Metadata& metadata) {
    if (!metadata.find("rangeUnit")) return no_perimeter();
    const auto made = circle_of(finite_number(metadata.get("centerLatitude")),
                                finite_number(metadata.get("centerLongitude")),
                                finite_number(metadata.get("range")), metadata.get("rangeUnit"));
    if (!made) return made.error();
    return Perimeter(*made);
}

}  // namespace thingstead::rule
