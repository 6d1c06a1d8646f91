#include "base/clock.h"
#include "store/cache/local/local_cache.h"
#include "store/cache_conformance.h"

namespace thingstead::store {
namespace {

class LocalHarness final : public CacheHarness {
  public:
    std::unique_ptr<Cache> open(const CacheRegions& regions) override {
        if (std::exchange(opened_, true)) return nullptr;
        return cache::open_local_cache(regions, clock_, metrics_);
    }
    void pass(std::chrono::milliseconds by) override { clock_.advance(by); }

  private:
    ManualClock clock_;
    MetricsRegistry metrics_;
    bool opened_ = false;
};

std::unique_ptr<CacheHarness> make_local_harness() { return std::make_unique<LocalHarness>(); }

INSTANTIATE_TEST_SUITE_P(Local, CacheConformance, testing::Values(&make_local_harness));

TEST(LocalCache, CountsByRegion) {
    ManualClock clock;
    MetricsRegistry metrics;
    BlockingCache cache(cache::open_local_cache({}, clock, metrics));
    cache.fill(CacheRegion::profiles, "k", "v");
    cache.get(CacheRegion::profiles, "k");
    cache.put(CacheRegion::profiles, "k", "v", {});
    const std::string said = metrics.expose();
    for (const char* line : {"thingstead_cache_hits_total{region=\"profiles\",where=\"local\"} 1",
                             "thingstead_cache_misses_total{region=\"profiles\"} 1",
                             "thingstead_cache_puts_total{region=\"profiles\"} 1",
                             "thingstead_cache_puts_refused_total{region=\"profiles\"} 1",
                             "thingstead_cache_local_entries{region=\"profiles\"} 1"})
        EXPECT_NE(said.find(line), std::string::npos) << line << "\n" << said;
}

}  // namespace
}  // namespace thingstead::store
