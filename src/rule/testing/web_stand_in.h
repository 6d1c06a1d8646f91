// A server on loopback that stands in for whatever nodes call, with the client that calls it.
#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {

/// Keeps what it is asked and answers what the test says. Declared behind the bench, whose context
/// its client's callers wait in.
class WebStandIn final : public net::HttpHandler {
  public:
    /// Gives the bench the client; nodes made from here on use it.
    explicit WebStandIn(NodeBench& bench);
    ~WebStandIn() override;

    std::string url(std::string_view path = "") const;
    /// The next answers; without any, 200 and no body.
    void answer(net::Reply reply);
    /// Answers nothing until the client gives up.
    void keep_silent() { silent_ = true; }
    std::vector<net::Request> requests() const;
    net::Request last() const { return requests().back(); }

    std::size_t body_bytes_max(const net::Request&) override { return 1 << 20; }
    Task<net::Reply> handle(net::Request request) override;

  private:
    mutable std::mutex mutex_;
    std::vector<net::Request> requests_;
    std::deque<net::Reply> answers_;
    std::atomic<bool> silent_{false};
    MetricsRegistry metrics_;
    net::IoThreads io_{1};
    std::unique_ptr<net::HttpServer> server_;
    std::unique_ptr<net::HttpClient> client_;
};

net::Reply reply_of(int status, std::string_view body, net::Headers headers = {});

/// What comes into the queue within half a minute, one message at least.
std::vector<model::QueuedMsg> queued_later(NodeBench& bench, std::size_t from);

}  // namespace thingstead::rule::testing
