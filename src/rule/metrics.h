// Metrics of the rule engine.
#pragma once
#include "base/metrics.h"
#include "rule/outside.h"

namespace thingstead::rule {

struct Metrics {
    explicit Metrics(MetricsRegistry& registry);

    Counter processed;
    Counter failed;
    Counter timed_out;
    Counter retried;
    Counter undecodable;
    Counter node_errors;
    Counter copies;
    Counter waits_for_storage;
    Counter chains_loaded;
    Gauge lingering;
    Gauge held;
    Histogram pack_seconds;
    ExternalMetrics external;
};

}  // namespace thingstead::rule
