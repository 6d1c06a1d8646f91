// The entity store when PostgreSQL refuses, goes away, dies, and when other servers share it.
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>
#include <vector>

#include "base/log_testing.h"
#include "model/entities.h"
#include "store/entity_store.h"
#include "store/postgres/postgres_entity_store.h"
#include "store/postgres/postgres_testing.h"

namespace thingstead::store::postgres {
namespace {
namespace asio = boost::asio;

model::Device make_device() {
    model::Device device;
    device.id = model::DeviceId::make();
    device.tenant_id = model::TenantId::make();
    device.name = device.id.to_string();
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

class EntityFaults : public testing::Test {
  protected:
    EntityFaults() {
        settings_.url = schema_.url();
        settings_.readers = 1;
    }
    Result<std::unique_ptr<EntityStore>> try_open() {
        return open_postgres_entity_store(settings_, log_.log, metrics_);
    }
    std::unique_ptr<EntityStore> open() {
        auto opened = try_open();
        EXPECT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        return *std::move(opened);
    }
    std::uint64_t counted(const char* name) { return Counter(metrics_, name, "").value(); }

    TestSchema schema_;
    EntitySettings settings_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
};

std::string replaced(std::string text, const std::string& part, const std::string& by) {
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return text.replace(at, part.size(), by);
}

TEST_F(EntityFaults, NamesTheSettingWhenItCannotConnect) {
    const std::string port = server_url().substr(server_url().rfind(':'), 6);
    for (const std::string& url :
         {replaced(server_url(), ":of-a-test@", ":wrong-secret@"),
          replaced(server_url(), "thingstead:of", "nobody:of"), server_url() + "_nosuch",
          replaced(server_url(), port, ":1/"), server_url() + "?sslmode=require"}) {
        settings_.url = url;
        const auto opened = try_open();
        ASSERT_FALSE(opened) << url;
        EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
        EXPECT_NE(opened.error().message.find("setting url"), std::string::npos);
        EXPECT_FALSE(opened.error().detail.empty());
        EXPECT_EQ(opened.error().detail.find("secret"), std::string::npos);
        EXPECT_EQ(opened.error().detail.find("of-a-test"), std::string::npos);
    }
    for (const char* url : {"", "mysql://a:secret@b/c", "postgresql://a:secret@[b"}) {
        settings_.url = url;
        const auto opened = try_open();
        ASSERT_FALSE(opened) << url;
        EXPECT_EQ(opened.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(opened.error().message.find("setting url"), std::string::npos);
        EXPECT_EQ(opened.error().message.find("secret"), std::string::npos);
    }
}

TEST_F(EntityFaults, RefusesASchemaOfANewerServer) {
    open()->stop();
    ASSERT_TRUE(schema_.connect_inside()->execute(
        "INSERT INTO schema_version VALUES (4711, 'from the future')"));
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
    EXPECT_NE(opened.error().message.find("schema version 4711"), std::string::npos);
}

TEST_F(EntityFaults, MigratesOnceWhenManyServersStartAtTheSameTime) {
    std::vector<std::future<Result<std::unique_ptr<EntityStore>>>> starting;
    for (int i = 0; i < 4; ++i)
        starting.push_back(std::async(std::launch::async, [this] { return try_open(); }));
    for (auto& each : starting) {
        auto opened = each.get();
        ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        EXPECT_TRUE(insert(**opened, make_device()));
    }
    EXPECT_EQ(log_.lines->count("store.postgres.migrated"), 1u);
    EXPECT_EQ(count_devices(*open()), 4);
}

TEST_F(EntityFaults, ShowsPeopleTheRealIds) {
    const auto store = open();
    const model::Device device = make_device();
    ASSERT_TRUE(insert(*store, device));
    const Result<std::int64_t> found = schema_.connect_inside()->query_integer(
        "SELECT COUNT(*) FROM device WHERE id = stored_id('" + device.id.to_string() +
        "') AND real_id(id) = '" + device.id.to_string() + "'");
    EXPECT_EQ(*found, 1);
}

TEST_F(EntityFaults, UsesASecondDatabaseForEvents) {
    const auto first = open();
    settings_.url = test::server_variable("THINGSTEAD_TEST_POSTGRES_EVENTS");
    const auto events = open();
    ASSERT_TRUE(insert(*events, make_device()));
    EXPECT_EQ(count_devices(*first), 0);
}

/// Ends every connection of ours to the tables of `schema`, but not that of the caller.
void cut_connections() {
    ASSERT_TRUE(
        connect()->execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                           "WHERE usename = current_user AND pid <> pg_backend_pid()"));
}

TEST_F(EntityFaults, RunsAWorkAgainWhoseConnectionWasLost) {
    const auto store = open();
    const model::Device first = make_device();
    const model::Device second = make_device();
    int runs = 0;
    const Result<> written = store->write_now([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.insert(first); !done) return done;
        if (++runs == 1) cut_connections();
        return tx.insert(second);
    });
    EXPECT_TRUE(written) << written.error().detail;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count_devices(*store), 2);
    EXPECT_EQ(counted("thingstead_entity_store_retries_total"), 1u);
    EXPECT_EQ(counted("thingstead_entity_store_connections_lost_total"), 1u);

