#include "model/rule_chain.h"

namespace thingstead::model {
namespace {

/// Chains that were written without node ids still need some: the same ones at every load.
RuleNodeId implied_id(RuleChainId chain, std::size_t at) {
    return {
        Uuid{chain.uuid.msb, chain.uuid.lsb ^ (at + 1)}
    };
}

}  // namespace

Result<RuleChainMetaData> metadata_of(const RuleChain& chain) {
    RuleChainMetaData metadata;
    if (!chain.metadata.is_null()) {
        Result<RuleChainMetaData> stored =
            from_json<RuleChainMetaData>(chain.metadata, Binding::stored);
        if (!stored) return stored.error();
        metadata = *std::move(stored);
    }
    metadata.rule_chain_id = chain.id;
    metadata.version = chain.version;
    for (std::size_t i = 0; i < metadata.nodes.size(); ++i) {
        RuleNode& node = metadata.nodes[i];
        if (!node.id) node.id = implied_id(chain.id, i);
        node.rule_chain_id = chain.id;
    }
    const auto count = static_cast<std::int32_t>(metadata.nodes.size());
    for (const NodeConnectionInfo& each : metadata.connections)
        if (each.from_index < 0 || each.from_index >= count || each.to_index < 0 ||
            each.to_index >= count)
            return Error{ErrorCode::malformed, "a connection names a node that is not there"};
    return metadata;
}

std::optional<RuleChainId> called_chain(const RuleNode& node) {
    if (node.type != rule_chain_node_class) return std::nullopt;
    const json::object* configuration = node.configuration.if_object();
    const json::value* named = configuration ? configuration->if_contains("ruleChainId") : nullptr;
    if (!named || !named->is_string()) return std::nullopt;
    const Result<Uuid> id = parse_uuid(std::string_view(named->get_string()));
    if (!id) return std::nullopt;
    return RuleChainId{*id};
}

}  // namespace thingstead::model
