// Metrics of the embedded time-series store.
#pragma once
#include "base/metrics.h"

namespace thingstead::store::rocks {

struct StoreMetrics {
    explicit StoreMetrics(MetricsRegistry& r) : registry(r) {}

    MetricsRegistry& registry;
    Counter points_written{registry, "thingstead_timeseries_points_written_total",
                           "Points taken into memory."};
    Counter writes_refused{registry, "thingstead_timeseries_writes_refused_total",
                           "Writes refused because memory was full."};
    Gauge head_bytes{registry, "thingstead_timeseries_head_bytes",
                     "Memory of points and series that are kept in memory."};
    Gauge head_bytes_max{registry, "thingstead_timeseries_head_bytes_max",
                         "Limit of thingstead_timeseries_head_bytes."};
    Counter checkpoints{registry, "thingstead_timeseries_checkpoints_total",
                        "Checkpoints written."};
    Counter checkpoints_failed{registry, "thingstead_timeseries_checkpoints_failed_total",
                               "Checkpoints that could not be written."};
    Histogram checkpoint_seconds{
        registry,
        "thingstead_timeseries_checkpoint_seconds",
        "Duration of a checkpoint.",
        {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10}
    };
    Counter points_stored{registry, "thingstead_timeseries_points_stored_total",
                          "Points written to disk by checkpoints."};
    Counter chunk_bytes{registry, "thingstead_timeseries_chunk_bytes_total",
                        "Bytes of the chunks written to disk, before compression by blocks."};
    Counter reads_refused{registry, "thingstead_timeseries_reads_refused_total",
                          "Reads refused because too many were waiting."};
    Counter damaged{registry, "thingstead_timeseries_damaged_total",
                    "Rows or files found damaged."};
};

}  // namespace thingstead::store::rocks
