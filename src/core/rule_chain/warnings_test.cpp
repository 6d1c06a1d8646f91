#include "core/rule_chain/warnings.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace thingstead::core {
namespace {

using model::NodeConnectionInfo;
using model::RuleChainId;
using model::RuleChainMetaData;
using model::RuleNode;

struct Kind {
    std::string clazz;
    json::array relations{"Success", "Failure"};
    bool in = true, out = true, custom = false;
};

Component listed(const Kind& kind) {
    Component component;
    component.clazz = component.name = kind.clazz;
    component.configuration_descriptor = json::object{
        {"nodeDefinition",
         {{"relationTypes", kind.relations},
          {"customRelations", kind.custom},
          {"inEnabled", kind.in},
          {"outEnabled", kind.out}}}
    };
    return component;
}

RuleNode drawn(std::string name, std::string type = "plain") {
    RuleNode node;
    node.name = std::move(name);
    node.type = std::move(type);
    return node;
}

RuleNode calling(std::string name, RuleChainId chain) {
    RuleNode node = drawn(std::move(name), std::string(model::rule_chain_node_class));
    node.configuration = json::object{
        {"ruleChainId", chain.to_string()}
    };
    return node;
}

RuleNode output(std::string name) {
    return drawn(std::move(name), std::string(model::output_node_class));
}

class Warnings : public testing::Test {
  protected:
    const ComponentCatalogue components{
        {listed({"plain"}), listed({"source", {"Success"}, false}),
         listed({"switch", {}, true, true, true}), listed({"end", {}, true, false}),
         listed({std::string(model::rule_chain_node_class), {}}),
         listed({std::string(model::output_node_class), {}, true, false})}
    };
    const RuleChainId own = RuleChainId::make();
    std::map<RuleChainId, KnownChain> known;

    RuleChainMetaData drawing(std::vector<RuleNode> nodes,
                              std::vector<NodeConnectionInfo> connections = {},
                              std::optional<std::int32_t> first = 0) {
        RuleChainMetaData out;
        out.rule_chain_id = own;
        out.nodes = std::move(nodes);
        out.connections = std::move(connections);
        out.first_node_index = first;
        return out;
    }

    /// "KIND node/connection: message"; a dash where there is none.
    std::vector<std::string> told(const RuleChainMetaData& asked) {
        known[own] = {"own", asked};
        std::vector<std::string> out;
        const auto place = [](const std::optional<std::int32_t>& index) {
            return index ? std::to_string(*index) : "-";
        };
        for (const ChainWarning& each : warnings_of(asked, components, known))
            out.push_back(std::string(enum_name(each.kind)) + " " + place(each.node_index) + "/" +
                          place(each.connection_index) + ": " + each.message);
        return out;
    }
    using Told = std::vector<std::string>;
};

TEST_F(Warnings, AreNoneOfAChainThatIsFine) {
    EXPECT_EQ(told(drawing({})), Told());
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("b", "switch"), drawn("c", "end"), drawn("s", "source")
    },
                  {{0, 1, "success"}, {1, 2, "anything"}, {3, 1, "Success"}})),
              Told());
    EXPECT_EQ(told(drawing(
                  {
                      drawn("s", "source"), drawn("a")
    },
                  {{0, 1, "Success"}}, std::nullopt)),
              Told{"NO_FIRST_NODE -/-: No node is connected to the input: messages end where they "
                   "enter the chain."});
    EXPECT_EQ(told(drawing({drawn("s", "source")}, {}, std::nullopt)), Told());
}

TEST_F(Warnings, NameNodesThatNoMessageComesTo) {
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("b"), drawn("c")
    },
                  {{1, 2, "Success"}})),
              (Told{"UNREACHABLE_NODE 1/-: No message comes to node 'b'.",
                    "UNREACHABLE_NODE 2/-: No message comes to node 'c'."}));
    EXPECT_EQ(told(drawing({drawn("a")}, {}, std::nullopt)).size(), 2u);
    EXPECT_EQ(told(drawing({drawn("a")}, {}, 7)).front().substr(0, 13), "NO_FIRST_NODE");
}

