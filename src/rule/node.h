// What a rule node is: it is handed a message and says which way it goes on. A node is one folder
// in rule/node/ with one descriptor; README.md shows how to add one.
//
// Nodes belong to one worker thread: every worker has its own, so a node needs no lock, and as the
// messages of an originator always come to the same worker, memory by originator works.
#pragma once
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "core/attributes.h"
#include "core/device_rpc.h"
#include "core/device_states.h"
#include "core/entity_events.h"
#include "core/platform.h"
#include "core/replies.h"
#include "core/rule_ingress.h"
#include "core/telemetry.h"
#include "model/msg.h"
#include "model/payload.h"
#include "net/task.h"
#include "rule/held_messages.h"
#include "rule/outside.h"
#include "rule/scripts.h"
#include "rule/shared_counts.h"
#include "rule/timers.h"
#include "store/entity_store.h"
#include "store/timeseries_store.h"

namespace thingstead::rule {

/// The name of a way out of a node; compared without regard to case.
class Relation {
  public:
    /// A literal, or another text that outlives every message.
    constexpr Relation(const char* name) : name_(name) {}  // NOLINT(google-explicit-constructor)
    constexpr explicit Relation(std::string_view name) : name_(name) {}
    /// A name that is made up for one message.
    static Relation owned(std::string name) {
        Relation relation{std::string_view()};
        relation.owner_ = std::make_shared<const std::string>(std::move(name));
        return relation;
    }
    std::string_view name() const { return owner_ ? std::string_view(*owner_) : name_; }

  private:
    std::string_view name_;
    std::shared_ptr<const std::string> owner_;
};

/// The message ends here and counts as processed.
struct Consumed {};

/// The message goes on at the first node of another chain, and comes back by LeaveChain.
struct EnterChain {
    model::RuleChainId chain;
};
/// The message goes on behind the node that entered this chain, by this node's name as relation.
struct LeaveChain {};

/// One way, several at once (none: the message is done), the end, or an error: the way "Failure".
using Outcome =
    std::variant<Relation, std::vector<Relation>, Consumed, EnterChain, LeaveChain, Error>;

/// What a node answers: the outcome, or a task that will tell it. Only what must wait takes a task:
/// a coroutine costs more than most nodes.
class Step {
  public:
    // NOLINTBEGIN(google-explicit-constructor): nodes return any of these
    Step(const char* relation) : it_(Outcome(Relation(relation))) {}
    Step(Relation relation) : it_(Outcome(std::move(relation))) {}
    Step(Error error) : it_(Outcome(std::move(error))) {}
    Step(Outcome outcome) : it_(std::move(outcome)) {}
    Step(Task<Outcome> task) : it_(std::move(task)) {}
    // NOLINTEND(google-explicit-constructor)

    Outcome* outcome() { return std::get_if<Outcome>(&it_); }
    Task<Outcome>& task() { return std::get<Task<Outcome>>(it_); }

  private:
    std::variant<Outcome, Task<Outcome>> it_;
};

/// What the tenant's profile grants.
struct TenantLimits {
    std::chrono::seconds storage_ttl{0};   ///< Of telemetry that names none; 0: for ever.
    std::int32_t node_executions_max = 0;  ///< Of one message; 0: the engine's own limit alone.
};

/// A message at a node. Stays where it is until the node's outcome is known, tasks included.
struct Visit {
    model::Msg msg;  ///< The node may change it.
    model::TenantId tenant;
    TenantLimits limits{};
    /// The queue record that the message came in.
    std::optional<store::SourceOffset> source{};
    /// Set while the node waits for a store to have room: the pack then waits too, instead of
    /// timing out, for nothing that was acknowledged to a device may be dropped.
    bool waits_for_storage = false;
    /// Set by a node: from here on the message counts as processed, whatever becomes of it.
    bool acknowledged = false;
};

class Node {
  public:
    virtual ~Node() = default;
    /// `visit` outlives the task that is answered. An exception counts as an Error.
    virtual Step on_message(Visit& visit) = 0;
};

class NodeEvents;
struct NodeInfo;
class CalculatedFields;

/// What nodes work with; outlives them. All but `clock` and `log` belong to the worker's thread.
struct NodeServices {
    core::Telemetry& telemetry;
    core::Attributes& attributes;
    store::EntityStore& entities;
    core::RuleIngress& ingress;  ///< For new messages.
    model::PayloadParser& parser;
    core::DeviceRpc* rpc;  ///< Null: no transport of this process carries RPC.
    const Clock& clock;
    Log log;
    /// Work that goes on after the message is done; false, and nothing runs: too much does already,
    /// or the engine stops. Ends with the engine.
    std::function<bool(std::string name, Task<> task)> spawn;
    core::EntityEvents& events;
    Timers& timers;
    HeldMessages& held;  ///< For messages that a node answers later than at its visit.
    std::string service_id;
    SharedCounts& counts;
    core::DeviceStates* device_states;  ///< Null: no states of devices are kept here.
    Scripts& scripts;
    const ExternalSettings& external;
    ExternalMetrics& external_metrics;
    Outside outside;
    NodeEvents* node_events = nullptr;  ///< Null: nobody keeps them.
    /// Whether this worker is the one that has the place `key` in the node's queue. Empty: it is.
    std::function<bool(const NodeInfo& node, const Uuid& key)> has_place{};
    /// Null: none are kept here.
    CalculatedFields* calculated = nullptr;
    core::Replies* replies = nullptr;  ///< Null: nobody waits for answers of chains.

