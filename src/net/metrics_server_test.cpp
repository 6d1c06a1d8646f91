#include "net/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "net/http_server.h"
#include "net/net_testing.h"

namespace thingstead::net {
namespace {
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class MetricsServer : public ::testing::Test {
  protected:
    MetricsServer() : io_(1), server_(io_, settings(), handler, Log(), registry, "metrics") {
        EXPECT_TRUE(server_.start());
    }
    static HttpServerSettings settings() {
        HttpServerSettings out;
        out.address = "127.0.0.1";
        out.port = 0;
        return out;
    }
    std::string ask(const std::string& line) {
        RawClient client(server_.port());
        client.send(line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return client.read_to_end();
    }

    MetricsRegistry registry;
    MetricsHandler handler{registry};

  private:
    IoThreads io_;
    HttpServer server_;
};

TEST_F(MetricsServer, ShowsTheRegistry) {
    Counter points(registry, "thingstead_test_points_total", "Points.");
    points.add(42);
    const std::string reply = ask("GET /metrics");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(reply, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    EXPECT_THAT(reply, HasSubstr("\nthingstead_test_points_total 42"));
}

TEST_F(MetricsServer, IsHealthyWhenItAnswers) {
    EXPECT_THAT(ask("GET /health"), EndsWith("\r\n\r\nOK"));
}

TEST_F(MetricsServer, IsReadyWhenAllChecksAre) {
    EXPECT_THAT(ask("GET /ready"), EndsWith("{\"ready\":true,\"checks\":{}}"));
    std::atomic<bool> up = false;
    handler.add_check("queue", [] { return Result<>(); });
    handler.add_check("store", [&]() -> Result<> {
        if (up) return {};
        return Error{ErrorCode::unavailable, "no \"disk\"\n"};
    });
    const std::string reply = ask("GET /ready");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(reply, EndsWith("{\"ready\":false,\"checks\":{\"queue\":\"ok\","
                                "\"store\":\"no \\\"disk\\\"\\u000a\"}}"));
    up = true;
    EXPECT_THAT(ask("GET /ready"), StartsWith("HTTP/1.1 200"));
}

TEST_F(MetricsServer, KnowsNothingElse) {
    EXPECT_THAT(ask("GET /"), StartsWith("HTTP/1.1 404"));
    EXPECT_THAT(ask("DELETE /metrics"), HasSubstr("Allow: GET, HEAD\r\n"));
}

}  // namespace
}  // namespace thingstead::net
