#include "store/sqlite/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <vector>

#include "base/log_testing.h"
#include "model/entities.h"

namespace thingstead::store::sqlite {
namespace {
namespace asio = boost::asio;
namespace fs = std::filesystem;

model::Device make_device() {
    model::Device device;
    device.id = model::DeviceId::make();
    device.tenant_id = model::TenantId::make();
    device.name = "meter " + device.id.to_string();
    device.type = "default";
    return device;
}

Result<> insert(EntityStore& store, const model::Device& device) {
    return store.write_now([&](Transaction& tx) { return tx.insert(device); });
}

std::int64_t count_devices(EntityStore& store) {
    std::int64_t count = -1;
    EXPECT_TRUE(store.write_now([&](Transaction& tx) -> Result<> {
        const Result<std::int64_t> rows = tx.count<model::Device>({});
        if (!rows) return rows.error();
        count = *rows;
        return {};
    }));
    return count;
}

class SqliteStoreTest : public testing::Test {
  protected:
    SqliteStoreTest() {
        fs::create_directories(folder_);
        settings_.file = folder_ / "entities.db";
    }
    ~SqliteStoreTest() override { fs::remove_all(folder_); }

    Result<std::unique_ptr<EntityStore>> try_open() {
        return open_sqlite_store(settings_, log_.log, metrics_);
    }
    std::unique_ptr<EntityStore> open() {
        Result<std::unique_ptr<EntityStore>> opened = try_open();
        EXPECT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        return *std::move(opened);
    }
    /// Beside the store, as another program would.
    void run_sql(const std::string& sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(settings_.file.c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(handle);
        sqlite3_close(handle);
    }
    std::uint64_t counted(const char* name) { return Counter(metrics_, name, "").value(); }

    fs::path folder_ = fs::temp_directory_path() / ("sqlite_" + new_random_uuid().to_string());
    Settings settings_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
};

TEST_F(SqliteStoreTest, LeavesOneFileAfterACleanStop) {
    const auto store = open();
    ASSERT_TRUE(insert(*store, make_device()));
    EXPECT_TRUE(fs::exists(settings_.file + "-wal"));
    store->stop();
    EXPECT_FALSE(fs::exists(settings_.file + "-wal"));
    EXPECT_FALSE(fs::exists(settings_.file + "-shm"));
    EXPECT_EQ(count_devices(*open()), 1);
}

TEST_F(SqliteStoreTest, MigratesOnceAndKeepsTheRows) {
    {
        const auto store = open();
        ASSERT_TRUE(insert(*store, make_device()));
    }
    EXPECT_EQ(log_.lines->count("store.sqlite.migrated"), 1u);
    EXPECT_EQ(count_devices(*open()), 1);
    EXPECT_EQ(log_.lines->count("store.sqlite.migrated"), 1u);
}

TEST_F(SqliteStoreTest, RefusesAFileOfANewerServer) {
    open()->stop();
    run_sql("INSERT INTO schema_version VALUES (4711, 'from the future')");
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
    EXPECT_NE(opened.error().message.find("schema version 4711"), std::string::npos);
    EXPECT_NE(opened.error().detail.find(settings_.file), std::string::npos);
}

TEST_F(SqliteStoreTest, LeavesNothingOfAMigrationThatFails) {
    // A table of the first migration is in the way: what came before it must be undone.
    run_sql("CREATE TABLE admin_settings (id INTEGER)");
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().detail.find("migration 1 (entities)"), std::string::npos);
    EXPECT_NE(opened.error().detail.find("admin_settings"), std::string::npos);
    run_sql("DROP TABLE admin_settings; CREATE TABLE device (id INTEGER); DROP TABLE device");
    ASSERT_TRUE(insert(*open(), make_device()));
}

TEST_F(SqliteStoreTest, NamesAFileThatIsNoDatabase) {
    std::ofstream(settings_.file) << std::string(8192, 'x');
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::internal);
    EXPECT_EQ(opened.error().message, "the entity database is damaged");
    EXPECT_NE(opened.error().detail.find(settings_.file), std::string::npos);
    EXPECT_TRUE(log_.lines->wait_for("store.sqlite.damaged"));
}

TEST_F(SqliteStoreTest, NamesAFileWhosePagesAreDamaged) {
    open()->stop();
    const auto bytes = fs::file_size(settings_.file);
    ASSERT_GT(bytes, 3 * 4096u);
    {
        std::fstream file(settings_.file, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);  // the header of the schema's own page
        const std::string garbage(4096, '\x5a');
        file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
    }
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::internal);
    EXPECT_NE(opened.error().detail.find(settings_.file), std::string::npos);
}

