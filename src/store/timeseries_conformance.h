// What every driver of TimeseriesStore must do. A driver's test instantiates it:
//
//   class MyHarness : public TimeseriesHarness { … };
//   INSTANTIATE_TEST_SUITE_P(My, TimeseriesConformance, testing::Values(&make_my_harness));
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/timeseries_store.h"
#include "store/timeseries_testing.h"

namespace thingstead::store {

/// Owns the data of one test.
class TimeseriesHarness {
  public:
    virtual ~TimeseriesHarness() = default;
    /// Opens the store; called again after the last one was stopped and destroyed, on its data.
    virtual std::unique_ptr<TimeseriesStore> open(const Clock& clock) = 0;
    /// Opens it with so little memory that 100,000 points do not fit; null: it has no limit.
    virtual std::unique_ptr<TimeseriesStore> open_small(const Clock& clock) = 0;
    /// False: NUL characters of texts are lost.
    virtual bool keeps_nul() const { return true; }
    /// False: after a restart checkpointed() is -1, because the driver has no log of its own.
    virtual bool remembers_offsets() const { return true; }
    /// False: points expire by the time of somebody else's machine.
    virtual bool expires_by_clock() const { return true; }
};
using MakeTimeseriesHarness = std::unique_ptr<TimeseriesHarness> (*)();

class TimeseriesConformance : public testing::TestWithParam<MakeTimeseriesHarness> {
  protected:
    void reopen() {
        store.close();
        store.open(harness->open(clock));
    }
    /// `check` holds for what is in memory, on disk, and after a restart.
    void everywhere(const std::function<void()>& check) {
        {
            SCOPED_TRACE("as written");
            check();
        }
        {
            SCOPED_TRACE("after a flush");
            store.flush();
            check();
        }
        SCOPED_TRACE("after a restart");
        reopen();
        check();
    }

    ManualClock clock;
    std::unique_ptr<TimeseriesHarness> harness = GetParam()();
    BlockingStore store{harness->open(clock)};
    const model::EntityId device = some_device();
};

TEST_P(TimeseriesConformance, EveryTypeComesBackAsItWent) {
    const Value values[] = {
        true,
        false,
        std::int64_t{0},
        std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max(),
        0.0,
        -1.5,
        1e300,
        std::numeric_limits<double>::denorm_min(),
        std::string(),
        std::string("21.5 °C"),
        std::string(100'000, 'x'),
        JsonText{R"({"a":[1,2]})"},
    };
    std::vector<TimedValue> written;
    for (const Value& value : values) {
        written.push_back({1000 + static_cast<EpochMs>(written.size()), value});
        store.put(device, written.back().ts,
                  {
                      {"v", value}
        });
    }
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), written);
        EXPECT_EQ(store.latest_of(device, "v"), written.back());
    });
}

TEST_P(TimeseriesConformance, NulCharactersOfTextsAreKeptOrLost) {
    const std::string with_nul("a\0b", 3);
    store.put(device, 1,
              {
                  {"v", with_nul}
    });
    everywhere([&] {
        EXPECT_EQ(store.latest_of(device, "v"),
                  (TimedValue{1, harness->keeps_nul() ? with_nul : std::string("ab")}));
    });
}

TEST_P(TimeseriesConformance, APointReplacesAnOlderOneOfItsTimeWhateverItsType) {
    store.put(device, 5,
              {
                  {"v", 1.5}
    });
    store.put(device, 5,
              {
                  {"v", std::string("now text")}
    });
    store.flush();
    store.put(device, 6,
              {
                  {"v", 1.0}
    });
    store.flush();
    store.put(device, 5,
              {
                  {"v", std::int64_t{7}}
    });
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                                {5, std::int64_t{7}},
                                                {6, 1.0            }
        }));
    });
}

