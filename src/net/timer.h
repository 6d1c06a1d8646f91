// Waiting, and waiting no longer than agreed.
#pragma once
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "base/error.h"
#include "net/task.h"

namespace thingstead::net {

/// Resumes the caller on its executor after `duration`. Throws operation_aborted when the calling
/// task is cancelled: a TaskGroup takes that as its end.
Task<> sleep_for(std::chrono::milliseconds duration);

/// One signal for a task that is awaited with a deadline, or cancelled by its caller's canceller.
class DeadlineTimer {
  public:
    DeadlineTimer(const boost::asio::any_io_executor& executor, std::chrono::milliseconds after);
    /// Emits into `timer`'s signal when the time has come; stops with cancel().
    static void arm(const std::shared_ptr<DeadlineTimer>& timer);
    void cancel();

    boost::asio::cancellation_signal signal{};
    bool passed = false;

  private:
    boost::asio::steady_timer timer_;
    bool ended_ = false;
};

/// Awaits `task` on the caller's executor and cancels it when `deadline` has passed.
/// Errors: those of `task`; timeout. A task that is deaf to cancellation is waited for all the
/// same, and what it returns counts.
template <class T>
Task<Result<T>> with_deadline(Task<Result<T>> task, std::chrono::milliseconds deadline) {
    namespace asio = boost::asio;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto timer = std::make_shared<DeadlineTimer>(executor, deadline);
    // The signal takes the place of the caller's slot, so its cancellations are passed on by hand.
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    asio::cancellation_slot outer = state.slot();
    if (outer.is_connected())
        outer.assign([timer](asio::cancellation_type type) { timer->signal.emit(type); });
    DeadlineTimer::arm(timer);
    try {
        Result<T> result = co_await asio::co_spawn(
            executor, std::move(task),
            asio::bind_cancellation_slot(timer->signal.slot(), asio::use_awaitable));
        timer->cancel();
        if (outer.is_connected()) outer.clear();
        if (timer->passed && result.has_error())
            co_return Error{ErrorCode::timeout, "timed out", result.error().message};
        co_return result;
    } catch (const boost::system::system_error& error) {
        timer->cancel();
        if (outer.is_connected()) outer.clear();
        if (!timer->passed || error.code() != asio::error::operation_aborted) throw;
        co_return Error{ErrorCode::timeout, "timed out"};
    } catch (...) {
        timer->cancel();
        if (outer.is_connected()) outer.clear();
        throw;
    }
}

}  // namespace thingstead::net