std::int64_t count_found(EntityStore& store, const model::Device& device, const std::string& text) {
    std::int64_t total = -1;
    EXPECT_TRUE(store.write_now([&](Transaction& tx) -> Result<> {
        PageLink link;
        link.text_search = text;
        const auto page = tx.page<model::Device>(
            {
                {"tenantId", device.tenant_id.uuid}
        },
            link);
        if (!page) return page.error();
        total = page->total_elements;
        return {};
    }));
    return total;
}

TEST_F(SqliteStoreTest, IndexesTheTextsOfAFileThatHasNoIndex) {
    const model::Device device = make_device();
    ASSERT_TRUE(insert(*open(), device));
    // As an older server left it, and as a newer one might.
    for (const char* before :
         {"DROP TRIGGER device_text_added; DROP TRIGGER device_text_removed; "
          "DROP TRIGGER device_text_changed; DROP VIEW device_searched; DROP TABLE device_text",
          "DROP TABLE device_text; CREATE VIRTUAL TABLE device_text USING fts5(other)"}) {
        SCOPED_TRACE(before);
        run_sql(before);
        const auto store = open();
        EXPECT_EQ(count_found(*store, device, "METER "), 1);
        EXPECT_EQ(count_found(*store, device, "meter x"), 0);
    }
    log_.log.flush();
    EXPECT_EQ(log_.lines->count("store.sqlite.texts_indexed"), 3u);
}

TEST_F(SqliteStoreTest, SearchesAFileWhoseRowsWereNumberedAnew) {
    const model::Device first = make_device();
    model::Device second = make_device();
    second.tenant_id = first.tenant_id;
    {
        const auto store = open();
        ASSERT_TRUE(insert(*store, first));
        ASSERT_TRUE(insert(*store, second));
        ASSERT_TRUE(store->write_now([&](Transaction& tx) -> Result<> {
            const Result<std::int64_t> removed = tx.remove<model::Device>({
                {"id", first.id.uuid}
            });
            return removed ? Result<>() : removed.error();
        }));
    }
    const std::string copy = folder_ / "copy.db";
    run_sql("VACUUM INTO '" + copy + "'");
    settings_.file = copy;
    EXPECT_EQ(count_found(*open(), second, second.name), 1);
    run_sql("DROP TRIGGER device_text_changed; UPDATE device SET rowid = 1");
    EXPECT_EQ(count_found(*open(), second, second.name), 1);
}

TEST_F(SqliteStoreTest, SearchesThroughTheIndexAlone) {
    const auto store = open();
    const model::Device device = make_device();
    ASSERT_TRUE(insert(*store, device));
    run_sql("INSERT INTO device_text(device_text) VALUES ('delete-all')");
    EXPECT_EQ(count_found(*store, device, "meter"), 0);
    EXPECT_EQ(count_found(*store, device, "me"), 1) << "too short for the index";
}

TEST_F(SqliteStoreTest, ReportsAFolderThatIsNotThere) {
    settings_.file = folder_ / "missing" / "entities.db";
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
    EXPECT_NE(opened.error().detail.find(settings_.file), std::string::npos);
}

