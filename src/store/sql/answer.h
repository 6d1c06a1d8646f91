// Lets a coroutine wait for an answer from a thread of a driver.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/error.h"
#include "net/task.h"

namespace thingstead::store::sql {

using Answer = std::function<void(Result<>)>;

/// A coroutine that waits for a work; it goes on where it came from.
template <class Handler>
struct Caller {
    Caller(Handler h, const boost::asio::any_io_executor& executor)
        : handler(std::move(h)), keep_running(executor) {}

    /// The guard goes along: it is let go where the handler runs.
    void resume(Result<> result) {
        const boost::asio::any_io_executor executor = keep_running.get_executor();
        boost::asio::post(
            executor, [h = std::move(handler), r = std::move(result),
                       guard = std::move(keep_running)]() mutable { std::move(h)(std::move(r)); });
    }

    Handler handler;
    boost::asio::executor_work_guard<boost::asio::any_io_executor> keep_running;
};

/// Suspends the caller until `start` was given an answer. `start(answer)` may answer at once, and
/// its function must be called exactly once, from any thread.
template <class Start>
Task<Result<>> wait_for_answer(Start start) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    const auto initiate = [executor](auto handler, Start begin) {
        auto caller = std::make_shared<Caller<decltype(handler)>>(std::move(handler), executor);
        begin([caller](Result<> result) { caller->resume(std::move(result)); });
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                   void(Result<>)>(
        initiate, boost::asio::use_awaitable, std::move(start));
}

}  // namespace thingstead::store::sql
