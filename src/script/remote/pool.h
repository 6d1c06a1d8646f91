// The processes of an executor, a thread for each: requests wait in one bounded line, whoever is
// free takes the next. A process that does not keep to its limits is killed and replaced; what it
// was asked is answered with what went wrong.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/lru_cache.h"
#include "base/metrics.h"
#include "script/remote/protocol.h"
#include "script/remote/worker_process.h"
#include "script/remote_settings.h"

namespace thingstead::script::remote {

struct Job {
    Request request;
    EpochMs expires_ms = 0;  ///< Nobody waits for the answer any more; 0: never.
    /// On a thread of the pool. Not called if it expired or the pool was stopped.
    std::function<void(Response)> done;
};

class WorkerPool {
  public:
    /// Tries one process first. `command`: the program of a process.
    /// Errors: unavailable - it cannot be started or cannot be sealed here.
    static Result<std::unique_ptr<WorkerPool>> open(const ExecutorSettings& settings,
                                                    const Limits& limits,
                                                    std::vector<std::string> command,
                                                    const Clock& clock, Log log,
                                                    MetricsRegistry& metrics);
    /// stop().
    ~WorkerPool();

    /// Blocks while pending_max wait. False, and the job is dropped: the pool is stopping.
    bool submit(Job job);
    /// What is under way and what waits is dropped. Blocks. Idempotent.
    void stop();
    /// Errors: unavailable - no process can be started at present.
    Result<> health() const;

  private:
    WorkerPool(const ExecutorSettings& settings, const WorkerOptions& options,
               std::vector<std::string> command, const Clock& clock, Log log,
               MetricsRegistry& metrics);
    void run();
    std::optional<Job> take();
    bool expired(const Job& job) const;
    Response answer(WorkerProcess& process, Request request);
    Response ask_once(WorkerProcess& process, const Request& request, bool& innocent);
    Response gone(WorkerProcess& process, const Request& request, const Error& why, bool& innocent);
    bool ready(WorkerProcess& process);
    std::chrono::milliseconds time_of(const Request& request) const;

    const ExecutorSettings settings_;
    const WorkerOptions options_;
    const std::vector<std::string> command_;
    const Clock& clock_;
    const Log log_;
    LogThrottle lines_{std::chrono::seconds(10)};
    Counter answered_;
    Counter expired_;
    Counter replaced_;
    Gauge waiting_;
    LruCache<std::string, std::string> bodies_;  ///< By hash: any process may be asked.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    std::atomic<bool> stopping_ = false;         ///< Changes under the lock.
    std::atomic<std::size_t> cannot_start_ = 0;  ///< Threads whose process could not be started.
    std::vector<std::thread> threads_;
};

}  // namespace thingstead::script::remote
