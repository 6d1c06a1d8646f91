#include "rule/chain.h"

#include <algorithm>

#include "model/rule_chain.h"
#include "rule/forward_node.h"

namespace thingstead::rule {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// A queue's name was once a part of some configurations; an upgrade takes it out.
const json::value* queue_name_in(const json::value& configuration) {
    const json::object* members = configuration.if_object();
    return members ? members->if_contains("queueName") : nullptr;
}

class Builder {
  public:
    Builder(model::TenantId tenant, const TenantChains* before, const NodeRegistry& registry,
            NodeServices& services)
        : tenant_(tenant), before_(before), registry_(registry), services_(services) {}

    Chain build(const model::RuleChain& stored) {
        Chain chain{stored.id, stored.name, {}, std::nullopt, true};
        version_ = stored.version.value_or(0);
        Result<model::RuleChainMetaData> metadata = model::metadata_of(stored);
        parts_.push_back({stored.id.uuid, stored.id, version_});
        if (!metadata) {
            parts_.back().failure = metadata.error();
            return inactive(std::move(chain), metadata.error());
        }
        chain.nodes.reserve(metadata->nodes.size());
        for (model::RuleNode& each : metadata->nodes) add_node(chain, std::move(each));
        for (const model::NodeConnectionInfo& each : metadata->connections) connect(chain, each);
        const auto count = static_cast<std::int32_t>(metadata->nodes.size());
        if (metadata->first_node_index && *metadata->first_node_index >= 0 &&
            *metadata->first_node_index < count)
            chain.first = static_cast<NodeIndex>(*metadata->first_node_index);
        return chain;
    }

