#include "core/rule_chain/graph.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

using model::NodeConnectionInfo;
using model::RuleChainMetaData;
using model::RuleNode;

RuleNode node(std::string name, std::string type = "some.Class") {
    RuleNode out;
    out.name = std::move(name);
    out.type = std::move(type);
    return out;
}

RuleChainMetaData drawing(std::vector<RuleNode> nodes,
                          std::vector<NodeConnectionInfo> connections) {
    RuleChainMetaData out;
    out.nodes = std::move(nodes);
    out.connections = std::move(connections);
    if (!out.nodes.empty()) out.first_node_index = 0;
    return out;
}

Component component(std::string clazz, ClusteringMode mode) {
    Component out;
    out.clazz = std::move(clazz);
    out.name = out.clazz;
    out.clustering_mode = mode;
    return out;
}

class Graph : public testing::Test {
  protected:
    const ComponentCatalogue components{
        {component("enabled", ClusteringMode::enabled),
         component("single", ClusteringMode::singleton),
         component("free", ClusteringMode::user_preference)}
    };
    const model::RuleChainId chain = model::RuleChainId::make();
    ReplaceContext context{chain, 1'000, 61'000, components};

    RuleChainMetaData saved(RuleChainMetaData asked, const RuleChainMetaData& before = {}) {
        Result<RuleChainMetaData> done = replaced(before, std::move(asked), context);
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
        return done ? *done : RuleChainMetaData();
    }
    std::string refusal(RuleChainMetaData asked) {
        const auto done = replaced({}, std::move(asked), context);
        return done ? "" : done.error().message;
    }
};

TEST_F(Graph, RefusesCirclesAndSelves) {
    EXPECT_EQ(refusal(drawing(
                  {
                      node("a")
    },
                  {{0, 0, "Success"}})),
              "Can't create the relation to yourself.");
    EXPECT_EQ(refusal(drawing(
                  {
                      node("a"), node("b")
    },
                  {{0, 1, "x"}, {1, 0, "x"}})),
              "Can't create circling relations in rule chain.");
    EXPECT_EQ(refusal(drawing(
                  {
                      node("a"), node("b"), node("c"), node("d")
    },
                  {{0, 1, "x"}, {1, 2, "x"}, {2, 3, "x"}, {3, 1, "x"}})),
              "Can't create circling relations in rule chain.");
    EXPECT_EQ(refusal(drawing(
                  {
                      node("a"), node("b"), node("c")
    },
                  {{0, 1, "x"}, {0, 2, "x"}, {1, 2, "x"}})),
              "");
}

TEST_F(Graph, RefusesIndexesOfNodesThatAreNotThere) {
    EXPECT_NE(refusal(drawing(
                  {
                      node("a")
    },
                  {{0, 1, "x"}})),
              "");
    EXPECT_NE(refusal(drawing(
                  {
                      node("a")
    },
                  {{-1, 0, "x"}})),
              "");
    RuleChainMetaData asked = drawing({node("a")}, {});
    asked.first_node_index = 1;
    EXPECT_NE(refusal(asked), "");
    asked.first_node_index = -1;
    EXPECT_EQ(refusal(asked), "");
}

TEST_F(Graph, RefusesTextsThatAreTooLong) {
    EXPECT_EQ(refusal(drawing({node(std::string(256, 'x'))}, {})),
              "Validation error: name length must be equal or less than 255");
    EXPECT_EQ(refusal(drawing({node("a", " ")}, {})), "Rule node type should be specified!");
    EXPECT_EQ(refusal(drawing(
                  {
                      node("a"), node("b")
    },
                  {{0, 1, std::string(256, 'x')}})),
              "Validation error: type length must be equal or less than 255");
}

