// Ways of messages through chains: a table of chains and what comes out of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "rule/testing/fixture.h"
#include "rule/testing/nodes.h"

namespace thingstead::rule::testing {
namespace {

std::vector<std::string> saved_marks(const FakeTimeseries& store) {
    std::vector<std::string> marks;
    for (const SavedPoint& each : store.points()) marks.push_back(each.value.key);
    return marks;
}

struct Row {
    const char* name;
    const char* chain;
    std::vector<std::string> saved;
    bool fails;
    const char* logged;  ///< Of a failure.
};

const Row rows[] = {
    {"goes on by its relation in any case",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Answer","name":"a","configuration":{"relation":"GO on"}},
                  {"type":"test.Mark","name":"m","configuration":{"text":"x"}},
                  {"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Go On"},
                        {"fromIndex":1,"toIndex":2,"type":"success"}]})",                                                                {"x"},
     false, ""                                                },
    {"is done where nothing is connected",
     R"({"firstNodeIndex":0,"nodes":[{"type":"test.Mark","name":"m"}],"connections":[]})",   {},
     false, ""                                                },
    {"is done in a chain without a first node",
     R"({"nodes":[{"type":"test.Fail","name":"f"}],"connections":[]})",                      {},
     false, ""                                                },
    {"fails where no connection takes the failure",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Fail","name":"f","configuration":{"text":"no luck"}}],
         "connections":[]})",                                                                {},
     true,  "no luck"                                         },
    {"goes on behind a failure",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Fail","name":"f"},
                  {"type":"test.Mark","name":"m","configuration":{"text":"caught"}},
                  {"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Failure"},
                        {"fromIndex":1,"toIndex":2,"type":"Success"}]})",                                                                {"caught"},
     false, ""                                                },
    {"takes an exception as a failure",
     R"({"firstNodeIndex":0,"nodes":[{"type":"test.Throw","name":"t"}],"connections":[]})",  {},
     true,  "thrown"                                          },
    {"counts a rate limit as done",
     R"({"firstNodeIndex":0,"nodes":[{"type":"test.Limit","name":"l"}],"connections":[]})",  {},
     false, ""                                                },
    {"fails at a class that is unknown",
     R"({"firstNodeIndex":0,"nodes":[{"type":"test.Nobody","name":"n"}],"connections":[]})", {},
     true,  "Rule Node is not active! Failed to initialize."  },
    {"fails at a node that could not be made, though a connection takes failures",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Refuse","name":"r"},{"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Failure"}]})",                                                                {},
     true,  "Rule Node is not active! Failed to initialize."  },
    {"fails in a chain that cannot be read",
     R"({"firstNodeIndex":0,"nodes":[{"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":7,"type":"Success"}]})",                      {},
     true,  "Rule Chain is not active!  Failed to initialize."},
    {"goes as copies where a relation has several connections",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Answer","name":"a","configuration":{"relation":"Go"}},
                  {"type":"test.Mark","name":"m1","configuration":{"text":"one"}},
                  {"type":"test.Mark","name":"m2","configuration":{"text":"two"}},
                  {"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Go"},
                        {"fromIndex":0,"toIndex":2,"type":"Go"},
                        {"fromIndex":1,"toIndex":3,"type":"Success"},
                        {"fromIndex":2,"toIndex":3,"type":"Success"}]})",                                                                {"one", "two"},
     false, ""                                                },
    {"goes several ways at once",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Fork","name":"f","configuration":{"relations":["A","b","Nowhere"]}},
                  {"type":"test.Mark","name":"m1","configuration":{"text":"a"}},
                  {"type":"test.Mark","name":"m2","configuration":{"text":"b"}},
                  {"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"A"},
                        {"fromIndex":0,"toIndex":2,"type":"B"},
                        {"fromIndex":1,"toIndex":3,"type":"Success"},
                        {"fromIndex":2,"toIndex":3,"type":"Success"}]})",                                                                {"a", "b"},
     false, ""                                                },
    {"fails when one of its copies fails, after the others",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Answer","name":"a","configuration":{"relation":"Go"}},
                  {"type":"test.Fail","name":"f","configuration":{"text":"copy failed"}},
                  {"type":"test.Mark","name":"m","configuration":{"text":"two"}},
                  {"type":"test.Save","name":"s"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Go"},
                        {"fromIndex":0,"toIndex":2,"type":"Go"},
                        {"fromIndex":2,"toIndex":3,"type":"Success"}]})",                                                                {"two"},
     true,  "copy failed"                                     },
    {"leaves a loop in the end",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Mark","name":"m1"},{"type":"test.Mark","name":"m2"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"},
                        {"fromIndex":1,"toIndex":0,"type":"Success"}]})",                                                                {},
     true,  "Message is processed by more than 50 rule nodes!"},
    {"does not multiply without end",
     R"({"firstNodeIndex":0,
         "nodes":[{"type":"test.Mark","name":"m1"},{"type":"test.Mark","name":"m2"}],
         "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"},
                        {"fromIndex":0,"toIndex":1,"type":"Success"},
                        {"fromIndex":1,"toIndex":0,"type":"Success"}]})",                                                                {},
     true,  "Message is copied more than 20 times!"           },
};

