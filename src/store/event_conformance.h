// What every driver of the event store must do. A driver's test instantiates the suite:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, EventConformance, testing::Values(EventDriver{…}));
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "store/event_store.h"
#include "store/row.h"

namespace thingstead::store {

/// The driver under test. `open` is called again with the same folder for a restart.
struct EventDriver {
    std::string name;
    std::function<Result<std::unique_ptr<EventStore>>(
        const std::filesystem::path& folder, const EventLimits& limits, MetricsRegistry& metrics)>
        open;
};

class EventConformance : public testing::TestWithParam<EventDriver> {
  protected:
    static constexpr EpochMs noon = 1'700'000'000'000;
    static constexpr EpochMs hour = 3'600'000;

    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("event_conformance_" + new_random_uuid().to_string());
        std::filesystem::create_directories(folder_);
        open();
    }
    void TearDown() override {
        if (store_) store_->stop();
        guard_.reset();
        io_thread_.join();
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    void open(const EventLimits& limits = {}) {
        auto opened = GetParam().open(folder_, limits, metrics_);
        ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        store_ = *std::move(opened);
    }
    void restart(const EventLimits& limits = {}) {
        store_->stop();
        store_.reset();
        open(limits);
    }

    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future).get();
    }
    void append(std::vector<model::AuditLog> entries) {
        const Result<> done = run(store_->append(std::move(entries)));
        EXPECT_TRUE(done) << done.error().message;
    }
    void flush() {
        const Result<> done = run(store_->flush());
        EXPECT_TRUE(done) << done.error().message;
    }
    template <class Query>
    auto find(Query query) {
        auto page = run(store_->find(std::move(query)));
        EXPECT_TRUE(page) << page.error().message << " " << page.error().detail;
        return *std::move(page);
    }

    model::AuditLog entry(const std::string& name, EpochMs at = noon) const {
        model::AuditLog made;
        made.id = new_time_uuid();
        made.created_time = at;
        made.tenant_id = tenant_;
        made.entity_type = model::EntityType::device;
        made.entity_id = new_time_uuid();
        made.entity_name = name;
        made.user_id = model::UserId::make();
        made.user_name = "user@example.org";
        made.action_type = model::ActionType::updated;
        return made;
    }
    model::Event event(model::EventBody body, EpochMs at = noon) const {
        model::Event made;
        made.id = new_time_uuid();
        made.created_time = at;
        made.tenant_id = tenant_;
        made.entity_id = entity_;
        made.service_id = "server-1";
        made.body = std::move(body);
        return made;
    }
    AuditQuery audit_of_tenant() const {
        AuditQuery query;
        query.tenant = tenant_;
        return query;
    }
    EventQuery events_of(model::EventKind kind) const {
        EventQuery query;
        query.kind = kind;
        query.tenant = tenant_;
        query.entity = entity_;
        return query;
    }
    static std::string names(const Page<model::AuditLog>& page) {
        std::string all;
        for (const model::AuditLog& each : page.data) all += each.entity_name.value_or("-") + " ";
        return all;
    }
    /// Everything of an event in one text.
    static std::string text_of(const model::Event& event) {
        std::string all = event.id.to_string() + " " + std::to_string(event.created_time) + " " +
                          event.tenant_id.to_string() + " " + event.entity_id.to_string() + " " +
                          event.service_id;
        std::visit([&](const auto& body) { all += fields_of(body); }, event.body);
        return all;
    }

    std::filesystem::path folder_;
    MetricsRegistry metrics_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        io_.get_executor()};
    std::thread io_thread_{[this] { io_.run(); }};
    std::unique_ptr<EventStore> store_;
    const model::TenantId tenant_ = model::TenantId::make();
    const Uuid entity_ = new_time_uuid();

  private:
    template <class Body>
    static std::string fields_of(const Body& body) {
        std::string all;
        for_each_field<Body>([&](const auto& field) {
            using Member = typename std::decay_t<decltype(field)>::member_type;
            const Cell cell = ColumnCodec<Member>::write(body.*field.member);
            std::string text = "null";
            if (const auto* t = std::get_if<std::string>(&cell)) text = *t;
            if (const auto* n = std::get_if<std::int64_t>(&cell)) text = std::to_string(*n);
            if (const auto* b = std::get_if<bool>(&cell)) text = *b ? "true" : "false";
            if (const auto* u = std::get_if<Uuid>(&cell)) text = u->to_string();
            all += " " + std::string(field.name) + "=" + text;
        });
        return all;
    }
};

