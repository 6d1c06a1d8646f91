#include "core/audit.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <vector>

#include "base/log_testing.h"
#include "core/event_log.h"

namespace thingstead::core {
namespace {
namespace asio = boost::asio;

/// Keeps in memory what it is given, or refuses it.
class FakeEvents final : public store::EventStore {
  public:
    Task<Result<>> append(std::vector<model::AuditLog> more) override {
        if (full) co_return Error{ErrorCode::unavailable, "full"};
        for (model::AuditLog& each : more) entries.push_back(std::move(each));
        co_return Result<>();
    }
    bool offer(std::vector<model::Event>) override { return true; }
    Task<Result<>> flush() override { co_return Result<>(); }
    Task<Result<store::Page<model::AuditLog>>> find(store::AuditQuery query) override {
        asked = std::move(query);
        co_return store::Page<model::AuditLog>();
    }
    Task<Result<store::Page<model::Event>>> find(store::EventQuery) override {
        co_return store::Page<model::Event>();
    }
    Task<Result<std::int64_t>> remove(store::EventQuery) override { co_return 0; }
    Task<Result<>> remove_older_than(std::optional<model::EventKind> kind,
                                     EpochMs before) override {
        removed.emplace_back(kind, before);
        co_return Result<>();
    }
    void stop() override {}

    bool full = false;
    std::vector<model::AuditLog> entries;
    store::AuditQuery asked;
    std::vector<std::pair<std::optional<model::EventKind>, EpochMs>> removed;
};

/// A store that is away.
class NoEntities final : public store::EntityStore {
  public:
    Task<Result<>> read(std::function<Result<>(store::Reader&)>) override {
        co_return Error{ErrorCode::unavailable, "away"};
    }
    Task<Result<>> write(std::function<Result<>(store::Transaction&)>) override {
        co_return Error{ErrorCode::unavailable, "away"};
    }
    Result<> write_now(std::function<Result<>(store::Transaction&)>) override {
        return Error{ErrorCode::unavailable, "away"};
    }
    void stop() override {}
};

class AuditTest : public testing::Test {
  protected:
    template <class T>
    T run(Task<T> task) {
        // Outlives the store, whose thread is inside of it for a moment after the answer.
        static thread_local asio::io_context io;
        io.restart();
        auto done = asio::co_spawn(io, std::move(task), asio::use_future);
        io.run();
        return done.get();
    }
    Audit make(AuditSettings settings = {}) {
        return {events_, entities_, settings, clock_, log_.log, metrics_};
    }
    static Caller tenant_admin() {
        Caller caller;
        caller.authority = model::Authority::tenant_admin;
        caller.tenant = model::TenantId::make();
        caller.user = model::UserId::make();
        caller.email = "a@example.org";
        return caller;
    }
    static AuditNote note(model::EntityType type, model::ActionType action) {
        AuditNote made;
        made.entity = {type, new_time_uuid()};
        made.action = action;
        return made;
    }

