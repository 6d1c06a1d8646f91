// What only a real Cassandra shows: outages, refusals, its own clock.
#include <chrono>
#include <thread>

#include "base/log_testing.h"
#include "protocol/cql/value.h"
#include "store/cassandra/cassandra_testing.h"
#include "store/cassandra/statements.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;

/// A store whose timeouts are short, for tests in which nodes go away.
Settings hasty_settings() {
    Settings settings = server_settings();
    settings.request_timeout = 1s;
    settings.connect_timeout = 2s;
    settings.reconnect_delay_max = 1s;
    settings.flush_timeout = 60s;
    settings.write_bytes_max = 1 << 20;
    return settings;
}

struct Load {
    std::int64_t written = 0;  ///< Points 0 .. written - 1 were taken.
    std::int64_t refused = 0;
};

/// Writes points one after the other until the time is over or the store has refused often enough.
Load write_load(TimeseriesStore& store, const model::EntityId& device, std::int64_t from,
                std::chrono::milliseconds time, std::int64_t refused_max) {
    Load load{from};
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end && load.refused < refused_max) {
        const KeyValue value{"v", load.written};
        const PointsWrite points{
            .entity = device, .ts = load.written, .values = {&value, 1}
        };
        if (store.write(points, SourceOffset{.partition = 0, .offset = load.written}))
            store.processed(0, ++load.written);
        else if (++load.refused < refused_max)
            std::this_thread::sleep_for(10ms);  // it is down: room() would wait for its return
    }
    return load;
}

void expect_all(BlockingStore& store, const model::EntityId& device, std::int64_t count) {
    const auto points = store.range(device, "v");
    ASSERT_EQ(points.size(), static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        EXPECT_EQ(points[static_cast<std::size_t>(i)], (TimedValue{i, i}));
    }
    EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{count - 1, count - 1}));
}

TEST(CassandraStore, WritersWaitWhileTheNodeIsSilentAndNothingIsLost) {
    const MemoryLog log = open_memory_log(LogLevel::info);
    OpenedStore opened(hasty_settings(), log.log);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    Load load = write_load(*store, device, 0, 500ms, 1'000'000);
    test::control_server("pause", "cassandra");
    load = write_load(*store, device, load.written, 30s, 300);
    EXPECT_EQ(load.refused, 300);  // memory was full long before the time was over
    EXPECT_TRUE(log.lines->wait_for("cassandra.host.down"));
    EXPECT_LT(store->checkpointed(0), load.written);
    const auto read = run_task(store->range({device, "v", 0, 9}));
    EXPECT_EQ(read.has_error() ? read.error().code : ErrorCode::internal, ErrorCode::unavailable);
    test::control_server("resume", "cassandra");
    run_task(store->room());
    load = write_load(*store, device, load.written, 500ms, 1'000'000);
    store.flush();
    EXPECT_EQ(store->checkpointed(0), load.written);
    expect_all(store, device, load.written);
    EXPECT_EQ(log.lines->count("cassandra.host.down"), 1u);
    EXPECT_EQ(log.lines->count("cassandra.host.up"), 2u);
}

TEST(CassandraStore, WhatWasFlushedOutlivesAKilledNodeAndTheRestComesAfterItsReturn) {
    Settings settings = hasty_settings();
    settings.flush_timeout = 500ms;
    OpenedStore opened(settings);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    Load load = write_load(*store, device, 0, 500ms, 1'000'000);
    while (!run_task(store->flush())) {
    }
    test::control_server("kill", "cassandra");
    load = write_load(*store, device, load.written, 30s, 50);
    EXPECT_EQ(run_task(store->flush()).error().code, ErrorCode::unavailable);
    EXPECT_LT(store->checkpointed(0), load.written);
    test::control_server("start", "cassandra");
    run_task(store->room());
    load = write_load(*store, device, load.written, 500ms, 1'000'000);
    while (!run_task(store->flush())) {
    }
    EXPECT_EQ(store->checkpointed(0), load.written);
    expect_all(store, device, load.written);
}

TEST(CassandraStore, StatementsThatTheNodeForgotArePreparedAgain) {
    Settings settings = server_settings();
    settings.keyspace = "thingstead_forgetful";
    OpenedStore opened(settings);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    for (const EpochMs ts : {1, 2, 3}) {
        store.put(device, ts,
                  {
                      {"v", ts}
        });
        store.flush();
        EXPECT_EQ(store.range(device, "v").size(), static_cast<std::size_t>(ts));
        const auto changed = run_statement("ALTER TABLE thingstead_forgetful.ts_kv_cf ADD other" +
                                           std::to_string(ts) + " int");
        ASSERT_TRUE(changed) << changed.error().detail;
    }
    const std::string metrics = opened.metrics->expose();
    EXPECT_NE(metrics.find("thingstead_cassandra_errors_total{code=\"unprepared\"}"),
              std::string::npos);
}

