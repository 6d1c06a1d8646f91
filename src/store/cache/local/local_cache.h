// The cache of one process: the embedded server's, and that of a cluster without a cache server.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "store/cache.h"

namespace thingstead::store::cache {

/// Stale answers: none. `clock` and `metrics` outlive it.
std::unique_ptr<Cache> open_local_cache(const CacheRegions& regions, const Clock& clock,
                                        MetricsRegistry& metrics);

}  // namespace thingstead::store::cache