    FakeEvents events_;
    NoEntities entities_;
    ManualClock clock_;
    MetricsRegistry metrics_;
    MemoryLog log_ = open_memory_log();
};

TEST_F(AuditTest, EntersWhoDidWhatToWhom) {
    Audit audit = make();
    const Caller caller = tenant_admin();
    AuditNote made = note(model::EntityType::device, model::ActionType::updated);
    made.entity_name = "Pump";
    made.entity_customer = model::CustomerId::make();
    made.data = {
        {"a", 1}
    };
    run(audit.log(caller, made));
    ASSERT_EQ(events_.entries.size(), 1u);
    const model::AuditLog& entry = events_.entries.front();
    EXPECT_EQ(entry.tenant_id, caller.tenant);
    EXPECT_EQ(entry.user_id, caller.user);
    EXPECT_EQ(entry.user_name, "a@example.org");
    EXPECT_EQ(entry.customer_id, *made.entity_customer);
    EXPECT_EQ(entry.entity_id, made.entity.uuid);
    EXPECT_EQ(entry.entity_name, "Pump");
    EXPECT_EQ(entry.created_time, clock_.now_ms());
    EXPECT_EQ(entry.action_status, model::ActionStatus::success);
    EXPECT_EQ(entry.action_data, made.data);
}

TEST_F(AuditTest, EntersFailuresAndNeverWhatIsForTheLogAlone) {
    Audit audit = make();
    AuditNote made = note(model::EntityType::device, model::ActionType::added);
    made.entity.uuid = Uuid{};
    made.failure = Error{ErrorCode::conflict, "name is taken", "SELECT secret"};
    run(audit.log(tenant_admin(), made));
    const model::AuditLog& entry = events_.entries.at(0);
    EXPECT_EQ(entry.action_status, model::ActionStatus::failure);
    EXPECT_EQ(entry.action_failure_details, "name is taken");
    EXPECT_EQ(entry.entity_id, null_uuid);
    EXPECT_EQ(entry.entity_name, "N/A");
}

TEST_F(AuditTest, ShowsNoMarkupAndNoEndlessNames) {
    Audit audit = make();
    for (const std::string& name : {std::string("<b>"), std::string("{{x}}"),
                                    std::string(254, 'x') + "\u00e4", std::string("fine")}) {
        AuditNote made = note(model::EntityType::device, model::ActionType::added);
        made.entity_name = name;
        run(audit.log(tenant_admin(), made));
    }
    const std::optional<std::string> shown[] = {"MALFORMED", "MALFORMED", std::string(254, 'x'),
                                                "fine"};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(events_.entries.at(i).entity_name, shown[i]);
}

TEST_F(AuditTest, EntersByTheLevelOfTheKind) {
    using enum model::ActionType;
    AuditSettings settings;
    settings.customer = AuditLevel::off;
    settings.asset = AuditLevel::reads_and_writes;
    const Audit audit = make(settings);
    struct Case {
        model::EntityType type;
        model::ActionType action;
        bool tenant, system;
    };
    const Case rows[] = {
        {model::EntityType::device,   updated,          true,  true},
        {model::EntityType::device,   credentials_read, false, true},
        {model::EntityType::device,   attributes_read,  false, true},
        {model::EntityType::asset,    attributes_read,  true,  true},
        {model::EntityType::customer, deleted,          false, true},
        {model::EntityType::tenant,   updated,          false, true},
        {model::EntityType::user,     login,            true,  true},
    };
    for (const Case& row : rows) {
        SCOPED_TRACE(std::string(model::wire_name(row.type)) + " " +
                     std::string(enum_name(row.action)));
        EXPECT_EQ(audit.enters(tenant_admin(), row.type, row.action), row.tenant);
        EXPECT_EQ(audit.enters(Caller{}, row.type, row.action), row.system);
    }
}

TEST_F(AuditTest, CountsWhatFindsNoRoom) {
    Audit audit = make();
    events_.full = true;
    run(audit.log(tenant_admin(), note(model::EntityType::device, model::ActionType::updated)));
    EXPECT_EQ(Counter(metrics_, "thingstead_audit_entries_lost_total", "").value(), 1u);
    EXPECT_EQ(Counter(metrics_, "thingstead_audit_entries_total", "").value(), 0u);
}

TEST_F(AuditTest, ShowsATenantItsOwnEntriesAlone) {
    Audit audit = make();
    const Caller caller = tenant_admin();
    store::AuditQuery query;
    query.tenant = model::TenantId::make();
    EXPECT_TRUE(run(audit.find(caller, query)));
    EXPECT_EQ(events_.asked.tenant, caller.tenant);
}

TEST(ClientData, NamesBrowserAndSystem) {
    const json::value data = client_data(
        {"10.0.0.1",
         "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"});
    EXPECT_EQ(json::serialize(data),
              R"({"clientAddress":"10.0.0.1","browser":"Chrome","os":"Linux","device":"Other"})");
    EXPECT_EQ(json::serialize(client_data({})),
              R"({"clientAddress":"","browser":"Other","os":"Other","device":"Other"})");
}

TEST_F(AuditTest, RetentionRemovesOnlyWhatHasATimeToLive) {
    RetentionSettings settings;
    EventRetention retention(events_, settings, clock_, log_.log);
    run(retention.remove_old());
    ASSERT_EQ(events_.removed.size(), 3u);  // the three kinds of debug events
    for (const auto& [kind, before] : events_.removed) {
        EXPECT_GE(*kind, model::EventKind::rule_node_debug);
        EXPECT_EQ(before, clock_.now_ms() - 168 * 3'600'000);
    }
    events_.removed.clear();
    settings = {std::chrono::hours(1), std::chrono::hours(0), std::chrono::hours(0)};
    EventRetention of_audit(events_, settings, clock_, log_.log);
    run(of_audit.remove_old());
    ASSERT_EQ(events_.removed.size(), 1u);
    EXPECT_EQ(events_.removed.front().first, std::nullopt);
}

}  // namespace
}  // namespace thingstead::core
