#include "store/rocksdb/rocksdb_store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "base/log_testing.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/key_dictionary.h"
#include "store/rocksdb/temporary_directory.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::rocks {
namespace {

using std::chrono::milliseconds;

class RocksDbStore : public testing::Test {
  protected:
    std::unique_ptr<TimeseriesStore> open(Settings settings) {
        settings.directory = directory.path();
        metrics = std::make_unique<MetricsRegistry>();
        auto opened = open_rocksdb_store(std::move(settings), log.log, *metrics, clock);
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
        return opened ? *std::move(opened) : nullptr;
    }
    bool has_metric(const std::string& line) const {
        return metrics->expose().find(line) != std::string::npos;
    }

    TemporaryDirectory directory;
    ManualClock clock;
    MemoryLog log = open_memory_log();
    std::unique_ptr<MetricsRegistry> metrics;
    const model::EntityId device = some_device();
};

TEST_F(RocksDbStore, IsOpenedByOneOnly) {
    BlockingStore store(open({}));
    MetricsRegistry other;
    const auto second = open_rocksdb_store({.directory = directory.path()}, Log(), other, clock);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_NE(second.error().detail.find(directory.path().string()), std::string::npos);
}

TEST_F(RocksDbStore, OfANewerFormatIsRefused) {
    {
        auto database = Database::open({.directory = directory.path()}, clock);
        ASSERT_TRUE(database);
        ASSERT_TRUE((*database)
                        ->db()
                        .Put({}, (*database)->family(Family::meta), std::string(format_row),
                             number_row(format_version + 1))
                        .ok());
    }
    MetricsRegistry other;
    const auto store = open_rocksdb_store({.directory = directory.path()}, Log(), other, clock);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::unsupported);
}

TEST_F(RocksDbStore, SlowSeriesDoNotEndUpInChunksOfOnePoint) {
    BlockingStore store(open({}));
    for (EpochMs minute = 0; minute < 100; ++minute) {
        store.put(device, minute * 60'000,
                  {
                      {"v", minute}
        });
        store.flush();
    }
    EXPECT_EQ(store.range(device, "v").size(), 100u);
    store.close();
    const auto database = Database::open({.directory = directory.path()}, clock);
    ASSERT_TRUE(database);
    std::size_t chunks = 0;
    const std::unique_ptr<::rocksdb::Iterator> rows(
        (*database)->db().NewIterator({}, (*database)->family(Family::chunks)));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) ++chunks;
    EXPECT_LE(chunks, 8u);
}

/// Random operations, and a map that does the same.
class Model {
  public:
    using Key = std::pair<std::size_t, std::string>;  // number of the entity, key
    std::map<Key, std::map<EpochMs, Value>> points;
    std::map<Key, TimedValue> latest;

    void write(const Key& key, EpochMs ts, const Value& value) {
        points[key][ts] = value;
        const auto found = latest.find(key);
        if (found == latest.end() || ts >= found->second.ts) latest[key] = {ts, value};
    }
    void remove(const Key& key, EpochMs start, EpochMs end, bool rewrite) {
        auto& series = points[key];
        series.erase(series.lower_bound(start), series.lower_bound(end));
        const auto found = latest.find(key);
        if (found == latest.end() || found->second.ts < start || found->second.ts >= end) return;
        latest.erase(found);
        const auto above = series.lower_bound(start);
        if (rewrite && above != series.begin())
            latest[key] = {std::prev(above)->first, std::prev(above)->second};
    }
    void remove_entity(std::size_t entity) {
        std::erase_if(points, [&](const auto& row) { return row.first.first == entity; });
        std::erase_if(latest, [&](const auto& row) { return row.first.first == entity; });
    }
    std::vector<TimedValue> range(const Key& key, EpochMs start, EpochMs end, std::size_t limit,
                                  Order order) {
        std::vector<TimedValue> out;
        for (const auto& [ts, value] : points[key])
            if (ts >= start && ts < end) out.push_back({ts, value});
        if (order == Order::descending) std::reverse(out.begin(), out.end());
        if (out.size() > limit) out.resize(limit);
        return out;
    }
};

Value random_value(std::mt19937_64& random) {
    const auto bits = random();
    switch (random() % 12) {
        case 0:  return bits % 2 == 0;
        case 1:  return std::string(bits % 50, 'a');
        case 2:  return model::JsonText{"[" + std::to_string(bits % 9) + "]"};
        case 3:  return static_cast<std::int64_t>(bits);
        default: return static_cast<double>(bits % 1000) / 10;
    }
}

