// One node with fakes below, handed one message at a time: no engine, no threads.
#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/task_group.h"
#include "rule/field_states.h"
#include "rule/node.h"
#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {

/// What became of a message.
struct NodeAnswer {
    std::vector<std::string> relations;  ///< "Failure" with `error`; none: see `consumed`.
    std::string error;                   ///< Text of the failure.
    bool consumed = false;
    bool acknowledged = false;             ///< It counts as processed from here on.
    model::Msg msg;                        ///< As the node left it.
    std::vector<model::QueuedMsg> queued;  ///< What it put into the queue.
    std::optional<Outcome> outcome;        ///< All that it told.

    /// The one relation, "consumed", or several joined by '+'.
    std::string way() const;
};

/// The stores, clock, tenant and device are those of `house`; change them before or between.
class NodeBench {
  public:
    NodeBench();
    /// With `entities`, which outlive the bench, in place of the house's.
    explicit NodeBench(store::EntityStore& entities);
    ~NodeBench();

    /// Makes the node anew. `type` without "org.thingsboard.rule.engine."; the configuration is of
    /// the current version. Errors: those of the node's make().
    Result<> make(std::string_view type, std::string_view configuration);
    /// The same with the node's default configuration.
    Result<> make(std::string_view type);

    /// A message of the device, POST_TELEMETRY_REQUEST.
    model::Msg message(std::string_view data, const model::Metadata& metadata = {}) const;
    /// Runs until the node answered and nothing more is ready. A node that waits is given ten
    /// seconds.
    NodeAnswer send(model::Msg msg);
    /// The same for several messages of which none waits for the one before. What was put into the
    /// queue is with the last.
    std::vector<NodeAnswer> send_together(std::vector<model::Msg> msgs);
    NodeAnswer send(std::string_view data, const model::Metadata& metadata = {}) {
        return send(message(data, metadata));
    }
    /// Runs what became ready.
    void run_ready();
    /// The same after a turn of the clock; what was put into the queue meanwhile.
    std::vector<model::QueuedMsg> turn(std::chrono::milliseconds by);
    /// The same, and waits for what nodes then do in the background; ten seconds at most.
    std::vector<model::QueuedMsg> turn_and_wait(std::chrono::milliseconds by);
    /// Runs what a task waits for, at most ten seconds.
    Result<> run(Task<Result<>> task);
    NodeServices& services() { return *services_; }
    /// As after a restart: what was not written is lost.
    void forget_states();
    /// The node is gone, as after a change of its chain.
    void drop_node() { node_.reset(); }
    NodeInfo info() const;

    Fixture house;
    boost::asio::io_context context{1};
    Timers timers{house.clock, house.log.log};
    Gauge held_gauge{house.metrics, "held", "For tests."};
    HeldMessages held{3, 10'000, held_gauge};
    SharedCounts counts;
    Scripts scripts{house.script_engines(), {}};
    ExternalMetrics external_metrics{house.metrics};
    core::DeviceStates* device_states = nullptr;  ///< For the node that is made next.
    Outside outside;                              ///< Likewise.
    core::Replies* replies = nullptr;             ///< Likewise.
    std::optional<FieldStates> states;            ///< With what the entity store has.
    std::string queue_name;                       ///< Of the node that is made next.

  private:
    void run_until(const std::function<bool()>& done);

    store::EntityStore& entities_;
    core::Attributes attributes_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    model::PayloadParser parser_;
    std::unique_ptr<core::RuleIngress> ingress_;
    net::TaskGroup background_;
    std::optional<NodeServices> services_;
    model::RuleNodeId node_id_ = model::RuleNodeId::make();
    std::vector<std::unique_ptr<Visit>> visits_;
    std::unique_ptr<Node> node_;
};

/// {"k","v"} pairs.
model::Metadata metadata_of(std::initializer_list<std::pair<std::string_view, std::string_view>>);

/// The configuration of an older version, brought up to date; the error's text if it cannot be.
std::string upgraded(std::string_view type, std::int32_t from, std::string_view configuration);

/// The configuration of a new node, as JSON text.
std::string default_of(std::string_view type);

}  // namespace thingstead::rule::testing
