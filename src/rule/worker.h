// One partition of the queue, from its assignment to its revocation: polls, runs packs through the
// chains, commits. Owns a thread.
#pragma once
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/task_group.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/chain_cache.h"
#include "rule/field_states.h"
#include "rule/held_messages.h"
#include "rule/letter_box.h"
#include "rule/metrics.h"
#include "rule/node_events.h"
#include "rule/pack.h"
#include "rule/queue_counts.h"
#include "rule/queue_plan.h"
#include "rule/rule_engine.h"
#include "rule/scripts.h"
#include "rule/settings.h"
#include "rule/shared_counts.h"
#include "rule/sources.h"
#include "rule/strategy.h"
#include "rule/timers.h"
#include "rule/walker.h"

namespace thingstead::rule {

/// What all workers of a process share; outlives them.
struct WorkerHouse {
    const Services& services;
    const NodeRegistry& registry;
    Metrics& metrics;
    SharedCounts& counts;
    NodeRecords records;
    const Sources& sources;
};

class Worker {
  public:
    /// Runs the consumer's partition of the queue. `changes`: of the chains, heard by nobody else
    /// meanwhile.
    Worker(const QueuePlan& plan, const WorkerHouse& house, QueueCounts& queue_counts,
           std::unique_ptr<queue::Consumer> consumer, std::shared_ptr<ChainChanges> changes);
    /// Not before settle() said true, or the stores stopped: they may still answer.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start();
    /// Asks the thread to end. Orderly: after the pack that runs; what is done is then told to the
    /// store, made durable there and committed. Lost: at once, and nothing of that. The thread ends
    /// within pack_timeout and stop_timeout. Thread-safe; may be called again, to hurry.
    void stop(queue::Revocation how);
    void join();
    /// After join(): lets go of the consumer; true if nobody holds on to the worker any more. Else
    /// something waits that is deaf to its end: call again later, on one thread at a time.
    bool settle();
    /// Whoever wakes the worker is still inside of its context for a moment after the worker saw
    /// it: it outlives the worker by that.
    std::shared_ptr<boost::asio::io_context> context() const { return shared_context_; }
    /// After join(): up to where the group was told that records are done; -1: nothing was.
    queue::Offset committed() const { return committed_; }
    /// Records that are not processed and committed yet, as last seen. Thread-safe.
    queue::Offset lag() const { return behind_; }

  private:
    using Clock = std::chrono::steady_clock;
    using Batch = std::shared_ptr<queue::Batch>;

    void run();
    bool open_ingress();
    void begin();
    void seek_to_start();
    void place(queue::Offset next, queue::Offset committed);
    void run_once();
    Batch poll();
    /// Starts to load the chains with nodes that run here without messages.
    void load_sources();
    Task<> load_source(model::TenantId tenant);
    /// Begins with what is due of entities that are here, before a message of them comes.
    void take_up_states();
    Task<> take_up_nodes();
    Task<> take_up_fields();
    Task<Result<>> load_tenant(model::TenantId tenant, bool anew = false);
    /// When stopping it may leave part of the batch undone: see first_to_repeat().
    void process(const Batch& batch);
    bool put_aside(const queue::Batch& batch, std::vector<Unusable> records);
    /// These return false when the rest is to be run again by whoever comes next.
    bool load_chains(Pack& pack);
    bool load_chains_of(model::TenantId tenant, Result<ChainCache::Chains>& loaded);
    bool run_attempt(const std::shared_ptr<Pack>& pack);
    void give_up_waiting(const std::shared_ptr<Pack>& pack, bool invalidate);
    void tell_timeout(const Pack& pack) const;
    void progress();
    queue::Offset first_to_repeat();
    void set_lingering(std::size_t messages);
    /// Calls what is due; then runs one handler of the context, or none until `until`.
    void run_one_until(Clock::time_point until);
    core::RuleIngress& own_queue() { return own_ingress_ ? *own_ingress_ : *ingress_; }
    void return_held();
    Task<> put_back(std::vector<HeldMessages::Hold> holds);
    void hand_over_held(std::chrono::milliseconds time);
    /// Runs the context's handlers for `duration`, or until stop().
    void run_for(std::chrono::milliseconds duration);
    /// The answer may come when nobody waits for it any more.
    template <class T>
    std::shared_ptr<std::optional<Result<T>>> ask(Task<Result<T>> question);