TEST_P(TimeseriesConformance, RangesAreHalfOpenOrderedAndLimited) {
    for (const EpochMs ts : {-20, -10, 0, 10, 20})
        store.put(device, ts,
                  {
                      {"v", ts}
        });
    const auto times = [&](EpochMs start, EpochMs end, std::size_t limit, Order order) {
        std::vector<EpochMs> out;
        for (const TimedValue& point : store.range(device, "v", start, end, limit, order)) {
            EXPECT_EQ(std::get<std::int64_t>(point.value), point.ts);
            out.push_back(point.ts);
        }
        return out;
    };
    using Times = std::vector<EpochMs>;
    everywhere([&] {
        EXPECT_EQ(times(-20, 20, 100, Order::ascending), (Times{-20, -10, 0, 10}));
        EXPECT_EQ(times(-20, 21, 100, Order::descending), (Times{20, 10, 0, -10, -20}));
        EXPECT_EQ(times(-19, 11, 2, Order::ascending), (Times{-10, 0}));
        EXPECT_EQ(times(-19, 11, 2, Order::descending), (Times{10, 0}));
        EXPECT_EQ(times(-20, -19, 1, Order::descending), (Times{-20}));
        EXPECT_EQ(times(10, 10, 9, Order::ascending), Times{});
        EXPECT_EQ(times(20, 10, 9, Order::ascending), Times{});
        EXPECT_EQ(times(ts_min, ts_max, 0, Order::ascending), Times{});
        EXPECT_EQ(times(ts_min, ts_max, 1, Order::descending), Times{20});
    });
}

TEST_P(TimeseriesConformance, TimesFarApartStayInOrder) {
    const std::vector<EpochMs> times = {
        ts_min, -62'135'596'800'000, -1, 0, 1'700'000'000'000, 4'102'444'800'000, ts_max - 1};
    for (const EpochMs ts : times)
        store.put(device, ts,
                  {
                      {"v", ts}
        });
    everywhere([&] {
        const auto points = store.range(device, "v");
        ASSERT_EQ(points.size(), times.size());
        for (std::size_t i = 0; i < times.size(); ++i) EXPECT_EQ(points[i].ts, times[i]);
        EXPECT_EQ(store.range(device, "v", -1, 1'700'000'000'000, 9, Order::descending),
                  (std::vector<TimedValue>{
                      {0,  std::int64_t{0} },
                      {-1, std::int64_t{-1}}
        }));
    });
}

TEST_P(TimeseriesConformance, LatestIsTheOneOfTheLatestTimeAndOfEqualTimesTheLastWritten) {
    store.put(device, 10,
              {
                  {"v", 1.0}
    });
    store.flush();
    store.put(device, 9,
              {
                  {"v", 2.0}
    });
    everywhere([&] { EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{10, 1.0})); });
    store.put(device, 10,
              {
                  {"v", 3.0}
    });
    everywhere([&] { EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{10, 3.0})); });
    reopen();
    store.put(device, 8,
              {
                  {"v", 4.0}
    });
    everywhere([&] { EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{10, 3.0})); });
    store.put(device, 11,
              {
                  {"v", std::string("newest")}
    });
    everywhere(
        [&] { EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{11, std::string("newest")})); });
}

TEST_P(TimeseriesConformance, LatestGivesTheKeysAskedForOrAllSortedByKey) {
    store.put(device, 1,
              {
                  {"b", 1.0 },
                  {"a", true}
    });
    store.flush();
    store.put(device, 2,
              {
                  {"c", 3.0},
                  {"b", 2.0},
                  {"",  0.5}
    });
    const auto keys = [&](std::vector<std::string> asked) {
        std::vector<std::string> out;
        for (const LatestValue& value : store.latest(device, std::move(asked)))
            out.push_back(value.key);
        return out;
    };
    using Keys = std::vector<std::string>;
    everywhere([&] {
        EXPECT_EQ(keys({}), (Keys{"", "a", "b", "c"}));
        EXPECT_EQ(keys({"c", "never", "b", "c"}), (Keys{"b", "c"}));
        EXPECT_EQ(keys({"never"}), Keys{});
        EXPECT_EQ(store.latest_of(device, "b"), (TimedValue{2, 2.0}));
        EXPECT_TRUE(store.latest(some_device()).empty());
    });
}

TEST_P(TimeseriesConformance, HistoryAndLatestCanBeSavedAlone) {
    store.put(device, 1,
              {
                  {"both", 1.0}
    });
    store.put(device, 2,
              {
                  {"both",    2.0},
                  {"history", 2.0}
    },
              {.save_latest = false});
    store.put(device, 3,
              {
                  {"both",   3.0},
                  {"latest", 3.0}
    },
              {.save_history = false});
    everywhere([&] {
        EXPECT_EQ(store.range(device, "both"), (std::vector<TimedValue>{
                                                   {1, 1.0},
                                                   {2, 2.0}
        }));
        EXPECT_EQ(store.range(device, "history"), (std::vector<TimedValue>{
                                                      {2, 2.0}
        }));
        EXPECT_TRUE(store.range(device, "latest").empty());
        const auto latest = store.latest(device);
        ASSERT_EQ(latest.size(), 2u);
        EXPECT_EQ(latest[0].key, "both");
        EXPECT_EQ(latest[0].ts, 3);
        EXPECT_EQ(latest[1].key, "latest");
    });
}

