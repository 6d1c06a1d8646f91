// What both drivers count, by region.
#pragma once
#include <deque>

#include "base/metrics.h"
#include "store/cache/lru.h"
#include "store/cache_regions.h"

namespace thingstead::store::cache {

struct RegionMetrics {
    RegionMetrics(MetricsRegistry& registry, CacheRegion region);

    Counter hits_local;   ///< Answered by this process.
    Counter hits_server;  ///< Answered by the cache server.
    Counter misses;       ///< Nothing: the store was asked.
    Counter puts, puts_refused, erases;
    Gauge local_entries, local_bytes;

    void set_local(const Lru& lru);
};

/// One of each region, in the order of CacheRegion.
std::deque<RegionMetrics> make_region_metrics(MetricsRegistry& registry);

}  // namespace thingstead::store::cache
