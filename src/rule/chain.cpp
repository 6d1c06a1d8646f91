#include "rule/chain.h"

#include <algorithm>

#include "rule/chain_document.h"

namespace thingstead::rule {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Chains that were written without node ids still need some: the same ones at every load.
model::RuleNodeId id_of(const NodeDocument& document, model::RuleChainId chain, std::size_t at) {
    if (document.id) return *document.id;
    return {
        Uuid{chain.uuid.msb, chain.uuid.lsb ^ (at + 1)}
    };
}

class Builder {
  public:
    Builder(model::TenantId tenant, const TenantChains* before, const NodeRegistry& registry,
            NodeServices& services)
        : tenant_(tenant), before_(before), registry_(registry), services_(services) {}

    Chain build(const model::RuleChain& stored) const {
        Chain chain{stored.id, stored.name, {}, std::nullopt, true};
        if (stored.metadata.is_null()) return chain;
        const Result<ChainDocument> document =
            from_json<ChainDocument>(stored.metadata, Binding::stored);
        if (!document) return inactive(std::move(chain), document.error());
        const auto count = static_cast<std::int64_t>(document->nodes.size());
        for (const ConnectionDocument& each : document->connections)
            if (each.from_index < 0 || each.from_index >= count || each.to_index < 0 ||
                each.to_index >= count)
                return inactive(std::move(chain), {ErrorCode::malformed,
                                                   "a connection names a node that is not there"});
        for (const NodeDocument& each : document->nodes) add_node(chain, each);
        for (const ConnectionDocument& each : document->connections) connect(chain, each);
        if (document->first_node_index && *document->first_node_index >= 0 &&
            *document->first_node_index < count)
            chain.first = static_cast<NodeIndex>(*document->first_node_index);
        return chain;
    }

  private:
    Chain inactive(Chain chain, const Error& why) const {
        services_.log.error("rule.chain.not_loaded", why,
                            {
                                {"chain",    chain.name          },
                                {"chain_id", chain.id.to_string()}
        });
        chain.active = false;
        return chain;
    }

    void add_node(Chain& chain, const NodeDocument& document) const {
        ChainNode added{
            {tenant_, chain.id, id_of(document, chain.id, chain.nodes.size()), document.name,
             chain.name},
            document.type,
            document.configuration,
            nullptr,
            {}
        };
        if (const NodeDescriptor* descriptor = registry_.find(document.type)) {
            added.configuration =
                current_configuration(*descriptor, document.configuration_version,
                                      document.configuration, added.info, services_);
            added.node = start(*descriptor, added);
        } else {
            not_started(added, {ErrorCode::unsupported, "unknown class"});
        }
        chain.nodes.push_back(std::move(added));
    }

    std::shared_ptr<Node> start(const NodeDescriptor& descriptor, const ChainNode& fresh) const {
        if (std::shared_ptr<Node> kept = unchanged(fresh)) return kept;
        Result<std::unique_ptr<Node>> made =
            descriptor.make(fresh.configuration, fresh.info, services_);
        if (made) return *std::move(made);
        not_started(fresh, made.error());
        return nullptr;
    }

    /// The running node with the same id, names, class and configuration.
    std::shared_ptr<Node> unchanged(const ChainNode& fresh) const {
        const Chain* old_chain = before_ ? before_->find(fresh.info.rule_chain) : nullptr;
        const ChainNode* old = old_chain ? old_chain->find(fresh.info.rule_node) : nullptr;
        if (!old || old->type != fresh.type || old->info.name != fresh.info.name ||
            old->info.chain_name != fresh.info.chain_name ||
            old->configuration != fresh.configuration)
            return nullptr;
        return old->node;
    }

    void not_started(const ChainNode& node, const Error& why) const {
        services_.log.warn("rule.node.not_started", why,
                           {
                               {"node",    node.info.name                 },
                               {"node_id", node.info.rule_node.to_string()},
                               {"chain",   node.info.chain_name           },
                               {"class",   node.type                      }
        });
    }

    static void connect(Chain& chain, const ConnectionDocument& connection) {
        std::vector<Way>& ways = chain.nodes[static_cast<std::size_t>(connection.from_index)].ways;
        auto way = std::find_if(ways.begin(), ways.end(), [&](const Way& each) {
            return equal_ignoring_case(each.relation, connection.type);
        });
        if (way == ways.end()) way = ways.insert(way, Way{connection.type, {}});
        way->targets.push_back(static_cast<NodeIndex>(connection.to_index));
    }

    model::TenantId tenant_;
    const TenantChains* before_;
    const NodeRegistry& registry_;
    NodeServices& services_;
};

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

std::span<const NodeIndex> ChainNode::targets(std::string_view relation) const {
    for (const Way& way : ways)
        if (equal_ignoring_case(way.relation, relation)) return way.targets;
    return {};
}

const ChainNode* Chain::find(model::RuleNodeId node) const {
    const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const ChainNode& each) {
        return each.info.rule_node == node;
    });
    return it == nodes.end() ? nullptr : &*it;
}

const Chain* TenantChains::find(model::RuleChainId chain) const {
    const auto it = chains.find(chain);
    return it == chains.end() ? nullptr : &it->second;
}

std::shared_ptr<const TenantChains> build_chains(model::TenantId tenant, TenantLimits limits,
                                                 const std::vector<model::RuleChain>& stored,
                                                 const TenantChains* before,
                                                 const NodeRegistry& registry,
                                                 NodeServices& services) {
    const auto built = std::make_shared<TenantChains>();
    built->tenant = tenant;
    built->limits = limits;
    const Builder builder(tenant, before, registry, services);
    for (const model::RuleChain& each : stored) {
        if (each.type != "CORE") continue;  // Edge chains run on the edge.
        const auto it = built->chains.emplace(each.id, builder.build(each)).first;
        if (each.root) built->root = &it->second;
    }
    return built;
}

}  // namespace thingstead::rule
