#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <future>
#include <mutex>
#include <stdexcept>

#include "base/log_testing.h"
#include "net/http_server.h"
#include "net/net_testing.h"
#include "net/websocket.h"

namespace thingstead::net {
namespace {
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

/// "/ws" echoes until the peer closes and does what some messages ask for.
class EchoHandler final : public HttpHandler {
  public:
    std::size_t body_bytes_max(const Request&) override { return 1000; }
    Task<Reply> handle(Request) override {
        Reply reply;
        reply.body = "no socket here";
        co_return reply;
    }
    bool wants_websocket(const Request& head) override { return head.path == "/ws"; }
    Task<> handle_websocket(Request head, std::shared_ptr<WebSocket> socket) override {
        if (head.query == "throw") throw std::runtime_error("a bug");
        while (true) {
            auto got = co_await socket->read();
            if (!got) {
                ended.set_value(to_string(got.error().code).data());
                co_return;
            }
            if (!*got) break;
            if ((*got)->data == "close") {
                static_cast<void>(socket->send("last words"));
                socket->close(CloseCode::policy, "as asked");
            } else if ((*got)->data == "flood") {
                ended.set_value(flood(*socket));
            } else {
                EXPECT_TRUE(socket->send(((*got)->binary ? "binary " : "") + (*got)->data));
            }
        }
        if (head.query != "quiet") ended.set_value("closed");
    }
    /// Sends until refused; answers with the refusal.
    static std::string flood(WebSocket& socket) {
        for (int i = 0; i < 100'000; ++i)
            if (const Result<> sent = socket.send(std::string(1000, 'x')); !sent) {
                socket.close(CloseCode::policy, "too slow");
                return std::string(to_string(sent.error().code));
            }
        return "never refused";
    }
    std::promise<std::string> ended;
};

HttpServerSettings test_settings() {
    HttpServerSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    return settings;
}

struct Served {
    explicit Served(HttpServerSettings settings = test_settings())
        : io(1), server(io, std::move(settings), handler, log.log, metrics, "test") {
        EXPECT_TRUE(server.start());
    }
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    EchoHandler handler;
    IoThreads io;
    HttpServer server;
};

/// A blocking client by Beast.
struct Client {
    explicit Client(Served& served, const char* target = "/ws") : socket(io) {
        socket.next_layer().connect({asio::ip::address_v4::loopback(), served.server.port()});
        socket.handshake("x", target);
    }
    std::string read() {
        beast::flat_buffer buffer;
        beast::error_code error;
        socket.read(buffer, error);
        if (error) return error.message();
        return beast::buffers_to_string(buffer.data());
    }
    int read_close_code() {
        for (beast::error_code error; !error;) {
            beast::flat_buffer buffer;
            socket.read(buffer, error);
        }
        return socket.reason().code;
    }
    asio::io_context io;
    ws::stream<asio::ip::tcp::socket> socket;
};

TEST(WebSocket, CarriesTextAndFlagsBinary) {
    Served served;
    Client client(served);
    for (const char* text : {"hello", "", "gr\xc3\xbc\xc3\x9f"}) {
        client.socket.write(asio::buffer(std::string(text)));
        EXPECT_EQ(client.read(), text);
    }
    client.socket.binary(true);
    client.socket.write(asio::buffer(std::string("\xff\x01")));
    beast::flat_buffer buffer;
    beast::error_code error;
    client.socket.read(buffer, error);
    EXPECT_EQ(error, ws::error::bad_frame_payload);  // We send it as text, which it is not.
}

TEST(WebSocket, APeersCloseEndsReadInOrder) {
    Served served;
    Client client(served);
    client.socket.close(ws::close_code::normal);
    EXPECT_EQ(served.handler.ended.get_future().get(), "closed");
}

TEST(WebSocket, CloseComesAfterWhatWasSentAndCarriesCodeAndReason) {
    Served served;
    Client client(served);
    client.socket.write(asio::buffer(std::string("close")));
    EXPECT_EQ(client.read(), "last words");
    EXPECT_EQ(client.read_close_code(), 1008);
    EXPECT_EQ(client.socket.reason().reason, "as asked");
    EXPECT_EQ(served.handler.ended.get_future().get(), "closed");
}

TEST(WebSocket, AMessageOverTheLimitClosesWith1009) {
    Served served;
    Client client(served);
    client.socket.write(asio::buffer(std::string(32'768, 'x')));
    EXPECT_EQ(client.read().size(), 32'768u);
    client.socket.write(asio::buffer(std::string(32'769, 'x')));
    EXPECT_EQ(client.read_close_code(), 1009);
    EXPECT_EQ(served.handler.ended.get_future().get(), "too_large");
}

TEST(WebSocket, TextThatIsNotUtf8ClosesWith1007) {
    Served served;
    Client client(served);
    client.socket.text(true);
    client.socket.write(asio::buffer(std::string("\xff\xfe")));
    EXPECT_EQ(client.read_close_code(), 1007);
    EXPECT_EQ(served.handler.ended.get_future().get(), "malformed");
}

TEST(WebSocket, AFullQueueIsRefusedAndClosable) {
    HttpServerSettings settings = test_settings();
    settings.websocket.send_messages_max = 10;
    Served served(settings);
    Client client(served);
    client.socket.write(asio::buffer(std::string("flood")));
    EXPECT_EQ(served.handler.ended.get_future().get(), "rate_limited");
    EXPECT_EQ(client.read_close_code(), 1008);
}

TEST(WebSocket, APeerThatDoesNotReadIsDropped) {
    HttpServerSettings settings = test_settings();
    settings.websocket.write_timeout = 50ms;
    Served served(settings);
    Client client(served, "/ws?quiet");
    client.socket.write(asio::buffer(std::string("flood")));
    EXPECT_EQ(served.handler.ended.get_future().get(), "rate_limited");
    while (served.server.connections() > 0) std::this_thread::yield();
}

TEST(WebSocket, ASilentPeerIsPingedAndThenClosedWith4500) {
    HttpServerSettings settings = test_settings();
    settings.websocket.ping_after = 20ms;
    settings.websocket.silence_max = 200ms;
    settings.websocket.write_timeout = 100ms;
    Served served(settings);
    RawClient client(served.server.port());
    client.send(
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    const std::string reply = client.read_until("\r\n\r\n");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(reply, HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455 section 1.3.
    const std::string frames = client.read_to_end();
    EXPECT_THAT(frames, StartsWith(std::string("\x89\x00", 2)));  // An empty ping,
    EXPECT_THAT(frames, HasSubstr("\x88"));                       // and later a close
    EXPECT_THAT(frames, HasSubstr("\x11\x94"));                   // of 4500.
    EXPECT_EQ(served.handler.ended.get_future().get(), "timeout");
}

TEST(WebSocket, AnExceptionOfTheHandlerClosesWith1011) {
    Served served;
    Client client(served, "/ws?throw");
    EXPECT_EQ(client.read_close_code(), 1011);
    EXPECT_TRUE(served.log.lines->wait_for("http.handler.failed"));
}

TEST(WebSocket, StopClosesWith1012) {
    Served served;
    Client client(served);
    client.socket.write(asio::buffer(std::string("up")));
    EXPECT_EQ(client.read(), "up");
    auto stopped = std::async(std::launch::async, [&] { return served.server.stop(60s); });
    EXPECT_EQ(client.read_close_code(), 1012);
    EXPECT_TRUE(stopped.get());
}

TEST(WebSocket, AnUpgradeElsewhereIsAnOrdinaryRequest) {
    Served served;
    RawClient client(served.server.port());
    client.send("GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    EXPECT_THAT(client.read_reply(), HasSubstr("no socket here"));
}

TEST(WebSocket, AnUpgradeWithoutItsKeyIsRefused) {
    Served served;
    RawClient client(served.server.port());
    client.send("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400"));
}

}  // namespace
}  // namespace thingstead::net