TEST(Routing, TakesEachMessageItsWay) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Fixture house(1, test_nodes());
        house.settings.node_executions_max = 50;
        house.settings.copies_max = 20;
        house.put_chain(row.chain);
        house.start();
        house.send(house.message("ANY", "{}"));
        ASSERT_TRUE(house.all_committed());
        EXPECT_EQ(saved_marks(house.timeseries), row.saved);
        EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), row.fails);
        EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), !row.fails);
        house.log.log.flush();
        EXPECT_EQ(house.log.lines->count("rule.message.failed"), row.fails);
        EXPECT_GE(house.log.lines->count(row.logged), 1u * row.fails) << row.logged;
    }
}

TEST(Routing, GivesEveryCopyAnIdOfItsOwn) {
    Fixture house(1, test_nodes());
    house.put_chain(R"({"firstNodeIndex":0,
        "nodes":[{"type":"test.Mark","name":"m"},{"type":"test.Save","name":"s"}],
        "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"},
                       {"fromIndex":0,"toIndex":1,"type":"Success"}]})");
    house.start();
    const model::QueuedMsg sent = house.message("ANY", "{}");
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    std::set<std::string> ids{sent.msg.id.to_string()};
    for (const SavedPoint& each : house.timeseries.points())
        ids.insert(model::to_text(each.value.value));
    EXPECT_EQ(ids.size(), 3u);
}

/// A chain that marks, and one that calls it and saves what comes back by "Back".
struct Nested {
    model::RuleChain inner, outer;
};
Nested put_nested(Fixture& house, std::string_view output_name) {
    Nested nested;
    nested.inner = house.put_chain(
        R"({"firstNodeIndex":0,
            "nodes":[{"type":"test.Mark","name":"m","configuration":{"text":"in"}},
                     {"type":"org.thingsboard.rule.engine.flow.TbRuleChainOutputNode",
                      "name":")" +
            std::string(output_name) + R"("}],
            "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"}]})",
        false);
    nested.outer = house.put_chain(
        R"({"firstNodeIndex":0,
            "nodes":[{"type":"org.thingsboard.rule.engine.flow.TbRuleChainInputNode","name":"call",
                      "configurationVersion":1,
                      "configuration":{"ruleChainId":")" +
        nested.inner.id.to_string() + R"("}},
                     {"type":"test.Save","name":"s"}],
            "connections":[{"fromIndex":0,"toIndex":1,"type":"back"}]})");
    return nested;
}

TEST(Routing, ComesBackFromANestedChainByTheOutputsName) {
    Fixture house(1, test_nodes());
    put_nested(house, "Back");
    house.start();
    house.send(house.message("ANY", "{}"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(saved_marks(house.timeseries), std::vector<std::string>{"in"});
}

TEST(Routing, IsDoneWhereNothingTakesTheOutputOfANestedChain) {
    Fixture house(1, test_nodes());
    put_nested(house, "Elsewhere");
    house.start();
    house.send(house.message("ANY", "{}"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.timeseries.points().empty());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
}

TEST(Routing, RefusesChainsThatCallEachOtherForEver) {
    Fixture house(1, test_nodes());
    const auto calls = [](const model::RuleChainId& id) {
        return R"({"firstNodeIndex":0,"connections":[],
            "nodes":[{"type":"org.thingsboard.rule.engine.flow.TbRuleChainInputNode","name":"call",
                      "configurationVersion":1,"configuration":{"ruleChainId":")" +
               id.to_string() + R"("}}]})";
    };
    const model::RuleChainId inner = model::RuleChainId::make();
    house.put_chain(calls(house.root.id), false, inner);
    house.put_chain(calls(inner));
    house.start();
    house.send(house.message("ANY", "{}"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 1);
}

TEST(Routing, EntersTheChainThatTheMessageNames) {
    Fixture house(1, test_nodes());
    const model::RuleChain other = house.put_chain(
        R"({"firstNodeIndex":0,"nodes":[{"type":"test.Save","name":"s"}],"connections":[]})",
        false);
    house.start();
    model::QueuedMsg sent = house.message("ANY", "{}");
    sent.msg.metadata.put("marks", "other");
    sent.msg.rule_chain = other.id;
    house.send(sent);
    sent.msg.rule_chain = model::RuleChainId::make();  // gone
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(saved_marks(house.timeseries), std::vector<std::string>{"other"});
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 2);
}

TEST(Routing, ResumesBehindTheNodeThatTheMessageNames) {
    Fixture house(1, test_nodes());
    const model::RuleNodeId node = model::RuleNodeId::make();
    const std::string chain =
        R"({"firstNodeIndex":1,
            "nodes":[{"id":{"entityType":"RULE_NODE","id":")" +
        node.to_string() + R"("},"type":"test.Fail","name":"f"},{"type":"test.Save","name":"s"}],
            "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"}]})";
    house.put_chain(chain);
    house.start();
    model::QueuedMsg sent = house.message("ANY", "{}");
    sent.msg.rule_chain = house.root.id;
    sent.msg.rule_node = node;
    sent.msg.metadata.put("marks", "resumed");
    sent.relations = {"Success"};
    house.send(sent);
    sent.relations = {"Failure"};
    sent.failure = "what the node said";
    house.send(sent);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(saved_marks(house.timeseries), std::vector<std::string>{"resumed"});
    EXPECT_TRUE(house.log.lines->wait_for("what the node said"));
}

TEST(Routing, FailsWithoutARootChain) {
    Fixture house;
    house.root.root = false;
    house.entities.put(house.root);
    house.start();
    house.send_telemetry("{}");
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("No Root Rule Chain available!"));
}

}  // namespace
}  // namespace thingstead::rule::testing
