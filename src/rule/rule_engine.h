// The rule engine: takes messages from its queue, runs them through their tenants' chains, and
// commits what the stores hold durably. One worker thread per partition.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/attributes.h"
#include "core/device_rpc.h"
#include "core/entity_events.h"
#include "core/rule_ingress.h"
#include "core/telemetry.h"
#include "model/payload.h"
#include "queue/queue.h"
#include "rule/settings.h"
#include "store/entity_store.h"
#include "store/timeseries_store.h"

namespace thingstead::rule {

struct NodeDescriptor;

inline constexpr std::string_view consumer_group = "re-Main-consumer";

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
};

class RuleEngine {
  public:
    /// Errors: not_found - the topic is not open; conflict - another consumer has a partition.
    static Result<std::unique_ptr<RuleEngine>> open(const Settings& settings,
                                                    const Services& services,
                                                    std::span<const NodeDescriptor* const> nodes);
    /// stop().
    ~RuleEngine();
    RuleEngine(const RuleEngine&) = delete;
    RuleEngine& operator=(const RuleEngine&) = delete;

    void start();
    /// Ends after the packs that run, commits, joins the threads. What is not done is run again
    /// after the next start. Blocks, at most pack_timeout and 10 s. Idempotent.
    void stop();

  private:
    struct Impl;
    explicit RuleEngine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::rule
