#include "rule/latest_aggregates.h"

namespace thingstead::rule::aggregate_latest_v2 {

extern const NodeDescriptor descriptor = latest_descriptor({
    .type = "org.thingsboard.rule.engine.analytics.latest.telemetry.TbAggLatestTelemetryNodeV2",
    .name = "aggregate latest V2",
});

}  // namespace thingstead::rule::aggregate_latest_v2
