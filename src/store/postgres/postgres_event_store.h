// The driver of the event store for PostgreSQL, which several servers may share: tables in
// partitions of equal length, in a database of their own or not.
// Schema: docs/reference/postgres-tables.md.
#pragma once
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/event_store.h"
#include "store/postgres/settings.h"

namespace thingstead::store::postgres {

/// Connects, brings the schema up to date (one server at a time) and starts the threads.
/// Errors: as open_postgres_entity_store().
Result<std::unique_ptr<EventStore>> open_postgres_event_store(const EventSettings& settings,
                                                              const EventLimits& limits,
                                                              const Log& log,
                                                              MetricsRegistry& metrics);

}  // namespace thingstead::store::postgres
