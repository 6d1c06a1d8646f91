#include "net/http_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>

#include "base/log_testing.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "net/timer.h"

namespace thingstead::net {
namespace {

/// Answers with what it was asked; /away redirects, /large is 4 KiB, /silent takes an hour.
class Echo final : public HttpHandler {
  public:
    std::size_t body_bytes_max(const Request&) override { return 1024; }
    Task<Reply> handle(Request request) override {
        Reply reply;
        reply.content_type = "text/plain";
        reply.body = request.method_text + " " + request.target + " " +
                     std::string(request.header("X-Word").value_or("")) + " " + request.body;
        if (request.path == "/large") reply.body.assign(4096, 'x');
        if (request.path == "/away") {
            reply.status = 302;
            reply.headers.emplace_back("Location", "http://127.0.0.1:1/");
        }
        if (request.path == "/silent") co_await sleep_for(std::chrono::hours(1));
        co_return reply;
    }
};

struct EchoServer {
    EchoServer() { TS_ASSERT(server.start().has_value()); }
    std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
    }
    static HttpServerSettings where() {
        HttpServerSettings settings;
        settings.address = "127.0.0.1";
        settings.port = 0;
        return settings;
    }
    IoThreads io{1};
    Echo echo;
    MetricsRegistry metrics;
    MemoryLog log = open_memory_log();
    HttpServer server{io, where(), echo, log.log, metrics, "echo"};
};

HttpClientSettings local() {
    HttpClientSettings settings;
    settings.allowed_networks = {"127.0.0.0/8"};
    settings.answer_bytes_max = 1024;
    return settings;
}

Result<HttpAnswer> answer_of(HttpClientSettings settings, HttpCall call) {
    IoThreads io(1);
    auto client = HttpClient::open(std::move(settings));
    if (!client) return client.error();
    return boost::asio::co_spawn(io.at(0), (*client)->send(std::move(call)),
                                 boost::asio::use_future)
        .get();
}

HttpCall call_of(std::string url) {
    HttpCall call;
    call.url = std::move(url);
    return call;
}

TEST(HttpClient, RefusesLoopbackAndPrivateAddressesBeforeItConnects) {
    for (const char* url :
         {"http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://10.0.0.1:1/",
          "http://169.254.169.254/latest/meta-data", "http://2130706433:1/", "http://0x7f.1:1/"}) {
        const auto answer = answer_of({}, call_of(url));
        ASSERT_FALSE(answer) << url;
        EXPECT_EQ(answer.error().code, ErrorCode::forbidden) << url;
    }
}

TEST(HttpClient, RefusesWhatIsNotHttp) {
    for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1:1/", "rubbish", ""}) {
        const auto answer = answer_of({}, call_of(url));
        ASSERT_FALSE(answer) << url;
        EXPECT_NE(answer.error().code, ErrorCode::internal) << url;
    }
    HttpCall call = call_of("http://127.0.0.1:1/");
    call.headers.emplace_back("X-Evil", "a\r\nHost: b");
    const auto answer = answer_of({}, call);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
}

TEST(HttpClient, AsksAndHandsOverTheAnswer) {
    const EchoServer echo;
    HttpCall call = call_of(echo.url("/path?x=1"));
    call.headers.emplace_back("X-Word", "word");
    const auto got = answer_of(local(), call);
    ASSERT_TRUE(got) << got.error().message << got.error().detail;
    EXPECT_EQ(got->status, 200);
    EXPECT_EQ(got->content_type, "text/plain");
    EXPECT_EQ(got->body, "GET /path?x=1 word ");
    call.method = Method::post;
    call.body = "a=b";
    const auto posted = answer_of(local(), call);
    ASSERT_TRUE(posted);
    EXPECT_EQ(posted->body, "POST /path?x=1 word a=b");
}

TEST(HttpClient, FollowsNoRedirectAndTakesNothingLarge) {
    const EchoServer echo;
    const auto away = answer_of(local(), call_of(echo.url("/away")));
    ASSERT_TRUE(away);
    EXPECT_EQ(away->status, 302);
    const auto large = answer_of(local(), call_of(echo.url("/large")));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, ErrorCode::too_large);
}

TEST(HttpClient, SpeaksEveryMethodAndHandsOverTheHeaders) {
    const EchoServer echo;
    for (const Method method : {Method::put, Method::patch, Method::del, Method::options}) {
        HttpCall call = call_of(echo.url("/x"));
        call.method = method;
        call.body = "b";
        const auto got = answer_of(local(), call);
        ASSERT_TRUE(got) << got.error().detail;
        EXPECT_EQ(got->body, std::string(to_string(method)) + " /x  b");
    }
    const auto away = answer_of(local(), call_of(echo.url("/away")));
    ASSERT_TRUE(away);
    EXPECT_EQ(away->reason, "Found");
    const std::pair<std::string, std::string> location("Location", "http://127.0.0.1:1/");
    EXPECT_EQ(std::count(away->headers.begin(), away->headers.end(), location), 1);
    HttpCall head = call_of(echo.url("/x"));
    head.method = Method::head;
    EXPECT_EQ(answer_of(local(), head).value().body, "");
}

TEST(HttpClient, HeedsTheLimitsOfACall) {
    const EchoServer echo;
    HttpCall small = call_of(echo.url("/path"));
    small.answer_bytes_max = 4;
    EXPECT_EQ(answer_of(local(), small).error().code, ErrorCode::too_large);
    HttpCall slow = call_of(echo.url("/silent"));
    slow.timeout = std::chrono::milliseconds(200);
    EXPECT_EQ(answer_of(local(), slow).error().code, ErrorCode::timeout);
}

TEST(HttpClient, LetsNoCallWaitForAnotherAndEndsWithItsCaller) {
    const EchoServer echo;
    IoThreads io(1);
    HttpClientSettings settings = local();
    settings.calls_max = 2;
    auto client = HttpClient::open(settings).value();
    const auto begin = [&](const char* path, std::chrono::milliseconds deadline) {
        return boost::asio::co_spawn(io.at(0),
                                     with_deadline(client->send(call_of(echo.url(path))), deadline),
                                     boost::asio::use_future);
    };
    auto silent = begin("/silent", std::chrono::milliseconds(500));
    EXPECT_TRUE(begin("/quick", std::chrono::minutes(1)).get());
    EXPECT_EQ(silent.get().error().code, ErrorCode::timeout);
    // The place of the one that was given up is free, or these could not run one behind the other.
    auto first = begin("/silent", std::chrono::minutes(1));
    EXPECT_TRUE(begin("/quick", std::chrono::minutes(1)).get());
    client->stop();
    EXPECT_EQ(first.get().error().code, ErrorCode::unavailable);
    EXPECT_EQ(begin("/quick", std::chrono::minutes(1)).get().error().message,
              "the server is stopping");
}

TEST(HttpClient, TellsThatNobodyIsThere) {
    const auto answer = answer_of(local(), call_of("http://127.0.0.1:1/"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST(HttpClient, IsNotOpenedWithAWrongNetwork) {
    HttpClientSettings settings;
    settings.allowed_networks = {"everything"};
    EXPECT_FALSE(HttpClient::open(settings));
}

}  // namespace
}  // namespace thingstead::net
