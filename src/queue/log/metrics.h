// Metrics of the embedded queue.
#pragma once
#include "base/metrics.h"

namespace thingstead::queue::log {

struct Metrics {
    explicit Metrics(MetricsRegistry& registry)
        : records(registry, "thingstead_queue_records_total", "Records made durable."),
          bytes(registry, "thingstead_queue_bytes_total",
                "Bytes of records made durable, as encoded on disk."),
          commits(registry, "thingstead_queue_commits_total",
                  "Group commits: rounds of write and sync."),
          commit_seconds(registry, "thingstead_queue_commit_seconds",
                         "Time of a group commit from its begin until its records were durable.",
                         {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5}),
          pending_bytes(registry, "thingstead_queue_pending_bytes",
                        "Bytes appended and not yet durable, at the end of the last commit."),
          refused(registry, "thingstead_queue_refused_total",
                  "Appends refused because there was no room (back-pressure)."),
          cut_bytes(registry, "thingstead_queue_cut_bytes_total",
                    "Bytes of torn log ends cut off when the log was opened."),
          write_errors(registry, "thingstead_queue_write_errors_total",
                       "Failed attempts to write or sync a partition."),
          full(registry, "thingstead_queue_full",
               "1 while the disk is full or failing and nothing is acknowledged.") {}

    Counter records;
    Counter bytes;
    Counter commits;
    Histogram commit_seconds;
    Gauge pending_bytes;
    Counter refused;
    Counter cut_bytes;
    Counter write_errors;
    Gauge full;
};

}  // namespace thingstead::queue::log
