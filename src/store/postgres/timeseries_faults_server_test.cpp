// The time-series store when PostgreSQL goes away, dies, or refuses points; its partitions; points
// whose time to live is over.
#include <future>
#include <thread>

#include "base/log_testing.h"
#include "store/postgres/points_reader.h"
#include "store/postgres/postgres_testing.h"
#include "store/postgres/postgres_timeseries_store.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::postgres {
namespace {

using std::chrono::milliseconds;

class TimeseriesFaults : public testing::Test {
  protected:
    TimeseriesFaults() {
        settings_.url = schema_.url();
        settings_.readers = 1;
    }
    Result<std::unique_ptr<TimeseriesStore>> try_open() {
        return open_postgres_timeseries_store(settings_, log_.log, metrics_, clock_);
    }
    std::unique_ptr<TimeseriesStore> open() {
        auto opened = try_open();
        EXPECT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        return *std::move(opened);
    }
    std::int64_t select(const std::string& sql) {
        const Result<std::int64_t> number = schema_.connect_inside()->query_integer(sql);
        EXPECT_TRUE(number) << number.error().detail;
        return number ? *number : -1;
    }
    std::vector<std::string> partitions() {
        const auto rows = schema_.connect_inside()->run(
            "SELECT relname::text FROM pg_inherits JOIN pg_class ON oid = inhrelid "
            "WHERE inhparent = 'ts_kv'::regclass ORDER BY 1",
            Parameters());
        std::vector<std::string> names;
        for (std::size_t i = 0; i < rows->size(); ++i) names.emplace_back(rows->text(i, 0));
        return names;
    }
    std::uint64_t counted(const char* name) { return Counter(metrics_, name, "").value(); }

