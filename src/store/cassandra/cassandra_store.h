// The time-series store of a cluster: tables in Cassandra, reached by our own client. See README.md
// here.
#pragma once
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/cassandra/settings.h"
#include "store/timeseries_store.h"

namespace thingstead::store::cassandra {

/// Connects, makes keyspace and tables if they are not there, and opens the store. Blocks, for
/// twice `open_timeout` at most. `metrics` outlives it. checkpointed() is -1 until processed() was
/// called: the queue's group remembers, this store does not.
/// Errors: unavailable - no node can be reached; unauthenticated; invalid_argument - a setting;
/// unsupported - tables of a newer version. The detail names the setting.
Result<std::unique_ptr<TimeseriesStore>> open_cassandra_store(Settings settings, Log log,
                                                              MetricsRegistry& metrics);

}  // namespace thingstead::store::cassandra
