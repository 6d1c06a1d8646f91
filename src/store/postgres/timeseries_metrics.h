// Metrics of the time-series store in PostgreSQL; those of every driver have the same names.
#pragma once
#include "base/metrics.h"

namespace thingstead::store::postgres {

struct TimeseriesMetrics {
    explicit TimeseriesMetrics(MetricsRegistry& r) : registry(r) {}

    MetricsRegistry& registry;
    Counter points_written{registry, "thingstead_timeseries_points_written_total",
                           "Points taken into memory."};
    Counter writes_refused{registry, "thingstead_timeseries_writes_refused_total",
                           "Writes refused because memory was full."};
    Gauge pending_bytes{registry, "thingstead_timeseries_pending_bytes",
                        "Memory of points that are not yet in the database."};
    Gauge pending_bytes_max{registry, "thingstead_timeseries_pending_bytes_max",
                            "Limit of thingstead_timeseries_pending_bytes."};
    Counter points_stored{registry, "thingstead_timeseries_points_stored_total",
                          "Rows written to the history; of equal points in a batch one is."};
    Counter latest_stored{registry, "thingstead_timeseries_latest_stored_total",
                          "Rows written to the latest values; one per series and batch."};
    Counter points_dropped{registry, "thingstead_timeseries_points_dropped_total",
                           "Points that no database could take, e.g. with an endless key."};
    Counter batches{registry, "thingstead_timeseries_batches_total", "Statements committed."};
    Counter batches_failed{registry, "thingstead_timeseries_batches_failed_total",
                           "Statements that failed and were tried again."};
    Histogram batch_seconds{
        registry,
        "thingstead_timeseries_batch_seconds",
        "Time that a batch took to become durable.",
        {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10}
    };
    Counter points_expired{registry, "thingstead_timeseries_points_expired_total",
                           "Points removed because their time to live was over."};
    Counter reads_refused{registry, "thingstead_timeseries_reads_refused_total",
                          "Reads refused because too many were waiting."};
    Counter connections_lost{registry, "thingstead_timeseries_connections_lost_total",
                             "Connections to the database that broke."};
};

}  // namespace thingstead::store::postgres
