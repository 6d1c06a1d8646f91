// A process that runs scripts, as the executor holds it: started, asked, killed.
#pragma once
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "script/remote/frames.h"
#include "script/remote/worker.h"

namespace thingstead::script::remote {

/// Belongs to one thread, which outlives it: the system ends the process with that thread.
class WorkerProcess {
  public:
    /// `command`: the program and its arguments, without a shell.
    WorkerProcess(std::vector<std::string> command, WorkerOptions options)
        : command_(std::move(command)), options_(options) {}
    /// kill().
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    bool is_alive() const { return pid_ > 0; }
    pid_t pid() const { return pid_; }
    /// Waits until it is ready. Errors: unavailable - it cannot be started, or says why it cannot
    /// work here.
    Result<> start();
    /// One question, one answer. After an error the process has to be killed.
    /// Errors: timeout; unavailable - it is gone; too_large.
    Result<std::string> ask(std::string_view frame, const Patience& patience);
    /// Its end in words: "signal 11 (Segmentation fault)". `wait`: that long it may end by itself.
    /// Idempotent.
    std::string kill(std::chrono::milliseconds wait = {});
    /// Whether its last end was the system's, for its time was over.
    bool used_up() const { return used_up_; }

  private:
    Result<> spawn();

    const std::vector<std::string> command_;
    WorkerOptions options_;
    pid_t pid_ = -1;
    int channel_ = -1;
    bool used_up_ = false;
};

}  // namespace thingstead::script::remote
