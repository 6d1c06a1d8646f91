#include "net/http_connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "net/http_reply.h"

namespace thingstead::net {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// A body has to come at least this fast, after body_timeout.
constexpr std::size_t body_bytes_per_second_min = 1024;
/// Reads in a row that need no waiting before the other connections of the thread get their turn.
constexpr int reads_per_turn = 16;
/// Bodies up to this size go into one buffer with their head.
constexpr std::size_t joined_bytes_max = 16'384;
/// A handler that runs longer is asked about its client.
constexpr auto handler_patience = 500ms;
/// After a refusal the client's bytes are read and dropped for a while: closing at once would make
/// the system reset the connection, and the client might never see the answer.
constexpr auto linger_time = 2s;
constexpr std::size_t linger_bytes_max = 1u << 20;

constexpr std::string_view continue_reply = "HTTP/1.1 100 Continue\r\n\r\n";

bool has_word(const Request& head, std::string_view header, std::string_view word) {
    const auto value = head.header(header);
    return value && same_header_name(*value, word);
}

}  // namespace

HttpMetrics::HttpMetrics(MetricsRegistry& registry, const std::string& name)
    : requests(registry, "thingstead_http_requests_total", "Requests handed to the handler.",
               {
                   {"server", name}
}),
      malformed(registry, "thingstead_http_malformed_total", "Requests that could not be read.",
                {{"server", name}}),
      too_large(registry, "thingstead_http_too_large_total", "Heads or bodies over their limit.",
                {{"server", name}}),
      timeouts(registry, "thingstead_http_timeouts_total",
               "Connections ended because the client sent or took its bytes too slowly.",
               {{"server", name}}),
      refused(registry, "thingstead_http_refused_total",
              "Connections answered 503 because connections_max was reached.", {{"server", name}}),
      handler_failures(registry, "thingstead_http_handler_failures_total",
                       "Requests whose handler threw.", {{"server", name}}),
      abandoned(registry, "thingstead_http_abandoned_total",
                "Requests whose client left before the answer.", {{"server", name}}),
      websockets(registry, "thingstead_http_websockets_total", "WebSockets opened.",
                 {{"server", name}}) {}

HttpShared::HttpShared(HttpServerSettings s, HttpHandler& h, Log l, MetricsRegistry& registry,
                       std::string n)
    : settings(std::move(s)),
      handler(h),
      log(std::move(l)),
      name(std::move(n)),
      metrics(registry, name) {}

HttpConnection::HttpConnection(std::shared_ptr<HttpShared> shared,
                               std::shared_ptr<SocketStream> stream, bool refused)
    : shared_(std::move(shared)), stream_(std::move(stream)), refused_(refused) {}

void HttpConnection::begin(Step step, std::chrono::milliseconds time) {
    step_ = step;
    expired_ = false;
    since_ = std::chrono::steady_clock::now();
    deadline_ = time == std::chrono::milliseconds::max() ? Time::max() : since_ + time;
}

Task<> HttpConnection::run() {
    bool go_on = !refused_;
    if (refused_) co_await turn_away();
    while (go_on) go_on = co_await serve_one();
    stream_->close();
}

/// Not written out in run(): g++ 12 miscompiles a temporary aggregate beside a co_await.
Task<bool> HttpConnection::turn_away() {
    shared_->metrics.refused.add();
    const Request nothing;
    return refuse(shared_->handler.error_reply(503, nothing, "Too many connections."), false);
}

Task<bool> HttpConnection::serve_one() {
    if (pending().empty()) {
        release_pending();
        begin(Step::idle, shared_->settings.idle_timeout);
        if (!co_await fill()) co_return false;
    }
    RequestParser parser({shared_->settings.head_bytes_max, shared_->settings.headers_max});
    if (!co_await read_head(parser)) co_return false;
    const Request& head = parser.request();
    if (head.method == Method::get && has_word(head, "upgrade", "websocket") &&
        shared_->handler.wants_websocket(head)) {
        co_await serve_websocket(std::move(parser.request()));
        co_return false;
    }
    if (parser.has_body() && !co_await read_body(parser)) co_return false;
    co_return co_await answer(parser);
}

// Reading.

std::string_view HttpConnection::pending() const {
    return std::string_view(pending_).substr(pending_at_);
}

void HttpConnection::release_pending() {
    std::string().swap(pending_);
    pending_at_ = 0;
}

/// What is there now, appended to pending(). Not a coroutine: the buffer is the thread's.
Result<std::optional<std::size_t>> HttpConnection::take_available() {
    thread_local std::array<std::byte, 65'536> scratch;
    const auto got = stream_->try_read(scratch);
    if (got && *got && **got > 0) {
        pending_.erase(0, std::exchange(pending_at_, 0));
        pending_.append(as_text(ByteSpan(scratch).first(**got)));
    }
    return got;
}

