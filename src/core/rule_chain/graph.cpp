#include "core/rule_chain/graph.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>

#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::NodeConnectionInfo;
using model::RuleChainMetaData;
using model::RuleNode;

bool has_index(std::int32_t index, const RuleChainMetaData& metadata) {
    return index >= 0 && static_cast<std::size_t>(index) < metadata.nodes.size();
}

/// Takes away nodes that nothing leads to until none is left: in a circle some stay.
bool has_circle(const RuleChainMetaData& metadata) {
    std::vector<std::vector<std::size_t>> targets(metadata.nodes.size());
    std::vector<std::size_t> incoming(metadata.nodes.size());
    for (const NodeConnectionInfo& each : metadata.connections) {
        const auto to = static_cast<std::size_t>(each.to_index);
        targets[static_cast<std::size_t>(each.from_index)].push_back(to);
        ++incoming[to];
    }
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < incoming.size(); ++i)
        if (incoming[i] == 0) free.push_back(i);
    std::size_t taken = 0;
    while (!free.empty()) {
        const std::size_t node = free.back();
        free.pop_back();
        ++taken;
        for (const std::size_t target : targets[node])
            if (--incoming[target] == 0) free.push_back(target);
    }
    return taken != metadata.nodes.size();
}

Result<> check_texts(const RuleChainMetaData& metadata) {
    for (const RuleNode& each : metadata.nodes) {
        if (Result<> valid = model::validate(each); !valid) return valid;
        if (model::is_blank(each.type)) return invalid("Rule node type should be specified!");
    }
    for (const NodeConnectionInfo& each : metadata.connections)
        if (Result<> valid = model::validate(each); !valid) return valid;
    constexpr std::size_t notes_bytes_max = 1'000'000;
    if (metadata.notes && json::serialize(to_json(*metadata.notes)).size() > notes_bytes_max)
        return invalid("Validation error: notes length must be equal or less than " +
                       std::to_string(notes_bytes_max));
    return {};
}

/// The older form of calling another chain becomes a node.
Result<> expand_chain_connections(RuleChainMetaData& metadata, const ReplaceContext& context) {
    if (!metadata.rule_chain_connections) return {};
    for (const model::RuleChainConnectionInfo& each : *metadata.rule_chain_connections) {
        if (!each.target) return invalid("Target rule chain should be specified!");
        RuleNode node;
        node.type = model::rule_chain_node_class;
        const auto name = context.chain_names.find(*each.target);
        node.name = name == context.chain_names.end() ? "Rule Chain Input" : name->second;
        node.configuration = json::object{
            {"ruleChainId", each.target->to_string()}
        };
        node.additional_info = each.additional_info;
        metadata.connections.push_back(
            {each.from_index, static_cast<std::int32_t>(metadata.nodes.size()), each.type});
        metadata.nodes.push_back(std::move(node));
    }
    metadata.rule_chain_connections.reset();
    return {};
}

void settle_debugging(RuleNode& node, EpochMs until_max) {
    if (node.debug_settings) {
        model::DebugSettings& debug = *node.debug_settings;
        debug.all_enabled_until =
            debug.all_enabled ? until_max : std::min(debug.all_enabled_until, until_max);
        debug.all_enabled = false;
    } else if (node.debug_mode.value_or(false)) {
        node.debug_settings = model::DebugSettings{true, false, until_max};
    }
    node.debug_mode.reset();
}

void settle_singleton(RuleNode& node, const ComponentCatalogue& components) {
    const Component* component = components.find(node.type);
    if (!component) return;
    if (component->clustering_mode == ClusteringMode::enabled) node.singleton_mode = false;
    if (component->clustering_mode == ClusteringMode::singleton) node.singleton_mode = true;
}

/// Ids that are not the chain's own, or come twice, are somebody else's.
void settle_ids(const RuleChainMetaData& before, RuleChainMetaData& metadata,
                const ReplaceContext& context) {
    std::unordered_map<model::RuleNodeId, EpochMs> known;
    for (const RuleNode& each : before.nodes) known.emplace(*each.id, each.created_time);
    for (RuleNode& each : metadata.nodes) {
        each.rule_chain_id = context.chain;
        const auto it = each.id ? known.find(*each.id) : known.end();
        if (it != known.end()) {
            each.created_time = it->second;
            known.erase(it);
        } else {
            each.id = model::RuleNodeId::make();
            each.created_time = context.now_ms;
        }
    }
}

