// The embedded event store when its file is full, damaged, or of a newer server.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>

#include "base/log_testing.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite_event_store.h"

namespace thingstead::store::sqlite {
namespace {
namespace asio = boost::asio;

class SqliteEventFaults : public testing::Test {
  protected:
    SqliteEventFaults() {
        std::filesystem::create_directories(folder_);
        settings_.file = folder_ / "events.db";
    }
    ~SqliteEventFaults() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<EventStore>> try_open() {
        return open_sqlite_event_store(settings_, limits_, log_.log, metrics_);
    }
    std::unique_ptr<EventStore> open() {
        auto opened = try_open();
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
    model::AuditLog large_entry() const {
        model::AuditLog made;
        made.id = new_time_uuid();
        made.created_time = 1'700'000'000'000;
        made.tenant_id = tenant_;
        made.action_failure_details = std::string(20'000, 'x');
        return made;
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("event_faults_" + new_random_uuid().to_string());
    EventSettings settings_;
    EventLimits limits_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
    const model::TenantId tenant_ = model::TenantId::make();
};

TEST_F(SqliteEventFaults, HoldsWhatAFullFileDoesNotTakeAndCountsItAtTheEnd) {
    settings_.file_bytes_max = 512 * 1024;
    auto store = open();
    std::int64_t stored = 0;
    Result<> flushed;
    while (flushed && stored < 1'000) {
        EXPECT_TRUE(run(store->append({large_entry()})));
        flushed = run(store->flush());
        stored += flushed ? 1 : 0;
    }
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, ErrorCode::unavailable);
    EXPECT_GT(stored, 5);
    // What is stored can still be read.
    const auto page = run(store->find(AuditQuery{.tenant = tenant_}));
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->total_elements, stored);
    store->stop();
    const Counter lost(metrics_, "thingstead_event_store_records_lost_total", "",
                       {
                           {"kind", "audit"}
    });
    EXPECT_EQ(lost.value(), 1u);

    settings_.file_bytes_max = 0;
    store = open();
    EXPECT_TRUE(run(store->append({large_entry()})));
    EXPECT_EQ(run(store->find(AuditQuery{.tenant = tenant_}))->total_elements, stored + 1);
    store->stop();
}

TEST_F(SqliteEventFaults, RefusesAFileThatIsNoDatabase) {
    std::ofstream(settings_.file) << std::string(10'000, 'x');
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::internal);
    EXPECT_EQ(opened.error().message, "the event database is damaged");
    EXPECT_NE(opened.error().detail.find("events.db"), std::string::npos);
}

TEST_F(SqliteEventFaults, RefusesAFileOfANewerServer) {
    open()->stop();
    Faults faults(settings_.file, log_.log, metrics_, "event");
    {
        const auto connection = Connection::open(
            {.file = settings_.file, .mode = Connection::Mode::read_write, .statements_max = 4},
            faults);
        ASSERT_TRUE(connection);
        ASSERT_TRUE((*connection)->execute("INSERT INTO schema_version VALUES (4711, 'future')"));
    }
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
    EXPECT_NE(opened.error().detail.find("events.db"), std::string::npos);
}

}  // namespace
}  // namespace thingstead::store::sqlite
