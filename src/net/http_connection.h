// One HTTP connection from its first byte to its last; on one I/O thread. For http_server.cpp.
//
// No timer per connection: the connection writes down until when it may take its present step, and
// the server's sweep of the thread looks at all of them once per period.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "net/http.h"
#include "net/http_parser.h"
#include "net/http_reply.h"
#include "net/http_server.h"
#include "net/http_websocket.h"
#include "net/socket_stream.h"

namespace thingstead::net {

struct HttpMetrics {
    HttpMetrics(MetricsRegistry& registry, const std::string& name);
    Counter requests, malformed, too_large, timeouts, refused, handler_failures, abandoned,
        websockets;
};

/// What the connections of a server share; lives as long as the last of them.
struct HttpShared {
    HttpShared(HttpServerSettings s, HttpHandler& h, Log l, MetricsRegistry& registry,
               std::string n);

    const HttpServerSettings settings;
    HttpHandler& handler;
    const Log log;
    const std::string name;
    HttpMetrics metrics;
    LogThrottle failure_log{std::chrono::seconds(1)};
};

class HttpConnection {
  public:
    using Time = std::chrono::steady_clock::time_point;

    HttpConnection(std::shared_ptr<HttpShared> shared, std::shared_ptr<SocketStream> stream,
                   bool refused);

    /// The whole conversation; the connection is closed when it returns or throws.
    Task<> run();
    /// Called by the sweep: ends a step that takes too long, and a handler whose client has left.
    void look(Time now);
    /// No further request; an idle connection ends at once, a WebSocket is told to come again.
    void finish();
    /// Ends everything, the handler too.
    void abort();

    boost::asio::cancellation_signal signal;  ///< Of the task that runs run().

  private:
    enum class Step { idle, head, body, handling, writing, lingering, websocket };

    void begin(Step step, std::chrono::milliseconds time);
    std::string_view pending() const;
    void release_pending();
    Result<std::optional<std::size_t>> take_available();
    Task<bool> fill();
    Task<bool> turn_away();
    Task<bool> serve_one();
    Task<bool> read_head(RequestParser& parser);
    Task<bool> read_body(RequestParser& parser);
    Task<bool> answer(RequestParser& parser);
    Task<bool> write_reply(Reply reply, bool head_only, ConnectionWord word);
    Task<bool> write_all(std::string head, std::string body);
    Task<bool> refuse(Reply reply, bool too_large);
    Task<bool> refuse(int status, const Request& head, std::string_view why);
    Task<bool> refuse_bad(RequestParser& parser, const Error& why);
    Task<> linger();
    Task<> serve_websocket(Request head);
    void report_failure(const std::string& method, const std::string& what);

    const std::shared_ptr<HttpShared> shared_;
    const std::shared_ptr<SocketStream> stream_;
    std::string pending_{};  ///< Received; parsed up to pending_at_.
    std::size_t pending_at_ = 0;
    int reads_in_turn_ = 0;
    std::shared_ptr<HttpWebSocket> websocket_{};
    Time deadline_ = Time::max();
    Time since_{};
    Step step_ = Step::idle;
    bool refused_;
    bool expired_ = false;
    bool finishing_ = false;
    bool aborted_ = false;
};

}  // namespace thingstead::net
