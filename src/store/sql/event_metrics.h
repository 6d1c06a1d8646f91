#pragma once
#include "base/metrics.h"

namespace thingstead::store::sql {

struct EventMetrics {
    explicit EventMetrics(MetricsRegistry& registry)
        : audit_written(registry, written_name, written_text,
                        {
                            {"kind", "audit"}
    }),
          events_written(registry, written_name, written_text, {{"kind", "event"}}),
          audit_refused(registry, refused_name, refused_text, {{"kind", "audit"}}),
          events_refused(registry, refused_name, refused_text, {{"kind", "event"}}),
          audit_lost(registry, lost_name, lost_text, {{"kind", "audit"}}),
          events_lost(registry, lost_name, lost_text, {{"kind", "event"}}),
          audit_pending(registry, pending_name, pending_text, {{"kind", "audit"}}),
          events_pending(registry, pending_name, pending_text, {{"kind", "event"}}),
          reads(registry, "thingstead_event_store_reads_total", "Reads done."),
          reads_refused(registry, "thingstead_event_store_reads_refused_total",
                        "Reads refused because too many waited."),
          exceptions(registry, "thingstead_event_store_exceptions_total",
                     "Reads and removals that ended with an exception."),
          batches_failed(registry, "thingstead_event_store_batches_failed_total",
                         "Attempts to write a batch that the database refused."),
          batch_seconds(registry, "thingstead_event_store_batch_seconds",
                        "Time that a batch took to become durable.",
                        {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5}) {}

    static constexpr const char* written_name = "thingstead_event_store_records_total";
    static constexpr const char* written_text = "Records stored.";
    static constexpr const char* refused_name = "thingstead_event_store_records_refused_total";
    static constexpr const char* refused_text = "Records not taken because too many bytes waited.";
    static constexpr const char* lost_name = "thingstead_event_store_records_lost_total";
    static constexpr const char* lost_text =
        "Records taken and not stored: the database refused them, or was away at the end.";
    static constexpr const char* pending_name = "thingstead_event_store_pending_bytes";
    static constexpr const char* pending_text = "Records in memory that are not yet stored.";

    Counter audit_written, events_written;
    Counter audit_refused, events_refused;
    Counter audit_lost, events_lost;
    Gauge audit_pending, events_pending;
    Counter reads, reads_refused;
    Counter exceptions;
    Counter batches_failed;
    Histogram batch_seconds;
};

}  // namespace thingstead::store::sql