TEST_F(SqliteStoreTest, AnswersUnavailableWhenFullAndWorksAgainWhenThereIsRoom) {
    settings_.file_bytes_max = 2 * 1024 * 1024;
    const auto store = open();
    const model::Device kept = make_device();
    ASSERT_TRUE(insert(*store, kept));
    model::Device large = make_device();
    large.label = std::string(64 * 1024, 'x');
    std::vector<model::DeviceId> stored;
    Result<> inserted;
    for (int i = 0; i < 100 && inserted; ++i) {
        large.id = model::DeviceId::make();
        large.name = large.id.to_string();
        inserted = insert(*store, large);
        if (inserted) stored.push_back(large.id);
    }
    ASSERT_FALSE(inserted);
    EXPECT_EQ(inserted.error().code, ErrorCode::unavailable);
    EXPECT_EQ(inserted.error().message, "the disk is full");
    EXPECT_GT(counted("thingstead_entity_store_faults_total"), 0u);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(insert(*store, large));
    log_.log.flush();
    EXPECT_EQ(log_.lines->count("store.sqlite.disk_full"), 1u);  // throttled

    EXPECT_EQ(count_devices(*store), static_cast<std::int64_t>(stored.size()) + 1);
    // More than one: what a row leaves behind in an index is made use of later.
    ASSERT_GT(stored.size(), 4u);
    ASSERT_TRUE(store->write_now([&](Transaction& tx) -> Result<> {
        for (std::size_t i = 0; i < 4; ++i) {
            const Result<std::int64_t> rows = tx.remove<model::Device>({
                {"id", stored[i].uuid}
            });
            if (!rows) return rows.error();
        }
        return {};
    }));
    EXPECT_TRUE(insert(*store, large));
}

/// Files of this process cannot grow beyond `bytes` while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        signal_before_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_before_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    void (*signal_before_)(int) = nullptr;
};

TEST_F(SqliteStoreTest, LosesNothingWhenTheLogCannotBeWritten) {
    const auto store = open();
    const model::Device before = make_device();
    ASSERT_TRUE(insert(*store, before));
    const auto log_bytes = fs::file_size(settings_.file + "-wal");
    {
        const FileSizeLimit limit(log_bytes + 4096);
        model::Device refused = make_device();
        refused.label = std::string(64 * 1024, 'x');
        const Result<> inserted = insert(*store, refused);
        ASSERT_FALSE(inserted);
        EXPECT_EQ(inserted.error().code, ErrorCode::unavailable);
    }
    EXPECT_EQ(counted("thingstead_entity_store_commits_failed_total"), 1u);
    EXPECT_EQ(count_devices(*store), 1);
    EXPECT_TRUE(insert(*store, make_device()));
    store->stop();
    EXPECT_EQ(count_devices(*open()), 2);
}

TEST_F(SqliteStoreTest, RefusesWorksBeyondTheLimit) {
    settings_.works_max = 4;
    asio::io_context io;  // outlives the store that resumes coroutines on it
    const auto store = open();
    std::promise<void> running;
    std::promise<void> release;
    std::vector<std::future<Result<>>> answers;
    answers.push_back(asio::co_spawn(io, store->write([&](Transaction&) -> Result<> {
        running.set_value();
        release.get_future().wait();
        return {};
    }),
                                     asio::use_future));
    io.poll();
    running.get_future().wait();  // out of the queue: four more have room
    for (int i = 0; i < 6; ++i)
        answers.push_back(asio::co_spawn(
            io, store->write([](Transaction&) -> Result<> { return {}; }), asio::use_future));
    io.poll();
    release.set_value();
    io.run();
    std::size_t refused = 0;
    for (std::future<Result<>>& each : answers) {
        const Result<> answer = each.get();
        if (answer) continue;
        ++refused;
        EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    }
    EXPECT_EQ(refused, 2u);
    EXPECT_EQ(Counter(metrics_, "thingstead_entity_store_works_refused_total", "",
                      {
                          {"kind", "write"}
    })
                  .value(),
              2u);
    EXPECT_EQ(Gauge(metrics_, "thingstead_entity_store_works_waiting", "",
                    {
                        {"kind", "write"}
    })
                  .value(),
              0);
}

