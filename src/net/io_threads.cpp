#include "net/io_threads.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <thread>

#include "base/error.h"
#include "net/thread_name.h"

namespace thingstead::net {
namespace {

/// An io_context whose pending handlers can be destroyed before the context itself.
class Context : public boost::asio::io_context {
  public:
    Context() : io_context(1) {}
    using execution_context::shutdown;
};

using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

}  // namespace

struct IoThreads::Impl {
    std::vector<std::unique_ptr<Context>> contexts;
    std::vector<WorkGuard> guards;
    std::vector<std::thread> threads;
    std::atomic<std::size_t> turn{0};
};

IoThreads::IoThreads(std::size_t count, const char* name) : impl_(std::make_unique<Impl>()) {
    count = std::max<std::size_t>(count, 1);
    for (std::size_t i = 0; i < count; ++i) {
        Context& context = *impl_->contexts.emplace_back(std::make_unique<Context>());
        impl_->guards.emplace_back(context.get_executor());
    }
    for (std::size_t i = 0; i < count; ++i) {
        impl_->threads.emplace_back(
            [context = impl_->contexts[i].get(), thread_name = name + ("-" + std::to_string(i))] {
                name_this_thread(thread_name);
                context->run();
            });
    }
}

IoThreads::~IoThreads() {
    stop();
    for (std::thread& thread : impl_->threads) {
        TS_ASSERT(thread.get_id() != std::this_thread::get_id());
        thread.join();
    }
    // What still waits is destroyed while every context is there: a coroutine of one thread may own
    // a timer or socket of another.
    for (auto& context : impl_->contexts) context->shutdown();
}

std::size_t IoThreads::count() const { return impl_->contexts.size(); }

boost::asio::io_context& IoThreads::at(std::size_t index) { return *impl_->contexts.at(index); }

boost::asio::io_context& IoThreads::next() {
    return at(impl_->turn.fetch_add(1, std::memory_order_relaxed) % count());
}

void IoThreads::stop() {
    // Posted, not called: the handlers that are ready before it run first.
    for (auto& context : impl_->contexts)
        boost::asio::post(*context, [raw = context.get()] { raw->stop(); });
}

}  // namespace thingstead::net
