// The time series of a sandbox: as they were before the window, and what the run wrote.
#include "rule/replay/sandbox_timeseries.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "rule/replay/testing/replay_world.h"

namespace thingstead::rule::testing::sandbox_timeseries {
namespace {

constexpr EpochMs window_start = 1'000;

struct Series {
    Board board;
    FakeTimeseries below{board};
    ManualClock clock{window_start};
    Effects effects;
    Memory memory{1 << 20};
    model::EntityId replayed = model::DeviceId::make();
    model::EntityId other = model::DeviceId::make();
    SandboxTimeseries sandbox{
        below,
        {window_start, [this](model::EntityId entity) { return entity == replayed; }},
        clock,
        effects,
        memory
    };

    static void put(store::TimeseriesStore& store, model::EntityId entity, EpochMs ts,
                    std::int64_t value) {
        const std::vector<model::KeyValue> values{
            {"t", value}
        };
        store.write({entity, ts, values}, std::nullopt);
    }
    std::vector<EpochMs> times(model::EntityId entity,
                               store::Order order = store::Order::ascending) {
        std::vector<EpochMs> found;
        const auto points =
            answer_of_task(sandbox.range({entity, "t", 0, 10'000, 100, order})).value();
        for (const model::TimedValue& each : points) found.push_back(each.ts);
        return found;
    }
    std::optional<EpochMs> latest(model::EntityId entity) {
        const auto values = answer_of_task(sandbox.latest(entity, {"t"})).value();
        return values.empty() ? std::nullopt : std::optional(values.front().ts);
    }
};

TEST(SandboxTimeseries, SeesReplayedSeriesAsBeforeTheWindow) {
    Series series;
    for (const EpochMs ts : {900, 1'000, 1'500}) Series::put(series.below, series.replayed, ts, 1);
    EXPECT_EQ(series.times(series.replayed), (std::vector<EpochMs>{900}));
    EXPECT_EQ(series.latest(series.replayed), 900);
    Series::put(series.sandbox, series.replayed, 1'200, 2);
    EXPECT_EQ(series.times(series.replayed), (std::vector<EpochMs>{900, 1'200}));
    EXPECT_EQ(series.times(series.replayed, store::Order::descending),
              (std::vector<EpochMs>{1'200, 900}));
    EXPECT_EQ(series.latest(series.replayed), 1'200);
    EXPECT_EQ(series.below.size(), 3u);
}

TEST(SandboxTimeseries, SeesOtherSeriesAtItsOwnTime) {
    Series series;
    for (const EpochMs ts : {900, 1'100, 1'500}) Series::put(series.below, series.other, ts, 1);
    EXPECT_EQ(series.latest(series.other), 900);
    series.clock.advance(std::chrono::milliseconds(200));
    EXPECT_EQ(series.latest(series.other), 1'100);
    EXPECT_EQ(series.times(series.other), (std::vector<EpochMs>{900, 1'100}));
}

TEST(SandboxTimeseries, RemovesInTheSandboxAlone) {
    Series series;
    for (const EpochMs ts : {700, 800, 900}) Series::put(series.below, series.replayed, ts, 1);
    Series::put(series.sandbox, series.replayed, 1'200, 2);
    const auto outcome =
        answer_of_task(series.sandbox.remove({series.replayed, "t", 800, 10'000, true, true}));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_TRUE(outcome->latest_deleted);
    EXPECT_EQ(outcome->latest_rewritten->ts, 700);
    EXPECT_EQ(series.times(series.replayed), (std::vector<EpochMs>{700}));
    EXPECT_EQ(series.latest(series.replayed), 700);
    ASSERT_TRUE(answer_of_task(series.sandbox.remove_entity(series.replayed)));
    EXPECT_TRUE(series.times(series.replayed).empty());
    EXPECT_FALSE(series.latest(series.replayed));
    EXPECT_EQ(series.below.size(), 3u);
}

TEST(SandboxTimeseries, KeepsNothingOverTheLimitOfMemory) {
    Series series;
    for (EpochMs i = 0; i < 20'000; ++i) Series::put(series.sandbox, series.replayed, i, 1);
    EXPECT_TRUE(series.memory.over());
}

}  // namespace
}  // namespace thingstead::rule::testing::sandbox_timeseries
