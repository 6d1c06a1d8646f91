// Nodes without input: which chains have some, and that they start before any message comes.
#include "rule/sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "rule/testing/fixture.h"
#include "rule/testing/nodes.h"

namespace thingstead::rule::testing::sources {
namespace {

class SilentNode final : public Node {
  public:
    Step on_message(Visit&) override { return "Success"; }
};

/// Tells the log that it starts.
Result<std::unique_ptr<Node>> start_source(const json::value&, const NodeInfo& info,
                                           NodeServices& services) {
    services.log.info("test.source.started", {
                                                 {"node", info.name}
    });
    return std::unique_ptr<Node>(std::make_unique<SilentNode>());
}

constexpr NodeDescriptor source_kind{.type = "test.Source",
                                     .name = "source",
                                     .summary = "For tests.",
                                     .has_input = false,
                                     .default_configuration = &default_configuration<EmptyConfig>,
                                     .make = &start_source};

std::vector<const NodeDescriptor*> kinds() {
    std::vector<const NodeDescriptor*> all = test_nodes();
    all.push_back(&source_kind);
    return all;
}

std::string chain_with_source(std::string_view name) {
    return R"({"nodes":[{"type":"test.Source","name":")" + std::string(name) +
           R"("}],"connections":[]})";
}

model::RuleChain chain_of(std::string_view document) {
    model::RuleChain chain;
    chain.id = model::RuleChainId::make();
    chain.tenant_id = model::TenantId::make();
    chain.name = "chain";
    chain.metadata = *parse_json(document);
    return chain;
}

struct Finds {
    std::string_view name, document;
    std::size_t found;
};

constexpr Finds finds[] = {
    // clang-format off
    {"no document",       "null",                                                                    0},
    {"no nodes",          R"({"nodes":[]})",                                                         0},
    {"no list",           R"({"nodes":{"type":"test.Source"}})",                                     0},
    {"others",            R"({"nodes":[{"type":"test.Mark"},{"type":"test.Unknown"}]})",             0},
    {"class is no text",  R"({"nodes":[{"type":7},{},"test.Source"]})",                              0},
    {"in a configuration",
     R"({"nodes":[{"type":"test.Mark","configuration":{"type":"test.Source"}}]})",                   0},
    {"the last one",      R"({"nodes":[{"type":"test.Mark"},{"type":"test.Source"}]})",              1},
    {"several",
     R"({"nodes":[{"type":"test.Source"},{"type":"test.Mark"},{"type":"test.Source"}]})",            2},
    {"a damaged document",
     R"({"nodes":[{"type":"test.Source"}],"connections":[{"fromIndex":0,"toIndex":9,"type":"x"}]})", 0},
    // clang-format on
};

TEST(Sources, AreTheNodesWithoutInputOfAChain) {
    const std::vector<const NodeDescriptor*> all = kinds();
    const NodeRegistry registry(all);
    for (const Finds& row : finds) {
        SCOPED_TRACE(row.name);
        model::RuleChain chain = chain_of(row.document);
        EXPECT_EQ(sources_of(chain, registry).size(), row.found);
        chain.type = model::RuleChainType::edge;
        EXPECT_TRUE(sources_of(chain, registry).empty());
    }
}

TEST(Sources, SayWhichNodeOfWhichChainTheyAre) {
    const std::vector<const NodeDescriptor*> all = kinds();
    const model::RuleNodeId id = model::RuleNodeId::make();
    const model::RuleChain chain =
        chain_of(R"({"nodes":[{"type":"test.Mark"},{"type":"test.Source","name":"s",)"
                 R"("queueName":"Other","id":{"entityType":"RULE_NODE","id":")" +
                 id.to_string() + R"("}}]})");
    const std::vector<Source> found = sources_of(chain, NodeRegistry(all));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].node, (NodeInfo{chain.tenant_id, chain.id, id, "s", "chain", "Other"}));
    EXPECT_EQ(found[0].key, id.uuid);
}

TEST(Sources, StartBeforeAMessageComesHoweverManyChainsThereAre) {
    // Chains are read in steps of a thousand, in the order of their ids; the house has one.
    constexpr std::array places{0, 997, 998, 999, 1000, 1998, 1999, 2099};
    Fixture house(1, {&source_kind});
    for (int i = 0; i < 2100; ++i) {
        const bool has = std::find(places.begin(), places.end(), i) != places.end();
        house.entities.put(
            chain_of(has ? chain_with_source("number " + std::to_string(i) + ".") : "null"));
    }
    house.start();
    for (const int place : places)
        EXPECT_TRUE(house.log.lines->wait_for("number " + std::to_string(place) + ".")) << place;
}

TEST(Sources, StartWhenTheirChainIsStored) {
    Fixture house(1, {&source_kind});
    house.start();
    const model::RuleChain chain = house.put_chain(chain_with_source("first."), false);
    EXPECT_TRUE(house.log.lines->wait_for("first."));
    house.put_chain(chain_with_source("second."), false, chain.id);
    EXPECT_TRUE(house.log.lines->wait_for("second."));
}

}  // namespace
}  // namespace thingstead::rule::testing::sources
