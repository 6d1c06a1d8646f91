#include "store/postgres/postgres_testing.h"
#include "store/postgres/postgres_timeseries_store.h"
#include "store/timeseries_conformance.h"

namespace thingstead::store {
namespace {

class PostgresHarness final : public TimeseriesHarness {
  public:
    std::unique_ptr<TimeseriesStore> open(const Clock& clock) override {
        return open_with({.url = schema_.url(), .readers = 2, .writers = 2}, clock);
    }
    std::unique_ptr<TimeseriesStore> open_small(const Clock& clock) override {
        return open_with({.url = schema_.url(), .readers = 1, .pending_bytes_max = 128 << 10},
                         clock);
    }
    bool keeps_nul() const override { return false; }
    bool remembers_offsets() const override { return false; }

  private:
    std::unique_ptr<TimeseriesStore> open_with(const postgres::TimeseriesSettings& settings,
                                               const Clock& clock) {
        metrics_ = std::make_unique<MetricsRegistry>();
        auto store = postgres::open_postgres_timeseries_store(settings, Log(), *metrics_, clock);
        EXPECT_TRUE(store) << (store ? "" : store.error().message + store.error().detail);
        return store ? *std::move(store) : nullptr;
    }

    postgres::TestSchema schema_;
    std::unique_ptr<MetricsRegistry> metrics_;
};

std::unique_ptr<TimeseriesHarness> make_postgres_harness() {
    return std::make_unique<PostgresHarness>();
}

INSTANTIATE_TEST_SUITE_P(Postgres, TimeseriesConformance, testing::Values(&make_postgres_harness));

}  // namespace
}  // namespace thingstead::store