/// More bytes in pending(); false: the peer closed, the time is over (expired_), or the server
/// ends.
Task<bool> HttpConnection::fill() {
    while (!expired_ && !aborted_) {
        const auto got = take_available();
        if (!got || *got == std::optional<std::size_t>(0)) co_return false;
        if (*got) {
            if (++reads_in_turn_ >= reads_per_turn) {
                reads_in_turn_ = 0;
                co_await asio::post(stream_->executor(), asio::use_awaitable);
            }
            co_return true;
        }
        if (step_ == Step::idle && finishing_) co_return false;
        reads_in_turn_ = 0;
        const Result<> ready = co_await stream_->wait_readable();
        if (!ready) co_return false;
    }
    co_return false;
}

Task<bool> HttpConnection::read_head(RequestParser& parser) {
    begin(Step::head, shared_->settings.head_timeout);
    bool begun = false;
    while (true) {
        // RFC 9112 section 2.2: empty lines before a request are skipped.
        while (!begun && (pending().starts_with('\r') || pending().starts_with('\n')))
            ++pending_at_;
        const auto taken = parser.put(pending());
        if (!taken) co_return co_await refuse_bad(parser, taken.error());
        begun = begun || *taken > 0;
        pending_at_ += *taken;
        if (parser.head_done()) break;
        if (co_await fill()) continue;
        if (expired_) co_await refuse(408, parser.request(), "The request came too slowly.");
        co_return false;
    }
    parser.request().peer_address = stream_->peer_address();
    parser.request().secure = stream_->secure();
    co_return true;
}

Task<bool> HttpConnection::read_body(RequestParser& parser) {
    const Request& head = parser.request();
    const std::size_t limit = shared_->handler.body_bytes_max(head);
    if (const auto length = parser.content_length(); length && *length > limit)
        co_return co_await refuse(shared_->handler.payload_too_large(head, limit), true);
    parser.begin_body(limit);
    if (const auto expected = head.header("expect"); expected && !parser.http_1_0()) {
        if (!same_header_name(*expected, "100-continue"))
            co_return co_await refuse(417, head, "Unknown expectation.");
        if (pending().empty() && !co_await write_all(std::string(continue_reply), ""))
            co_return false;
    }
    begin(Step::body, shared_->settings.body_timeout);
    while (true) {
        const auto taken = parser.put(pending());
        if (!taken && parser.body_over_limit())
            co_return co_await refuse(shared_->handler.payload_too_large(head, limit), true);
        if (!taken) co_return co_await refuse_bad(parser, taken.error());
        pending_at_ += *taken;
        if (parser.done()) co_return true;
        // What the parser leaves is a chunk's size line or a trailer, and those are short.
        if (pending().size() > shared_->settings.head_bytes_max)
            co_return co_await refuse(400, head, "The size line of a chunk is too long.");
        const std::size_t before = pending().size();
        if (co_await fill()) {
            deadline_ += 1s * (pending().size() - before) / body_bytes_per_second_min;
            continue;
        }
        if (expired_) co_await refuse(408, head, "The body came too slowly.");
        co_return false;
    }
}

// Answering.

Task<bool> HttpConnection::answer(RequestParser& parser) {
    const bool head_only = parser.request().method == Method::head;
    const std::string method = parser.request().method_text;
    begin(Step::handling, std::chrono::milliseconds::max());
    shared_->metrics.requests.add();
    std::optional<Reply> reply;
    std::string failure;
    try {
        reply = co_await shared_->handler.handle(std::move(parser.request()));
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    } catch (...) {
        failure = "an exception of an unknown type";
    }
    if (aborted_) co_return false;
    if (!reply) {
        report_failure(method, failure);
        reply = shared_->handler.error_reply(500, Request(), "Internal error.");
    }
    const bool keep = parser.keep_alive() && !reply->close && !finishing_;
    ConnectionWord word = keep ? ConnectionWord::none : ConnectionWord::close;
    if (keep && parser.http_1_0()) word = ConnectionWord::keep_alive;
    const bool written = co_await write_reply(*std::move(reply), head_only, word);
    if (written && !keep) co_await linger();
    co_return written&& keep;
}

/// Never the path: it may hold a device's token.
void HttpConnection::report_failure(const std::string& method, const std::string& what) {
    shared_->metrics.handler_failures.add();
    if (const auto swallowed = shared_->failure_log.take(); swallowed >= 0)
        shared_->log.error("http.handler.failed", {
                                                      {"server",    shared_->name},
                                                      {"method",    method       },
                                                      {"reason",    what         },
                                                      {"swallowed", swallowed    }
        });
}