TEST_P(EventConformance, KeepsEveryFieldOfAnAuditEntryOverARestart) {
    model::AuditLog full = entry("Zähler \"%_'\\ \xF0\x9F\x8C\xA1");
    full.customer_id = model::CustomerId::make();
    full.action_type = model::ActionType::attributes_updated;
    full.action_data = {
        {"scope",      "SERVER_SCOPE"},
        {"attributes", {{"a", "ü"}}  }
    };
    full.action_status = model::ActionStatus::failure;
    full.action_failure_details = "no room";
    model::AuditLog bare = entry("", noon + 1);
    bare.entity_name = std::nullopt;
    bare.user_name = std::nullopt;
    append({full, bare});
    restart();
    const auto page = find(audit_of_tenant());
    ASSERT_EQ(page.data.size(), 2u);
    EXPECT_EQ(to_row(page.data[0]), to_row(full));
    EXPECT_EQ(to_row(page.data[1]), to_row(bare));
    EXPECT_EQ(page.total_elements, 2);
}

TEST_P(EventConformance, FindsAuditEntriesByWhomAndWhatAndWhen) {
    model::AuditLog a = entry("a", noon), b = entry("b", noon + 10), c = entry("c", noon + 20);
    a.customer_id = model::CustomerId::make();
    b.user_id = model::UserId::make();
    b.action_type = model::ActionType::deleted;
    c.entity_type = model::EntityType::user;
    model::AuditLog foreign = entry("foreign");
    foreign.tenant_id = model::TenantId::make();
    append({c, a, b, foreign});

    EXPECT_EQ(names(find(audit_of_tenant())), "a b c ");
    AuditQuery query = audit_of_tenant();
    query.customer = a.customer_id;
    EXPECT_EQ(names(find(query)), "a ");
    query = audit_of_tenant();
    query.user = b.user_id;
    EXPECT_EQ(names(find(query)), "b ");
    query = audit_of_tenant();
    query.entity = model::EntityId(model::EntityType::user, c.entity_id);
    EXPECT_EQ(names(find(query)), "c ");
    query.entity->type = model::EntityType::device;
    EXPECT_EQ(names(find(query)), "");
    query = audit_of_tenant();
    query.actions = {model::ActionType::deleted, model::ActionType::added};
    EXPECT_EQ(names(find(query)), "b ");
    query = audit_of_tenant();
    query.window = {noon + 10, noon + 20};
    EXPECT_EQ(names(find(query)), "b c ");
    query.window = {std::nullopt, noon + 9};
    EXPECT_EQ(names(find(query)), "a ");
}

TEST_P(EventConformance, SearchesTextsInAnyCase) {
    model::AuditLog pump = entry("ПUMPE Ä%"), other = entry("other");
    other.action_status = model::ActionStatus::failure;
    append({pump, other});
    AuditQuery query = audit_of_tenant();
    const std::pair<const char*, const char*> rows[] = {
        {"пumpe ä%", "ПUMPE Ä% "      },
        {"FAIL",     "other "         },
        {"devic",    "ПUMPE Ä% other "},
        {"user@",    "ПUMPE Ä% other "},
        {"_",        ""               },
    };
    for (const auto& [text, found] : rows) {
        SCOPED_TRACE(text);
        query.link.text_search = text;
        EXPECT_EQ(names(find(query)), found);
    }
}

TEST_P(EventConformance, PagesAndSorts) {
    std::vector<model::AuditLog> entries;
    for (int i = 0; i < 7; ++i)
        entries.push_back(entry(std::string(1, static_cast<char>('g' - i)), noon + i));
    entries[3].entity_name = std::nullopt;
    append(entries);
    AuditQuery query = audit_of_tenant();
    query.link = {.page_size = 3, .page = 1};
    auto page = find(query);
    EXPECT_EQ(names(page), "- c b ");
    EXPECT_EQ(page.total_elements, 7);
    EXPECT_EQ(page.total_pages, 3);
    EXPECT_TRUE(page.has_next);
    query.link.page = 2;
    page = find(query);
    EXPECT_EQ(names(page), "a ");
    EXPECT_FALSE(page.has_next);
    query.link.page = 5;
    page = find(query);
    EXPECT_EQ(names(page), "");
    EXPECT_EQ(page.total_elements, 7);

    query.link = {.page_size = 10, .sort_property = "createdTime", .descending = true};
    EXPECT_EQ(names(find(query)), "a b c - e f g ");
    query.link.sort_property = "entityName";
    EXPECT_EQ(names(find(query)), "g f e c b a - ");
    query.link.descending = false;
    EXPECT_EQ(names(find(query)), "a b c e f g - ");
    query.link.sort_property = "colour";
    const auto wrong = run(store_->find(query));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid_argument);
    query.link = {.page_size = 0};
    EXPECT_FALSE(run(store_->find(query)));
}

