// The event store when PostgreSQL refuses a record, goes away, and when other servers share it.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>

#include "base/log_testing.h"
#include "store/postgres/postgres_event_store.h"
#include "store/postgres/postgres_testing.h"

namespace thingstead::store::postgres {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr EpochMs week = 168 * 3'600'000;
constexpr EpochMs some_week = 2'800 * week;

class EventFaults : public testing::Test {
  protected:
    EventFaults() { settings_.url = schema_.url(); }

    std::unique_ptr<EventStore> open() {
        auto opened = open_postgres_event_store(settings_, limits_, log_.log, metrics_);
        EXPECT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        return *std::move(opened);
    }
    template <class T>
    T run(Task<T> task) {
        // Outlives the store, whose thread is inside of it for a moment after the answer.
        static thread_local asio::io_context io;
        io.restart();
        auto done = asio::co_spawn(io, std::move(task), asio::use_future);
        io.run();
        return done.get();
    }
    model::AuditLog entry(const std::string& name, EpochMs at = some_week) const {
        model::AuditLog made;
        made.id = new_time_uuid();
        made.created_time = at;
        made.tenant_id = tenant_;
        made.entity_name = name;
        return made;
    }
    /// Tries until the database is back.
    bool flushed(EventStore& store) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (std::chrono::steady_clock::now() < end)
            if (run(store.flush())) return true;
        return false;
    }
    std::int64_t integer(const std::string& sql) {
        const Result<std::int64_t> value = schema_.connect_inside()->query_integer(sql);
        EXPECT_TRUE(value) << value.error().detail;
        return value ? *value : -1;
    }
    std::int64_t counted(const char* kind) {
        return static_cast<std::int64_t>(Counter(metrics_,
                                                 "thingstead_event_store_records_lost_total", "",
                                                 {
                                                     {"kind", kind}
        })
                                             .value());
    }

    TestSchema schema_;
    EventSettings settings_;
    EventLimits limits_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
    const model::TenantId tenant_ = model::TenantId::make();
};

TEST_F(EventFaults, KeepsRecordsWhileTheDatabaseIsAway) {
    const auto store = open();
    EXPECT_TRUE(run(store->append({entry("before")})));
    EXPECT_TRUE(flushed(*store));
    test::control_server("stop", "postgres");
    EXPECT_TRUE(run(store->append({entry("during", some_week + 1)})));
    const Result<> away = run(store->flush());
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, ErrorCode::unavailable);
    const auto unread = run(store->find(AuditQuery{.tenant = tenant_}));
    ASSERT_FALSE(unread);
    EXPECT_EQ(unread.error().code, ErrorCode::unavailable);
    const Result<> housekeeping = run(store->remove_older_than(std::nullopt, 0));
    ASSERT_FALSE(housekeeping);
    test::control_server("start", "postgres");
    EXPECT_TRUE(flushed(*store));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log"), 2);
    EXPECT_EQ(counted("audit"), 0);
    store->stop();
}

TEST_F(EventFaults, LosesWhatIsInMemoryWhenItStopsWithoutADatabase) {
    const auto store = open();
    test::control_server("stop", "postgres");
    EXPECT_TRUE(run(store->append({entry("lost")})));
    store->stop();
    EXPECT_EQ(counted("audit"), 1);
    test::control_server("start", "postgres");
}

TEST_F(EventFaults, RefusesAuditEntriesThatFindNoRoomInTime) {
    limits_.audit_bytes_max = 64 * 1024;
    limits_.audit_wait_max = 100ms;
    const auto store = open();
    test::control_server("stop", "postgres");
    model::AuditLog large = entry("large");
    large.action_failure_details = std::string(60'000, 'x');
    EXPECT_TRUE(run(store->append({large})));
    large.id = new_time_uuid();
    const Result<> refused = run(store->append({large}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    test::control_server("start", "postgres");
    EXPECT_TRUE(flushed(*store));
    EXPECT_TRUE(run(store->append({large})));
    EXPECT_TRUE(flushed(*store));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log"), 2);
    store->stop();
}

TEST_F(EventFaults, DropsARecordThatTheDatabaseRefusesAndKeepsItsNeighbours) {
    const auto store = open();
    ASSERT_TRUE(schema_.connect_inside()->execute(
        "ALTER TABLE audit_log ADD CONSTRAINT no_seven CHECK (entity_name <> 'seven')"));
    std::vector<model::AuditLog> entries;
    for (int i = 0; i < 9; ++i) entries.push_back(entry(i == 6 ? "seven" : "fine", some_week + i));
    EXPECT_TRUE(run(store->append(entries)));
    EXPECT_TRUE(flushed(*store));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log"), 8);
    EXPECT_EQ(counted("audit"), 1);
    store->stop();
}

TEST_F(EventFaults, StoresTextsThatAreNoUtf8) {
    const auto store = open();
    EXPECT_TRUE(run(store->append({entry("a\xFF")})));
    EXPECT_TRUE(flushed(*store));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log WHERE entity_name = U&'a\\FFFD'"), 1);
    store->stop();
}

TEST_F(EventFaults, MakesPartitionsAndDropsThemAsWhole) {
    const auto store = open();
    EXPECT_TRUE(run(store->append(
        {entry("a"), entry("b", some_week + week), entry("c", some_week + week + 5)})));
    EXPECT_TRUE(flushed(*store));
    const std::string first = "audit_log_" + std::to_string(some_week);
    EXPECT_EQ(integer("SELECT COUNT(*) FROM \"" + first + "\""), 1);
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log_default"), 0);
    EXPECT_TRUE(run(store->remove_older_than(std::nullopt, some_week + week + 5)));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM pg_tables WHERE tablename = '" + first +
                      "' AND schemaname = current_schema()"),
              0);
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log"), 2);
    store->stop();
}

TEST_F(EventFaults, GoesOnWhenAnotherServerDroppedAPartition) {
    const auto store = open();
    const auto other = open();
    EXPECT_TRUE(run(store->append({entry("a")})));
    EXPECT_TRUE(flushed(*store));
    EXPECT_TRUE(run(other->remove_older_than(std::nullopt, some_week + week)));
    EXPECT_TRUE(run(store->append({entry("late")})));
    EXPECT_TRUE(flushed(*store));
    EXPECT_EQ(integer("SELECT COUNT(*) FROM audit_log"), 1);
    store->stop();
    other->stop();
}

}  // namespace
}  // namespace thingstead::store::postgres
