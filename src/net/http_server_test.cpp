#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <stdexcept>

#include "base/log_testing.h"
#include "net/net_testing.h"

namespace thingstead::net {
namespace {
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace asio = boost::asio;

/// Path by path one behaviour.
class TestHandler final : public HttpHandler {
  public:
    std::size_t body_bytes_max(const Request& head) override {
        return head.path == "/small" ? 10 : 10u << 20;
    }
    Task<Reply> handle(Request request) override {
        Reply reply;
        reply.content_type = "text/plain";
        reply.body = request.method_text + " " + request.path + " [" + request.query + "] " +
                     std::to_string(request.body.size());
        if (request.path == "/echo") reply.body = std::move(request.body);
        if (request.path == "/big") reply.body = std::string(8u << 20, 'x');
        if (request.path == "/none") reply.status = 204;
        if (request.path == "/close") reply.close = true;
        if (request.path == "/throw") throw std::runtime_error("a bug");
        if (request.path == "/wait") co_await wait();
        if (request.path == "/gate") {
            gate.emplace(co_await asio::this_coro::executor, 24h);
            waiting.set_value();
            co_await gate->async_wait(asio::as_tuple(asio::use_awaitable));
            gate.reset();
        }
        if (request.path == "/inject")
            reply.headers = {
                {"X-Good", "yes"           },
                {"X-Bad",  "a\r\nX-Evil: b"},
                {"Date",   "never"         }
            };
        co_return reply;
    }
    Task<> wait() {
        asio::steady_timer timer(co_await asio::this_coro::executor, 24h);
        waiting.set_value();
        try {
            co_await timer.async_wait(asio::use_awaitable);
        } catch (...) {
            cancelled.set_value();
            throw;
        }
    }
    std::promise<void> waiting, cancelled;
    std::optional<asio::steady_timer> gate;
};

HttpServerSettings test_settings() {
    HttpServerSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    return settings;
}

struct Served {
    explicit Served(HttpServerSettings settings = test_settings(), std::size_t threads = 2)
        : io(threads), server(io, std::move(settings), handler, log.log, metrics, "test") {
        const Result<> started = server.start();
        EXPECT_TRUE(started) << (started ? "" : started.error().detail);
    }
    RawClient connect(int receive_buffer = 0) { return RawClient(server.port(), receive_buffer); }

    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    TestHandler handler;
    IoThreads io;
    HttpServer server;
};

std::string get(std::string_view target, std::string_view headers = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
    Served served;
    RawClient client = served.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get("/a%20b?x=1&y=%20"));
        const std::string reply = client.read_reply();
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
        EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: text/plain\r\n"));
        EXPECT_THAT(reply, Not(HasSubstr("Server:")));
        EXPECT_THAT(reply, EndsWith("\r\n\r\nGET /a b [x=1&y=%20] 0"));
    }
}

TEST(HttpServer, ARequestMayBeCutAnywhere) {
    Served served;
    const std::string whole = post("/echo", "hello body");
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        RawClient client = served.connect();
        client.send(std::string_view(whole).substr(0, cut));
        client.send(std::string_view(whole).substr(cut));
        EXPECT_THAT(client.read_reply(), EndsWith("\r\n\r\nhello body")) << cut;
    }
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
    Served served;
    RawClient client = served.connect();
    std::string burst;
    for (int i = 0; i < 2000; ++i) burst += post("/echo", "body " + std::to_string(i));
    std::thread sender([&] { client.send(burst); });
    for (int i = 0; i < 2000; ++i)
        ASSERT_THAT(client.read_reply(), EndsWith("\r\n\r\nbody " + std::to_string(i)));
    sender.join();
}

TEST(HttpServer, ReadsAChunkedBodyAndIgnoresItsTrailers) {
    Served served;
    RawClient client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char* part :
         {"5\r\nhello\r\n", "1;a=b\r\n \r\n", "5\r\nworld\r\n", "0\r\nX-Trailer: a\r\n\r\n"})
        client.send(part);
    EXPECT_THAT(client.read_reply(), EndsWith("\r\n\r\nhello world"));
    client.send(get("/next"));
    EXPECT_THAT(client.read_reply(), HasSubstr("GET /next"));
}

