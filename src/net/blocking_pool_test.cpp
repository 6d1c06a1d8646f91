#include "net/blocking_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "net/io_threads.h"

namespace thingstead::net {
namespace {

TEST(BlockingPool, StopRunsWhatIsQueuedAndRefusesMore) {
    std::promise<void> gate;
    int ran = 0;
    BlockingPool pool("pool", 1, 10);
    ASSERT_TRUE(pool.post([&] { gate.get_future().wait(); }));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.post([&ran] { ++ran; }));
    gate.set_value();
    pool.stop();
    pool.stop();
    EXPECT_EQ(ran, 5);
    EXPECT_FALSE(pool.post([] {}));
}

TEST(BlockingPool, RefusesAJobOverItsLimit) {
    std::promise<void> gate, busy;
    BlockingPool pool("pool", 1, 2);
    ASSERT_TRUE(pool.post([&] {
        busy.set_value();
        gate.get_future().wait();
    }));
    busy.get_future().wait();
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_EQ(pool.queued(), 2u);
    EXPECT_FALSE(pool.post([] {}));
    gate.set_value();
}

struct Places {
    std::thread::id before, work, after;
};

Task<Result<Places>> visit(BlockingPool& pool) {
    Places places;
    places.before = std::this_thread::get_id();
    auto answer =
        co_await pool.run([]() -> Result<std::thread::id> { return std::this_thread::get_id(); });
    if (!answer) co_return answer.error();
    places.work = *answer;
    places.after = std::this_thread::get_id();
    co_return places;
}

TEST(BlockingPool, RunLeavesTheExecutorAndReturnsToIt) {
    IoThreads io(1);
    BlockingPool pool("pool", 2, 10);
    const auto places =
        boost::asio::co_spawn(io.at(0), visit(pool), boost::asio::use_future).get().value();
    EXPECT_EQ(places.before, places.after);
    EXPECT_NE(places.before, places.work);
}

TEST(BlockingPool, RunOfAFullPoolIsUnavailable) {
    IoThreads io(1);
    std::promise<void> gate, busy;
    BlockingPool pool("pool", 1, 0);
    EXPECT_FALSE(pool.post([] {}));
    const auto got = boost::asio::co_spawn(io.at(0), visit(pool), boost::asio::use_future).get();
    ASSERT_TRUE(got.has_error());
    EXPECT_EQ(got.error().code, ErrorCode::unavailable);
}

Task<> throwing(BlockingPool& pool) {
    co_await pool.run([]() -> Result<int> { throw std::runtime_error("disk on fire"); });
}

TEST(BlockingPool, AnExceptionOfTheWorkReachesItsCaller) {
    IoThreads io(1);
    BlockingPool pool("pool", 1, 10);
    auto done = boost::asio::co_spawn(io.at(0), throwing(pool), boost::asio::use_future);
    EXPECT_THROW(done.get(), std::runtime_error);
    EXPECT_TRUE(pool.post([] {}));
}

}  // namespace
}  // namespace thingstead::net
