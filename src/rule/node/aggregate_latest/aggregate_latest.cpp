#include "rule/latest_aggregates.h"

namespace thingstead::rule::aggregate_latest {

extern const NodeDescriptor descriptor = latest_descriptor({
    .type = "org.thingsboard.rule.engine.analytics.latest.telemetry.TbAggLatestTelemetryNode",
    .name = "aggregate latest",
});

}  // namespace thingstead::rule::aggregate_latest
