#include "core/rule_chain/warnings.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/entity/read.h"
#include "core/rule_chain/graph.h"
#include "net/blocking_pool.h"

namespace thingstead::core {
namespace {

using model::NodeConnectionInfo;
using model::RuleChainId;
using model::RuleChainMetaData;
using model::RuleNode;
using KnownChains = std::map<RuleChainId, KnownChain>;

/// Chains that a drawing calls through others are looked at up to here.
constexpr std::size_t known_chains_max = 1000;

std::string quoted_name(const RuleNode& node) { return '\'' + node.name + '\''; }

bool same_relation(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// What the catalogue says of a kind.
const json::object* definition_of(const Component& component) {
    const json::object* descriptor = component.configuration_descriptor.if_object();
    const json::value* definition =
        descriptor ? descriptor->if_contains("nodeDefinition") : nullptr;
    return definition ? definition->if_object() : nullptr;
}

bool flag_of(const Component* component, std::string_view name, bool otherwise) {
    const json::object* definition = component ? definition_of(*component) : nullptr;
    const json::value* value = definition ? definition->if_contains(name) : nullptr;
    return value && value->is_bool() ? value->get_bool() : otherwise;
}

std::vector<std::string> relations_of(const Component& component) {
    std::vector<std::string> names;
    const json::object* definition = definition_of(component);
    const json::value* listed = definition ? definition->if_contains("relationTypes") : nullptr;
    if (const json::array* all = listed ? listed->if_array() : nullptr)
        for (const json::value& each : *all)
            if (each.is_string()) names.emplace_back(each.get_string());
    return names;
}

class Inspection {
  public:
    Inspection(const RuleChainMetaData& drawing, const ComponentCatalogue& components,
               const KnownChains& known)
        : drawing_(drawing), components_(components), known_(known) {}

    std::vector<ChainWarning> run() {
        look_at_connections();
        look_at_first();
        look_at_nodes();
        look_at_reach();
        look_for_circle();
        look_for_circle_of_chains();
        return std::move(warnings_);
    }

  private:
    bool has(std::int32_t index) const {
        return index >= 0 && static_cast<std::size_t>(index) < drawing_.nodes.size();
    }
    const RuleNode& node(std::int32_t index) const {
        return drawing_.nodes[static_cast<std::size_t>(index)];
    }
    const Component* component(std::int32_t index) const {
        return components_.find(node(index).type);
    }

    void warn(ChainWarningKind kind, std::string message, std::optional<std::int32_t> node = {},
              std::optional<std::int32_t> connection = {}) {
        warnings_.push_back({kind, std::move(message), node, connection});
    }

    /// Sorts out those whose nodes are there.
    void look_at_connections() {
        targets_.resize(drawing_.nodes.size());
        for (std::size_t i = 0; i < drawing_.connections.size(); ++i) {
            const NodeConnectionInfo& each = drawing_.connections[i];
            const auto place = static_cast<std::int32_t>(i);
            if (!has(each.from_index) || !has(each.to_index)) {
                warn(ChainWarningKind::missing_node,
                     "Connection '" + each.type + "' leads from or to a node that is not there.",
                     {}, place);
                continue;
            }
            targets_[static_cast<std::size_t>(each.from_index)].push_back(each.to_index);
            if (!flag_of(component(each.to_index), "inEnabled", true))
                warn(ChainWarningKind::no_input,
                     "Node " + quoted_name(node(each.to_index)) +
                         " takes no messages, but one is connected to it.",
                     each.to_index, place);
            look_at_relation(each, place);
        }
    }

    void look_at_relation(const NodeConnectionInfo& connection, std::int32_t place) {
        const RuleNode& from = node(connection.from_index);
        const Component* const kind = component(connection.from_index);
        if (!kind) return;
        std::vector<std::string> names = relations_of(*kind);
        if (const auto called = model::called_chain(from)) {
            const KnownChain* const chain = find(*called);
            if (!chain) return;
            names = output_labels(chain->metadata);
            names.emplace_back("Failure");
        } else if (!flag_of(kind, "outEnabled", true)) {
            names.clear();
        } else if (flag_of(kind, "customRelations", false)) {
            return;
        }
        const bool there = std::any_of(names.begin(), names.end(), [&](const std::string& each) {
            return same_relation(each, connection.type);
        });
        if (!there)
            warn(ChainWarningKind::unknown_relation,
                 "Node " + quoted_name(from) + " never sends a message by '" + connection.type +
                     "'.",
                 connection.from_index, place);
    }

    void look_at_first() {
        if (drawing_.nodes.empty()) return;
        const std::int32_t first = drawing_.first_node_index.value_or(-1);
        if (!has(first)) {
            const bool all_sources = std::all_of(
                drawing_.nodes.begin(), drawing_.nodes.end(), [&](const RuleNode& each) {
                    return !flag_of(components_.find(each.type), "inEnabled", true);
                });
            if (!all_sources)
                warn(ChainWarningKind::no_first_node,
                     "No node is connected to the input: messages end where they enter the chain.");
        } else if (!flag_of(component(first), "inEnabled", true)) {
            warn(ChainWarningKind::no_input,
                 "Node " + quoted_name(node(first)) +
                     " takes no messages, but is connected to the input.",
                 first);
        }
    }

    void look_at_nodes() {
        for (std::int32_t i = 0; has(i); ++i) {
            if (!component(i))
                warn(ChainWarningKind::unknown_class,
                     "Node " + quoted_name(node(i)) + " is of an unknown class '" + node(i).type +
                         "'.",
                     i);
            const auto called = model::called_chain(node(i));
            if (called && !find(*called))
                warn(ChainWarningKind::unknown_chain,
                     "Node " + quoted_name(node(i)) + " calls a rule chain that is not there.", i);
        }
    }

    /// From the first node, and from nodes that make messages by themselves.
    void look_at_reach() {
        std::vector<bool> reached(drawing_.nodes.size());
        std::vector<std::int32_t> open;
        const auto reach = [&](std::int32_t index) {
            if (reached[static_cast<std::size_t>(index)]) return;
            reached[static_cast<std::size_t>(index)] = true;
            open.push_back(index);
        };
        for (std::int32_t i = 0; has(i); ++i)
            if (!flag_of(component(i), "inEnabled", true)) reach(i);
        if (has(drawing_.first_node_index.value_or(-1))) reach(*drawing_.first_node_index);
        while (!open.empty()) {
            const std::int32_t from = open.back();
            open.pop_back();
            for (const std::int32_t to : targets_[static_cast<std::size_t>(from)]) reach(to);
        }
        for (std::int32_t i = 0; has(i); ++i)
            if (!reached[static_cast<std::size_t>(i)])
                warn(ChainWarningKind::unreachable_node,
                     "No message comes to node " + quoted_name(node(i)) + ".", i);
    }

    /// One circle is enough to know that a save is refused.
    void look_for_circle() {
        std::vector<bool> done(drawing_.nodes.size());
        for (std::int32_t i = 0; has(i); ++i) {
            std::vector<std::int32_t> way;
            std::vector<std::size_t> next;
            const auto enter = [&](std::int32_t index) {
                way.push_back(index);
                next.push_back(0);
            };
            if (!done[static_cast<std::size_t>(i)]) enter(i);
            while (!way.empty()) {
                const auto at = static_cast<std::size_t>(way.back());
                if (next.back() == targets_[at].size()) {
                    done[at] = true;
                    way.pop_back();
                    next.pop_back();
                    continue;
                }
                const std::int32_t to = targets_[at][next.back()++];
                const auto begin = std::find(way.begin(), way.end(), to);
                if (begin != way.end()) return warn_of_circle({begin, way.end()});
                if (!done[static_cast<std::size_t>(to)]) enter(to);
            }
        }
    }

    void warn_of_circle(const std::vector<std::int32_t>& way) {
        std::string text = "Messages run in a circle: ";
        for (const std::int32_t each : way) text += quoted_name(node(each)) + " > ";
        warn(ChainWarningKind::circle, text + quoted_name(node(way.front())) + ".", way.front());
    }

    /// Ways from a node of this chain through others back into it.
    void look_for_circle_of_chains() {
        if (!drawing_.rule_chain_id) return;
        for (std::int32_t i = 0; has(i); ++i) {
            const auto called = model::called_chain(node(i));
            std::set<RuleChainId> seen;
            std::vector<std::string> names;
            if (!called || !leads_back(*called, seen, names)) continue;
            std::string text = "Node " + quoted_name(node(i)) + " leads back into this chain: ";
            const KnownChain* const own = find(*drawing_.rule_chain_id);
            text += '\'' + (own ? own->name : std::string("this chain")) + '\'';
            for (auto it = names.rbegin(); it != names.rend(); ++it) text += " > '" + *it + '\'';
            warn(ChainWarningKind::circle_of_chains, text + ".", i);
        }
    }

    /// `names`: of the chains on the way, the last one first. Deep enough for known_chains_max.
    bool leads_back(RuleChainId chain, std::set<RuleChainId>& seen,
                    std::vector<std::string>& names) const {
        const KnownChain* const known = find(chain);
        if (!known || !seen.insert(chain).second) return false;
        bool back = chain == *drawing_.rule_chain_id;
        for (std::size_t i = 0; !back && i < known->metadata.nodes.size(); ++i)
            if (const auto called = model::called_chain(known->metadata.nodes[i]))
                back = leads_back(*called, seen, names);
        if (back) names.push_back(known->name);
        return back;
    }

    const KnownChain* find(RuleChainId id) const {
        const auto it = known_.find(id);
        return it == known_.end() ? nullptr : &it->second;
    }

    const RuleChainMetaData& drawing_;
    const ComponentCatalogue& components_;
    const KnownChains& known_;
    std::vector<std::vector<std::int32_t>> targets_;
    std::vector<ChainWarning> warnings_;
};

/// The chain itself, and those of its tenant that it calls, directly or through others.
Result<KnownChains> read_known(store::Reader& reader, const model::RuleChain& chain,
                               const RuleChainMetaData& drawing) {
    KnownChains known;
    known[chain.id] = {chain.name, drawing};
    std::vector<RuleChainId> open{chain.id};
    while (!open.empty()) {
        const RuleChainId at = open.back();
        open.pop_back();
        std::vector<RuleChainId> called;
        for (const RuleNode& each : known[at].metadata.nodes)
            if (const auto id = model::called_chain(each)) called.push_back(*id);
        for (const RuleChainId id : called) {
            if (known.contains(id) || known.size() >= known_chains_max) continue;
            const auto found = reader.find<model::RuleChain>({
                {"id", id.uuid}
            });
            if (!found) return found.error();
            if (!*found || (*found)->tenant_id != chain.tenant_id) continue;
            Result<RuleChainMetaData> metadata = model::metadata_of(**found);
            known[id] = {(*found)->name, metadata ? *std::move(metadata) : RuleChainMetaData()};
            open.push_back(id);
        }
    }
    return known;
}

struct Inspected {
    model::TenantId tenant;
    KnownChains known;
};

/// Where work may take its time.
Task<Result<std::vector<std::string>>> try_nodes(const Platform& platform,
                                                 const RuleReplays& sandbox, model::TenantId tenant,
                                                 RuleChainMetaData drawing) {
    const auto work = [&] { return sandbox.try_nodes(tenant, drawing); };
    if (platform.files) co_return co_await platform.files->run(work);
    co_return work();
}

}  // namespace

std::vector<ChainWarning> warnings_of(const RuleChainMetaData& drawing,
                                      const ComponentCatalogue& components,
                                      const KnownChains& known) {
    return Inspection(drawing, components, known).run();
}

Task<Result<ChainWarnings>> chain_warnings(const Platform& platform,
                                           const ComponentCatalogue& components,
                                           const RuleReplays* sandbox, Caller caller,
                                           RuleChainMetaData drawing) {
    if (!drawing.rule_chain_id) co_return invalid("Rule chain id should be specified!");
    const std::function<Result<Inspected>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Inspected> {
        const auto chain =
            load<model::RuleChain>(reader, caller, Operation::read, *drawing.rule_chain_id);
        if (!chain) return chain.error();
        Result<KnownChains> known = read_known(reader, *chain, drawing);
        if (!known) return known.error();
        return Inspected{chain->tenant_id, *std::move(known)};
    };
    const Result<Inspected> inspected = co_await read<Inspected>(platform, work);
    if (!inspected) co_return inspected.error();

    ChainWarnings out;
    RuleChainMetaData checked = drawing;
    // What a client sent as -1 is no node at all.
    if (checked.first_node_index.value_or(0) < 0) checked.first_node_index.reset();
    if (const Result<> fine = check_graph(checked); !fine) out.refused = fine.error().message;
    out.warnings = warnings_of(drawing, components, inspected->known);
    if (!sandbox) co_return out;
    const auto faults = co_await try_nodes(platform, *sandbox, inspected->tenant, drawing);
    if (!faults) co_return faults.error();
    for (std::size_t i = 0; i < faults->size(); ++i)
        if (const std::string& fault = (*faults)[i]; !fault.empty())
            out.warnings.push_back({ChainWarningKind::bad_configuration,
                                    "Node " + quoted_name(drawing.nodes[i]) + ": " + fault,
                                    static_cast<std::int32_t>(i), std::nullopt});
    co_return out;
}

}  // namespace thingstead::core
