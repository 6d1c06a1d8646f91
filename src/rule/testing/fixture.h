// The house around the rule engine, with fakes below: one tenant, its default root chain, one
// device. Restartable.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_testing.h"
#include "core/access.h"
#include "core/attributes.h"
#include "core/device_sessions.h"
#include "core/entity_events.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "queue/msg_codec.h"
#include "rule/node.h"
#include "rule/rule_engine.h"
#include "rule/testing/fake_queue.h"
#include "rule/testing/fake_stores.h"
#include "script/js/engine.h"
#include "script/tbel/engine.h"

namespace thingstead::rule::testing {

/// The root chain that every tenant gets.
extern const std::string_view default_root_chain;

struct Fixture {
    explicit Fixture(queue::PartitionIndex partitions = 1,
                     std::vector<const NodeDescriptor*> more_nodes = {});
    /// Another process beside `first`, which outlives it: the same queue, tenant and device;
    /// stores, events, log and metrics of its own.
    explicit Fixture(Fixture& first);

    Services services();
    /// `settings` may be changed before.
    void open();
    /// Opens unless it is open, and starts.
    void start();
    void restart();

    /// Stores a chain of the tenant and tells of it.
    model::RuleChain put_chain(std::string_view metadata, bool root = true,
                               model::RuleChainId id = model::RuleChainId::make());
    model::QueuedMsg message(std::string_view type, std::string_view data) const;
    void send(const model::QueuedMsg& message, queue::PartitionIndex partition = 0);
    void send_telemetry(std::string_view data);
    /// Waits until everything sent is committed.
    bool all_committed();
    /// What the engine appended after `from`, decoded.
    std::vector<model::QueuedMsg> messages_from(std::size_t from);

    std::shared_ptr<Board> shared_board = std::make_shared<Board>();
    Board& board = *shared_board;
    ManualClock clock;
    MetricsRegistry metrics;
    MemoryLog log = open_memory_log();
    std::shared_ptr<FakeQueue> shared_queue;
    FakeQueue& queue = *shared_queue;
    FakeTimeseries timeseries{board};
    FakeEntities entities{board};
    core::EntityEvents events;
    core::EntityAccess access{entities};
    core::Subscriptions subscriptions{metrics};
    core::DeviceSessions sessions{{}, events, metrics};
    core::Telemetry telemetry{timeseries, access, subscriptions, clock};
    core::Attributes attributes{entities, subscriptions, sessions, clock};
    core::IngressMetrics ingress_metrics{metrics};
    core::DeviceRpc* rpc = nullptr;
    /// Sanitizers need long to fill even little memory.
    script::Limits script_limits{.memory_bytes_max = 1 << 20, .time_max = std::chrono::seconds(30)};
    script::tbel::TbelEngine tbel{
        {.limits = script_limits, .clock = &clock}
    };
    script::ScriptCache compiled{tbel};
    script::js::JsEngine js{script_limits};
    ScriptEngines script_engines() {
        return {
            .tbel = {&tbel, &compiled},
              .js = {.engine = &js}
        };
    }
    std::vector<const NodeDescriptor*> nodes;
    Settings settings;
    store::EventStore* event_store = nullptr;

    model::TenantId tenant = model::TenantId::make();
    model::DeviceId device = model::DeviceId::make();
    model::RuleChain root;
    std::unique_ptr<RuleEngine> engine;

  private:
    void put_tenant();
};

/// Value of a metric without labels in the text that the registry exposes; -1: there is none.
double metric(const MetricsRegistry& registry, std::string_view name);

}  // namespace thingstead::rule::testing
