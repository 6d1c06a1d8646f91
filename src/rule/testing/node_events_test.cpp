// What is noted of messages on their way: debug events, traces, counts.
#include <gtest/gtest.h>

#include "rule/testing/fake_events.h"
#include "rule/testing/fixture.h"
#include "rule/testing/nodes.h"

namespace thingstead::rule::testing::node_events {
namespace {

/// Two nodes; the first has `debug_settings`, and answers by `class` and `configuration`.
std::string chain_of(std::string_view type, std::string_view configuration,
                     std::string_view debug_settings) {
    return R"({"firstNodeIndex":0,"nodes":[{"type":")" + std::string(type) +
           R"(","name":"first","configuration":)" + std::string(configuration) +
           R"(,"debugSettings":)" + std::string(debug_settings) +
           R"(},{"type":"test.Mark","name":"second","configuration":{"text":"x"}}],
            "connections":[{"fromIndex":0,"toIndex":1,"type":"Go"}]})";
}

constexpr std::string_view everything = R"({"allEnabledUntil":99999999999999})";
constexpr std::string_view failures = R"({"failuresEnabled":true})";
constexpr std::string_view expired = R"({"allEnabledUntil":1})";

struct House : Fixture {
    House() : Fixture(1, test_nodes()) { event_store = &store; }
    ~House() { engine.reset(); }
    std::vector<model::RuleNodeDebugEvent> debug(std::string_view chain) {
        put_chain(chain);
        start();
        send(message("ANY", R"({"a":1})"));
        if (!all_committed()) return {};
        engine.reset();  // The last events are told with the end.
        return store.bodies<model::RuleNodeDebugEvent>();
    }
    FakeEvents store;
};

TEST(NodeEvents, TellsAllOfANodeThatAsksForIt) {
    House house;
    const auto events = house.debug(chain_of("test.Answer", R"({"relation":"go"})", everything));
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].type, model::MsgDirection::in);
    EXPECT_EQ(events[0].relation_type, "");
    EXPECT_EQ(events[0].data, R"({"a":1})");
    EXPECT_EQ(events[0].entity_id, house.device.uuid);
    EXPECT_EQ(events[0].msg_type, "ANY");
    EXPECT_EQ(events[1].type, model::MsgDirection::out);
    EXPECT_EQ(events[1].relation_type, "go");
    EXPECT_FALSE(events[1].error);
}

TEST(NodeEvents, TellsFailuresAloneWhereOnlyTheyAreAskedFor) {
    House house;
    const auto events = house.debug(chain_of("test.Fail", R"({"text":"no luck"})", failures));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].type, model::MsgDirection::out);
    EXPECT_EQ(events[0].relation_type, "Failure");
    EXPECT_EQ(events[0].error, "no luck");
    House quiet;
    EXPECT_TRUE(quiet.debug(chain_of("test.Answer", R"({"relation":"go"})", failures)).empty());
}

TEST(NodeEvents, TellsNothingWhenTheTimeIsOver) {
    House house;
    EXPECT_TRUE(house.debug(chain_of("test.Answer", R"({"relation":"go"})", expired)).empty());
}

TEST(NodeEvents, RemembersTheWayOfAMessage) {
    House house;
    house.put_chain(chain_of("test.Answer", R"({"relation":"go"})", "{}"));
    house.start();
    const model::QueuedMsg sent = house.message("ANY", "{}");
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    core::TraceQuery query;
    query.tenant = house.tenant;
    query.message = sent.msg.id;
    const auto hops = house.engine->trace().find(query);
    ASSERT_EQ(hops.size(), 2u);
    EXPECT_EQ(hops[0].rule_node_name, "first");
    EXPECT_EQ(hops[0].relation, "Go");
    EXPECT_EQ(hops[0].outcome, core::HopOutcome::went_on);
    EXPECT_EQ(hops[1].rule_node_name, "second");
    EXPECT_EQ(hops[1].outcome, core::HopOutcome::ended);
    query.tenant = model::TenantId::make();
    EXPECT_TRUE(house.engine->trace().find(query).empty());
    house.engine.reset();
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_node_visits_total{node=\"Answer\"}"), 1);
}

}  // namespace
}  // namespace thingstead::rule::testing::node_events
