#pragma once
#include "base/metrics.h"

namespace thingstead::store::sql {

struct StoreMetrics {
    explicit StoreMetrics(MetricsRegistry& registry)
        : reads(registry, "thingstead_entity_store_works_total", works_text,
                {
                    {"kind", "read"}
    }),
          writes(registry, "thingstead_entity_store_works_total", works_text, {{"kind", "write"}}),
          reads_refused(registry, refused_name, refused_text, {{"kind", "read"}}),
          writes_refused(registry, refused_name, refused_text, {{"kind", "write"}}),
          reads_waiting(registry, waiting_name, waiting_text, {{"kind", "read"}}),
          writes_waiting(registry, waiting_name, waiting_text, {{"kind", "write"}}),
          exceptions(registry, "thingstead_entity_store_exceptions_total",
                     "Works that ended with an exception."),
          commits(registry, "thingstead_entity_store_commits_total",
                  "Transactions committed; several writes share one."),
          commits_failed(registry, "thingstead_entity_store_commits_failed_total",
                         "Transactions lost because the disk refused them."),
          commit_seconds(registry, "thingstead_entity_store_commit_seconds",
                         "Time that a commit took to become durable.",
                         {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5}) {}

    static constexpr const char* works_text = "Works done, whatever they answered.";
    static constexpr const char* refused_name = "thingstead_entity_store_works_refused_total";
    static constexpr const char* refused_text = "Works refused because too many waited.";
    static constexpr const char* waiting_name = "thingstead_entity_store_works_waiting";
    static constexpr const char* waiting_text = "Works that wait or run.";

    Counter reads, writes;
    Counter reads_refused, writes_refused;
    Gauge reads_waiting, writes_waiting;
    Counter exceptions;
    Counter commits, commits_failed;
    Histogram commit_seconds;
};

}  // namespace thingstead::store::sql