TEST_P(EventConformance, KeepsEventsOfEveryKind) {
    using namespace model;
    const Uuid id = new_time_uuid();
    const std::vector<Event> events = {
        event(ErrorEvent{"onMsg", "it \"broke\""}),
        event(LifecycleEvent{"STARTED", false, "why"}),
        event(StatsEvent{7, 9'007'199'254'740'993}),
        event(RuleNodeDebugEvent{MsgDirection::out, id, EntityType::device, id, "POST_TELEMETRY",
                                 "JSON", "Success", "{\"t\":1}", "{}", std::nullopt}),
        event(RuleNodeDebugEvent{}, noon + 1),
        event(RuleChainDebugEvent{"message", std::nullopt}),
        event(CalculatedFieldDebugEvent{id, id, EntityType::asset, id, "X", "{}", "1", "no"}),
    };
    EXPECT_TRUE(store_->offer(events));
    restart();
    std::string stored, given;
    for (const Event& each : events) given += text_of(each) + "\n";
    for (const auto& [kind, name] : enum_names(EventKind{}))
        for (const Event& each : find(events_of(kind)).data) stored += text_of(each) + "\n";
    EXPECT_EQ(stored, given);
    EventQuery other = events_of(EventKind::error);
    other.entity = new_time_uuid();
    EXPECT_TRUE(find(other).data.empty());
}

TEST_P(EventConformance, FiltersEventsByTheirBodies) {
    using namespace model;
    const Uuid id = new_time_uuid();
    RuleNodeDebugEvent in, out;
    in.data = "Temperature 21";
    in.entity_id = id;
    out.type = MsgDirection::out;
    out.error = "Failed";
    EXPECT_TRUE(store_->offer({event(in), event(out, noon + 1), event(StatsEvent{5, 1})}));
    using Is = EventCondition::Is;
    struct Case {
        EventKind kind;
        EventCondition condition;
        std::size_t found;
    };
    const std::vector<Case> rows = {
        {EventKind::rule_node_debug, {"data", Is::containing, "TEMP"},                     1},
        {EventKind::rule_node_debug, {"data", Is::containing, "%"},                        0},
        {EventKind::rule_node_debug, {"type", Is::equal, "OUT"},                           1},
        {EventKind::rule_node_debug, {"entityId", Is::equal, id},                          1},
        {EventKind::rule_node_debug, {"error", Is::set, {}},                               1},
        {EventKind::rule_node_debug, {"error", Is::unset, {}},                             1},
        {EventKind::rule_node_debug, {"server", Is::containing, "SERVER"},                 2},
        {EventKind::stats,           {"messagesProcessed", Is::at_least, std::int64_t{5}}, 1},
        {EventKind::stats,           {"messagesProcessed", Is::at_most, std::int64_t{4}},  0},
    };
    for (const Case& row : rows) {
        SCOPED_TRACE(row.condition.field);
        EventQuery query = events_of(row.kind);
        query.conditions = {row.condition};
        EXPECT_EQ(find(query).data.size(), row.found);
    }
    for (const EventCondition& wrong : std::vector<EventCondition>{
             {"colour",   Is::equal,    "x"            },
             {"data",     Is::at_least, std::int64_t{1}},
             {"entityId", Is::equal,    "x"            }
    }) {
        EventQuery query = events_of(EventKind::rule_node_debug);
        query.conditions = {wrong};
        const auto refused = run(store_->find(query));
        ASSERT_FALSE(refused) << wrong.field;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    }
    EventQuery query = events_of(EventKind::rule_node_debug);
    query.link.text_search = "fAiL";
    query.link.sort_property = "ts";
    EXPECT_EQ(find(query).data.size(), 1u);
}

TEST_P(EventConformance, RemovesWhatAQueryFinds) {
    EXPECT_TRUE(
        store_->offer({event(model::ErrorEvent{"a", {}}, noon),
                       event(model::ErrorEvent{"b", {}}, noon + 5), event(model::StatsEvent{})}));
    EventQuery query = events_of(model::EventKind::error);
    query.window.end_ms = noon;
    const auto removed = run(store_->remove(query));
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(*removed, 1);
    EXPECT_EQ(find(events_of(model::EventKind::error)).data.size(), 1u);
    EXPECT_EQ(find(events_of(model::EventKind::stats)).data.size(), 1u);
}

/// Times lie so far apart that no period holds two of them.
TEST_P(EventConformance, RemovesWhatIsOld) {
    constexpr EpochMs month = 30 * 24 * hour;
    append({entry("old", noon - 2 * month), entry("older", noon - 3 * month), entry("new", noon)});
    EXPECT_TRUE(store_->offer({event(model::RuleNodeDebugEvent{}, noon - 2 * month),
                               event(model::RuleNodeDebugEvent{}, noon),
                               event(model::ErrorEvent{"a", {}}, noon - 2 * month)}));
    flush();
    EXPECT_TRUE(run(store_->remove_older_than(std::nullopt, noon - month)));
    EXPECT_TRUE(run(store_->remove_older_than(model::EventKind::rule_node_debug, noon - month)));
    EXPECT_EQ(names(find(audit_of_tenant())), "new ");
    EXPECT_EQ(find(events_of(model::EventKind::rule_node_debug)).data.size(), 1u);
    EXPECT_EQ(find(events_of(model::EventKind::error)).data.size(), 1u);
    // A time that was removed may come again.
    append({entry("late", noon - 2 * month)});
    EXPECT_EQ(names(find(audit_of_tenant())), "late new ");
    EXPECT_TRUE(run(store_->remove_older_than(std::nullopt, noon - month)));
    EXPECT_EQ(names(find(audit_of_tenant())), "new ");
}

TEST_P(EventConformance, TakesTimesOutsideOfAnyPeriod) {
    append({entry("before 1970", -1), entry("first", 0), entry("far", 400'000'000'000'000)});
    EXPECT_EQ(names(find(audit_of_tenant())), "before 1970 first far ");
    EXPECT_TRUE(run(store_->remove_older_than(std::nullopt, noon)));
    EXPECT_EQ(names(find(audit_of_tenant())), "far ");
}

TEST_P(EventConformance, StoresManyInBatches) {
    EventLimits limits;
    limits.batch_records_max = 100;
    restart(limits);
    std::vector<model::AuditLog> entries;
    std::vector<model::Event> events;
    for (int i = 0; i < 1'050; ++i) {
        entries.push_back(entry(std::to_string(i), noon + i));
        events.push_back(event(model::RuleChainDebugEvent{std::to_string(i), {}}, noon + i));
    }
    append(std::move(entries));
    EXPECT_TRUE(store_->offer(std::move(events)));
    flush();
    EXPECT_EQ(find(audit_of_tenant()).total_elements, 1'050);
    EXPECT_EQ(find(events_of(model::EventKind::rule_chain_debug)).total_elements, 1'050);
}

TEST_P(EventConformance, LosesNULAndNothingElse) {
    model::AuditLog made = entry(std::string("a\0b", 3));
    append({made});
    EXPECT_EQ(names(find(audit_of_tenant())), "ab ");
}

TEST_P(EventConformance, WritesWhatWaitsAtTheEndAndRefusesAfterwards) {
    EventLimits limits;
    limits.batch_delay = std::chrono::seconds(10);  // The end does not wait for it.
    restart(limits);
    append({entry("last")});
    EXPECT_TRUE(store_->offer({event(model::StatsEvent{})}));
    store_->stop();
    const Result<> late = run(store_->append({entry("late")}));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(store_->offer({event(model::StatsEvent{})}));
    EXPECT_FALSE(run(store_->find(audit_of_tenant())));
    store_->stop();
    open();
    EXPECT_EQ(names(find(audit_of_tenant())), "last ");
    EXPECT_EQ(find(events_of(model::EventKind::stats)).total_elements, 1);
}

TEST_P(EventConformance, DropsEventsOverTheLimitAndNeverAuditEntries) {
    EventLimits limits;
    limits.event_bytes_max = 64 * 1024;
    limits.audit_bytes_max = 64 * 1024;
    limits.batch_delay = std::chrono::seconds(10);
    restart(limits);
    std::vector<model::Event> large;
    large.push_back(event(model::RuleChainDebugEvent{std::string(60'000, 'x'), {}}));
    EXPECT_TRUE(store_->offer(large));
    // Ten seconds have not passed and nobody waits: the first is still in memory.
    large.front().id = new_time_uuid();
    EXPECT_FALSE(store_->offer(large));
    for (int i = 0; i < 40; ++i) {
        model::AuditLog each = entry(std::to_string(i), noon + i);
        each.action_failure_details = std::string(10'000, 'x');
        append({each});  // waits for room
    }
    EXPECT_EQ(find(audit_of_tenant()).total_elements, 40);
    EXPECT_EQ(find(events_of(model::EventKind::rule_chain_debug)).total_elements, 1);
    EXPECT_TRUE(store_->offer(large));
}

}  // namespace thingstead::store
