// The chains of one tenant, ready to run: nodes made, connections resolved to indexes.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/entities.h"
#include "rule/node.h"
#include "rule/node_events.h"
#include "rule/node_registry.h"

namespace thingstead::rule {

using NodeIndex = std::uint32_t;

/// A way out of a node and where it leads; at least one target.
struct Way {
    std::string relation;
    std::vector<NodeIndex> targets;
    std::uint16_t number = 0;  ///< Of the relation, in the flight recorder.
};

struct ChainNode {
    NodeInfo info;
    std::string type;
    json::value configuration;
    /// Null: it failed to start, or another worker runs it. Shared with the chain before a reload.
    std::shared_ptr<Node> node;
    std::vector<Way> ways;
    DebugMode debug{};
    std::shared_ptr<NodeTally> tally{};  ///< Null: nobody counts.
    bool forwards = false;  ///< Another worker runs it: messages are put into its partition.

    /// Names are compared without regard to case. Null: nothing is connected there.
    const Way* way(std::string_view relation) const;
    /// Targets of a relation. Empty: none.
    std::span<const NodeIndex> targets(std::string_view relation) const;
};

/// Immutable once loaded, but for what its nodes remember. Belongs to one worker's thread.
struct Chain {
    model::RuleChainId id;
    std::string name;
    std::vector<ChainNode> nodes;
    std::optional<NodeIndex> first;
    bool active = true;  ///< False: the stored document cannot be read.

    const ChainNode* find(model::RuleNodeId node) const;
};

struct TenantChains {
    model::TenantId tenant;
    TenantLimits limits;
    std::unordered_map<model::RuleChainId, Chain> chains;
    const Chain* root = nullptr;  ///< Null: the tenant has none.
    bool has_sources = false;     ///< Nodes without input run here.

    const Chain* find(model::RuleChainId chain) const;
};

/// Nodes whose class and configuration did not change are taken over from `before` (may be null),
/// with what they remember. What cannot be loaded is logged and left inactive.
std::shared_ptr<const TenantChains> build_chains(model::TenantId tenant, TenantLimits limits,
                                                 const std::vector<model::RuleChain>& stored,
                                                 const TenantChains* before,
                                                 const NodeRegistry& registry,
                                                 NodeServices& services);

/// ASCII, as relation names are.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace thingstead::rule
