// The driver of the entity store for PostgreSQL, which several servers may share.
// Schema: docs/reference/postgres-tables.md.
#pragma once
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/entity_store.h"
#include "store/postgres/settings.h"

namespace thingstead::store::postgres {

/// Connects, brings the schema up to date (one server at a time) and starts the threads. Executors
/// of coroutines that waited for a work must live until stop() returned. A work may run more than
/// once before its answer: it must depend on nothing but its transaction.
/// Errors: unavailable - the database cannot be reached, or refuses user, password or database;
/// invalid_argument - the URL is none; unsupported - a newer server wrote the schema. The message
/// names the setting.
Result<std::unique_ptr<EntityStore>> open_postgres_entity_store(const EntitySettings& settings,
                                                                const Log& log,
                                                                MetricsRegistry& metrics);

}  // namespace thingstead::store::postgres