TEST(CassandraStore, TokensAreTheServersOwn) {
    OpenedStore opened(server_settings());
    BlockingStore store(std::move(opened.store));
    for (int i = 0; i < 20; ++i) {
        const model::EntityId device = some_device();
        const std::string key = "kéy" + std::to_string(i);
        store.put(device, 1'700'000'000'000,
                  {
                      {key, 1.0}
        });
        store.flush();
        cql::Values values;
        bind_series(values, device, key);
        const std::int64_t partition = partition_of(1'700'000'000'000, Partitioning::MONTHS);
        values.bigint(partition);
        const auto answer = run_statement(
            "SELECT token(entity_type, entity_id, key, partition) FROM thingstead_test.ts_kv_cf "
            "WHERE entity_type = ? AND entity_id = ? AND key = ? AND partition = ?",
            std::move(values));
        ASSERT_TRUE(answer) << answer.error().detail;
        cql::RowCursor row(answer->rows());
        ASSERT_TRUE(row.next());
        EXPECT_EQ(cql::read_bigint(row.cell()),
                  token_of_partition(series_key(device, key), partition));
    }
}

TEST(CassandraStore, PointsExpireAndTheLatestValueStays) {
    OpenedStore opened(server_settings());
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    store.put(device, 1,
              {
                  {"v", 1.0}
    },
              {.ttl = 1s});
    store.put(device, 2,
              {
                  {"v", 2.0}
    },
              {.ttl = 1000s});
    store.put(device, 3,
              {
                  {"v", 3.0}
    });
    store.put(device, 4,
              {
                  {"v", 4.0}
    },
              {.ttl = 1s});
    store.flush();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (store.range(device, "v").size() > 2 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(100ms);  // its clock is not ours to turn
    EXPECT_EQ(store.range(device, "v"), (std::vector<TimedValue>{
                                            {2, 2.0},
                                            {3, 3.0}
    }));
    EXPECT_EQ(store.latest_of(device, "v"), (TimedValue{4, 4.0}));
}

TEST(CassandraStore, EveryPartitioningReadsBackInOrderOverItsBorders) {
    for (const auto& [partitioning, name] : enum_names(Partitioning{})) {
        SCOPED_TRACE(name);
        Settings settings = server_settings();
        settings.partitioning = partitioning;
        settings.keyspace = "thingstead_partitions";
        OpenedStore opened(settings);
        BlockingStore store(std::move(opened.store));
        const model::EntityId device = some_device();
        const EpochMs start = 1'735'689'599'990;  // ten milliseconds before 2025
        for (EpochMs ts = start; ts < start + 20; ++ts)
            store.put(device, ts,
                      {
                          {"v", ts}
            });
        const auto up = store.range(device, "v");
        ASSERT_EQ(up.size(), 20u);
        EXPECT_EQ(up.front().ts, start);
        EXPECT_EQ(up.back().ts, start + 19);
        const auto down = store.range(device, "v", start + 8, start + 12, 3, Order::descending);
        ASSERT_EQ(down.size(), 3u);
        EXPECT_EQ(down.front().ts, start + 11);
        EXPECT_EQ(down.back().ts, start + 9);
        store.remove({device, "v", start + 5, start + 15});
        EXPECT_EQ(store.range(device, "v").size(), 10u);
        EXPECT_TRUE(run_task(store->remove_entity(device)));
        EXPECT_TRUE(store.range(device, "v").empty());
    }
}

TEST(CassandraStore, PagesOfAnyNumberOfRowsGiveTheWholeRange) {
    Settings settings = server_settings();
    settings.page_rows = 10;
    OpenedStore opened(settings);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    std::vector<KeyValue> keys;
    for (int k = 0; k < 45; ++k) keys.push_back({"key" + std::to_string(k), std::int64_t{k}});
    store.put(device, 1, keys);
    for (EpochMs ts = 0; ts < 95; ++ts)
        store.put(device, ts,
                  {
                      {"v", ts}
        });
    for (const std::size_t limit : {25u, 95u, 96u, 1000u}) {
        const auto found = store.range(device, "v", 0, 100, limit, Order::descending);
        ASSERT_EQ(found.size(), std::min<std::size_t>(limit, 95));
        for (std::size_t i = 0; i < found.size(); ++i)
            EXPECT_EQ(found[i].ts, 94 - static_cast<EpochMs>(i)) << "limit " << limit;
    }
    EXPECT_EQ(store.latest(device).size(), 46u);
}

TEST(CassandraStore, ALatestValueOfTheFutureMayBeDeletedByAnotherProcess) {
    OpenedStore first(server_settings()), second(server_settings());
    BlockingStore writer(std::move(first.store)), other(std::move(second.store));
    const model::EntityId device = some_device();
    writer.put(device, 4'000'000'000'000,
               {
                   {"v", 1.0}
    });
    writer.flush();
    EXPECT_TRUE(other.remove({device, "v", 0, 5'000'000'000'000}).latest_deleted);
    EXPECT_EQ(writer.latest_of(device, "v"), std::nullopt);
    // A process that learns of the row now writes behind the deletion.
    OpenedStore third(server_settings());
    BlockingStore later(std::move(third.store));
    later.put(device, 1'700'000'000'000,
              {
                  {"v", std::int64_t{2}}
    });
    EXPECT_EQ(later.latest_of(device, "v"), (TimedValue{1'700'000'000'000, std::int64_t{2}}));
}

TEST(CassandraStore, AnOlderValueOfAProcessThatKnowsOldTimesDoesNotWin) {
    OpenedStore first(server_settings()), second(server_settings());
    BlockingStore stale(std::move(first.store)), other(std::move(second.store));
    const model::EntityId device = some_device();
    stale.put(device, 10,
              {
                  {"v", 1.0}
    });
    stale.flush();
    other.put(device, 20,
              {
                  {"v", std::string("newest")}
    });
    other.flush();
    stale.put(device, 15,
              {
                  {"v", 2.0}
    });
    EXPECT_EQ(stale.latest_of(device, "v"), (TimedValue{20, std::string("newest")}));
}

TEST(CassandraStore, APointThatCassandraCannotTakeIsSaidCountedAndDropped) {
    const MemoryLog log = open_memory_log(LogLevel::info);
    Settings settings = server_settings();
    settings.row_bytes_max = 10'000;
    OpenedStore opened(settings, log.log);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    store.put(
        device, 1,
        {
            {std::string(61'000, 'k'), 1.0},
            {"large", std::string(10'001, 'x')},
            {"v", 2.0}
    });
    store.flush();
    EXPECT_EQ(store.latest(device).size(), 1u);
    EXPECT_EQ(log.lines->count("cassandra.points.rejected"), 1u);
    EXPECT_NE(opened.metrics->expose().find("thingstead_timeseries_points_rejected_total 2"),
              std::string::npos);
}

TEST(CassandraStore, ATextThatCassandraRefusesDoesNotTakeItsNeighbours) {
    const MemoryLog log = open_memory_log(LogLevel::info);
    OpenedStore opened(server_settings(), log.log);
    BlockingStore store(std::move(opened.store));
    const model::EntityId bad = some_device();
    std::vector<model::EntityId> good;
    for (EpochMs ts = 0; ts < 100; ++ts) {
        if (ts == 50)
            store.put(bad, ts,
                      {
                          {"v", std::string("\xFF no UTF-8")}
            });
        store.put(good.emplace_back(some_device()), ts,
                  {
                      {"v", ts}
        });
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
        const auto ts = static_cast<EpochMs>(i);
        EXPECT_EQ(store.range(good[i], "v"), (std::vector<TimedValue>{
                                                 {ts, ts}
        }));
        EXPECT_EQ(store.latest_of(good[i], "v"), (TimedValue{ts, ts}));
    }
    EXPECT_EQ(log.lines->count("cassandra.points.rejected"), 0u);
    while (!run_task(store->flush())) {
    }
    EXPECT_TRUE(store.range(bad, "v").empty());
    EXPECT_NE(opened.metrics->expose().find("thingstead_timeseries_points_rejected_total 2"),
              std::string::npos);
}

TEST(CassandraStore, AWrongSettingIsNamedInBoundedTime) {
    struct Row {
        const char* name;
        void (*change)(Settings&);
        ErrorCode code;
        const char* detail;
    };
    const Row rows[] = {
        {"nobody listens",    [](Settings& s) { s.contact_points = "127.0.0.1:1"; },
         ErrorCode::unavailable,                                                                                  "contact_points: 127.0.0.1:1: "            },
        {"no address",        [](Settings& s) { s.contact_points = "127.0.0.1:x"; },
         ErrorCode::invalid_argument,                                                                             "contact_points: '127.0.0.1:x'"            },
        {"password",          [](Settings& s) { s.password = "wrong"; },             ErrorCode::unauthenticated,
         "user, password: "                                                                                                                                  },
        {"no user",           [](Settings& s) { s.user.clear(); },                   ErrorCode::unauthenticated,
         "user, password: "                                                                                                                                  },
        {"replication",
         [](Settings& s) {
             s.keyspace = "thingstead_none";
             s.replication = "{'class': 'NoSuchStrategy'}";
         },                                                                          ErrorCode::invalid_argument, "replication: "                            },
        {"keyspace",          [](Settings& s) { s.keyspace = "no-name"; },           ErrorCode::invalid_argument,
         "keyspace: 'no-name'"                                                                                                                               },
        {"datacenter",        [](Settings& s) { s.local_datacenter = "nowhere"; },
         ErrorCode::invalid_argument,                                                                             "local_datacenter: no node is in 'nowhere'"},
        {"authority",
         [](Settings& s) {
             s.tls = true;
             s.tls_authority_file = "/nowhere.pem";
         },                                                                          ErrorCode::invalid_argument, "tls_authority_file"                       },
        {"another authority", [](Settings& s) { s.tls = true; },                     ErrorCode::unavailable,      "TLS: "                                    },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Settings settings = server_settings();
        settings.open_timeout = 1s;
        row.change(settings);
        MetricsRegistry metrics;
        const auto store = open_cassandra_store(settings, Log(), metrics);
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, row.code) << store.error().message;
        EXPECT_NE(store.error().detail.find(row.detail), std::string::npos) << store.error().detail;
        EXPECT_EQ(store.error().detail.find("wrong"), std::string::npos);
    }
}

TEST(CassandraStore, ConnectionsAreEncryptedWhenAsked) {
    Settings settings = server_settings();
    settings.tls = true;
    settings.tls_authority_file = test::server_variable("THINGSTEAD_TEST_CASSANDRA_CA");
    OpenedStore opened(settings);
    ASSERT_TRUE(opened.store);
    BlockingStore store(std::move(opened.store));
    const model::EntityId device = some_device();
    for (EpochMs ts = 0; ts < 200; ++ts)
        store.put(device, ts,
                  {
                      {"v", std::string(1000, 'x')}
        });
    EXPECT_EQ(store.range(device, "v").size(), 200u);
}

TEST(CassandraStore, SeveralProcessesMayMakeTheTablesAtOnce) {
    Settings settings = server_settings();
    settings.keyspace = "thingstead_race";
    std::vector<std::thread> threads;
    std::vector<std::unique_ptr<OpenedStore>> stores(4);
    for (auto& store : stores)
        threads.emplace_back([&] { store = std::make_unique<OpenedStore>(settings); });
    for (std::thread& thread : threads) thread.join();
    const model::EntityId device = some_device();
    for (std::size_t i = 0; i < stores.size(); ++i) {
        BlockingStore store(std::move(stores[i]->store));
        store.put(device, static_cast<EpochMs>(i),
                  {
                      {"v", 1.0}
        });
        store.flush();
        EXPECT_EQ(store.range(device, "v").size(), i + 1);
    }
}

TEST(CassandraStore, ManyThreadsReadAndWriteAtOnce) {
    Settings settings = server_settings();
    settings.write_bytes_max = 256 << 10;
    OpenedStore opened(settings);
    TimeseriesStore& store = *opened.store;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&store] {
            const model::EntityId device = some_device();
            for (std::int64_t i = 0; i < 500; ++i) {
                const KeyValue value{"v", i};
                const PointsWrite points{
                    .entity = device, .ts = i, .values = {&value, 1}
                };
                while (!store.write(points, std::nullopt)) run_task(store.room());
                if (i % 50 != 0) continue;
                const auto latest = run_task(store.latest(device, {}));
                ASSERT_TRUE(latest);
                ASSERT_EQ(latest->size(), 1u);
                EXPECT_EQ(latest->front().ts, i);
            }
            const auto points = run_task(store.range({device, "v", 0, 500, 1000}));
            ASSERT_TRUE(points);
            EXPECT_EQ(points->size(), 500u);
        });
    for (std::thread& thread : threads) thread.join();
    store.stop();
}

}  // namespace
}  // namespace thingstead::store::cassandra
