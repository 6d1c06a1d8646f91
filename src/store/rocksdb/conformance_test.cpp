#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_directory.h"
#include "store/timeseries_conformance.h"

namespace thingstead::store {
namespace {

class RocksHarness final : public TimeseriesHarness {
  public:
    std::unique_ptr<TimeseriesStore> open(const Clock& clock) override {
        return open_with({.directory = directory_.path()}, clock);
    }
    std::unique_ptr<TimeseriesStore> open_small(const Clock& clock) override {
        return open_with({.directory = directory_.path(), .head_bytes_max = 128 << 10}, clock);
    }

  private:
    std::unique_ptr<TimeseriesStore> open_with(rocks::Settings settings, const Clock& clock) {
        metrics_ = std::make_unique<MetricsRegistry>();
        auto store = rocks::open_rocksdb_store(std::move(settings), Log(), *metrics_, clock);
        EXPECT_TRUE(store) << (store ? "" : store.error().detail);
        return store ? *std::move(store) : nullptr;
    }

    rocks::TemporaryDirectory directory_;
    std::unique_ptr<MetricsRegistry> metrics_;
};

std::unique_ptr<TimeseriesHarness> make_rocks_harness() { return std::make_unique<RocksHarness>(); }

INSTANTIATE_TEST_SUITE_P(RocksDb, TimeseriesConformance, testing::Values(&make_rocks_harness));

}  // namespace
}  // namespace thingstead::store
