#include "net/connect.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "net/task_group.h"

namespace thingstead::net {
namespace {

/// Greets who connects, and closes.
class Greeter {
  public:
    explicit Greeter(IoThreads& io)
        : listener_(io, {.address = "127.0.0.1"}, Log(), metrics_, "greeter",
                    [this](std::unique_ptr<Stream> stream) { accept(std::move(stream)); }) {
        EXPECT_TRUE(listener_.start());
    }
    ~Greeter() {
        listener_.stop();
        tasks_.stop(std::chrono::seconds(10));
    }
    std::uint16_t port() const { return listener_.port(); }

  private:
    void accept(std::unique_ptr<Stream> stream) {
        const auto executor = stream->executor();
        tasks_.spawn(executor, "greet", greet(std::move(stream)));
    }
    static Task<> greet(std::unique_ptr<Stream> stream) {
        static_cast<void>(co_await stream->write(as_bytes("hello")));
        stream->shutdown_write();
    }

    MetricsRegistry metrics_;
    TaskGroup tasks_{"greeter", Log()};
    Listener listener_;
};

/// What the server says until it closes; an error's code in its place.
Task<std::string> read_greeting(boost::asio::io_context& context, Address address) {
    const auto stream = co_await connect(context, address, nullptr);
    if (!stream) co_return std::string(to_string(stream.error().code));
    std::string text;
    std::vector<std::byte> buffer(100);
    while (true) {
        const auto got = co_await (*stream)->read_some(buffer);
        if (!got || *got == 0) co_return text;
        text += as_text(ByteSpan(buffer).first(*got));
    }
}

std::string greeting(IoThreads& io, Address address) {
    auto& context = io.next();
    return boost::asio::co_spawn(context, read_greeting(context, std::move(address)),
                                 boost::asio::use_future)
        .get();
}

TEST(Connect, ReachesAServerByAddressAndByName) {
    IoThreads io(1);
    const Greeter greeter(io);
    EXPECT_EQ(greeting(io, {"127.0.0.1", greeter.port()}), "hello");
    EXPECT_EQ(greeting(io, {"localhost", greeter.port()}), "hello");
}

TEST(Connect, SaysThatNobodyListensOrThatThereIsNoSuchName) {
    IoThreads io(1);
    std::uint16_t port = 0;
    {
        const Greeter greeter(io);
        port = greeter.port();
    }
    EXPECT_EQ(greeting(io, {"127.0.0.1", port}), "unavailable");
    EXPECT_EQ(greeting(io, {"nobody.invalid", port}), "unavailable");
}

TEST(Address, ReadsNamesAndBothFamilies) {
    EXPECT_EQ(*parse_address("cache:6379"), (Address{"cache", 6379}));
    EXPECT_EQ(*parse_address("[::1]:6379"), (Address{"::1", 6379}));
    EXPECT_EQ(*parse_address("::1:6379"), (Address{"::1", 6379}));
    for (const char* text : {"", "cache", ":1", "cache:", "cache:0", "cache:65536", "cache:1x"})
        EXPECT_EQ(parse_address(text).error().code, ErrorCode::invalid_argument) << text;
    for (const char* text : {"cache:6379", "[::1]:6379"})
        EXPECT_EQ(to_string(*parse_address(text)), text);
}

}  // namespace
}  // namespace thingstead::net
