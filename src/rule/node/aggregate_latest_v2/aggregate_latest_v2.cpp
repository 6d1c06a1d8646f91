#include "rule/latest_aggregates.h"

namespace thingstead::rule::aggregate_latest_v2 {

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.analytics.latest.telemetry.TbAggLatestTelemetryNodeV2",
    .name = "aggregate latest V2",
    .kind = NodeKind::analytics,
    .summary = "Aggregates attributes or latest values of entities' children, once in a period.",
    .has_input = false,
    .has_queue_name = true,
    .icon = "functions",
    .default_configuration = &default_configuration<LatestConfig>,
    .make = &make_node<LatestAggregatesNode, LatestConfig>,
};

}  // namespace thingstead::rule::aggregate_latest_v2