    Clock::time_point pack_end() const { return stopped_at_.load() + settings_.pack_timeout; }
    bool out_of_time() const;
    void end();
    void await_messages();
    void drain(std::chrono::milliseconds time);
    void write_states(std::chrono::milliseconds time);
    void make_durable(std::chrono::milliseconds time);

    const QueuePlan plan_;
    const Settings& settings_ = plan_.settings;
    Services services_;
    Metrics& metrics_;
    SharedCounts& counts_;
    QueueCounts& queue_counts_;
    const Sources& sources_;
    std::unique_ptr<queue::Consumer> consumer_;
    const queue::PartitionIndex partition_;
    const std::int32_t source_;  ///< By which the store knows the partition.
    Gauge lag_;

    const std::shared_ptr<boost::asio::io_context> shared_context_ =
        std::make_shared<boost::asio::io_context>(1);
    boost::asio::io_context& context_ = *shared_context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    model::PayloadParser parser_;
    std::unique_ptr<core::RuleIngress> ingress_;      ///< To Main, and from there to all queues.
    std::unique_ptr<core::RuleIngress> own_ingress_;  ///< To this queue. Null: it is Main.
    LetterBox letters_;
    net::TaskGroup tasks_;       ///< What messages wait for.
    net::TaskGroup background_;  ///< What nodes do after their message.
    Timers timers_;
    HeldMessages held_;
    Scripts scripts_;
    bool returning_ = false;  ///< Messages go back into the queue.
    NodeEvents notes_;
    std::optional<NodeServices> node_services_;
    std::optional<FieldStates> states_;
    std::optional<CalculatedFields> calculated_;
    std::optional<ChainCache> chains_;
    Walker walker_;

    static constexpr queue::Offset unknown = -1;
    queue::Offset position_ = unknown;   ///< Every record below was done, lingers, or is to repeat.
    queue::Offset processed_ = unknown;  ///< As told to the store.
    queue::Offset committed_ = unknown;  ///< As told to the group.
    std::shared_ptr<Pack> running_;      ///< Set beyond run_attempt(): it was not done in time.
    std::optional<queue::Offset> repeat_from_;  ///< Set when stopping with work not done.
    std::vector<std::shared_ptr<Pack>> lingering_;
    std::size_t lingering_messages_ = 0;  ///< As told to the metric.
    std::size_t questions_ = 0;           ///< Of ask(), not answered.
    std::uint64_t sources_seen_ = 0;      ///< Their version when they were loaded.
    std::size_t sources_loading_ = 0;
    std::atomic<queue::Offset> behind_{std::numeric_limits<queue::Offset>::max()};
    mutable LogThrottle unavailable_{std::chrono::seconds(10)};
    mutable LogThrottle timeouts_{std::chrono::seconds(10)};

    const NodeRegistry& registry_;
    std::shared_ptr<ChainChanges> changes_;
    const Clock::time_point assigned_at_ = Clock::now();
    std::atomic<bool> stopping_{false}, lost_{false};
    std::atomic<Clock::time_point> stopped_at_{};  ///< Set before stopping_.
    std::thread thread_;
};

template <class T>
std::shared_ptr<std::optional<Result<T>>> Worker::ask(Task<Result<T>> question) {
    const auto answer = std::make_shared<std::optional<Result<T>>>();
    ++questions_;
    boost::asio::co_spawn(context_, std::move(question),
                          [this, answer](std::exception_ptr thrown, Result<T> got) {
                              --questions_;
                              if (thrown)
                                  *answer = Result<T>(Error{ErrorCode::internal, "an exception"});
                              else
                                  *answer = std::move(got);
                          });
    return answer;
}

}  // namespace thingstead::rule
