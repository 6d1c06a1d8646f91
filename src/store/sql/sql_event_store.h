// The event store over any relational backend: one writer thread, a few readers.
#pragma once
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/event_store.h"
#include "store/sql/event_session.h"

namespace thingstead::store::sql {

/// Opens the sessions and starts the threads; the schema is there already.
/// Errors: those of the backend.
Result<std::unique_ptr<EventStore>> open_sql_event_store(std::unique_ptr<EventBackend> backend,
                                                         const EventLimits& limits, const Log& log,
                                                         MetricsRegistry& metrics);

}  // namespace thingstead::store::sql
