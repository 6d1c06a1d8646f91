// The node that adds the difference from the value before.
#include <gtest/gtest.h>

#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

struct DeltaStep {
    const char* data;
    const char* ts;
    const char* way;
    const char* new_data;  ///< Of a failure: its text.
};

void expect_deltas(NodeWorld& world, std::string_view configuration,
                   std::initializer_list<DeltaStep> steps) {
    SCOPED_TRACE(configuration);
    ASSERT_TRUE(world.make("metadata.CalculateDeltaNode", configuration));
    for (const DeltaStep& step : steps) {
        SCOPED_TRACE(step.data);
        const NodeAnswer answer = world.send(step.data, metadata_of({
                                                            {"ts", step.ts}
        }));
        EXPECT_EQ(answer.way(), step.way);
        EXPECT_EQ(answer.error.empty() ? answer.msg.data : answer.error, step.new_data);
    }
}

TEST(CalculateDelta, CountsFromMessageToMessage) {
    NodeWorld world;
    expect_deltas(
        world, R"({"inputValueKey":"v","addPeriodBetweenMsgs":true,"round":2})",
        {
            {R"({"v":10})",     "1000", "Success", R"({"v":10,"delta":0,"periodInMs":0})"         },
            {R"({"v":12.5})",   "1500", "Success", R"({"v":12.5,"delta":2.5,"periodInMs":500})"   },
            {R"({"v":13.5})",   "1600", "Success", R"({"v":13.5,"delta":1,"periodInMs":100})"     },
            {R"({"v":14.505})", "1700", "Success", R"({"v":14.505,"delta":1.01,"periodInMs":100})"},
            {R"({"v":1})",      "1800", "Failure", "Delta value is negative!"                     },
            {R"({"v":"3"})",    "1900", "Success", R"({"v":"3","delta":2,"periodInMs":100})"      },
            {R"({"v":"x"})",    "2000", "Failure", "Delta value is negative!"                     },
            {R"({"v":true})",   "2100", "Success", R"({"v":true,"delta":1,"periodInMs":100})"     },
            {R"({"w":1})",      "2200", "Other",   R"({"w":1})"                                   },
            {"[1]",             "2300", "Other",   "[1]"                                          },
    });
    expect_deltas(world, R"({"inputValueKey":"v","tellFailureIfDeltaIsNegative":false,
                             "excludeZeroDeltas":true,"outputValueKey":"d"})",
                  {
                      {R"({"v": 5})",  "1", "Success", R"({"v": 5})"          },
                      {R"({"v":3})",   "2", "Success", R"({"v":3,"d":-2})"    },
                      {R"({"v":2.5})", "3", "Success", R"({"v":2.5,"d":-0.5})"},
    });
}

TEST(CalculateDelta, BeginsWithTheLatestValue) {
    NodeWorld world;
    world.set_point(world.device.id, 900, "v", std::int64_t{4});
    const char* const cached = R"({"inputValueKey":"v","addPeriodBetweenMsgs":true})";
    expect_deltas(world, cached,
                  {
                      {R"({"v":10})", "1000", "Success", R"({"v":10,"delta":6,"periodInMs":100})"},
                      {R"({"v":11})", "1001", "Success", R"({"v":11,"delta":1,"periodInMs":1})"  },
    });
    expect_deltas(world, R"({"inputValueKey":"v","useCache":false})",
                  {
                      {R"({"v":10})", "1000", "Success", R"({"v":10,"delta":6})"},
                      {R"({"v":11})", "1001", "Success", R"({"v":11,"delta":7})"},
    });
    world.set_point(world.device.id, 950, "v", std::string("4.5"));
    expect_deltas(world, cached,
                  {
                      {R"({"v":5})", "1000", "Success", R"({"v":5,"delta":0.5,"periodInMs":50})"},
    });
    for (const model::Value& value : {model::Value(true), model::Value(std::string("x")),
                                      model::Value(model::JsonText{"{}"})}) {
        world.set_point(world.device.id, 960, "v", value);
        expect_deltas(world, cached,
                      {
                          {R"({"v":5})", "1000", "Failure", "The latest value of v is no number"},
        });
    }
    model::Msg other = world.message(R"({"v":5})");
    other.type = model::msg_type::post_attributes;
    EXPECT_EQ(world.send(other).way(), "Other");
}

TEST(CalculateDelta, TakesTheMessagesOfAnOriginatorOneAfterTheOther) {
    for (const char* configuration :
         {R"({"inputValueKey":"v"})", R"({"inputValueKey":"v","useCache":false})"}) {
        SCOPED_TRACE(configuration);
        NodeWorld world;
        world.set_point(world.device.id, 1, "v", std::int64_t{1});
        ASSERT_TRUE(world.make("metadata.CalculateDeltaNode", configuration));
        std::vector<model::Msg> sent;
        for (const char* data : {R"({"v":3})", R"({"v":6})", R"({"v":10})", R"({"w":1})"})
            sent.push_back(world.message(data));
        sent.push_back(world.message(R"({"v":2})"));
        sent.back().originator = world.inner.id;
        const std::vector<NodeAnswer> answers = world.send_together(std::move(sent));
        const bool cached = std::string_view(configuration).find("useCache") == std::string::npos;
        EXPECT_EQ(answers[0].msg.data, R"({"v":3,"delta":2})");
        EXPECT_EQ(answers[1].msg.data, cached ? R"({"v":6,"delta":3})" : R"({"v":6,"delta":5})");
        EXPECT_EQ(answers[2].msg.data, cached ? R"({"v":10,"delta":4})" : R"({"v":10,"delta":9})");
        EXPECT_EQ(answers[3].way(), "Other");
        EXPECT_EQ(answers[4].msg.data, R"({"v":2,"delta":0})");
        EXPECT_EQ(world.send(R"({"v":11})").msg.data,
                  cached ? R"({"v":11,"delta":1})" : R"({"v":11,"delta":10})");
    }
}

TEST(CalculateDelta, RefusesBlankKeys) {
    NodeWorld world;
    const char* const type = "metadata.CalculateDeltaNode";
    EXPECT_FALSE(world.make(type, R"({"inputValueKey":" "})"));
    EXPECT_FALSE(world.make(type, R"({"outputValueKey":""})"));
    EXPECT_TRUE(world.make(type, R"({"periodValueKey":""})"));
    EXPECT_FALSE(world.make(type, R"({"periodValueKey":"","addPeriodBetweenMsgs":true})"));
    EXPECT_FALSE(world.make(type, R"({"round":-1})"));
}

}  // namespace
}  // namespace thingstead::rule::testing