TEST_F(Warnings, NameConnectionsThatNothingUses) {
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("b", "end"), drawn("c")
    },
                  {{0, 1, "Succes"}, {1, 2, "Success"}})),
              (Told{"UNKNOWN_RELATION 0/0: Node 'a' never sends a message by 'Succes'.",
                    "UNKNOWN_RELATION 1/1: Node 'b' never sends a message by 'Success'."}));
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a")
    },
                  {{0, 5, "Success"}})),
              Told{"MISSING_NODE -/0: Connection 'Success' leads from or to a node that is not "
                   "there."});
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("s", "source")
    },
                  {{0, 1, "Success"}})),
              Told{"NO_INPUT 1/0: Node 's' takes no messages, but one is connected to it."});
    EXPECT_EQ(told(drawing({drawn("s", "source")})),
              Told{"NO_INPUT 0/-: Node 's' takes no messages, but is connected to the input."});
}

TEST_F(Warnings, NameClassesThatAreNotThere) {
    // What an unknown node sends is not known either.
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a", "some.Other"), drawn("b")
    },
                  {{0, 1, "X"}})),
              Told{"UNKNOWN_CLASS 0/-: Node 'a' is of an unknown class 'some.Other'."});
}

TEST_F(Warnings, ShowTheWayOfACircle) {
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("b"), drawn("c")
    },
                  {{0, 1, "Success"}, {1, 2, "Success"}, {2, 1, "Failure"}})),
              Told{"CIRCLE 1/-: Messages run in a circle: 'b' > 'c' > 'b'."});
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a")
    },
                  {{0, 0, "Success"}})),
              Told{"CIRCLE 0/-: Messages run in a circle: 'a' > 'a'."});
    // Two ways to the same node are none.
    EXPECT_EQ(told(drawing(
                  {
                      drawn("a"), drawn("b"), drawn("c")
    },
                  {{0, 1, "Success"}, {0, 2, "Failure"}, {1, 2, "Success"}})),
              Told());
}

TEST_F(Warnings, ShowTheWayThroughOtherChains) {
    const RuleChainId first = RuleChainId::make(), second = RuleChainId::make();
    RuleChainMetaData leads_on, leads_back;
    leads_on.nodes = {calling("on", second)};
    leads_back.nodes = {drawn("x"), calling("back", own)};
    known[first] = {"first", leads_on};
    known[second] = {"second", leads_back};
    EXPECT_EQ(told(drawing({calling("a", first)})),
              Told{"CIRCLE_OF_CHAINS 0/-: Node 'a' leads back into this chain: 'own' > 'first' > "
                   "'second' > 'own'."});
    EXPECT_EQ(told(drawing({calling("a", own)})),
              Told{"CIRCLE_OF_CHAINS 0/-: Node 'a' leads back into this chain: 'own' > 'own'."});
    // A circle that this chain is no part of is another chain's matter.
    known[second].metadata.nodes = {calling("back", first)};
    EXPECT_EQ(told(drawing({calling("a", first)})), Told());
}

TEST_F(Warnings, KnowTheWaysOutOfOtherChains) {
    const RuleChainId other = RuleChainId::make();
    known[other].metadata.nodes = {output("Warm"), output("Cold")};
    EXPECT_EQ(told(drawing(
                  {
                      calling("a", other), drawn("b")
    },
                  {{0, 1, "Warm"}, {0, 1, "Failure"}, {0, 1, "Hot"}})),
              Told{"UNKNOWN_RELATION 0/2: Node 'a' never sends a message by 'Hot'."});
    EXPECT_EQ(told(drawing(
                  {
                      calling("a", RuleChainId::make()), drawn("b")
    },
                  {{0, 1, "Any"}})),
              Told{"UNKNOWN_CHAIN 0/-: Node 'a' calls a rule chain that is not there."});
}

}  // namespace
}  // namespace thingstead::core
