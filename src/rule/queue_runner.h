// One queue that this process runs: a member of its group, with a worker for every partition that
// is here.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "rule/ownership.h"
#include "rule/queue_counts.h"
#include "rule/queue_plan.h"
#include "rule/worker.h"

namespace thingstead::rule {

/// Hands what changed to the mailboxes of all workers, whoever runs them. Thread-safe.
class ChangeRoom {
  public:
    std::shared_ptr<ChainChanges> mailbox();
    void add(const core::EntityChange& change);
    /// Everybody loads everything anew.
    void add_all();

  private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<ChainChanges>> boxes_;
};

class QueueRunner {
  public:
    /// `ownership`: told of partitions; null: nobody asks. What is given outlives the runner.
    QueueRunner(QueuePlan plan, const WorkerHouse& house, ChangeRoom& changes, QueueCounts& counts,
                Ownership* ownership);
    /// stop().
    ~QueueRunner();
    QueueRunner(const QueueRunner&) = delete;
    QueueRunner& operator=(const QueueRunner&) = delete;

    const QueuePlan& plan() const { return plan_; }
    /// Its topic is open. Errors: conflict, unavailable - as Queue::join().
    Result<> start();
    /// Asks all workers to end after their packs: to stop a queue means to end one after the other.
    void hurry();
    /// Leaves the group; what is not done is run again by the next member. Blocks. Idempotent.
    void stop();
    /// Whether the workers that are here have committed everything there is.
    bool drained() const;
    /// After stop(): whether nobody holds on to anything of it any more; else call again later.
    bool settled();

  private:
    void assigned(std::unique_ptr<queue::Consumer> consumer);
    void revoked(queue::PartitionIndex partition, queue::Revocation how);
    std::unique_ptr<Worker> take(queue::PartitionIndex partition);
    void bury();

    const QueuePlan plan_;
    const WorkerHouse house_;
    ChangeRoom& changes_;
    Ownership* const ownership_;
    QueueCounts& counts_;
    /// By partition: mailboxes that live as long as the runner, whoever runs the partition.
    std::map<queue::PartitionIndex, std::shared_ptr<ChainChanges>> mailboxes_;
    mutable std::mutex mutex_;  ///< Guards workers_.
    std::map<queue::PartitionIndex, std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<Worker>> ended_;  ///< Something in them still waits for a store.
    /// What the last ones were woken through, and when they ended.
    std::deque<
        std::pair<std::chrono::steady_clock::time_point, std::shared_ptr<boost::asio::io_context>>>
        contexts_;
    std::unique_ptr<queue::GroupMember> member_;
};

}  // namespace thingstead::rule
