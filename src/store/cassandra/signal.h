// Lets a coroutine wait for something else on its own thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "net/task.h"

namespace thingstead::store::cassandra {

/// Raised once or again and again; a raise before the wait counts. One waiter. A cancelled waiter
/// ends by operation_aborted. Lives as long as its waiter.
class Signal {
  public:
    explicit Signal(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void raise() {
        raised_ = true;
        timer_.cancel();
    }
    /// Returns after the next raise, or when `at_most` has passed; lowers the signal.
    Task<> wait(std::chrono::milliseconds at_most = std::chrono::hours(1'000)) {
        const auto deadline = std::chrono::steady_clock::now() + at_most;
        while (!raised_ && std::chrono::steady_clock::now() < deadline) {
            timer_.expires_at(deadline);
            co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        raised_ = false;
    }

  private:
    boost::asio::steady_timer timer_;
    bool raised_ = false;
};

}  // namespace thingstead::store::cassandra
