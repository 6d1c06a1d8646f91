// Metrics of the Kafka queue.
#pragma once
#include "base/metrics.h"

namespace thingstead::queue::kafka {

struct Metrics {
    explicit Metrics(MetricsRegistry& registry)
        : records(registry, "thingstead_queue_records_total", "Records made durable."),
          bytes(registry, "thingstead_queue_bytes_total",
                "Bytes of keys and values of records made durable."),
          delivery_seconds(
              registry, "thingstead_queue_delivery_seconds",
              "Time from an append until its acknowledgement, of one record per answer.",
              {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30}),
          failed(
              registry, "thingstead_queue_failed_total",
              "Records that failed: not acknowledged in time, refused by the broker, too large."),
          pending_bytes(registry, "thingstead_queue_pending_bytes",
                        "Bytes appended and not yet acknowledged."),
          refused(registry, "thingstead_queue_refused_total",
                  "Appends refused because there was no room (back-pressure)."),
          consumed(registry, "thingstead_queue_consumed_total", "Records handed to consumers."),
          missed(registry, "thingstead_queue_missed_records_total",
                 "Records that retention removed before their consumer came for them."),
          commit_errors(registry, "thingstead_queue_commit_errors_total",
                        "Commits of positions that failed; they are tried again."),
          rebalances(registry, "thingstead_queue_rebalances_total",
                     "Changes of the partitions that members of groups hold."),
          lost(registry, "thingstead_queue_lost_partitions_total",
               "Partitions that were lost without an orderly revocation."),
          client_errors(registry, "thingstead_queue_client_errors_total",
                        "Errors that the Kafka client reported: connections, authentication."),
          unreachable(registry, "thingstead_queue_unreachable",
                      "1 while no broker can be reached.") {}

    Counter records;
    Counter bytes;
    Histogram delivery_seconds;
    Counter failed;
    Gauge pending_bytes;
    Counter refused;
    Counter consumed;
    Counter missed;
    Counter commit_errors;
    Counter rebalances;
    Counter lost;
    Counter client_errors;
    Gauge unreachable;
};

}  // namespace thingstead::queue::kafka
