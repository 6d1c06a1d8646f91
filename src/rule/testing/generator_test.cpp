// The generator: when it makes messages, of which originator, and what it makes of errors.
#include <gtest/gtest.h>

#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing::generator {
namespace {

using namespace std::chrono_literals;

const char* const type = "debug.TbMsgGeneratorNode";

std::string configuration(std::string_view script, std::string_view more = "") {
    return R"({"periodInSeconds":2,"scriptLang":"TBEL","tbelScript":")" + std::string(script) +
           "\"" + std::string(more) + "}";
}

TEST(GeneratorNode, MakesAMessageInEachPeriodFromTheOneBefore) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(
        type, configuration("var n = prevMsg.n == null ? 1 : prevMsg.n + 1; return {msg: {n: n}, "
                            "metadata: {from: prevMsgType}, msgType: 'T' + n};")));
    EXPECT_TRUE(bench.turn(1s).empty());
    const auto first = bench.turn(1s);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(first[0].msg.rule_node, bench.info().rule_node);
    EXPECT_EQ(first[0].msg.originator, model::EntityId(bench.info().rule_node));
    EXPECT_EQ(first[0].msg.type, "T1");
    EXPECT_EQ(first[0].msg.data, R"({"n":1})");
    EXPECT_EQ(first[0].msg.metadata.get("from"), "");
    const auto second = bench.turn(2s);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].msg.data, R"({"n":2})");
    EXPECT_EQ(second[0].msg.metadata.get("from"), "T1");
}

TEST(GeneratorNode, EndsAfterItsNumberOfMessages) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(type, configuration("return {msg: {}};", R"(,"msgCount":2)")));
    std::size_t made = 0;
    for (int i = 0; i < 5; ++i) made += bench.turn(2s).size();
    EXPECT_EQ(made, 2u);
}

TEST(GeneratorNode, TellsAFailureOfItsScriptAndGoesOn) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(type, configuration("return 1;")));
    for (int i = 0; i < 2; ++i) {
        const auto made = bench.turn(2s);
        ASSERT_EQ(made.size(), 1u);
        EXPECT_EQ(made[0].relations, std::vector<std::string>{"Failure"});
        EXPECT_EQ(made[0].failure, "Wrong result type: number");
    }
}

TEST(GeneratorNode, RefusesAnOriginatorThatIsNotNamed) {
    NodeBench bench;
    EXPECT_EQ(bench.make(type, configuration("return {};", R"(,"originatorType":"DEVICE")"))
                  .error()
                  .message,
              "Originator entity must be selected.");
    EXPECT_EQ(bench.make(type, configuration("return {};", R"(,"originatorType":"ALARM")"))
                  .error()
                  .message,
              "Unsupported originator type: ALARM");
}

TEST(GeneratorNode, UpgradesWhatOlderVersionsStored) {
    EXPECT_EQ(upgraded(type, 0, R"({"queueName":"Main","msgCount":1})"),
              R"({"msgCount":1,"originatorType":"RULE_NODE"})");
    EXPECT_EQ(upgraded(type, 1, R"({"originatorType":"DEVICE","originatorId":"x"})"),
              R"({"originatorType":"DEVICE","originatorId":"x"})");
}

}  // namespace
}  // namespace thingstead::rule::testing::generator
