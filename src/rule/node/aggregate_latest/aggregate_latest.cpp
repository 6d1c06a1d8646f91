#include "rule/latest_aggregates.h"

namespace thingstead::rule::aggregate_latest {

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.analytics.latest.telemetry.TbAggLatestTelemetryNode",
    .name = "aggregate latest",
    .kind = NodeKind::analytics,
    .summary = "Aggregates attributes or latest values of entities' children, once in a period.",
    .has_input = false,
    .has_queue_name = true,
    .icon = "functions",
    .default_configuration = &default_configuration<LatestConfig>,
    .make = &make_node<LatestAggregatesNode, LatestConfig>,
};

}  // namespace thingstead::rule::aggregate_latest