TEST(HttpServer, RefusesWhatIsMalformedAndClosesThatConnectionAlone) {
    struct Row {
        std::string_view name, bytes, status;
    };
    const Row rows[] = {
        {"garbage",              "\x16\x03\x01\x02garbage\r\n\r\n",                               "400"},
        {"no version",           "GET /\r\n\r\n",                                                 "400"},
        {"version 2",            "GET / HTTP/2.0\r\nHost: x\r\n\r\n",                             "400"},
        {"no host",              "GET / HTTP/1.1\r\n\r\n",                                        "400"},
        {"two hosts",            "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",                  "400"},
        {"bad percent",          "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",                          "400"},
        {"nul in path",          "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",                          "400"},
        {"no path",              "GET x HTTP/1.1\r\nHost: x\r\n\r\n",                             "400"},
        {"blank before colon",   "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",                    "400"},
        {"bad length",           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",      "400"},
        {"two lengths",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
         "Content-Length: 2\r\n\r\n",                                                             "400"},
        {"length and chunked",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",                                           "400"},
        {"chunked and length",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
         "Content-Length: 4\r\n\r\n0\r\n\r\n",                                                    "400"},
        {"unknown coding",       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
        {"coding beside chunks",
         "POST / HTTP/1.1\r\nHost: x\r\n"
         "Transfer-Encoding: gzip, chunked\r\n\r\n",                                              "501"},
        {"coding in 1.0",        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",         "400"},
        {"bad chunk",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
         "zz\r\n",                                                                                "400"},
        {"unknown expectation",
         "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n"
         "Content-Length: 1\r\n\r\n",                                                             "417"},
    };
    Served served;
    RawClient bystander = served.connect();
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        RawClient client = served.connect();
        client.send(row.bytes);
        client.shutdown_write();
        const std::string reply = client.read_to_end();
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 " + std::string(row.status)));
        EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
    }
    bystander.send(get("/"));
    EXPECT_THAT(bystander.read_reply(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, KeepsTheLimitsOfAHead) {
    Served served;
    std::string many;
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    for (const std::string& bytes :
         {get("/", many), get("/", "A: " + std::string(17'000, 'x') + "\r\n"),
          get("/" + std::string(17'000, 'x')), std::string(20'000, 'x')}) {
        RawClient client = served.connect();
        client.send(bytes);
        EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 4"));
        client.shutdown_write();
        client.read_to_end();
    }
    RawClient client = served.connect();
    client.send(get("/", many.substr(6)));
    EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, KeepsTheLimitOfABodyBeforeAndWhileReading) {
    Served served;
    {
        RawClient client = served.connect();
        client.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
        const std::string reply = client.read_reply();  // Before a byte of the body was sent.
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 413"));
        EXPECT_THAT(reply, HasSubstr("over 10 bytes"));
        client.shutdown_write();
        EXPECT_EQ(client.read_to_end(), "");
    }
    RawClient chunked = served.connect();
    chunked.send(
        "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "8\r\n12345678\r\n3\r\n");
    EXPECT_THAT(chunked.read_reply(), StartsWith("HTTP/1.1 413"));
    RawClient exact = served.connect();
    exact.send(post("/small", "0123456789"));
    EXPECT_THAT(exact.read_reply(), EndsWith("POST /small [] 10"));
}

TEST(HttpServer, AnEndlessChunkSizeLineIsMalformed) {
    Served served;
    RawClient client = served.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;");
    client.send(std::string(20'000, 'x'));
    EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 400"));
}

TEST(HttpServer, SendsContinueWhenTheClientWaitsForIt) {
    Served served;
    RawClient client = served.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    EXPECT_THAT(client.read_reply(), EndsWith("\r\n\r\nhi"));
}

TEST(HttpServer, AHeadRequestGetsTheLengthWithoutTheBody) {
    Served served;
    RawClient client = served.connect();
    client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n" + get("/close"));
    const std::string replies = client.read_to_end();
    EXPECT_THAT(replies, HasSubstr("Content-Length: 12\r\n"));
    EXPECT_THAT(replies, Not(HasSubstr("HEAD /x")));
    EXPECT_THAT(replies, EndsWith("GET /close [] 0"));
}

TEST(HttpServer, AStatusWithoutBodyHasNoLength) {
    Served served;
    RawClient client = served.connect();
    client.send(get("/none") + get("/close"));
    const std::string first = client.read_until("\r\n\r\n");
    EXPECT_THAT(first, StartsWith("HTTP/1.1 204 No Content"));
    EXPECT_THAT(first, Not(HasSubstr("Content-")));
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, ClosesWhenAskedAndWithHttp10UnlessAskedToStay) {
    Served served;
    for (const std::string& bytes : {get("/", "Connection: close\r\n"), get("/close"),
                                     std::string("GET / HTTP/1.0\r\n\r\n")}) {
        RawClient client = served.connect();
        client.send(bytes);
        EXPECT_THAT(client.read_to_end(), HasSubstr("Connection: close\r\n"));
    }
    RawClient old = served.connect();
    for (int i = 0; i < 2; ++i) {
        old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_THAT(old.read_reply(), HasSubstr("Connection: keep-alive\r\n"));
    }
}

TEST(HttpServer, AHandlersHeadersCannotBreakTheFraming) {
    Served served;
    RawClient client = served.connect();
    client.send(get("/inject"));
    const std::string reply = client.read_reply();
    EXPECT_THAT(reply, HasSubstr("X-Good: yes\r\n"));
    EXPECT_THAT(reply, Not(HasSubstr("Evil")));
    EXPECT_THAT(reply, Not(HasSubstr("never")));
}

TEST(HttpServer, AnExceptionOfTheHandlerIsA500AndALine) {
    Served served;
    RawClient client = served.connect();
    client.send(get("/throw"));
    EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 500"));
    EXPECT_TRUE(served.log.lines->wait_for("http.handler.failed"));
    client.send(get("/after"));
    EXPECT_THAT(client.read_reply(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, SendsABodyLargerThanAllBuffers) {
    Served served;
    RawClient client = served.connect(4096);
    client.send(get("/big"));
    const std::string reply = client.read_reply();
    EXPECT_THAT(reply, EndsWith("\r\n\r\n" + std::string(8u << 20, 'x')));
}

TEST(HttpServer, EndsConnectionsThatAreTooSlow) {
    HttpServerSettings settings = test_settings();
    settings.head_timeout = settings.body_timeout = settings.idle_timeout = 50ms;
    Served served(settings);
    RawClient idle = served.connect(), head = served.connect(), body = served.connect();
    head.send("GET / HTT");
    body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_THAT(head.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 408"));
    EXPECT_THAT(body.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 408"));
}

TEST(HttpServer, DropsAClientThatDoesNotReadItsReply) {
    HttpServerSettings settings = test_settings();
    settings.write_timeout = 50ms;
    Served served(settings);
    RawClient client = served.connect(4096);
    client.send(get("/big"));
    client.read_bytes(1);
    while (served.server.connections() > 0) std::this_thread::yield();
    EXPECT_LT(client.read_to_end().size(), 8u << 20);
}

TEST(HttpServer, OverItsConnectionLimitItAnswers503) {
    HttpServerSettings settings = test_settings();
    settings.connections_max = 2;
    Served served(settings);
    RawClient first = served.connect(), second = served.connect();
    first.send(get("/"));
    second.send(get("/"));
    EXPECT_THAT(first.read_reply(), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(second.read_reply(), StartsWith("HTTP/1.1 200"));
    RawClient third = served.connect();
    third.send(get("/"));
    EXPECT_THAT(third.read_reply(), StartsWith("HTTP/1.1 503"));
    first.send(get("/"));
    EXPECT_THAT(first.read_reply(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, CancelsTheHandlerOfAClientThatLeft) {
    Served served;
    {
        RawClient client = served.connect();
        client.send(get("/wait"));
        served.handler.waiting.get_future().wait();
    }
    EXPECT_EQ(served.handler.cancelled.get_future().wait_for(60s), std::future_status::ready);
}

TEST(HttpServer, StopClosesIdleConnectionsAndRefusesNewOnes) {
    Served served;
    RawClient client = served.connect();
    client.send(get("/"));
    client.read_reply();
    EXPECT_TRUE(served.server.stop(60s));
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(served.server.connections(), 0u);
    EXPECT_TRUE(served.server.stop(60s));
}

TEST(HttpServer, StopLetsARequestEndThatIsUnderWay) {
    Served served(test_settings(), 1);
    RawClient client = served.connect(), idle = served.connect();
    idle.send(get("/"));
    idle.read_reply();  // It is accepted: it does not end because the listener does.
    client.send(get("/gate"));
    served.handler.waiting.get_future().wait();
    auto stopped = std::async(std::launch::async, [&] { return served.server.stop(60s); });
    EXPECT_EQ(idle.read_to_end(), "");  // The stop has reached the thread.
    asio::post(served.io.at(0), [&] { served.handler.gate->cancel(); });
    const std::string reply = client.read_to_end();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(stopped.get());
}

TEST(HttpServer, StopCancelsHandlersAtItsDeadline) {
    Served served;
    RawClient client = served.connect();
    client.send(get("/wait"));
    served.handler.waiting.get_future().wait();
    EXPECT_FALSE(served.server.stop(10ms));
    EXPECT_EQ(served.handler.cancelled.get_future().wait_for(60s), std::future_status::ready);
    EXPECT_EQ(served.server.connections(), 0u);
}

TEST(HttpServer, SaysWhenItsPortIsTaken) {
    Served served;
    HttpServerSettings settings = test_settings();
    settings.port = served.server.port();
    HttpServer second(served.io, settings, served.handler, Log(), served.metrics, "second");
    const Result<> started = second.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace thingstead::net
