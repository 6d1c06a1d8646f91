// What the engine does beside messages: runs the queues that administrators made, knows where nodes
// without input are, and tells statistics. Owns a thread; the workers never wait for it.
#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "net/task.h"
#include "rule/queue_runner.h"
#include "rule/rule_engine.h"
#include "rule/sources.h"

namespace thingstead::rule {

class Steward {
  public:
    /// What is given outlives the steward.
    Steward(const Settings& settings, const WorkerHouse& house, ChangeRoom& changes,
            Sources& sources, Ownership& main_ownership);
    /// stop().
    ~Steward();
    Steward(const Steward&) = delete;
    Steward& operator=(const Steward&) = delete;

    /// Runs Main, then the other queues. Errors: as QueueRunner::start(), of Main.
    Result<> start();
    /// Ends all queues in good order. Blocks. Idempotent.
    void stop();
    /// Cheap; on any thread.
    void hear(const core::EntityChange& change);

  private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        std::shared_ptr<QueueCounts> counts;  ///< Go on when it is run in another way.
        std::unique_ptr<QueueRunner> runner;
        std::optional<Clock::time_point> unwanted_since{};
    };
    using Queues = std::map<std::string, Running>;  ///< By topic.
    struct News {
        bool queues = false;
        bool all_sources = false;
        std::set<model::TenantId> sources_of{};
    };

    void run();
    bool rest();
    void act();
    template <class T>
    std::optional<Result<T>> await(Task<Result<T>> question);
    /// False: not everything could be done, and is to be tried again.
    bool settle_queues();
    Result<> run_queue(QueuePlan plan);
    Queues::iterator end(Queues::iterator queue);
    void publish(const std::vector<QueuePlan>& plans);
    void retire();
    bool find_sources(const News& news);
    void tell_queues();
    void tell_nodes();

    Settings settings_;
    const WorkerHouse house_;
    const Services& services_;
    ChangeRoom& changes_;
    Sources& sources_;
    Ownership& main_ownership_;
    const std::shared_ptr<boost::asio::io_context> context_;
    /// Without work in between, the context would take itself for stopped.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;

    std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable woken_;
    News news_;
    bool stopping_ = false;

    Queues running_;  ///< Of the steward's thread, once started.
    std::vector<Running> ended_;
    std::vector<core::RuleQueues::Entry> published_;
    Clock::time_point retry_at_{}, queues_told_at_{}, nodes_told_at_{};
    std::thread thread_;
};

}  // namespace thingstead::rule
