// Whether nodes would start, asked before they are saved.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rule/replay/testing/replay_world.h"

namespace thingstead::rule::testing::replay {
namespace {

class NodeTrial : public ::testing::Test {
  protected:
    std::string why(const std::string& node) {
        return tried(R"({"nodes":[)" + node + R"(],"connections":[]})").front();
    }

    std::vector<std::string> tried(const std::string& metadata) {
        const auto faults = world.replays->try_nodes(world.house().tenant, draft_of(metadata));
        return faults ? *faults : std::vector<std::string>{faults.error().message};
    }

    ReplayWorld world;
};

std::string filter(std::string_view script) {
    return R"({"name":"f","type":"org.thingsboard.rule.engine.filter.TbJsFilterNode",
               "configuration":{"scriptLang":"TBEL","jsScript":"","tbelScript":")" +
           std::string(script) + R"("}})";
}

TEST_F(NodeTrial, SaysWhyAScriptDoesNotCompile) {
    EXPECT_EQ(why(filter("return msg.t > 1;")), "");
    const std::string fault = why(filter("var a = 1;\\nreturn msg.t >;"));
    EXPECT_NE(fault.find("[Line: 2, Column: "), std::string::npos) << fault;
}

TEST_F(NodeTrial, SaysWhatIsWrongWithAConfiguration) {
    const auto writer = [](std::string_view configuration) {
        return R"({"name":"w","type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
                   "configurationVersion":1,"configuration":)" +
               std::string(configuration) + "}";
    };
    EXPECT_EQ(why(writer(R"({"defaultTTL":0,"useServerTs":false,
                             "processingSettings":{"type":"ON_EVERY_MESSAGE"}})")),
              "");
    EXPECT_NE(why(writer(R"({"defaultTTL":"soon"})")).find("defaultTTL"), std::string::npos);
    EXPECT_EQ(why(writer("null")), "There is no configuration: that of a new node is used.");
}

TEST_F(NodeTrial, LeavesWhatIsNoFaultOfTheConfiguration) {
    EXPECT_EQ(why(R"({"name":"x","type":"some.Other","configuration":{}})"), "");
    // Nothing to configure, and nothing missing.
    EXPECT_EQ(why(R"({"name":"s","type":"org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode",
                      "configuration":null})"),
              "");
}

TEST_F(NodeTrial, MakesEveryKindAndReachesNothing) {
    model::RuleChainMetaData drawing;
    for (const NodeDescriptor* each : all_nodes()) {
        model::RuleNode node;
        node.name = each->name;
        node.type = each->type;
        node.configuration = each->default_configuration();
        node.configuration_version = each->configuration_version;
        drawing.nodes.push_back(std::move(node));
    }
    const std::size_t records = world.house().queue.records().size();
    const auto faults = world.replays->try_nodes(world.house().tenant, drawing);
    ASSERT_TRUE(faults) << faults.error().message;
    EXPECT_EQ(faults->size(), drawing.nodes.size());
    EXPECT_EQ(world.house().queue.records().size(), records);
    EXPECT_EQ(world.house().timeseries.size(), 0u);
}

}  // namespace
}  // namespace thingstead::rule::testing::replay