TEST_P(TimeseriesConformance, DeletionTakesAHalfOpenRangeOfOneKey) {
    for (EpochMs ts = 0; ts < 10; ++ts)
        store.put(device, ts,
                  {
                      {"v", ts},
                      {"w", ts}
        });
    store.flush();
    for (EpochMs ts = 10; ts < 15; ++ts)
        store.put(device, ts,
                  {
                      {"v", ts},
                      {"w", ts}
        });
    const DeleteOutcome outcome = store.remove({device, "v", 3, 12});
    EXPECT_FALSE(outcome.latest_deleted);  // the latest point, at 14, lies outside
    everywhere([&] {
        std::vector<EpochMs> left;
        for (const TimedValue& point : store.range(device, "v")) left.push_back(point.ts);
        EXPECT_EQ(left, (std::vector<EpochMs>{0, 1, 2, 12, 13, 14}));
        EXPECT_EQ(store.range(device, "w").size(), 15u);
        EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{14, std::int64_t{14}}));
    });
}

TEST_P(TimeseriesConformance, ADeletedPointStaysDeletedAndMayBeWrittenAgain) {
    store.put(device, 1,
              {
                  {"v", 1.0}
    });
    store.flush();
    store.put(device, 1,
              {
                  {"v", 2.0}
    });
    store.put(device, 5,
              {
                  {"v", 5.0}
    });
    store.flush();
    store.remove({device, "v", 0, 2});
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                                {5, 5.0}
        }));
    });
    store.put(device, 1,
              {
                  {"v", 3.0}
    });
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                                {1, 3.0},
                                                {5, 5.0}
        }));
    });
}

TEST_P(TimeseriesConformance, DeletionTreatsTheLatestValueAsAsked) {
    struct Case {
        const char* name;
        EpochMs start, end;
        bool delete_latest, rewrite;
        bool deleted;
        std::optional<EpochMs> rewritten, latest;
    };
    const Case rows[] = {
        {"in range",           20, 31, true,  false, true,  std::nullopt, std::nullopt},
        {"end is exclusive",   20, 30, true,  false, false, std::nullopt, 30          },
        {"start is inclusive", 30, 99, true,  false, true,  std::nullopt, std::nullopt},
        {"kept on request",    0,  99, false, false, false, std::nullopt, 30          },
        {"rewritten",          20, 99, true,  true,  true,  10,           10          },
        {"1 ms before",        11, 99, true,  true,  true,  10,           10          },
        {"nothing is left",    10, 99, true,  true,  true,  std::nullopt, std::nullopt},
        {"not the latest",     10, 30, true,  true,  false, std::nullopt, 30          },
        {"an empty range",     30, 30, true,  true,  false, std::nullopt, 30          },
    };
    for (const bool flushed : {false, true})
        for (const Case& row : rows) {
            SCOPED_TRACE(row.name);
            const model::EntityId one = some_device();
            for (const EpochMs ts : {10, 20, 30})
                store.put(one, ts,
                          {
                              {"v", ts}
                });
            if (flushed) store.flush();
            const DeleteOutcome outcome =
                store.remove({one, "v", row.start, row.end, row.delete_latest, row.rewrite});
            EXPECT_EQ(outcome.latest_deleted, row.deleted);
            ASSERT_EQ(outcome.latest_rewritten.has_value(), row.rewritten.has_value());
            if (row.rewritten) {
                EXPECT_EQ(outcome.latest_rewritten->ts, *row.rewritten);
            }
            const auto latest = store.latest_of(one, "v");
            ASSERT_EQ(latest.has_value(), row.latest.has_value());
            if (row.latest) {
                EXPECT_EQ(latest->ts, *row.latest);
            }
            EXPECT_EQ(store.latest(one).size(), row.latest ? 1u : 0u);
        }
}

TEST_P(TimeseriesConformance, AfterDeletionOfTheLatestAnOlderPointMayBecomeIt) {
    store.put(device, 100,
              {
                  {"v", 1.0}
    });
    EXPECT_TRUE(store.remove({device, "v", 0, 200}).latest_deleted);
    store.put(device, 50,
              {
                  {"v", 2.0}
    });
    everywhere([&] { EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{50, 2.0})); });
}

