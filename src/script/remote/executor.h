// The role js-executor: takes requests from the queue, has processes answer them, and sends the
// answers to whoever asked.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue.h"
#include "script/remote_settings.h"
#include "script/script.h"

namespace thingstead::script::remote {

/// What both ends stand on; outlives them.
struct Surroundings {
    queue::Queue& queue;
    const Clock& clock;
    Log log;
    MetricsRegistry& metrics;
    /// What the queue puts before names of topics, its dot included: names in records are whole.
    std::string topic_prefix{};
};

class Executor {
  public:
    /// `worker_command`: the program of a process, and its arguments. Begins to answer.
    /// Errors: unavailable - processes cannot be started here, or the queue.
    static Result<std::unique_ptr<Executor>> open(const Settings& settings, const Limits& limits,
                                                  std::vector<std::string> worker_command,
                                                  Surroundings around);
    /// stop().
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Errors: unavailable - no process can be started at present.
    Result<> health() const;
    /// Takes no more, ends its processes. Blocks. Idempotent. Before the queue.
    void stop();

  private:
    struct Impl;
    explicit Executor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::script::remote
