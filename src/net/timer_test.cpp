#include "net/timer.h"

#include <gtest/gtest.h>

#include <boost/asio/use_future.hpp>
#include <future>

#include "net/io_threads.h"
#include "net/task_group.h"

namespace thingstead::net {
namespace {
using namespace std::chrono_literals;
namespace asio = boost::asio;

Task<Result<int>> after(std::chrono::milliseconds time, int value) {
    co_await sleep_for(time);
    co_return value;
}

Task<Result<int>> refused() { co_return Error{ErrorCode::conflict, "no"}; }

template <class T>
T run(IoThreads& io, Task<T> task) {
    return asio::co_spawn(io.at(0), std::move(task), asio::use_future).get();
}

TEST(Deadline, GivesWhatTheTaskReturnsInTime) {
    IoThreads io(1);
    EXPECT_EQ(run(io, with_deadline(after(1ms, 7), 60s)).value(), 7);
    EXPECT_EQ(run(io, with_deadline(refused(), 60s)).error().code, ErrorCode::conflict);
}

TEST(Deadline, CancelsTheTaskWhenItPasses) {
    IoThreads io(1);
    EXPECT_EQ(run(io, with_deadline(after(24h, 7), 5ms)).error().code, ErrorCode::timeout);
}

Task<> wait_within(std::promise<void>& started) {
    started.set_value();
    const auto result = co_await with_deadline(after(24h, 1), 24h);
    ADD_FAILURE() << "ended with " << result.has_value();
}

TEST(Deadline, PassesOnTheCancellationOfItsCaller) {
    IoThreads io(1);
    TaskGroup group("test", Log());
    std::promise<void> started;
    ASSERT_TRUE(group.spawn(io.at(0).get_executor(), "wait", wait_within(started)));
    started.get_future().wait();
    EXPECT_TRUE(group.stop(60s));
}

}  // namespace
}  // namespace thingstead::net
