#include "net/task_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <stdexcept>

#include "net/io_threads.h"

namespace thingstead::net {
namespace {
using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr auto deadline = 60s;

Task<> count_up(std::atomic<int>& count) {
    ++count;
    co_return;
}

/// Says when it runs and then waits until it is cancelled.
Task<> wait_for_ever(std::promise<void>& running, std::atomic<int>& ended) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 24h);
    running.set_value();
    try {
        co_await timer.async_wait(asio::use_awaitable);
    } catch (...) {
        ++ended;
        throw;
    }
}

Task<> fail() {
    throw std::runtime_error("a bug");
    co_return;
}

/// Blocks its I/O thread, deaf to cancellation.
Task<> hold(std::promise<void>& running, std::future<void> gate) {
    running.set_value();
    gate.wait();
    co_return;
}

TEST(TaskGroup, StopWaitsForTasksOfAllThreads) {
    IoThreads io(2);
    TaskGroup group("test", Log());
    std::atomic<int> count = 0;
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(group.spawn(io.next().get_executor(), "count", count_up(count)));
    EXPECT_TRUE(group.stop(deadline));
    EXPECT_EQ(group.size(), 0u);
    // A task that was cancelled before its first step never ran; the others did so once.
    EXPECT_LE(count, 1000);
}

TEST(TaskGroup, StopCancelsWhatWaitsAndRefusesMore) {
    IoThreads io(2);
    TaskGroup group("test", Log());
    std::promise<void> running[2];
    std::atomic<int> ended = 0;
    for (auto& one : running)
        ASSERT_TRUE(group.spawn(io.next().get_executor(), "wait", wait_for_ever(one, ended)));
    for (auto& one : running) one.get_future().wait();
    EXPECT_TRUE(group.stop(deadline));
    EXPECT_EQ(ended, 2);
    std::atomic<int> count = 0;
    EXPECT_FALSE(group.spawn(io.next().get_executor(), "late", count_up(count)));
    EXPECT_EQ(count, 0);
    EXPECT_TRUE(group.stop(deadline));
}

TEST(TaskGroup, RefusesATaskOverItsLimit) {
    IoThreads io(1);
    TaskGroup group("test", Log());
    group.set_limit(1);
    std::promise<void> running;
    std::atomic<int> ended = 0;
    EXPECT_TRUE(group.spawn(io.next().get_executor(), "wait", wait_for_ever(running, ended)));
    EXPECT_FALSE(group.spawn(io.next().get_executor(), "more", count_up(ended)));
    running.get_future().wait();
    EXPECT_TRUE(group.stop(deadline));
}

TEST(TaskGroup, AnExceptionEndsItsTaskAlone) {
    IoThreads io(1);
    TaskGroup group("test", Log());
    std::promise<void> running;
    std::atomic<int> ended = 0;
    EXPECT_TRUE(group.spawn(io.next().get_executor(), "fail", fail()));
    EXPECT_TRUE(group.spawn(io.next().get_executor(), "wait", wait_for_ever(running, ended)));
    running.get_future().wait();
    EXPECT_EQ(ended, 0);
    EXPECT_TRUE(group.stop(deadline));
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, StopSaysWhenATaskOutlivesTheDeadline) {
    IoThreads io(1);
    TaskGroup group("test", Log());
    std::promise<void> running, gate;
    ASSERT_TRUE(group.spawn(io.next().get_executor(), "deaf", hold(running, gate.get_future())));
    running.get_future().wait();
    EXPECT_FALSE(group.stop(1ms));
    gate.set_value();
    EXPECT_TRUE(group.stop(deadline));
}

}  // namespace
}  // namespace thingstead::net
