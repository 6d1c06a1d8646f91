// One partition of the queue: polls, runs packs through the chains, commits. Owns a thread.
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "net/task_group.h"
#include "rule/chain_cache.h"
#include "rule/metrics.h"
#include "rule/pack.h"
#include "rule/rule_engine.h"
#include "rule/settings.h"
#include "rule/strategy.h"
#include "rule/walker.h"

namespace thingstead::rule {

class Worker {
  public:
    /// Errors: those of opening the consumer or producer.
    static Result<std::unique_ptr<Worker>> open(const Settings& settings, const Services& services,
                                                const NodeRegistry& registry, Metrics& metrics,
                                                queue::PartitionIndex partition,
                                                std::shared_ptr<ChainChanges> changes);
    /// stop() and join.
    ~Worker();

    void start();
    /// Asks the thread to end after the pack that runs. Thread-safe, idempotent.
    void stop();
    void join();

  private:
    using Clock = std::chrono::steady_clock;
    using Batch = std::shared_ptr<queue::Batch>;

    Worker(const Settings& settings, const Services& services, const NodeRegistry& registry,
           Metrics& metrics, queue::PartitionIndex partition,
           std::shared_ptr<ChainChanges> changes);

    void run();
    void seek_to_start();
    void run_once();
    Batch poll();
    /// False: stopping, and the batch is not done.
    bool process(const Batch& batch);
    std::shared_ptr<Pack> decode(const Batch& batch, const std::vector<std::size_t>& records,
                                 bool again);
    bool load_chains(Pack& pack);
    bool load_chains_of(model::TenantId tenant, Result<ChainCache::Chains>& loaded);
    /// False: stopping.
    bool run_attempt(const std::shared_ptr<Pack>& pack);
    AttemptResult result_of(const Pack& pack) const;
    void give_up_waiting(const std::shared_ptr<Pack>& pack, bool invalidate);
    void tell_timeout(const Pack& pack) const;
    void progress();
    /// Runs the context's handlers for `duration`, or until stop().
    void run_for(std::chrono::milliseconds duration);
    void drain();

    Settings settings_;
    Services services_;
    Metrics& metrics_;
    queue::PartitionIndex partition_;
    Gauge lag_;

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    model::PayloadParser parser_;
    std::unique_ptr<core::RuleIngress> ingress_;
    std::unique_ptr<queue::Consumer> consumer_;
    net::TaskGroup tasks_;       ///< What messages wait for.
    net::TaskGroup background_;  ///< What nodes do after their message.
    std::optional<NodeServices> node_services_;
    std::optional<ChainCache> chains_;
    Walker walker_;

    queue::Offset position_ = 0;   ///< Every record below was done or lingers.
    queue::Offset processed_ = 0;  ///< As told to the store.
    std::vector<std::shared_ptr<Pack>> lingering_;
    mutable LogThrottle undecodable_{std::chrono::seconds(10)};
    mutable LogThrottle unavailable_{std::chrono::seconds(10)};
    mutable LogThrottle timeouts_{std::chrono::seconds(10)};

    const NodeRegistry& registry_;
    std::shared_ptr<ChainChanges> changes_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace thingstead::rule
