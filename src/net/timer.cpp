#include "net/timer.h"

namespace thingstead::net {

Task<> sleep_for(std::chrono::milliseconds duration) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

DeadlineTimer::DeadlineTimer(const boost::asio::any_io_executor& executor,
                             std::chrono::milliseconds after)
    : timer_(executor, after) {}

void DeadlineTimer::arm(const std::shared_ptr<DeadlineTimer>& timer) {
    timer->timer_.async_wait([timer](const boost::system::error_code& error) {
        if (error || timer->ended_) return;
        timer->passed = true;
        timer->signal.emit(boost::asio::cancellation_type::terminal);
    });
}

void DeadlineTimer::cancel() {
    ended_ = true;
    timer_.cancel();
}

}  // namespace thingstead::net
