#include "store/cassandra/cassandra_testing.h"
#include "store/timeseries_conformance.h"

namespace thingstead::store {
namespace {

/// All tests share the tables: their entities differ.
class CassandraHarness final : public TimeseriesHarness {
  public:
    std::unique_ptr<TimeseriesStore> open(const Clock&) override {
        return open_with(cassandra::server_settings());
    }
    std::unique_ptr<TimeseriesStore> open_small(const Clock&) override {
        cassandra::Settings settings = cassandra::server_settings();
        settings.write_bytes_max = 256 << 10;
        return open_with(settings);
    }
    bool remembers_offsets() const override { return false; }
    bool expires_by_clock() const override { return false; }

  private:
    std::unique_ptr<TimeseriesStore> open_with(cassandra::Settings settings) {
        metrics_ = std::make_unique<MetricsRegistry>();
        auto store = cassandra::open_cassandra_store(std::move(settings), Log(), *metrics_);
        EXPECT_TRUE(store) << (store ? "" : store.error().message + ": " + store.error().detail);
        return store ? *std::move(store) : nullptr;
    }

    std::unique_ptr<MetricsRegistry> metrics_;
};

std::unique_ptr<TimeseriesHarness> make_cassandra_harness() {
    return std::make_unique<CassandraHarness>();
}

INSTANTIATE_TEST_SUITE_P(Cassandra, TimeseriesConformance,
                         testing::Values(&make_cassandra_harness));

}  // namespace
}  // namespace thingstead::store