TEST_P(TimeseriesConformance, RemovingAnEntityLeavesTheOthers) {
    // Ids side by side: of one type and the next number, and of the next type.
    const model::EntityId next(device.type, {device.uuid.msb, device.uuid.lsb + 1});
    const model::EntityId other_type(model::EntityType::asset, device.uuid);
    for (const model::EntityId& entity : {device, next, other_type})
        store.put(entity, 1,
                  {
                      {"v", 1.0},
                      {"w", 2.0}
        });
    store.flush();
    store.put(device, 2,
              {
                  {"v", 3.0}
    });
    EXPECT_TRUE(run_task(store->remove_entity(device)));
    everywhere([&] {
        EXPECT_TRUE(store.range(device, "v").empty());
        EXPECT_TRUE(store.latest(device).empty());
        for (const model::EntityId& entity : {next, other_type}) {
            EXPECT_EQ(store.range(entity, "v").size(), 1u);
            EXPECT_EQ(store.latest(entity).size(), 2u);
        }
    });
    store.put(device, 3,
              {
                  {"v", 4.0}
    });
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                                {3, 4.0}
        }));
    });
}

TEST_P(TimeseriesConformance, PointsAreGoneAfterTheirTimeToLiveButTheLatestValueStays) {
    using std::chrono::seconds;
    store.put(device, 1,
              {
                  {"v", 1.0}
    },
              {.ttl = seconds(100)});
    store.put(device, 2,
              {
                  {"v", 2.0}
    });
    store.put(device, 3,
              {
                  {"v", 3.0}
    },
              {.ttl = seconds(10'000)});
    store.put(device, 4,
              {
                  {"v", 4.0}
    },
              {.ttl = seconds::max()});
    everywhere([&] { EXPECT_EQ(store.range(device, "v").size(), 4u); });
    if (!harness->expires_by_clock()) GTEST_SKIP() << "the driver's own test waits for the time";
    clock.advance(seconds(99));
    EXPECT_EQ(store.range(device, "v").size(), 4u);
    clock.advance(seconds(101));
    everywhere([&] { EXPECT_EQ(store.range(device, "v").size(), 3u); });
    clock.advance(seconds(19'800));
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                                {2, 2.0},
                                                {4, 4.0}
        }));
        EXPECT_EQ(store.range(device, "v", 0, 4, 1, Order::descending), (std::vector<TimedValue>{
                                                                            {2, 2.0}
        }));
    });
    store.put(device, 5,
              {
                  {"v", 5.0}
    },
              {.ttl = seconds(1)});
    clock.advance(seconds(10));
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v").size(), 2u);
        EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{5, 5.0}));
    });
}

TEST_P(TimeseriesConformance, TenThousandPointsInSeveralFlushesReadBackBothWays) {
    std::vector<TimedValue> written;
    for (std::int64_t i = 0; i < 10'000; ++i) {
        written.push_back({1'700'000'000'000 + i * 1000, 20.0 + static_cast<double>(i % 97) / 10});
        store.put(device, written.back().ts,
                  {
                      {"t", written.back().value}
        });
        if (i % 3001 == 3000) store.flush();
    }
    everywhere([&] {
        EXPECT_EQ(store.range(device, "t"), written);
        auto back = store.range(device, "t", ts_min, ts_max, 1'000'000, Order::descending);
        std::reverse(back.begin(), back.end());
        EXPECT_EQ(back, written);
        const auto some = store.range(device, "t", written[4000].ts, ts_max, 10);
        EXPECT_EQ(some, std::vector<TimedValue>(written.begin() + 4000, written.begin() + 4010));
    });
}