    // Connections that idle when the server restarts are lost without anyone noticing.
    cut_connections();
    EXPECT_TRUE(insert(*store, make_device()));
    asio::io_context io;
    std::int64_t seen = 0;
    std::future<Result<>> reading = asio::co_spawn(io, store->read([&](Reader& reader) -> Result<> {
        const Result<std::int64_t> rows = reader.count<model::Device>({});
        if (!rows) return rows.error();
        seen = *rows;
        return {};
    }),
                                                   asio::use_future);
    io.run();
    EXPECT_TRUE(reading.get());
    EXPECT_EQ(seen, 3);
}

TEST_F(EntityFaults, AWorkThatKeepsAnErrorToItselfFailsAlone) {
    asio::io_context io;
    const auto store = open();
    const model::Device device = make_device();
    ASSERT_TRUE(insert(*store, device));
    std::promise<void> release;
    std::vector<std::future<Result<>>> answers;
    const auto start = [&](std::function<Result<>(Transaction&)> work) {
        answers.push_back(asio::co_spawn(io, store->write(std::move(work)), asio::use_future));
    };
    start([&](Transaction&) -> Result<> {
        release.get_future().wait();
        return {};
    });
    start([](Transaction& tx) { return tx.insert(make_device()); });
    start([&](Transaction& tx) -> Result<> {
        (void)tx.insert(device);
        return {};
    });
    start([](Transaction& tx) { return tx.insert(make_device()); });
    io.poll();
    release.set_value();
    io.run();
    EXPECT_TRUE(answers[1].get());
    EXPECT_EQ(answers[2].get().error().code, ErrorCode::conflict);
    EXPECT_TRUE(answers[3].get());
    EXPECT_EQ(count_devices(*store), 3);
    EXPECT_EQ(counted("thingstead_entity_store_retries_total"), 0u);
}

TEST_F(EntityFaults, WorksThatLookBeforeTheyWriteAreAtomicBetweenServers) {
    settings_.writers = 2;
    settings_.attempts_max = 100;
    const auto one = open();
    const auto other = open();
    model::Device device = make_device();
    device.version = 0;
    ASSERT_TRUE(insert(*one, device));
    const auto count_up = [&](EntityStore& store) {
        return store.write_now([&](Transaction& tx) -> Result<> {
            const auto found = tx.find<model::Device>({
                {"id", device.id.uuid}
            });
            if (!found) return found.error();
            model::Device next = **found;
            next.version = *next.version + 1;
            return tx.update(next);
        });
    };
    constexpr int each = 40;
    std::vector<std::future<int>> counting;
    for (EntityStore* store : {one.get(), one.get(), other.get(), other.get()})
        counting.push_back(std::async(std::launch::async, [&count_up, store] {
            int failed = 0;
            for (int i = 0; i < each; ++i) failed += count_up(*store) ? 0 : 1;
            return failed;
        }));
    for (auto& done : counting) EXPECT_EQ(done.get(), 0);
    ASSERT_TRUE(one->write_now([&](Transaction& tx) -> Result<> {
        const auto found = tx.find<model::Device>({
            {"id", device.id.uuid}
        });
        if (!found) return found.error();
        EXPECT_EQ(*(*found)->version, 4 * each);
        return {};
    }));
}

TEST_F(EntityFaults, KeepsEveryAnsweredWriteWhenTheServerIsKilled) {
    const auto store = open();
    std::mutex mutex;
    std::vector<Uuid> answered;
    std::promise<void> busy;
    std::atomic<bool> stop{false};
    std::vector<std::future<void>> writing;
    for (int i = 0; i < 8; ++i)
        writing.push_back(std::async(std::launch::async, [&] {
            while (!stop) {
                const model::Device device = make_device();
                if (!insert(*store, device)) continue;
                const std::lock_guard lock(mutex);
                answered.push_back(device.id.uuid);
                if (answered.size() == 200) busy.set_value();
            }
        }));
    busy.get_future().wait();
    test::control_server("kill", "postgres");
    test::control_server("start", "postgres");
    stop = true;
    for (auto& each : writing) each.get();
    EXPECT_TRUE(insert(*store, make_device()));
    std::size_t missing = 0;
    ASSERT_TRUE(store->write_now([&](Transaction& tx) -> Result<> {
        missing = 0;
        for (const Uuid& id : answered) {
            const Result<std::int64_t> found = tx.count<model::Device>({
                {"id", id}
            });
            if (!found) return found.error();
            missing += *found == 1 ? 0 : 1;
        }
        return {};
    }));
    EXPECT_EQ(missing, 0u);
}

TEST_F(EntityFaults, AnswersUnavailableWhileTheServerIsAwayAndWorksAgainAfter) {
    settings_.away_max = std::chrono::milliseconds(200);
    const auto store = open();
    ASSERT_TRUE(insert(*store, make_device()));
    test::control_server("stop", "postgres");
    for (int i = 0; i < 3; ++i) {
        const Result<> refused = insert(*store, make_device());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    }
    test::control_server("start", "postgres");
    Result<> inserted = insert(*store, make_device());
    while (!inserted) inserted = insert(*store, make_device());
    EXPECT_EQ(count_devices(*store), 2);
    EXPECT_TRUE(log_.lines->wait_for("store.postgres.away"));
}

TEST_F(EntityFaults, GivesUpAServerThatStaysSilent) {
    settings_.away_max = std::chrono::milliseconds(100);
    settings_.statement_timeout = std::chrono::milliseconds(200);
    settings_.connect_timeout = std::chrono::milliseconds(1'000);
    const auto store = open();
    test::control_server("pause", "postgres");
    const Result<> refused = insert(*store, make_device());
    test::control_server("resume", "postgres");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    Result<> inserted = insert(*store, make_device());
    while (!inserted) inserted = insert(*store, make_device());
}

TEST_F(EntityFaults, EndsAStatementThatTakesTooLong) {
    const auto connection =
        Connection::open({.url = server_url(), .statement_timeout = std::chrono::milliseconds(50)});
    ASSERT_TRUE(connection);
    const Result<Rows> slow = (*connection)->run("SELECT pg_sleep(30)", Parameters());
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().message, "the database took too long");
    EXPECT_EQ(*(*connection)->query_integer("SELECT 7"), 7);
}

TEST_F(EntityFaults, ForgetsStatementsBeyondTheLargestNumber) {
    const auto connection = connect();
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(*connection->query_integer("SELECT " + std::to_string(i)), i);
    const Result<Rows> held =
        connection->run("SELECT COUNT(*) FROM pg_prepared_statements", Parameters());
    ASSERT_TRUE(held);
    EXPECT_LE(held->integer(0, 0), 256);
}

TEST_F(EntityFaults, AnswersInvalidArgumentForTextThatIsNoUtf8) {
    const auto store = open();
    model::Device device = make_device();
    device.name = "\xFF";
    const Result<> refused = insert(*store, device);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_TRUE(insert(*store, make_device()));
}

TEST_F(EntityFaults, RefusesWorksBeyondTheLimit) {
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
    running.get_future().wait();
    for (int i = 0; i < 6; ++i)
        answers.push_back(asio::co_spawn(
            io, store->write([](Transaction&) -> Result<> { return {}; }), asio::use_future));
    io.poll();
    release.set_value();
    io.run();
    std::size_t refused = 0;
    for (std::future<Result<>>& each : answers) refused += each.get() ? 0 : 1;
    EXPECT_EQ(refused, 2u);
}

}  // namespace
}  // namespace thingstead::store::postgres