TEST_F(SqliteStoreTest, KeepsCommitsWithinTheirLargestSize) {
    settings_.commit_works_max = 10;
    settings_.commit_time_max = std::chrono::seconds(10);
    asio::io_context io;  // outlives the store that resumes coroutines on it
    const auto store = open();
    std::promise<void> release;
    const std::uint64_t before = counted("thingstead_entity_store_commits_total");
    std::vector<std::future<Result<>>> answers;
    answers.push_back(asio::co_spawn(io, store->write([&](Transaction&) -> Result<> {
        release.get_future().wait();
        return {};
    }),
                                     asio::use_future));
    for (int i = 0; i < 29; ++i)
        answers.push_back(asio::co_spawn(
            io, store->write([](Transaction& tx) { return tx.insert(make_device()); }),
            asio::use_future));
    io.poll();
    release.set_value();
    io.run();
    for (std::future<Result<>>& each : answers) EXPECT_TRUE(each.get());
    EXPECT_EQ(counted("thingstead_entity_store_commits_total") - before, 3u);
}

TEST_F(SqliteStoreTest, RecoversAnInterruptedRunAndChecksSmallFiles) {
    const fs::path copy = folder_ / "copy.db";
    {
        const auto store = open();
        ASSERT_TRUE(insert(*store, make_device()));
        for (const char* suffix : {"", "-wal"})  // what a power cut would leave
            fs::copy_file(settings_.file + suffix, copy.string() + suffix);
    }
    settings_.file = copy;
    {
        const auto store = open();
        EXPECT_EQ(count_devices(*store), 1);
    }
    EXPECT_TRUE(log_.lines->wait_for("checked=true"));
    EXPECT_EQ(log_.lines->count("store.sqlite.recovered"), 1u);
    EXPECT_EQ(count_devices(*open()), 1);
    log_.log.flush();
    EXPECT_EQ(log_.lines->count("store.sqlite.recovered"), 1u);
}

/// Writes devices with many coroutines until it is killed; tells `pipe` each id that is done.
[[noreturn]] void write_until_killed(const Settings& settings, int pipe) {
    MetricsRegistry metrics;
    auto store = open_sqlite_store(settings, Log(), metrics);
    if (!store) _exit(1);
    asio::io_context io;
    const auto forever = [](EntityStore& to, int out) -> Task<> {
        while (true) {
            const model::Device device = make_device();
            std::function<Result<>(Transaction&)> work = [&device](Transaction& tx) {
                return tx.insert(device);
            };
            const Result<> done = co_await to.write(std::move(work));
            const auto bytes = device.id.uuid.bytes();
            if (!done || ::write(out, bytes.data(), bytes.size()) != 16) _exit(2);
        }
    };
    for (int i = 0; i < 32; ++i)
        asio::co_spawn(io, forever(**store, pipe), [](std::exception_ptr) { _exit(3); });
    io.run();
    _exit(4);
}

TEST_F(SqliteStoreTest, KeepsEveryAnsweredWriteOfAKilledProcess) {
    for (int round = 0; round < 3; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            close(ends[0]);
            write_until_killed(settings_, ends[1]);
        }
        close(ends[1]);
        std::vector<Uuid> answered;
        std::array<std::byte, 16> bytes;
        const auto next = [&] { return ::read(ends[0], bytes.data(), bytes.size()) == 16; };
        const auto note = [&] { answered.push_back(Uuid::from_bytes(bytes.data())); };
        while (answered.size() < 300 && next()) note();
        kill(child, SIGKILL);
        while (next()) note();
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        close(ends[0]);
        ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);

        const auto store = open();
        std::size_t missing = 0;
        ASSERT_TRUE(store->write_now([&](Transaction& tx) -> Result<> {
            for (const Uuid& id : answered) {
                const Result<std::optional<model::Device>> found = tx.find<model::Device>({
                    {"id", id}
                });
                if (!found) return found.error();
                missing += found->has_value() ? 0 : 1;
            }
            return {};
        }));
        EXPECT_GE(answered.size(), 300u);
        EXPECT_EQ(missing, 0u);
    }
}

}  // namespace
}  // namespace thingstead::store::sqlite