    bool has_sources() const { return has_sources_; }
    /// Tells of what started and what did not.
    void tell() const {
        if (services_.node_events) services_.node_events->records().events.built(tenant_, parts_);
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

    void add_node(Chain& chain, model::RuleNode stored) {
        ChainNode added{
            {tenant_, chain.id, *stored.id, std::move(stored.name), chain.name,
             std::move(stored.queue_name).value_or(std::string())},
            std::move(stored.type),
            std::move(stored.configuration),
            nullptr,
            {}
        };
        parts_.push_back({stored.id->uuid, chain.id, version_});
        if (const NodeDescriptor* descriptor = registry_.find(added.type)) {
            bring_up_to_date(*descriptor, stored.configuration_version, added);
            start_where_it_belongs(*descriptor, stored.singleton_mode, added);
            watch(*descriptor, stored.debug_settings, added);
        } else {
            not_started(added, {ErrorCode::unsupported, "unknown class"});
        }
        chain.nodes.push_back(std::move(added));
    }

    void bring_up_to_date(const NodeDescriptor& descriptor, std::int32_t version,
                          ChainNode& added) const {
        std::string queue_name;
        if (descriptor.has_queue_name && added.info.queue_name.empty())
            if (const json::value* name = queue_name_in(added.configuration);
                name && name->is_string())
                queue_name = name->get_string();
        added.configuration = current_configuration(
            descriptor, version, std::move(added.configuration), added.info, services_);
        if (!queue_name.empty() && !queue_name_in(added.configuration))
            added.info.queue_name = std::move(queue_name);
    }

    /// Most nodes run in every worker; one without input, or that is to be alone, in one of them.
    void start_where_it_belongs(const NodeDescriptor& descriptor, bool singleton,
                                ChainNode& added) {
        const bool alone = !descriptor.has_input ||
                           descriptor.clustering == Clustering::one_server ||
                           (descriptor.clustering == Clustering::as_users_say && singleton);
        Result<Uuid> key = added.info.rule_node.uuid;
        if (alone && descriptor.place) key = descriptor.place(added.configuration, added.info);
        if (!key) {
            not_started(added, key.error());
            return;
        }
        if (!alone || !services_.has_place || services_.has_place(added.info, *key)) {
            added.node = start(descriptor, added);
            has_sources_ = has_sources_ || (!descriptor.has_input && added.node);
            return;
        }
        parts_.back().elsewhere = true;
        added.forwards = true;
        if (descriptor.has_input)
            added.node = std::make_shared<ForwardNode>(added.info, *key, services_);
    }

    /// What is noted of its messages.
    void watch(const NodeDescriptor& descriptor,
               const std::optional<model::DebugSettings>& debug_settings, ChainNode& added) const {
        NodeEvents* const notes = services_.node_events;
        if (!notes) return;
        const bool keeps = notes->records().events.keeps();
        if (keeps && debug_settings)
            added.debug = {debug_settings->failures_enabled, debug_settings->all_enabled_until};
        if (!descriptor.has_input) notes->watch(added.info.rule_node, added.debug);
        if (added.forwards) added.debug = {};
        const ChainNode* const old = same_before(added);
        added.tally = old && old->tally && old->info == added.info
                          ? old->tally
                          : notes->tally(added.info, added.type);
    }

    /// The node with the same id in the chain before the reload. Null: there was none.
    const ChainNode* same_before(const ChainNode& fresh) const {
        const Chain* old_chain = before_ ? before_->find(fresh.info.rule_chain) : nullptr;
        return old_chain ? old_chain->find(fresh.info.rule_node) : nullptr;
    }

    std::shared_ptr<Node> start(const NodeDescriptor& descriptor, const ChainNode& fresh) {
        if (std::shared_ptr<Node> kept = unchanged(fresh)) return kept;
        Result<std::unique_ptr<Node>> made =
            descriptor.make(fresh.configuration, fresh.info, services_);
        if (made) return *std::move(made);
        not_started(fresh, made.error());
        return nullptr;
    }

    /// The running node with the same id, names, class and configuration.
    std::shared_ptr<Node> unchanged(const ChainNode& fresh) const {
        const ChainNode* old = same_before(fresh);
        if (!old || old->forwards || old->type != fresh.type || old->info != fresh.info ||
            old->configuration != fresh.configuration)
            return nullptr;
        return old->node;
    }

    void not_started(const ChainNode& node, const Error& why) {
        parts_.back().failure = why;
        services_.log.warn("rule.node.not_started", why,
                           {
                               {"node",    node.info.name                 },
                               {"node_id", node.info.rule_node.to_string()},
                               {"chain",   node.info.chain_name           },
                               {"class",   node.type                      }
        });
    }

    void connect(Chain& chain, const model::NodeConnectionInfo& connection) const {
        std::vector<Way>& ways = chain.nodes[static_cast<std::size_t>(connection.from_index)].ways;
        auto way = std::find_if(ways.begin(), ways.end(), [&](const Way& each) {
            return equal_ignoring_case(each.relation, connection.type);
        });
        if (way == ways.end()) {
            way = ways.insert(way, Way{connection.type, {}});
            if (services_.node_events)
                way->number = services_.node_events->number_of(way->relation);
        }
        way->targets.push_back(static_cast<NodeIndex>(connection.to_index));
    }

    model::TenantId tenant_;
    const TenantChains* before_;
    const NodeRegistry& registry_;
    NodeServices& services_;
    std::int64_t version_ = 0;  ///< Of the chain that is built.
    std::vector<PartStart> parts_;
    bool has_sources_ = false;
};

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

const Way* ChainNode::way(std::string_view relation) const {
    for (const Way& each : ways)
        if (equal_ignoring_case(each.relation, relation)) return &each;
    return nullptr;
}

std::span<const NodeIndex> ChainNode::targets(std::string_view relation) const {
    const Way* found = way(relation);
    return found ? std::span<const NodeIndex>(found->targets) : std::span<const NodeIndex>();
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
    Builder builder(tenant, before, registry, services);
    for (const model::RuleChain& each : stored) {
        if (each.type != model::RuleChainType::core) continue;  // Edge chains run on the edge.
        const auto it = built->chains.emplace(each.id, builder.build(each)).first;
        if (each.root) built->root = &it->second;
    }
    built->has_sources = builder.has_sources();
    builder.tell();
    return built;
}

}  // namespace thingstead::rule
