// What the event store is told: debug events up to the tenant's limit, starts and ends once.
#include "rule/event_keeper.h"

#include <gtest/gtest.h>

#include "rule/testing/fake_events.h"

namespace thingstead::rule::testing::event_keeper {
namespace {

using namespace std::chrono_literals;

struct Bench {
    Bench() {
        settings.debug_events_max = 2;
        settings.debug_events_time = 10s;
    }
    EventKeeper& keeper() {
        if (!made) made.emplace(&store, settings, clock, "server", metrics);
        return *made;
    }
    std::vector<std::string> lifecycles() const {
        std::vector<std::string> told;
        for (const model::Event& each : store.all())
            if (const auto* body = std::get_if<model::LifecycleEvent>(&each.body))
                told.push_back(body->event + (body->success ? "" : "!"));
        return told;
    }

    FakeEvents store;
    Settings settings;
    ManualClock clock;
    MetricsRegistry metrics;
    std::optional<EventKeeper> made;
    model::TenantId tenant = model::TenantId::make();
    model::RuleChainId chain = model::RuleChainId::make();
};

TEST(EventKeeper, TellsOnceThatATenantHasTooManyDebugEvents) {
    Bench bench;
    EventKeeper& keeper = bench.keeper();
    EXPECT_TRUE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_TRUE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_FALSE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_FALSE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_TRUE(keeper.admit(model::TenantId::make(), bench.chain));
    ASSERT_EQ(bench.store.all().size(), 1u);
    const model::Event note = bench.store.all().front();
    EXPECT_EQ(note.kind(), model::EventKind::rule_chain_debug);
    EXPECT_EQ(note.entity_id, bench.chain.uuid);
    EXPECT_EQ(note.service_id, "server");
    EXPECT_EQ(std::get<model::RuleChainDebugEvent>(note.body).message,
              "Reached debug mode rate limit!");
    bench.clock.advance(5s);
    EXPECT_TRUE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_FALSE(keeper.admit(bench.tenant, bench.chain));
    EXPECT_EQ(bench.store.all().size(), 2u);
}

TEST(EventKeeper, TellsStartsUpdatesAndEndsOnceForAllWorkers) {
    Bench bench;
    EventKeeper& keeper = bench.keeper();
    const Uuid node = new_random_uuid();
    const std::vector<PartStart> parts{
        {node, bench.chain, 1, false, {}}
    };
    keeper.built(bench.tenant, parts);
    keeper.built(bench.tenant, parts);
    EXPECT_EQ(bench.lifecycles(), (std::vector<std::string>{"STARTED"}));
    const Error broken{ErrorCode::invalid_argument, "no such thing"};
    keeper.built(bench.tenant, {
                                   {node, bench.chain, 2, false, broken}
    });
    EXPECT_EQ(bench.lifecycles(), (std::vector<std::string>{"STARTED", "UPDATED!"}));
    const auto error = std::get<model::ErrorEvent>(bench.store.all()[1].body);
    EXPECT_EQ(error.method, "onLifecycleMsg");
    EXPECT_EQ(error.error, "no such thing");
    keeper.built(bench.tenant, {});
    keeper.built(bench.tenant, {});
    EXPECT_EQ(bench.lifecycles(), (std::vector<std::string>{"STARTED", "UPDATED!", "STOPPED"}));
}

TEST(EventKeeper, LeavesItToTheOneThatRunsANodeToTellOfIt) {
    Bench bench;
    EventKeeper& keeper = bench.keeper();
    const Uuid node = new_random_uuid();
    keeper.built(bench.tenant, {
                                   {node, bench.chain, 1, true, {}}
    });
    EXPECT_TRUE(bench.store.all().empty());
    keeper.built(bench.tenant, {
                                   {node, bench.chain, 1, false, {}}
    });
    EXPECT_EQ(bench.lifecycles(), (std::vector<std::string>{"STARTED"}));
}

TEST(EventKeeper, CutsLongTextsBetweenCharacters) {
    EXPECT_EQ(shortened("abc", 3), "abc");
    EXPECT_EQ(shortened("abcdef", 4), "abcd...[truncated 2 symbols]");
    EXPECT_EQ(shortened("ab\xC3\xA4"
                        "c",
                        3),
              "ab...[truncated 3 symbols]");
    EXPECT_EQ(shortened("abc", 0), "abc");
}

}  // namespace
}  // namespace thingstead::rule::testing::event_keeper