TEST_F(Graph, KeepsKnownIdsAndMakesOthers) {
    const RuleChainMetaData first = saved(drawing(
        {
            node("a"), node("b")
    },
        {{0, 1, "x"}}));
    context.now_ms = 2'000;
    RuleChainMetaData asked = drawing(
        {
            node("new"), first.nodes[1], first.nodes[0], node("other"), first.nodes[0]
    },
        {{0, 1, "x"}, {2, 3, "y"}});
    asked.nodes[3].id = model::RuleNodeId::make();
    const RuleChainMetaData second = saved(asked, first);
    ASSERT_EQ(second.nodes.size(), 5u);
    // By time, then id: those of the first save come first.
    EXPECT_EQ(second.nodes[0].id, first.nodes[0].id);
    EXPECT_EQ(second.nodes[1].id, first.nodes[1].id);
    EXPECT_EQ(second.nodes[0].created_time, 1'000);
    EXPECT_EQ(second.nodes[2].name, "new");
    EXPECT_EQ(second.nodes[2].created_time, 2'000);
    EXPECT_NE(second.nodes[3].id, asked.nodes[3].id);
    EXPECT_NE(second.nodes[4].id, first.nodes[0].id);
    EXPECT_EQ(second.first_node_index, 2);
    const std::vector<NodeConnectionInfo> moved{
        {0, 3, "y"},
        {2, 1, "x"}
    };
    EXPECT_EQ(second.connections, moved);
    for (const RuleNode& each : second.nodes) EXPECT_EQ(each.rule_chain_id, chain);
}

TEST_F(Graph, SortsConnectionsAndDropsThoseThatComeTwice) {
    const auto done = saved(drawing(
        {
            node("a"), node("b"), node("c")
    },
        {{1, 2, "z"}, {0, 2, "b"}, {0, 2, "a"}, {0, 2, "b"}}));
    const std::vector<NodeConnectionInfo> sorted{
        {0, 2, "a"},
        {0, 2, "b"},
        {1, 2, "z"}
    };
    EXPECT_EQ(done.connections, sorted);
}

TEST_F(Graph, FixesWhatClusteringSays) {
    RuleChainMetaData asked =
        drawing({node("a", "enabled"), node("b", "single"), node("c", "free"), node("d", "?")}, {});
    for (RuleNode& each : asked.nodes) each.singleton_mode = each.type != "single";
    const auto done = saved(asked);
    EXPECT_FALSE(done.nodes[0].singleton_mode);
    EXPECT_TRUE(done.nodes[1].singleton_mode);
    EXPECT_TRUE(done.nodes[2].singleton_mode);
    EXPECT_TRUE(done.nodes[3].singleton_mode);
}

TEST_F(Graph, BoundsDebugging) {
    RuleChainMetaData asked = drawing({node("a"), node("b"), node("c"), node("d")}, {});
    asked.nodes[0].debug_settings = model::DebugSettings{true, true, 0};
    asked.nodes[1].debug_settings = model::DebugSettings{false, false, 1'000'000};
    asked.nodes[2].debug_mode = true;
    asked.nodes[3].debug_mode = false;
    const auto done = saved(asked);
    EXPECT_EQ(done.nodes[0].debug_settings->all_enabled_until, 61'000);
    EXPECT_FALSE(done.nodes[0].debug_settings->all_enabled);
    EXPECT_EQ(done.nodes[1].debug_settings->all_enabled_until, 61'000);
    EXPECT_TRUE(done.nodes[2].debug_settings->failures_enabled);
    EXPECT_EQ(done.nodes[2].debug_settings->all_enabled_until, 61'000);
    EXPECT_FALSE(done.nodes[3].debug_settings);
    EXPECT_FALSE(
        to_json(done).as_object()["nodes"].as_array()[2].as_object().contains("debugMode"));
}

TEST_F(Graph, MakesNodesOfConnectionsToOtherChains) {
    const auto target = model::RuleChainId::make();
    context.chain_names.emplace(target, "Alarms");
    RuleChainMetaData asked = drawing({node("a")}, {});
    asked.rule_chain_connections.emplace();
    asked.rule_chain_connections->push_back({0, target, json::object{{"layoutX", 5}}, "Success"});
    asked.rule_chain_connections->push_back({0, model::RuleChainId::make(), nullptr, "Failure"});
    const auto done = saved(asked);
    ASSERT_EQ(done.nodes.size(), 3u);
    EXPECT_FALSE(done.rule_chain_connections);
    EXPECT_EQ(done.nodes[1].name, "Alarms");
    EXPECT_EQ(done.nodes[1].additional_info.at("layoutX").as_int64(), 5);
    EXPECT_EQ(model::called_chain(done.nodes[1]), target);
    EXPECT_EQ(done.nodes[2].name, "Rule Chain Input");
    const std::vector<NodeConnectionInfo> expected{
        {0, 1, "Success"},
        {0, 2, "Failure"}
    };
    EXPECT_EQ(done.connections, expected);
}

TEST_F(Graph, TellsWhichLabelsWereRenamed) {
    const std::string output(model::output_node_class);
    const auto before = saved(drawing(
        {node("A", output), node("B", output), node("C", output), node("C", output), node("x")},
        {}));
    EXPECT_EQ(output_labels(before), (std::vector<std::string>{"A", "B", "C"}));
    RuleChainMetaData asked = before;
    asked.nodes[0].name = "Alpha";
    asked.nodes[1].name = "B2";
    asked.nodes.push_back(node("B", output));  // The old label is still there.
    asked.nodes[2].name = "C1";
    asked.nodes[3].name = "C2";  // One label became two.
    const auto after = saved(asked, before);
    const std::map<std::string, std::string> expected{
        {"A", "Alpha"}
    };
    EXPECT_EQ(renamed_labels(before, after), expected);

    RuleNode input = node("call", std::string(model::rule_chain_node_class));
    input.configuration = json::object{
        {"ruleChainId", chain.to_string()}
    };
    RuleChainMetaData caller = saved(drawing(
        {
            input, node("b")
    },
        {{0, 1, "A"}, {0, 1, "B"}}));
    EXPECT_TRUE(rename_connections(caller, chain, expected));
    EXPECT_EQ(caller.connections[0].type, "Alpha");
    EXPECT_EQ(caller.connections[1].type, "B");
    EXPECT_FALSE(rename_connections(caller, model::RuleChainId::make(),
                                    {
                                        {"B", "C"}
    }));
}

TEST_F(Graph, ReadsAgainWhatItStored) {
    model::RuleChain stored;
    stored.id = chain;
    stored.version = 7;
    const auto done = saved(drawing(
        {
            node("a"), node("b")
    },
        {{0, 1, "x"}}));
    stored.metadata = to_json(done);
    const auto read = model::metadata_of(stored);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->version, 7);
    EXPECT_EQ(read->nodes[1].id, done.nodes[1].id);
    EXPECT_EQ(read->connections, done.connections);
    EXPECT_FALSE(to_json(*read).as_object().contains("notes"));
}

}  // namespace
}  // namespace thingstead::core