void sort(RuleChainMetaData& metadata) {
    std::vector<std::size_t> order(metadata.nodes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const RuleNode &x = metadata.nodes[a], &y = metadata.nodes[b];
        return std::tie(x.created_time, x.id->uuid) < std::tie(y.created_time, y.id->uuid);
    });
    std::vector<std::int32_t> place(order.size());
    std::vector<RuleNode> nodes;
    nodes.reserve(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = static_cast<std::int32_t>(i);
        nodes.push_back(std::move(metadata.nodes[order[i]]));
    }
    metadata.nodes = std::move(nodes);
    const auto now_at = [&](std::int32_t index) { return place[static_cast<std::size_t>(index)]; };
    if (metadata.first_node_index) metadata.first_node_index = now_at(*metadata.first_node_index);
    for (NodeConnectionInfo& each : metadata.connections) {
        each.from_index = now_at(each.from_index);
        each.to_index = now_at(each.to_index);
    }
    std::vector<NodeConnectionInfo>& connections = metadata.connections;
    std::sort(connections.begin(), connections.end());
    connections.erase(std::unique(connections.begin(), connections.end()), connections.end());
}

}  // namespace

Result<> check_graph(const RuleChainMetaData& metadata) {
    if (Result<> valid = check_texts(metadata); !valid) return valid;
    if (metadata.first_node_index && !has_index(*metadata.first_node_index, metadata))
        return invalid("First node index refers to a rule node that doesn't exist!");
    for (const NodeConnectionInfo& each : metadata.connections) {
        if (!has_index(each.from_index, metadata) || !has_index(each.to_index, metadata))
            return invalid("Connection refers to a rule node that doesn't exist!");
        if (each.from_index == each.to_index)
            return invalid("Can't create the relation to yourself.");
    }
    if (has_circle(metadata)) return invalid("Can't create circling relations in rule chain.");
    return {};
}

Result<RuleChainMetaData> replaced(const RuleChainMetaData& before, RuleChainMetaData asked,
                                   const ReplaceContext& context) {
    // What a client sent as -1 is no node at all.
    if (asked.first_node_index && *asked.first_node_index < 0) asked.first_node_index.reset();
    if (Result<> done = expand_chain_connections(asked, context); !done) return done.error();
    if (Result<> valid = check_graph(asked); !valid) return valid.error();
    settle_ids(before, asked, context);
    for (RuleNode& each : asked.nodes) {
        settle_debugging(each, context.debug_until_max);
        settle_singleton(each, context.components);
    }
    if (asked.notes && asked.notes->empty()) asked.notes.reset();
    sort(asked);
    asked.rule_chain_id = context.chain;
    return asked;
}

std::vector<std::string> output_labels(const RuleChainMetaData& metadata) {
    std::set<std::string> labels;
    for (const RuleNode& each : metadata.nodes)
        if (each.type == model::output_node_class) labels.insert(each.name);
    return {labels.begin(), labels.end()};
}

std::map<std::string, std::string> renamed_labels(const RuleChainMetaData& before,
                                                  const RuleChainMetaData& after) {
    std::unordered_map<model::RuleNodeId, std::string> old_names;
    for (const RuleNode& each : before.nodes)
        if (each.type == model::output_node_class) old_names.emplace(*each.id, each.name);
    const std::vector<std::string> labels = output_labels(after);
    std::map<std::string, std::string> renamed;
    std::set<std::string> ambiguous(labels.begin(), labels.end());
    for (const RuleNode& each : after.nodes) {
        const auto old =
            each.type == model::output_node_class ? old_names.find(*each.id) : old_names.end();
        if (old == old_names.end() || old->second == each.name) continue;
        const auto [it, fresh] = renamed.emplace(old->second, each.name);
        if (!fresh && it->second != each.name) ambiguous.insert(old->second);
    }
    std::erase_if(renamed, [&](const auto& each) { return ambiguous.contains(each.first); });
    return renamed;
}

bool rename_connections(RuleChainMetaData& metadata, model::RuleChainId called,
                        const std::map<std::string, std::string>& renamed) {
    bool changed = false;
    for (NodeConnectionInfo& each : metadata.connections) {
        if (model::called_chain(metadata.nodes[static_cast<std::size_t>(each.from_index)]) !=
            called)
            continue;
        const auto it = renamed.find(each.type);
        if (it == renamed.end()) continue;
        each.type = it->second;
        changed = true;
    }
    if (changed) sort(metadata);
    return changed;
}

}  // namespace thingstead::core
