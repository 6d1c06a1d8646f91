// Walks messages through chains: entry, routing, copies, nested chains, limits.
//
// Where a relation has several connections the message goes on as copies in memory, and counts as
// done when the last of them is. That is as safe as putting the copies into the queue: its record
// is not committed before, so after a crash the whole message is run again, where copies in the
// queue would be run again one by one. The price is that a retry repeats copies that had succeeded.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "net/task.h"
#include "net/task_group.h"
#include "rule/metrics.h"
#include "rule/pack.h"
#include "rule/settings.h"

namespace thingstead::rule {

/// Hears of each visit of a node as it ends, on the worker's thread.
class VisitObserver {
  public:
    virtual ~VisitObserver() = default;
    virtual void visited(const NodeInfo& node, const Outcome& outcome) = 0;
};

/// Belongs to one worker's thread.
class Walker {
  public:
    /// `tasks` runs what nodes must wait for, on `executor`: the worker's thread.
    Walker(const Settings& settings, Metrics& metrics, NodeEvents& notes, Log log,
           net::TaskGroup& tasks, boost::asio::any_io_executor executor);

    /// Who is brought values that were written without a node; null: nobody.
    void set_calculated(CalculatedFields* calculated) { calculated_ = calculated; }
    /// Null: nobody listens. It outlives the walker.
    void observe(VisitObserver* observer) { observer_ = observer; }
    /// Starts a delivery; it may be done on return. Later ends come from the executor.
    void start(const std::shared_ptr<Pack>& pack, Delivery& delivery);
    /// Tasks that are cancelled from now on leave their messages unfinished.
    void stop() { stopping_ = true; }
    /// Whatever ends from now on has no effect any more: the messages are another owner's.
    void silence() { silent_ = true; }

  private:
    using Time = NodeEvents::Time;

    /// Whether the message brings values to calculated fields before it enters its chain.
    bool is_for_fields(const Delivery& delivery) const;
    Task<> calculate(std::shared_ptr<Pack> pack, Delivery& delivery);
    void enter_from_queue(Delivery& delivery);
    /// Runs ready branches until none can go on at once.
    void run(const std::shared_ptr<Pack>& pack);
    void walk(const std::shared_ptr<Pack>& pack, Branch& branch);
    bool may_visit(Branch& branch);
    static Step visit(Branch& branch);
    Task<> wait(std::shared_ptr<Pack> pack, Branch& branch, Task<Outcome> task);
    /// These return whether the branch has a node to visit next; else it has ended.
    bool proceed(Branch& branch, Outcome& outcome, Time& began);
    /// Writes down the visit that ended; `began` becomes now.
    void note(const Branch& branch, const Outcome& outcome, const Way* way, Time& began);
    void tell_debug(const Branch& branch, const Outcome& outcome);
    bool follow_way(Branch& branch, const Way* way, std::string_view relation);
    bool follow(Branch& branch, const Relation* relations, std::size_t count,
                std::string_view failure_text);
    bool enter_chain(Branch& branch, model::RuleChainId chain);
    bool leave_chain(Branch& branch);
    struct Target {
        NodeIndex node;
        std::string_view relation;
    };
    bool fork(Branch& branch, const std::vector<Target>& targets);
    bool end(Branch& branch, std::optional<Error> failure = std::nullopt);
    void settle(Branch& branch, std::optional<Error> failure);
    void tell_failure(const Branch& branch, const Error& failure);

    const Settings& settings_;
    Metrics& metrics_;
    NodeEvents& notes_;
    Log log_;
    net::TaskGroup& tasks_;
    boost::asio::any_io_executor executor_;
    LogThrottle failures_{std::chrono::seconds(10)};
    std::vector<Branch*> ready_;  ///< Of the delivery that runs now.
    CalculatedFields* calculated_ = nullptr;
    VisitObserver* observer_ = nullptr;
    bool stopping_ = false;
    bool silent_ = false;
};

}  // namespace thingstead::rule