TEST_F(RocksDbStore, AgreesWithAMapOverRandomOperations) {
    std::mt19937_64 random(static_cast<unsigned>(GTEST_FLAG_GET(random_seed)) + 1u);
    const Settings small{.head_bytes_max = 128 << 10, .checkpoint_interval = milliseconds(5)};
    BlockingStore store(open(small));
    Model model;
    std::vector<model::EntityId> entities = {some_device(), some_device(), some_device()};
    const std::string keys[] = {"a", "b", "temperature"};
    EpochMs now = 0;
    const auto ts = [&] {  // mostly rising, at times late, over hours or over years
        if (random() % 5 == 0) return now - static_cast<EpochMs>(random() % 5'000'000);
        if (random() % 500 == 0) now += EpochMs{5'000'000'000};
        return now += static_cast<EpochMs>(random() % 3000);
    };
    for (int step = 0; step < 6000; ++step) {
        const Model::Key key{random() % 3, keys[random() % 3]};
        const model::EntityId entity = entities[key.first];
        const auto what = random() % 1000;
        const EpochMs a = now - static_cast<EpochMs>(random() % 6'000'000);
        const EpochMs b = a + static_cast<EpochMs>(random() % 3'000'000);
        if (what < 5) {
            store.flush();
        } else if (what < 8) {
            const bool rewrite = random() % 2 == 0;
            const bool had = model.latest.contains(key);
            const EpochMs latest = had ? model.latest[key].ts : 0;
            model.remove(key, a, b, rewrite);
            const DeleteOutcome outcome = store.remove({entity, key.second, a, b, true, rewrite});
            ASSERT_EQ(outcome.latest_deleted, had && latest >= a && latest < b);
        } else if (what < 9) {
            model.remove_entity(key.first);
            ASSERT_TRUE(run_task(store->remove_entity(entity)));
        } else if (what < 10) {
            store.open((store.close(), open(small)));
        } else if (what < 40) {
            const auto order = random() % 2 ? Order::ascending : Order::descending;
            const std::size_t limit = random() % 3 ? 1 + random() % 20 : 100'000;
            ASSERT_EQ(store.range(entity, key.second, a, b, limit, order),
                      model.range(key, a, b, limit, order));
        } else if (what < 50) {
            const auto latest = store.latest_of(entity, key.second);
            ASSERT_EQ(latest.has_value(), model.latest.contains(key));
            if (latest) {
                ASSERT_EQ(*latest, model.latest[key]);
            }
        } else {
            const EpochMs at = ts();
            const Value value = random_value(random);
            store.put(entity, at,
                      {
                          {key.second, value}
            });
            model.write(key, at, value);
        }
    }
    for (std::size_t e = 0; e < entities.size(); ++e)
        for (const std::string& key : keys)
            EXPECT_EQ(store.range(entities[e], key),
                      model.range({e, key}, ts_min, ts_max, 1'000'000, Order::ascending));
}

// A queue of records: record n holds one point each of two keys of device n % 20.

struct Fleet {
    std::vector<model::EntityId> devices;
    Fleet() {
        for (std::uint64_t i = 0; i < 20; ++i)
            devices.emplace_back(model::EntityType::device, Uuid{0x11b2'0000'0000'1000 + i, i});
    }
    void process(TimeseriesStore& store, std::int64_t record) const {
        const std::vector<KeyValue> values = {
            {"n",    record                         },
            {"half", static_cast<double>(record) / 2}
        };
        const PointsWrite points{.entity = devices[static_cast<std::size_t>(record) % 20],
                                 .ts = record * 10,
                                 .values = values};
        while (!store.write(points, SourceOffset{0, record})) run_task(store.room());
    }
    /// Records below `next` are there, once each.
    void expect_all(BlockingStore& store, std::int64_t next) const {
        std::int64_t found = 0;
        for (std::size_t d = 0; d < devices.size(); ++d) {
            const auto points = store.range(devices[d], "n", ts_min, next * 10);
            EXPECT_EQ(store.range(devices[d], "half", ts_min, next * 10).size(), points.size());
            for (std::size_t i = 0; i < points.size(); ++i)
                ASSERT_EQ(points[i].value, Value(static_cast<std::int64_t>(d + i * 20)));
            found += static_cast<std::int64_t>(points.size());
        }
        EXPECT_EQ(found, next);
    }
};

TEST_F(RocksDbStore, AfterAKillTheOffsetsAndTheDataAgree) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const char* const variable = "THINGSTEAD_CRASH_TEST_DIRECTORY";
    // The process that dies runs this test from the start: it takes over the first one's directory.
    ::setenv(variable, directory.path().c_str(), 0);
    const std::filesystem::path path = ::getenv(variable);
    const Settings settings{
        .directory = path, .head_bytes_max = 256 << 10, .checkpoint_interval = milliseconds(2)};
    const Fleet fleet;
    const auto write_until_killed = [&](std::int64_t checkpointed) {
        if (directory.path() != path) std::filesystem::remove(directory.path());
        MetricsRegistry registry;
        auto store = *open_rocksdb_store(settings, Log(), registry, clock);
        for (std::int64_t record = std::max<std::int64_t>(store->checkpointed(0), 0);; ++record) {
            fleet.process(*store, record);
            if (record % 7 == 6) store->processed(0, record + 1);
            if (store->checkpointed(0) >= checkpointed) ::raise(SIGKILL);
        }
    };
    std::int64_t before = 0;
    for (const std::int64_t enough : {100, 5'000, 30'000}) {
        EXPECT_EXIT(write_until_killed(enough), testing::KilledBySignal(SIGKILL), "");
        metrics = std::make_unique<MetricsRegistry>();
        BlockingStore store(*open_rocksdb_store(settings, log.log, *metrics, clock));
        const std::int64_t next = store->checkpointed(0);
        EXPECT_GE(next, enough);
        EXPECT_GT(next, before);
        fleet.expect_all(store, next);
        // What the queue replays is there once, though some of it was stored before the kill.
        for (std::int64_t record = next; record < next + 5'000; ++record)
            fleet.process(*store, record);
        store->processed(0, next + 5'000);
        fleet.expect_all(store, next + 5'000);
        before = next + 5'000;
    }
    ::unsetenv(variable);
}

/// Every write to a file fails until it is destroyed.
class NoRoomOnDisk {
  public:
    NoRoomOnDisk() {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~NoRoomOnDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

TEST_F(RocksDbStore, AFullDiskHoldsWritersUpAndLosesNothing) {
    BlockingStore store(open({.head_bytes_max = 128 << 10, .retry_interval = milliseconds(20)}));
    const Fleet fleet;
    std::int64_t record = 0;
    for (; record < 500; ++record) fleet.process(*store, record);
    store->processed(0, record);
    store.flush();
    {
        const NoRoomOnDisk full;
        fleet.process(*store, record++);
        store->processed(0, record);
        for (int i = 0; i < 3; ++i) {
            const auto flushed = run_task(store->flush());
            ASSERT_FALSE(flushed);
            EXPECT_EQ(flushed.error().code, ErrorCode::unavailable);
        }
        EXPECT_EQ(store->checkpointed(0), 500);
        fleet.expect_all(store, record);  // memory and disk can still be read
        const KeyValue value{"filler", 1.0};
        EpochMs ts = 0;
        while (store->write(
            {
                .entity = device, .ts = ++ts, .values = {&value, 1}
        },
            std::nullopt)) {
        }
        EXPECT_FALSE(run_task(store->remove({fleet.devices[0], "n", ts_min, ts_max})));
    }
    EXPECT_EQ(log.lines->count("timeseries.checkpoint.failed"), 1u);
    run_task(store->room());
    for (; record < 1000; ++record) fleet.process(*store, record);
    store.flush();
    EXPECT_EQ(log.lines->count("timeseries.checkpoint.recovered"), 1u);
    EXPECT_EQ(store->checkpointed(0), 501);
    store.open((store.close(), open({})));
    fleet.expect_all(store, 1000);
}

TEST_F(RocksDbStore, AChunkWithAWrongChecksumIsAnErrorAndCounted) {
    BlockingStore store(open({}));
    store.put(device, 1,
              {
                  {"v", 1.0},
                  {"w", 1.0}
    });
    store.close();
    {
        const auto database = Database::open({.directory = directory.path()}, clock);
        ASSERT_TRUE(database);
        KeyDictionary keys;
        auto* const chunks = (*database)->family(Family::chunks);
        std::unique_ptr<::rocksdb::Iterator> rows((*database)->db().NewIterator({}, chunks));
        rows->Seek(series_prefix(device, *keys.find(**database, "v")));
        ASSERT_TRUE(rows->Valid());
        std::string row = rows->value().ToString();
        row[row.size() / 2] = static_cast<char>(row[row.size() / 2] ^ 1);
        ASSERT_TRUE((*database)->db().Put({}, chunks, rows->key(), row).ok());
    }
    store.open(open({}));
    const auto points = run_task(store->range({device, "v", 0, 9}));
    ASSERT_FALSE(points);
    EXPECT_EQ(points.error().code, ErrorCode::unavailable);
    EXPECT_NE(points.error().detail.find(directory.path().string()), std::string::npos);
    EXPECT_TRUE(has_metric("thingstead_timeseries_damaged_total 1"));
    EXPECT_EQ(store.range(device, "w").size(), 1u);
    store.put(device, 2,
              {
                  {"v", 2.0}
    });  // new points go on being stored
    store.flush();
}

TEST_F(RocksDbStore, DamagedFilesAreAnErrorThatNamesTheDirectory) {
    BlockingStore store(open({}));
    for (EpochMs ts = 0; ts < 5000; ++ts)
        store.put(device, ts,
                  {
                      {"v", ts * ts}
        });
    store.open((store.close(), open({})));  // opening moves the log into table files
    store.close();
    for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
        if (file.path().extension() != ".sst") continue;
        std::fstream table(file.path(), std::ios::in | std::ios::out | std::ios::binary);
        table.seekp(5);
        table.write("damage", 6);
    }
    MetricsRegistry registry;
    auto opened = open_rocksdb_store({.directory = directory.path()}, Log(), registry, clock);
    Error error{ErrorCode::internal, "nothing was noticed"};
    if (!opened) {
        error = opened.error();
    } else {
        const auto points = run_task((*opened)->range({device, "v", 0, 9}));
        if (!points) error = points.error();
    }
    EXPECT_TRUE(is_damage(error)) << error.message;
    EXPECT_NE(error.detail.find(directory.path().string()), std::string::npos);
}

}  // namespace
}  // namespace thingstead::store::rocks
