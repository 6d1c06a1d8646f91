#include "net/suspend.h"

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace thingstead::net {
namespace asio = boost::asio;
namespace {

template <class Handler>
struct Suspended {
    Suspended(Handler h, const asio::any_io_executor& e)
        : handler(std::move(h)), slot(asio::get_associated_cancellation_slot(handler)), work(e) {}

    Handler handler;
    asio::cancellation_slot slot;  // belongs to the caller's thread
    asio::executor_work_guard<asio::any_io_executor> work;
    std::atomic<bool> resumed{false};

    static void resume(const std::shared_ptr<Suspended>& caller) {
        if (caller->resumed.exchange(true)) return;
        asio::post(caller->work.get_executor(), [caller] {
            if (caller->slot.is_connected()) caller->slot.clear();
            caller->work.reset();
            std::move(caller->handler)(std::exception_ptr());
        });
    }
};

}  // namespace

Task<> suspend(std::function<void(std::function<void()> resume)> start) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto initiate = [executor](auto handler, const auto& begin) {
        using Waiting = Suspended<decltype(handler)>;
        const auto caller = std::make_shared<Waiting>(std::move(handler), executor);
        if (caller->slot.is_connected())
            caller->slot.assign([weak = std::weak_ptr<Waiting>(caller)](asio::cancellation_type) {
                if (const auto waiting = weak.lock()) Waiting::resume(waiting);
            });
        begin([caller] { Waiting::resume(caller); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        initiate, asio::use_awaitable, start);
}

}  // namespace thingstead::net
