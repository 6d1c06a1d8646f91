#include "net/blocking_pool.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/thread_name.h"

namespace thingstead::net {
namespace asio = boost::asio;

struct BlockingPool::Impl {
    std::size_t jobs_max = 0;
    mutable std::mutex mutex;
    std::condition_variable work;
    std::deque<std::function<void()>> jobs;
    bool stopping = false;
    std::mutex joining;
    std::vector<std::thread> threads;

    void serve();
};

/// Ends when the pool stops and its queue is empty.
void BlockingPool::Impl::serve() {
    std::unique_lock lock(mutex);
    while (true) {
        work.wait(lock, [this] { return stopping || !jobs.empty(); });
        if (jobs.empty()) return;
        std::function<void()> job = std::move(jobs.front());
        jobs.pop_front();
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
    }
}

BlockingPool::BlockingPool(const char* name, std::size_t threads, std::size_t jobs_max)
    : impl_(std::make_unique<Impl>()) {
    impl_->jobs_max = jobs_max;
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i)
        impl_->threads.emplace_back(
            [impl = impl_.get(), thread_name = name + ("-" + std::to_string(i))] {
                name_this_thread(thread_name);
                impl->serve();
            });
}

BlockingPool::~BlockingPool() { stop(); }

bool BlockingPool::post(std::function<void()> job) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stopping || impl_->jobs.size() >= impl_->jobs_max) return false;
        impl_->jobs.push_back(std::move(job));
    }
    impl_->work.notify_one();
    return true;
}

std::size_t BlockingPool::queued() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->jobs.size();
}

void BlockingPool::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->work.notify_all();
    const std::lock_guard lock(impl_->joining);
    for (std::thread& thread : impl_->threads) thread.join();
    impl_->threads.clear();
}

namespace {

/// The suspended caller of run_erased() while its work is in the pool.
template <class Handler>
struct Caller {
    Caller(Handler h, const asio::any_io_executor& e) : handler(std::move(h)), keep_running(e) {}

    Handler handler;
    asio::executor_work_guard<asio::any_io_executor> keep_running;

    void resume(std::exception_ptr thrown, bool queued) {
        // What keeps the caller's context running goes there with the answer: when this thread is
        // done with the job, the context may be gone.
        const asio::any_io_executor executor = keep_running.get_executor();
        asio::post(executor, [h = std::move(handler), keep = std::move(keep_running),
                              thrown = std::move(thrown),
                              queued]() mutable { std::move(h)(std::move(thrown), queued); });
    }
};

}  // namespace

Task<bool> BlockingPool::run_erased(std::function<void()> work) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto start = [this, executor](auto handler, std::function<void()> body) {
        auto caller = std::make_shared<Caller<decltype(handler)>>(std::move(handler), executor);
        const bool queued = post([caller, job = std::move(body)] {
            std::exception_ptr thrown;
            try {
                job();
            } catch (...) {
                thrown = std::current_exception();
            }
            caller->resume(std::move(thrown), true);
        });
        if (!queued) caller->resume(nullptr, false);
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(std::exception_ptr, bool)>(
        start, asio::use_awaitable, std::move(work));
}

}  // namespace thingstead::net
