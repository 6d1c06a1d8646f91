// The rule engine: takes messages from its queue, runs them through their tenants' chains, and
// commits what the stores hold durably. It is a member of a consumer group, which shares the
// partitions among processes: one worker thread per partition that this process owns.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/attributes.h"
#include "core/device_rpc.h"
#include "core/device_states.h"
#include "core/entity_events.h"
#include "core/replies.h"
#include "core/rule_ingress.h"
#include "core/rule_queues.h"
#include "core/rule_trace.h"
#include "core/telemetry.h"
#include "model/payload.h"
#include "queue/queue.h"
#include "rule/outside.h"
#include "rule/scripts.h"
#include "rule/settings.h"
#include "store/entity_store.h"
#include "store/event_store.h"
#include "store/timeseries_store.h"

namespace thingstead::rule {

struct NodeDescriptor;

/// What the engine works with; all outlive it.
struct Services {
    queue::Queue& queue;  ///< With core::main_topic opened.
    store::TimeseriesStore& timeseries;
    store::EntityStore& entities;
    core::Telemetry& telemetry;
    core::Attributes& attributes;
    core::EntityEvents& events;
    core::DeviceRpc* rpc;  ///< Null: no transport of this process carries RPC.
    core::IngressMetrics& ingress_metrics;
    MetricsRegistry& metrics;
    const Clock& clock;
    Log log;
    model::PayloadSettings payload{};
    std::string service_id{};                     ///< Of this process, in data that nodes make.
    core::DeviceStates* device_states = nullptr;  ///< Null: none are kept here.
    ScriptEngines scripts{};
    Outside outside{};
    store::EventStore* event_store = nullptr;  ///< Null: no events are kept.
    core::RuleQueues* queues = nullptr;        ///< Told of the queues; null: there is Main alone.
    /// How topics of queues other than Main are opened, but for the name; at most so many
    /// partitions.
    queue::TopicSettings topic{};
    core::Replies* replies = nullptr;  ///< Null: nobody waits for answers of chains.
};

class RuleEngine {
  public:
    /// Errors: not_found - the topic is not open.
    static Result<std::unique_ptr<RuleEngine>> open(const Settings& settings,
                                                    const Services& services,
                                                    std::span<const NodeDescriptor* const> nodes);
    /// stop().
    ~RuleEngine();
    RuleEngine(const RuleEngine&) = delete;
    RuleEngine& operator=(const RuleEngine&) = delete;

    /// Tells `listener` of each partition that comes, before its first message is run, and of each
    /// that goes, after its last: for what belongs to the owner of a partition. Called on a thread
    /// of the queue, or on the one that starts or stops, one call at a time; others wait for the
    /// partition meanwhile, so it must not take long. Before start(); called until stop() returns.
    void on_ownership(std::function<void(queue::PartitionIndex, bool owned)> listener);
    /// Whether this process runs the partition's messages. Thread-safe.
    bool owns(queue::PartitionIndex partition) const;

    /// What the messages did last; valid as long as the engine.
    const core::RuleTrace& trace() const;

    /// Joins the groups of the queues; partitions come now or later. Once. A queue other than Main
    /// that cannot be run is logged, and tried again.
    /// Errors: conflict - another has the partitions, and the queue shares none; unavailable.
    Result<> start();
    /// Ends after the packs that run, commits, joins the threads, leaves the group. What is not
    /// done is run again by the next owner. Blocks, at most pack_timeout and stop_timeout as far as
    /// the queue lets go. Idempotent.
    void stop();

  private:
    struct Impl;
    explicit RuleEngine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::rule
