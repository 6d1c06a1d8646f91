#include "net/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <limits>
#include <list>
#include <mutex>

#include "base/error.h"

namespace thingstead::net {
namespace asio = boost::asio;

namespace {

struct Child {
    Child(std::string n, asio::any_io_executor e) : name(std::move(n)), executor(std::move(e)) {}

    std::string name;
    asio::any_io_executor executor;
    asio::cancellation_signal signal{};  ///< Touched on `executor` only.
};
/// Shared with a posted cancellation, which may come after the child's end and then does nothing.
using Children = std::list<std::shared_ptr<Child>>;

}  // namespace

struct TaskGroup::State : std::enable_shared_from_this<TaskGroup::State> {
    State(std::string n, Log l) : name(std::move(n)), log(std::move(l)) {}

    const std::string name;
    const Log log;
    mutable std::mutex mutex;
    std::condition_variable ended;
    Children children;
    std::size_t limit = std::numeric_limits<std::size_t>::max();
    bool stopping = false;

    void start(Children::iterator child, Task<> task);
    void report(const std::string& task_name, const std::exception_ptr& thrown);
    void remove(Children::iterator child);
};

/// Runs on the child's executor, so that a cancellation posted later finds the slot connected.
void TaskGroup::State::start(Children::iterator child, Task<> task) {
    auto on_end = [self = shared_from_this(), child](std::exception_ptr thrown) {
        if (thrown) self->report((*child)->name, thrown);
        self->remove(child);
    };
    asio::co_spawn((*child)->executor, std::move(task),
                   asio::bind_cancellation_slot((*child)->signal.slot(), std::move(on_end)));
}

/// A task that was cancelled ends with operation_aborted: no news.
void TaskGroup::State::report(const std::string& task_name, const std::exception_ptr& thrown) {
    const auto tell = [&](const char* what) {
        log.error("net.task.failed", {
                                         {"group",  name     },
                                         {"task",   task_name},
                                         {"reason", what     }
        });
    };
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) tell(error.what());
    } catch (const std::exception& error) {
        tell(error.what());
    } catch (...) {
        tell("an exception of an unknown type");
    }
}

void TaskGroup::State::remove(Children::iterator child) {
    Children grave;  // A child's members are destroyed outside the lock.
    const std::lock_guard lock(mutex);
    grave.splice(grave.begin(), children, child);
    if (children.empty()) ended.notify_all();
}

TaskGroup::TaskGroup(std::string name, Log log)
    : state_(std::make_shared<State>(std::move(name), std::move(log))) {}

TaskGroup::~TaskGroup() {
    // After a stop() whose deadline passed the rest lives on its own: the state is shared.
    const std::lock_guard lock(state_->mutex);
    TS_ASSERT(state_->children.empty() || state_->stopping);
}

bool TaskGroup::spawn(asio::any_io_executor executor, std::string task_name, Task<> task) {
    Children fresh;
    const auto child =
        fresh.insert(fresh.begin(), std::make_shared<Child>(std::move(task_name), executor));
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping || state_->children.size() >= state_->limit) return false;
        state_->children.splice(state_->children.end(), fresh);
    }
    asio::dispatch(executor, [state = state_, child, work = std::move(task)]() mutable {
        state->start(child, std::move(work));
    });
    return true;
}

void TaskGroup::set_limit(std::size_t tasks_max) {
    const std::lock_guard lock(state_->mutex);
    state_->limit = tasks_max;
}

std::size_t TaskGroup::size() const {
    const std::lock_guard lock(state_->mutex);
    return state_->children.size();
}

void TaskGroup::cancel() {
    const std::lock_guard lock(state_->mutex);
    if (std::exchange(state_->stopping, true)) return;
    for (const std::shared_ptr<Child>& child : state_->children)
        asio::post(child->executor, [child] { child->signal.emit(asio::cancellation_type::all); });
}

bool TaskGroup::stop(std::chrono::milliseconds deadline) {
    cancel();
    std::unique_lock lock(state_->mutex);
    if (state_->ended.wait_for(lock, deadline, [this] { return state_->children.empty(); }))
        return true;
    state_->log.error("net.task_group.stuck", {
                                                  {"group", state_->name                  },
                                                  {"tasks", state_->children.size()       },
                                                  {"task",  state_->children.front()->name}
    });
    return false;
}

}  // namespace thingstead::net