    TestSchema schema_;
    TimeseriesSettings settings_;
    ManualClock clock_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
    const model::EntityId device_ = some_device();
};

constexpr EpochMs june_2024 = 1'718'000'000'000;
constexpr EpochMs day_ms = 86'400'000;

TEST_F(TimeseriesFaults, KeepsEveryFlushedPointWhenTheServerIsKilled) {
    const auto store = open();
    constexpr EpochMs most = 1'000'000;
    std::promise<void> busy;
    std::atomic<bool> stop{false};
    std::vector<std::pair<model::EntityId, EpochMs>> flushed;
    std::future<void> writing = std::async(std::launch::async, [&] {
        std::vector<model::EntityId> devices;
        for (int i = 0; i < 20; ++i) devices.push_back(some_device());
        for (EpochMs ts = 0; ts < most && !stop; ++ts) {
            const KeyValue value{"v", ts};
            for (const model::EntityId& each : devices)
                while (!store->write(
                    {
                        .entity = each, .ts = ts, .values = {&value, 1}
                },
                    {}))
                    run_task(store->room());
            if (run_task(store->flush()))
                for (const model::EntityId& each : devices) flushed.emplace_back(each, ts);
            if (ts == 50) busy.set_value();
        }
    });
    busy.get_future().wait();
    test::control_server("kill", "postgres");
    test::control_server("start", "postgres");
    stop = true;
    writing.get();
    EXPECT_GT(flushed.size(), 50u * 20);
    ASSERT_TRUE(run_task(store->flush()));
    for (std::size_t i = 0; i < flushed.size(); i += 7) {
        const auto& [device, ts] = flushed[i];
        const auto points = run_task(store->range({device, "v", ts, ts + 1}));
        ASSERT_TRUE(points);
        EXPECT_EQ(*points, (std::vector<TimedValue>{
                               {ts, ts}
        }));
    }
}

TEST_F(TimeseriesFaults, HoldsPointsWhileTheServerIsAwayAndStoresThemAfter) {
    settings_.away_max = milliseconds(300);
    settings_.pending_bytes_max = 64 << 10;
    const auto store = open();
    test::control_server("stop", "postgres");
    EpochMs taken = 0;
    const auto write = [&] {
        const KeyValue value{"v", taken};
        return store->write(
            {
                .entity = device_, .ts = taken, .values = {&value, 1}
        },
            SourceOffset{0, taken});
    };
    while (write()) ++taken;
    store->processed(0, taken);
    EXPECT_GT(taken, 100);
    const Result<> refused = run_task(store->flush());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(run_task(store->range({device_, "v", 0, 10})));
    EXPECT_EQ(store->checkpointed(0), -1);
    test::control_server("start", "postgres");
    run_task(store->room());
    Result<> flushed = run_task(store->flush());
    while (!flushed) flushed = run_task(store->flush());
    EXPECT_EQ(store->checkpointed(0), taken);
    EXPECT_EQ(select("SELECT COUNT(*) FROM ts_kv"), taken);
}

TEST_F(TimeseriesFaults, DropsWhatTheDatabaseRefusesAlone) {
    BlockingStore store(open());
    ASSERT_TRUE(schema_.connect_inside()->execute(
        "ALTER TABLE ts_kv ADD CONSTRAINT luck CHECK (long_v <> 13)"));
    for (EpochMs ts = 0; ts < 100; ++ts)
        store.put(device_, ts,
                  {
                      {"v", ts}
        });
    const Result<> flushed = run_task(store->flush());
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(store.range(device_, "v").size(), 99u);
    EXPECT_EQ(store.latest_of(device_, "v"), (TimedValue{99, std::int64_t{99}}));
    EXPECT_EQ(counted("thingstead_timeseries_points_dropped_total"), 1u);
    store.flush();
}

TEST_F(TimeseriesFaults, TakesTextsAndKeysThatAreNoUtf8) {
    BlockingStore store(open());
    store.put(device_, 1,
              {
                  {"\xFFkey", std::string("\xC3 text")},
                  {std::string(5'000, 'k'), true}
    });
    store.put(device_, 1,
              {
                  {"fine", true}
    });
    store.flush();
    EXPECT_EQ(store.latest_of(device_, "\xFFkey"), (TimedValue{1, std::string("\uFFFD text")}));
    EXPECT_EQ(store.latest(device_).size(), 2u);
    EXPECT_EQ(counted("thingstead_timeseries_points_dropped_total"), 1u);
}

TEST_F(TimeseriesFaults, MakesPartitionsOnceForManyServers) {
    std::vector<std::future<void>> writing;
    for (int i = 0; i < 3; ++i)
        writing.push_back(std::async(std::launch::async, [this] {
            BlockingStore store(open());
            for (EpochMs ts = june_2024; ts < june_2024 + 100 * day_ms; ts += day_ms)
                store.put(some_device(), ts,
                          {
                              {"v", ts}
                });
            store.put(some_device(), -1,
                      {
                          {"v", 1.0}
            });
            store.flush();
        }));
    for (auto& each : writing) each.get();
    EXPECT_EQ(partitions(),
              (std::vector<std::string>{"ts_kv_2024_06", "ts_kv_2024_07", "ts_kv_2024_08",
                                        "ts_kv_2024_09", "ts_kv_indefinite"}));
    EXPECT_EQ(select("SELECT COUNT(*) FROM ts_kv"), 303);
    EXPECT_EQ(select("SELECT COUNT(*) FROM ts_kv_indefinite"), 3);
}

TEST_F(TimeseriesFaults, PutsIntoTheSharedPartitionWhatMayHaveNoneOfItsOwn) {
    settings_.partitions_max = 2;
    settings_.partitioning = Partitioning::days;
    BlockingStore store(open());
    for (int day = 0; day < 4; ++day)
        store.put(device_, june_2024 + day * day_ms,
                  {
                      {"v", 1.0}
        });
    store.flush();
    EXPECT_EQ(partitions().size(), 3u);
    EXPECT_EQ(select("SELECT COUNT(*) FROM ts_kv_indefinite"), 2);
    EXPECT_TRUE(log_.lines->wait_for("store.postgres.partitions_full"));

    // Now with years: two days have partitions already, two have points in the shared one.
    settings_.partitioning = Partitioning::years;
    settings_.partitions_max = 100;
    store.open(open());
    store.put(device_, june_2024 + 10 * day_ms,
              {
                  {"v", 2.0}
    });
    store.flush();
    EXPECT_EQ(partitions().size(), 3u);
    EXPECT_EQ(store.range(device_, "v").size(), 5u);
    EXPECT_TRUE(log_.lines->wait_for("store.postgres.partition_refused"));
}

TEST_F(TimeseriesFaults, RemovesPointsWhoseTimeToLiveIsOver) {
    BlockingStore store(open());
    for (EpochMs ts = 0; ts < 12'000; ++ts)
        store.put(device_, june_2024 + ts,
                  {
                      {"v", ts}
        },
                  {.ttl = std::chrono::seconds(ts < 11'000 ? 10 : 1'000)});
    store.put(device_, june_2024 + 20'000,
              {
                  {"v", 1.0}
    });
    store.flush();
    const auto connection = schema_.connect_inside();
    const auto go_on = [] { return false; };
    EXPECT_EQ(*delete_expired(*connection, clock_.now_ms(), 1'000'000, go_on), 0);
    clock_.advance(std::chrono::seconds(20));
    // One server does it for all.
    const auto other = schema_.connect_inside();
    ASSERT_TRUE(other->execute("SELECT pg_advisory_lock(7455023)"));
    EXPECT_EQ(*delete_expired(*connection, clock_.now_ms(), 1'000'000, go_on), 0);
    ASSERT_TRUE(other->execute("SELECT pg_advisory_unlock(7455023)"));
    EXPECT_EQ(*delete_expired(*connection, clock_.now_ms(), 5'000, go_on), 5'000);
    EXPECT_EQ(*delete_expired(*connection, clock_.now_ms(), 1'000'000, go_on), 6'000);
    EXPECT_EQ(select("SELECT COUNT(*) FROM ts_kv"), 1'001);
}

TEST_F(TimeseriesFaults, CleansUpByItself) {
    settings_.cleanup_interval = milliseconds(20);
    BlockingStore store(open());
    store.put(device_, 1,
              {
                  {"v", 1.0}
    },
              {.ttl = std::chrono::seconds(1)});
    store.flush();
    clock_.advance(std::chrono::seconds(5));
    const auto connection = schema_.connect_inside();
    std::int64_t left = 1;
    for (int i = 0; i < 3'000 && left > 0; ++i) {
        ASSERT_TRUE(connection->execute("SELECT pg_sleep(0.01)"));
        left = *connection->query_integer("SELECT COUNT(*) FROM ts_kv");
    }
    EXPECT_EQ(left, 0);
}

TEST_F(TimeseriesFaults, SharesADatabaseWithEntitiesAndStartsWithOthersAtTheSameTime) {
    std::vector<std::future<Result<std::unique_ptr<TimeseriesStore>>>> starting;
    for (int i = 0; i < 4; ++i)
        starting.push_back(std::async(std::launch::async, [this] { return try_open(); }));
    for (auto& each : starting) {
        const auto opened = each.get();
        ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    }
    ASSERT_TRUE(schema_.connect_inside()->execute("UPDATE ts_schema_version SET version = 99"));
    const auto newer = try_open();
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, ErrorCode::unsupported);
}

TEST_F(TimeseriesFaults, NamesTheSettingWhenItCannotConnect) {
    settings_.url = "postgresql://thingstead:wrong@127.0.0.1:1/thingstead";
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
    EXPECT_NE(opened.error().message.find("setting url"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::store::postgres