    /// What the services of entities stand on.
    core::Platform platform() { return {entities, telemetry, attributes, events, clock, log}; }
    /// The way into the queue that the node names; an unknown one: Main.
    core::RuleIngress& queue_of(const NodeInfo& node);
};

/// Which node of which chain it is.
struct NodeInfo {
    model::TenantId tenant;
    model::RuleChainId rule_chain;
    model::RuleNodeId rule_node;
    std::string name;
    std::string chain_name;
    std::string queue_name{};  ///< Of nodes that have one; empty: Main.
    friend bool operator==(const NodeInfo&, const NodeInfo&) = default;
};

inline core::RuleIngress& NodeServices::queue_of(const NodeInfo& node) {
    return ingress.way_to(node.tenant, node.queue_name);
}

enum class NodeKind : std::uint8_t {
    filter,
    enrichment,
    transformation,
    action,
    external,
    flow,
    analytics
};

inline constexpr std::array<std::string_view, 2> success_or_failure{"Success", "Failure"};

/// Whether every server runs the node, or one of them.
enum class Clustering : std::uint8_t { everywhere, one_server, as_users_say };

/// Of which chains the node may be a part.
enum class ChainKinds : std::uint8_t { all, core_only, edge_only };

/// A kind of node: the editor, the loader and the docs read it.
struct NodeDescriptor {
    std::string_view type;  ///< The class name on the wire.
    std::string_view name;
    NodeKind kind = NodeKind::action;
    std::string_view summary;
    std::int32_t configuration_version = 0;
    std::span<const std::string_view> relations = success_or_failure;
    bool custom_relations = false;
    bool has_input = true;
    bool has_output = true;
    bool has_queue_name = false;
    bool calls_chain = false;  ///< The editor lets people choose a chain.
    Clustering clustering = Clustering::everywhere;
    ChainKinds chains = ChainKinds::all;
    /// It acts on what no store of ours holds, as external ones do: a replay leaves it out.
    bool beyond_stores = false;
    /// Which form of the editor shows the configuration; empty: the JSON itself.
    std::string_view form{};
    std::string_view icon{};
    std::string_view details{};  ///< More than the summary, as HTML.
    /// Of a new node.
    json::value (*default_configuration)();
    /// Errors: the node cannot work with this configuration, and never will.
    Result<std::unique_ptr<Node>> (*make)(const json::value& configuration, const NodeInfo& info,
                                          NodeServices& services);
    /// Brings a configuration of version `from` to configuration_version, step by step. Null if
    /// there is one version. Errors: it cannot be brought there.
    Result<> (*upgrade)(std::int32_t from, json::object& configuration) = nullptr;
    /// Of nodes without input: whose place in the node's queue runs it. Null: the node's own.
    /// Errors: as make().
    Result<Uuid> (*place)(const json::value& configuration, const NodeInfo& info) = nullptr;
};

/// `{"version":0}`, of nodes that have nothing to configure.
struct EmptyConfig {
    std::int32_t version = 0;
};
constexpr auto describe(const EmptyConfig*) {
    return fields(field("version", &EmptyConfig::version, "Always 0."));
}

template <Described Config>
json::value default_configuration() {
    return to_json(Config{});
}

/// Binds the configuration and makes the node: by `NodeT::make(Config, info, services)`, which may
/// refuse it, or by its constructor (Config, info, services).
template <std::derived_from<Node> NodeT, Described Config>
Result<std::unique_ptr<Node>> make_node(const json::value& configuration, const NodeInfo& info,
                                        NodeServices& services) {
    Result<Config> config = from_json<Config>(configuration, Binding::stored);
    if (!config) return config.error();
    if constexpr (requires { NodeT::make(*std::move(config), info, services); })
        return NodeT::make(*std::move(config), info, services);
    else
        return std::unique_ptr<Node>(std::make_unique<NodeT>(*std::move(config), info, services));
}

/// Every kind of node that is built in: the generated table of library `rule_nodes`.
std::span<const NodeDescriptor* const> all_nodes();

}  // namespace thingstead::rule
