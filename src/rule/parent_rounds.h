// What the periodic nodes of analytics have in common: once in a period the node goes round its
// parents and tells, behind itself, what it makes of each. Such a node has no input, so it runs in
// the one worker that has its place in the node's queue (rule/sources.h).
//
// A round is a task of its own, and one at a time: a period that ends while one is under way is
// left out. It reads parents page by page, puts messages into the queue as it goes, and ends when
// the node does.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "rule/node.h"
#include "rule/parents.h"
#include "rule/time_unit.h"
#include "rule/timers.h"

namespace thingstead::rule {

/// Part of such a node's configuration.
struct RoundsConfig {
    ParentsConfig parents{};
    std::int32_t period = 5;
    TimeUnit period_unit = TimeUnit::minutes;
    std::optional<std::string> queue_name;

    /// Errors: invalid_argument.
    Result<> check() const { return check_parents(parents); }
};

/// What is told of an entity: values of its telemetry, or why there are none.
struct Told {
    Told(model::EntityId of, Result<json::object> what) : entity(of), values(std::move(what)) {}
    model::EntityId entity;
    Result<json::object> values;
};

/// What a node does with one parent. May outlive the node; belongs to the worker's thread.
class ParentWork {
  public:
    virtual ~ParentWork() = default;
    /// Empty: there is nothing to tell.
    virtual Task<std::vector<Told>> told_of(model::EntityId parent) = 0;
};

/// A node owns one.
class ParentRounds {
  public:
    ParentRounds(const RoundsConfig& config, const NodeInfo& info, NodeServices& services,
                 std::shared_ptr<ParentWork> work);
    ~ParentRounds();
    ParentRounds(const ParentRounds&) = delete;
    ParentRounds& operator=(const ParentRounds&) = delete;

  private:
    struct Round;

    void schedule();
    void tick();
    static Task<> go(std::shared_ptr<Round> round);

    const NodeInfo info_;
    NodeServices& services_;
    const std::chrono::milliseconds period_;
    std::chrono::steady_clock::time_point due_;
    const std::shared_ptr<Round> round_;
    Timer tick_;
};

/// A node that only goes round. Nothing is connected to it; what comes here all the same ends.
class RoundsNode : public Node {
  public:
    RoundsNode(const RoundsConfig& config, const NodeInfo& info, NodeServices& services,
               std::shared_ptr<ParentWork> work)
        : rounds_(config, info, services, std::move(work)) {}

    Step on_message(Visit&) override { return Outcome(Consumed{}); }

  private:
    ParentRounds rounds_;
};

}  // namespace thingstead::rule
