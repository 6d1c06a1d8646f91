// Metrics of the entity store in PostgreSQL: those of every relational driver and its own.
#pragma once
#include "base/metrics.h"
#include "store/sql/store_metrics.h"

namespace thingstead::store::postgres {

struct EntityMetrics : sql::StoreMetrics {
    explicit EntityMetrics(MetricsRegistry& registry)
        : sql::StoreMetrics(registry),
          retries(registry, "thingstead_entity_store_retries_total",
                  "Transactions run again because another came between or the connection broke."),
          connections_lost(registry, "thingstead_entity_store_connections_lost_total",
                           "Connections to the database that broke.") {}

    Counter retries;
    Counter connections_lost;
};

}  // namespace thingstead::store::postgres
