#include "rule/geofencing/geofencing.h"
#include "rule/node.h"

namespace thingstead::rule::gps_geofencing_filter {
namespace {

constexpr std::string_view relations[] = {"True", "False"};

json::value new_configuration() { return to_json(new_geofencing()); }

class GpsGeofencingFilterNode final : public Node {
  public:
    explicit GpsGeofencingFilterNode(Geofencing geofencing) : geofencing_(std::move(geofencing)) {}

    static Result<std::unique_ptr<Node>> make(GeofencingConfig config, const NodeInfo&,
                                              NodeServices&) {
        Result<Geofencing> geofencing = Geofencing::make(config);
        if (!geofencing) return geofencing.error();
        return std::unique_ptr<Node>(
            std::make_unique<GpsGeofencingFilterNode>(*std::move(geofencing)));
    }

    Step on_message(Visit& visit) override {
        const Result<bool> inside = geofencing_.is_inside(visit.msg);
        if (!inside) return inside.error();
        return *inside ? "True" : "False";
    }

  private:
    Geofencing geofencing_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.geo.TbGpsGeofencingFilterNode",
    .name = "gps geofencing filter",
    .kind = NodeKind::filter,
    .summary = "Looks whether the place that a message tells is inside of a perimeter.",
    .relations = relations,
    .default_configuration = &new_configuration,
    .make = &make_node<GpsGeofencingFilterNode, GeofencingConfig>,
};

}  // namespace thingstead::rule::gps_geofencing_filter
