#include "net/io_threads.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <set>
#include <thread>

namespace thingstead::net {
namespace {

std::thread::id thread_of(boost::asio::io_context& context) {
    std::promise<std::thread::id> id;
    boost::asio::post(context, [&] { id.set_value(std::this_thread::get_id()); });
    return id.get_future().get();
}

TEST(IoThreads, GivesEachContextItsOwnThread) {
    IoThreads io(3);
    ASSERT_EQ(io.count(), 3u);
    std::set<std::thread::id> ids;
    for (std::size_t i = 0; i < io.count(); ++i) ids.insert(thread_of(io.at(i)));
    EXPECT_EQ(ids.size(), 3u);
    EXPECT_EQ(thread_of(io.at(1)), thread_of(io.at(1)));
}

TEST(IoThreads, NextGoesRoundTheContexts) {
    IoThreads io(2);
    boost::asio::io_context& first = io.next();
    boost::asio::io_context& second = io.next();
    EXPECT_NE(&first, &second);
    EXPECT_EQ(&io.next(), &first);
}

TEST(IoThreads, AtLeastOneThreadRuns) {
    IoThreads io(0);
    EXPECT_EQ(io.count(), 1u);
    EXPECT_NE(thread_of(io.next()), std::this_thread::get_id());
}

TEST(IoThreads, StopRunsWhatWasReadyBefore) {
    int ran = 0;
    {
        IoThreads io(1);
        for (int i = 0; i < 100; ++i) boost::asio::post(io.at(0), [&ran] { ++ran; });
        io.stop();
        io.stop();
    }
    EXPECT_EQ(ran, 100);
}

}  // namespace
}  // namespace thingstead::net
