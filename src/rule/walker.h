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

/// Belongs to one worker's thread.
class Walker {
  public:
    /// `tasks` runs what nodes must wait for, on `executor`: the worker's thread.
    Walker(const Settings& settings, Metrics& metrics, Log log, net::TaskGroup& tasks,
           boost::asio::any_io_executor executor);

    /// Starts a delivery; it may be done on return. Later ends come from the executor.
    void start(const std::shared_ptr<Pack>& pack, Delivery& delivery);
    /// Tasks that are cancelled from now on leave their messages unfinished.
    void stop() { stopping_ = true; }
    /// Whatever ends from now on has no effect any more: the messages are another owner's.
    void silence() { silent_ = true; }

  private:
    void enter_from_queue(Delivery& delivery);
    /// Runs ready branches until none can go on at once.
    void run(const std::shared_ptr<Pack>& pack);
    void walk(const std::shared_ptr<Pack>& pack, Branch& branch);
    bool may_visit(Branch& branch);
    static Step visit(Branch& branch);
    Task<> wait(std::shared_ptr<Pack> pack, Branch& branch, Task<Outcome> task);
    /// These return whether the branch has a node to visit next; else it has ended.
    bool proceed(Branch& branch, Outcome& outcome);
    bool follow(Branch& branch, const Relation* relations, std::size_t count,
                std::string_view failure_text);
    bool enter_chain(Branch& branch, model::RuleChainId chain);
    bool leave_chain(Branch& branch);
    bool fork(Branch& branch, const std::vector<NodeIndex>& targets);
    bool end(Branch& branch, std::optional<Error> failure = std::nullopt);
    void tell_failure(const Branch& branch, const Error& failure);

    const Settings& settings_;
    Metrics& metrics_;
    Log log_;
    net::TaskGroup& tasks_;
    boost::asio::any_io_executor executor_;
    LogThrottle failures_{std::chrono::seconds(10)};
    std::vector<Branch*> ready_;  ///< Of the delivery that runs now.
    bool stopping_ = false;
    bool silent_ = false;
};

}  // namespace thingstead::rule