TEST_P(TimeseriesConformance, PointsThatComeLateTakeTheirPlace) {
    // Every 7th of 700, over and over: no write is in order, flushes cut between.
    std::vector<TimedValue> expected(700);
    for (std::int64_t i = 0; i < 700; ++i) {
        const std::int64_t at = i * 7 % 699 + (i == 699 ? 699 : 0);
        expected[static_cast<std::size_t>(at)] = {at * 60'000, i};
        store.put(device, at * 60'000,
                  {
                      {"v", i}
        });
        if (i % 150 == 149) store.flush();
    }
    everywhere([&] {
        EXPECT_EQ(store.range(device, "v"), expected);
        const auto newest = store.range(device, "v", ts_min, ts_max, 5, Order::descending);
        ASSERT_EQ(newest.size(), 5u);
        for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(newest[i], expected[699 - i]);
    });
}

TEST_P(TimeseriesConformance, ManySeriesOfManyEntitiesAreKeptApart) {
    std::vector<model::EntityId> devices;
    for (int i = 0; i < 50; ++i) devices.push_back(some_device());
    for (std::int64_t round = 0; round < 3; ++round)
        for (std::size_t d = 0; d < devices.size(); ++d) {
            std::vector<KeyValue> values;
            for (int k = 0; k < 40; ++k)
                values.push_back({"key" + std::to_string(k),
                                  round * 1'000'000 + static_cast<std::int64_t>(d) * 1000 + k});
            store.put(devices[d], round, values);
        }
    everywhere([&] {
        for (std::size_t d = 0; d < devices.size(); d += 7) {
            EXPECT_EQ(store.latest(devices[d]).size(), 40u);
            for (const int k : {0, 17, 39}) {
                const auto points = store.range(devices[d], "key" + std::to_string(k));
                ASSERT_EQ(points.size(), 3u);
                EXPECT_EQ(points[2].value,
                          Value(2'000'000 + static_cast<std::int64_t>(d) * 1000 + k));
            }
        }
    });
}

TEST_P(TimeseriesConformance, AFullStoreRefusesAndTakesWritesAgainWhenThereIsRoom) {
    store.close();
    BlockingStore small(harness->open_small(clock));
    if (!small) GTEST_SKIP() << "the driver keeps nothing in memory";
    const std::string text(100, 'x');
    std::int64_t refused = 0;
    for (std::int64_t i = 0; i < 100'000; ++i) {
        const KeyValue value{"v", i % 100 == 0 ? Value(text) : Value(i)};
        while (!small->write(
            {
                .entity = device, .ts = i, .values = {&value, 1}
        },
            std::nullopt)) {
            ++refused;
            run_task(small->room());
        }
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(small.range(device, "v").size(), 100'000u);
}

TEST_P(TimeseriesConformance, OffsetsBecomeDurableWithTheData) {
    EXPECT_EQ(store->checkpointed(0), -1);
    const KeyValue value{"v", 1.0};
    ASSERT_TRUE(store->write(
        {
            .entity = device, .ts = 1, .values = {&value, 1}
    },
        SourceOffset{.partition = 3, .offset = 41}));
    store->processed(3, 42);
    store->processed(0, 7);
    store.flush();
    EXPECT_EQ(store->checkpointed(3), 42);
    EXPECT_EQ(store->checkpointed(0), 7);
    store->processed(3, 50);
    reopen();  // stop() checkpoints
    EXPECT_EQ(store->checkpointed(3), harness->remembers_offsets() ? 50 : -1);
    EXPECT_EQ(store->checkpointed(0), harness->remembers_offsets() ? 7 : -1);
    EXPECT_EQ(store->checkpointed(1), -1);
    EXPECT_EQ(store.range(device, "v").size(), 1u);
}

TEST_P(TimeseriesConformance, TakesLowerOffsetsOfAPartitionThatComesBack) {
    store->processed(3, 42);
    store->processed(0, 7);
    store.flush();
    store->forget(3);
    const std::int64_t remembered = store->checkpointed(3);
    store->processed(3, 20);
    store.flush();
    EXPECT_EQ(store->checkpointed(3), 20);
    EXPECT_EQ(store->checkpointed(0), 7);
    store->processed(3, 42);
    reopen();
    EXPECT_EQ(store->checkpointed(3), remembered);
}

TEST_P(TimeseriesConformance, StopsTwiceAndRefusesAfterwards) {
    store.put(device, 1,
              {
                  {"v", 1.0}
    });
    store->stop();
    store->stop();
    const KeyValue value{"v", 1.0};
    EXPECT_FALSE(store->write(
        {
            .entity = device, .ts = 1, .values = {&value, 1}
    },
        std::nullopt));
    run_task(store->room());
    EXPECT_EQ(run_task(store->flush()).error().code, ErrorCode::unavailable);
    EXPECT_EQ(run_task(store->range({device, "v", 0, 9})).error().code, ErrorCode::unavailable);
    EXPECT_EQ(run_task(store->remove({device, "v", 0, 9})).error().code, ErrorCode::unavailable);
}

}  // namespace thingstead::store
