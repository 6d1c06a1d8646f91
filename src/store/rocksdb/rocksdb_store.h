// The embedded time-series store: points in memory and compressed chunks in RocksDB, with the queue
// as its write-ahead log. See README.md here.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/rocksdb/settings.h"
#include "store/timeseries_store.h"

namespace thingstead::store::rocks {

/// Opens or makes the store. `metrics` and `clock` outlive it. Writes are accepted at once;
/// checkpointed() tells from where the queue is to be replayed.
/// Errors: unavailable - the directory cannot be used, is in use, or is damaged (the detail names
/// it); unsupported - written by a newer version.
Result<std::unique_ptr<TimeseriesStore>> open_rocksdb_store(Settings settings, Log log,
                                                            MetricsRegistry& metrics,
                                                            const Clock& clock);

}  // namespace thingstead::store::rocks
