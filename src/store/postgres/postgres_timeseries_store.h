// The driver of the time-series store for PostgreSQL: for middle sizes, where one database is to
// hold everything. See README.md here, and docs/reference/postgres-tables.md for the tables.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/postgres/settings.h"
#include "store/timeseries_store.h"

namespace thingstead::store::postgres {

/// Connects, brings the schema up to date (one server at a time) and starts the threads. `metrics`
/// and `clock` outlive it. Nothing of checkpointed() is remembered over a restart: the queue's
/// group has what it was told. Errors: as open_postgres_entity_store().
Result<std::unique_ptr<TimeseriesStore>> open_postgres_timeseries_store(
    const TimeseriesSettings& settings, const Log& log, MetricsRegistry& metrics,
    const Clock& clock);

}  // namespace thingstead::store::postgres
