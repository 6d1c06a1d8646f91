// Counts, names, cancels and awaits coroutines: nothing is spawned detached.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/log.h"
#include "net/task.h"

namespace thingstead::net {

class TaskGroup {
  public:
    /// `log` hears of an exception that ends a task, with the task's name; the process goes on.
    TaskGroup(std::string name, Log log);
    /// The group must be empty: stop() was awaited, or nothing was ever spawned.
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task` on `executor`; refused (false, the task is destroyed unstarted) once stopping,
    /// or when `size() == limit` for a limit set with set_limit(). Thread-safe.
    bool spawn(boost::asio::any_io_executor executor, std::string task_name, Task<> task);
    void set_limit(std::size_t tasks_max);
    std::size_t size() const;

    /// Refuses new tasks and cancels (cancellation_type::all) those that run. Thread-safe,
    /// idempotent.
    void cancel();
    /// cancel(), then waits until the last task ended or `deadline` passed; true if all ended.
    /// Blocks the calling thread: not for I/O threads.
    bool stop(std::chrono::milliseconds deadline);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace thingstead::net
