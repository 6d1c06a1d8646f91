#include "store/cache/valkey/testing.h"
#include "store/cache_conformance.h"

namespace thingstead::store {
namespace {

class ServerHarness final : public CacheHarness {
  public:
    explicit ServerHarness(valkey::Settings settings) : settings_(std::move(settings)) {}

    std::unique_ptr<Cache> open(const CacheRegions& regions) override {
        auto cache = process_.try_open(settings_, regions);
        EXPECT_TRUE(cache) << cache.error().message << cache.error().detail;
        return *std::move(cache);
    }
    void pass(std::chrono::milliseconds by) override { std::this_thread::sleep_for(by); }

  private:
    valkey::Process process_;
    const valkey::Settings settings_;
};

std::unique_ptr<CacheHarness> make_single() {
    return std::make_unique<ServerHarness>(valkey::single_settings());
}
std::unique_ptr<CacheHarness> make_cluster() {
    return std::make_unique<ServerHarness>(valkey::cluster_settings());
}

INSTANTIATE_TEST_SUITE_P(Redis, CacheConformance, testing::Values(&make_single));
INSTANTIATE_TEST_SUITE_P(RedisCluster, CacheConformance, testing::Values(&make_cluster));

}  // namespace
}  // namespace thingstead::store
