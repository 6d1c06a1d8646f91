#include "store/cache/region_metrics.h"

#include <string>

namespace thingstead::store::cache {
namespace {

MetricLabels of(CacheRegion region) {
    return {
        {"region", std::string(enum_name(region))}
    };
}
MetricLabels hits_of(CacheRegion region, const char* where) {
    MetricLabels labels = of(region);
    labels["where"] = where;
    return labels;
}
constexpr const char* hits_name = "thingstead_cache_hits_total";
constexpr const char* hits_text = "Values answered, by the process itself or by the cache server.";

static_assert(enum_names(CacheRegion{}).size() == cache_region_count);

}  // namespace

RegionMetrics::RegionMetrics(MetricsRegistry& registry, CacheRegion region)
    : hits_local(registry, hits_name, hits_text, hits_of(region, "local")),
      hits_server(registry, hits_name, hits_text, hits_of(region, "server")),
      misses(registry, "thingstead_cache_misses_total", "Asked for and not there.", of(region)),
      puts(registry, "thingstead_cache_puts_total", "Values kept.", of(region)),
      puts_refused(registry, "thingstead_cache_puts_refused_total",
                   "Values not kept: erased meanwhile, put by another, too large, or no server.",
                   of(region)),
      erases(registry, "thingstead_cache_erases_total", "Keys erased by this process.", of(region)),
      local_entries(registry, "thingstead_cache_local_entries", "Values in this process.",
                    of(region)),
      local_bytes(registry, "thingstead_cache_local_bytes", "Their memory, in bytes.", of(region)) {
}

void RegionMetrics::set_local(const Lru& lru) {
    const Lru::Size size = lru.size();
    local_entries.set(static_cast<std::int64_t>(size.entries));
    local_bytes.set(static_cast<std::int64_t>(size.bytes));
}

std::deque<RegionMetrics> make_region_metrics(MetricsRegistry& registry) {
    std::deque<RegionMetrics> all;
    for (const auto& [region, name] : enum_names(CacheRegion{})) all.emplace_back(registry, region);
    return all;
}

}  // namespace thingstead::store::cache
