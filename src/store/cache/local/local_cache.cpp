#include "store/cache/local/local_cache.h"

#include <atomic>
#include <deque>
#include <utility>

#include "store/cache/lru.h"
#include "store/cache/region_metrics.h"

namespace thingstead::store::cache {
namespace {

class LocalCache final : public Cache {
  public:
    LocalCache(const CacheRegions& regions, const Clock& clock, MetricsRegistry& metrics)
        : regions_(regions), clock_(clock), metrics_(make_region_metrics(metrics)) {
        for (const auto& [region, name] : enum_names(CacheRegion{})) {
            const CacheRegionSettings& of = regions_.of(region);
            values_.emplace_back(Lru::Limits{of.local_entries_max, of.local_bytes_max});
        }
    }

    CacheValue find_local(CacheRegion region, std::string_view key) override {
        if (stopped_) return {};
        CacheValue value = values(region).get(key, clock_.steady_now());
        if (value) metrics(region).hits_local.add();
        return value;
    }

    Task<CacheFound> get(CacheRegion region, std::string key) override {
        CacheFound found;
        if (stopped_) co_return found;
        // Before the look: what is erased in between makes it void.
        found.ticket.token = values(region).generation(key);
        found.value = find_local(region, key);
        if (found.value)
            found.ticket = {};
        else
            metrics(region).misses.add();
        co_return found;
    }

    Task<bool> put(CacheRegion region, std::string key, std::string value, CacheTicket ticket,
                   std::chrono::milliseconds ttl) override {
        co_return put_now(region, key, std::move(value), ticket, ttl);
    }

    Task<bool> erase(CacheRegion region, std::vector<std::string> keys) override {
        if (stopped_) co_return false;
        for (const std::string& key : keys) values(region).erase(key);
        metrics(region).erases.add(keys.size());
        metrics(region).set_local(values(region));
        co_return true;
    }

    Task<bool> erase_region(CacheRegion region) override {
        if (stopped_) co_return false;
        values(region).clear();
        metrics(region).set_local(values(region));
        co_return true;
    }

    void stop() override { stopped_ = true; }

  private:
    bool put_now(CacheRegion region, const std::string& key, std::string value, CacheTicket ticket,
                 std::chrono::milliseconds ttl) {
        const std::chrono::milliseconds longest = regions_.of(region).ttl;
        if (ttl.count() <= 0 || ttl > longest) ttl = longest;
        const bool fits =
            key.size() <= cache_key_bytes_max && value.size() <= cache_value_bytes_max;
        const bool kept =
            !stopped_ && ticket && fits &&
            values(region).put(key, std::make_shared<const std::string>(std::move(value)),
                               clock_.steady_now() + ttl, ticket.token);
        (kept ? metrics(region).puts : metrics(region).puts_refused).add();
        if (kept) metrics(region).set_local(values(region));
        return kept;
    }
    Lru& values(CacheRegion region) { return values_[static_cast<std::size_t>(region)]; }
    RegionMetrics& metrics(CacheRegion region) {
        return metrics_[static_cast<std::size_t>(region)];
    }

    const CacheRegions regions_;
    const Clock& clock_;
    std::deque<RegionMetrics> metrics_;
    std::deque<Lru> values_;  ///< In the order of CacheRegion.
    std::atomic<bool> stopped_{false};
};

}  // namespace

std::unique_ptr<Cache> open_local_cache(const CacheRegions& regions, const Clock& clock,
                                        MetricsRegistry& metrics) {
    return std::make_unique<LocalCache>(regions, clock, metrics);
}

}  // namespace thingstead::store::cache