Task<bool> HttpConnection::write_reply(Reply reply, bool head_only, ConnectionWord word) {
    std::string head = format_reply_head(reply, word);
    if (head_only || !status_allows_body(reply.status)) reply.body.clear();
    if (reply.body.size() <= joined_bytes_max) {
        head += reply.body;
        reply.body.clear();
    }
    return write_all(std::move(head), std::move(reply.body));
}

Task<bool> HttpConnection::write_all(std::string head, std::string body) {
    begin(Step::writing, shared_->settings.write_timeout);
    ByteSpan first = as_bytes(head);
    ByteSpan second = as_bytes(body);
    while (!expired_ && !aborted_) {
        const std::array<ByteSpan, 2> parts = {first, second};
        const auto sent = stream_->try_write(parts);
        if (!sent) co_return false;
        const std::size_t of_first = std::min(*sent, first.size());
        first = first.subspan(of_first);
        second = second.subspan(*sent - of_first);
        if (first.empty() && second.empty()) co_return true;
        if (*sent > 0) {
            begin(Step::writing, shared_->settings.write_timeout);
            continue;
        }
        const Result<> ready = co_await stream_->wait_writable();
        if (!ready) co_return false;
    }
    co_return false;
}

Task<bool> HttpConnection::refuse(Reply reply, bool too_large) {
    if (too_large) shared_->metrics.too_large.add();
    const bool written = co_await write_reply(std::move(reply), false, ConnectionWord::close);
    if (written) co_await linger();
    co_return false;
}

Task<bool> HttpConnection::refuse(int status, const Request& head, std::string_view why) {
    return refuse(shared_->handler.error_reply(status, head, why), false);
}

Task<bool> HttpConnection::refuse_bad(RequestParser& parser, const Error& why) {
    const Request& head = parser.request();
    if (why.code == ErrorCode::too_large)
        return refuse(shared_->handler.error_reply(431, head, "The head is too large."), true);
    shared_->metrics.malformed.add();
    return refuse(why.code == ErrorCode::unsupported ? 501 : 400, head, why.message);
}

/// Waits, within bounds, for the client to have seen our last bytes and to close its end.
Task<> HttpConnection::linger() {
    stream_->shutdown_write();
    begin(Step::lingering, linger_time);
    for (std::size_t dropped = 0; dropped < linger_bytes_max; dropped += pending().size()) {
        release_pending();
        if (!co_await fill()) co_return;
    }
}

Task<> HttpConnection::serve_websocket(Request head) {
    begin(Step::websocket, shared_->settings.head_timeout);
    websocket_ = make_http_websocket(stream_, shared_->settings.websocket, std::string(pending()));
    release_pending();
    const Result<> accepted = co_await websocket_->accept(head);
    if (!accepted) {
        shared_->metrics.malformed.add();
        co_return;
    }
    shared_->metrics.websockets.add();
    if (finishing_) websocket_->close(CloseCode::service_restart, "server restarts");
    std::string failure;
    try {
        co_await shared_->handler.handle_websocket(std::move(head), websocket_);
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    } catch (...) {
        failure = "an exception of an unknown type";
    }
    if (aborted_) co_return;
    if (!failure.empty()) {
        report_failure("websocket", failure);
        websocket_->close(CloseCode::internal_error, "internal error");
    }
    websocket_->close(CloseCode::normal, "");
    co_await websocket_->closed();
}

// From outside, on the connection's thread.

void HttpConnection::look(Time now) {
    if (websocket_) websocket_->look(now);
    if (now >= deadline_) {
        if (step_ == Step::websocket) return;  // Its own look() has the deadlines.
        if (step_ != Step::idle && step_ != Step::lingering) shared_->metrics.timeouts.add();
        deadline_ = Time::max();
        expired_ = true;
        stream_->cancel();
    } else if (step_ == Step::handling && now - since_ >= handler_patience &&
               stream_->peer_closed()) {
        shared_->metrics.abandoned.add();
        abort();
    }
}

void HttpConnection::finish() {
    if (std::exchange(finishing_, true)) return;
    if (websocket_)
        websocket_->close(CloseCode::service_restart, "server restarts");
    else if (step_ == Step::idle || step_ == Step::lingering)
        stream_->cancel();
}

void HttpConnection::abort() {
    if (std::exchange(aborted_, true)) return;
    if (websocket_) websocket_->drop();
    stream_->cancel();
    signal.emit(asio::cancellation_type::all);
}

}  // namespace thingstead::net
