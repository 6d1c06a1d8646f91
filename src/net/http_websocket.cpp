// The only file that holds Beast's WebSocket, and with it its code
// (BOOST_BEAST_SEPARATE_COMPILATION).
#include "net/http_websocket.h"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/src.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <utility>

namespace thingstead::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

/// A stream in the form that Beast reads and writes.
class BeastSocket {
  public:
    using executor_type = Socket::executor_type;

    BeastSocket(std::shared_ptr<SocketStream> s, std::string first_bytes)
        : stream(std::move(s)), first(std::move(first_bytes)) {}

    executor_type get_executor() { return stream->socket().get_executor(); }

    template <class Buffers, class Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return asio::async_compose<Handler, void(boost::system::error_code, std::size_t)>(
            ReadOp<Buffers>{*this, buffers}, handler, get_executor());
    }
    template <class Buffers, class Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return asio::async_compose<Handler, void(boost::system::error_code, std::size_t)>(
            WriteOp<Buffers>{*this, buffers}, handler, get_executor());
    }

    std::shared_ptr<SocketStream> stream;
    std::string first;  ///< Received before Beast took over.
    std::chrono::steady_clock::time_point last_received = std::chrono::steady_clock::now();

  private:
    template <class Buffers>
    struct ReadOp;
    template <class Buffers>
    struct WriteOp;

    Result<std::optional<std::size_t>> read(asio::mutable_buffer into);
    Result<std::size_t> write(const std::vector<ByteSpan>& parts) {
        return stream->try_write(parts);
    }
};

Result<std::optional<std::size_t>> BeastSocket::read(asio::mutable_buffer into) {
    if (!first.empty()) {
        const std::size_t size = asio::buffer_copy(into, asio::buffer(first));
        first.erase(0, size);
        return std::optional(size);
    }
    auto got = stream->try_read({static_cast<std::byte*>(into.data()), into.size()});
    if (got && *got && **got > 0) last_received = std::chrono::steady_clock::now();
    return got;
}

namespace {

enum class OpStep { first, waited, finished };

asio::mutable_buffer first_buffer(const auto& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at)
        if (asio::mutable_buffer(*at).size() > 0) return *at;
    return {};
}

}  // namespace

template <class Buffers>
struct BeastSocket::ReadOp {
    BeastSocket& socket;
    Buffers buffers;
    OpStep step = OpStep::first;
    boost::system::error_code outcome{};
    std::size_t size = 0;

    template <class Self>
    void operator()(Self& self, boost::system::error_code error = {}) {
        if (step == OpStep::finished) return self.complete(outcome, size);
        if (error) return self.complete(error, 0);
        const asio::mutable_buffer into = first_buffer(buffers);
        const auto got =
            into.size() == 0 ? Result<std::optional<std::size_t>>(0) : socket.read(into);
        if (got && !*got) {
            step = OpStep::waited;
            SocketStream& of = *socket.stream;
            return of.socket().async_wait(of.read_wait(), std::move(self));
        }
        if (!got) outcome = asio::error::connection_reset;
        if (got) size = **got;
        if (got && size == 0 && into.size() > 0) outcome = asio::error::eof;
        if (step == OpStep::waited) return self.complete(outcome, size);
        step = OpStep::finished;  // A handler is not called from within the call that starts it.
        asio::post(socket.get_executor(), std::move(self));
    }
};

template <class Buffers>
struct BeastSocket::WriteOp {
    BeastSocket& socket;
    Buffers buffers;
    OpStep step = OpStep::first;
    boost::system::error_code outcome{};
    std::size_t size = 0;

    template <class Self>
    void operator()(Self& self, boost::system::error_code error = {}) {
        if (step == OpStep::finished) return self.complete(outcome, size);
        if (error) return self.complete(error, 0);
        std::vector<ByteSpan> parts;
        for (auto at = asio::buffer_sequence_begin(buffers);
             at != asio::buffer_sequence_end(buffers); ++at) {
            const asio::const_buffer part = *at;
            if (part.size() > 0)
                parts.emplace_back(static_cast<const std::byte*>(part.data()), part.size());
        }
        const auto sent = socket.write(parts);
        if (sent && *sent == 0 && !parts.empty()) {
            step = OpStep::waited;
            SocketStream& of = *socket.stream;
            return of.socket().async_wait(of.write_wait(), std::move(self));
        }
        if (!sent) outcome = asio::error::broken_pipe;
        if (sent) size = *sent;
        if (step == OpStep::waited) return self.complete(outcome, size);
        step = OpStep::finished;
        asio::post(socket.get_executor(), std::move(self));
    }
};

/// Beast's end of a connection; found by its namespace.
void teardown(beast::role_type, BeastSocket& socket, boost::system::error_code& error) {
    error = {};
    socket.stream->shutdown_write();
}

void beast_close_socket(BeastSocket& socket) { socket.stream->close(); }

template <class Handler>
void async_teardown(beast::role_type, BeastSocket& socket, Handler&& handler) {
    socket.stream->shutdown_write();
    asio::post(socket.get_executor(),
               [h = std::forward<Handler>(handler)]() mutable { h(boost::system::error_code()); });
}

namespace {

using Time = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t reason_bytes_max = 123;

/// At most 123 bytes, cut between two characters.
std::string close_reason(std::string text) {
    if (text.size() <= reason_bytes_max) return text;
    std::size_t end = reason_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    return text;
}

class Impl final : public HttpWebSocket, public std::enable_shared_from_this<Impl> {
  public:
    Impl(std::shared_ptr<SocketStream> stream, WebSocketSettings settings, std::string first);

    Task<Result<>> accept(Request head) override;
    Task<> closed() override;
    void look(Time now) override;
    void drop() override { die(); }

    asio::any_io_executor executor() override { return socket().stream->executor(); }
    Task<Result<std::optional<WebSocketMessage>>> read() override;
    Result<> send(std::string text) override;
    void post_send(std::string text) override;
    void close(CloseCode code, std::string reason) override;
    void post_close(CloseCode code, std::string reason) override;
    std::size_t queued() const override { return queue_.size(); }

  private:
    BeastSocket& socket() { return ws_.next_layer(); }
    void write_next();
    void on_written(const boost::system::error_code& error);
    void send_close();
    void ping();
    void die();
    Error read_error(const boost::system::error_code& error) const;

    const WebSocketSettings settings_;
    ws::stream<BeastSocket, false> ws_;
    std::deque<std::string> queue_;  ///< The first one is being written while writing_.
    std::size_t queue_bytes_ = 0;
    std::atomic<std::size_t> posted_{0};  ///< By other threads, on their way to queue_.
    ws::close_reason reason_;
    asio::steady_timer ended_;  ///< Cancelled when dead_; nobody lets it expire.
    Time writing_since_{}, closing_since_{}, last_ping_{};
    bool accepted_ = false;
    bool writing_ = false;
    bool pinging_ = false;
    bool closing_ = false;
    bool close_sent_ = false;
    bool dead_ = false;
    bool silent_ = false;
};

Impl::Impl(std::shared_ptr<SocketStream> stream, WebSocketSettings settings, std::string first)
    : settings_(settings),
      ws_(std::move(stream), std::move(first)),
      ended_(socket().get_executor(), Time::max()) {
    ws_.read_message_max(settings_.message_bytes_max);
    ws_.auto_fragment(false);
    ws_.text(true);
    writing_since_ = last_ping_ = std::chrono::steady_clock::now();
}

Task<Result<>> Impl::accept(Request head) {
    const auto self = shared_from_this();
    beast::http::request<beast::http::empty_body> request;
    request.method(beast::http::verb::get);
    request.target(head.target);
    request.version(11);
    for (const auto& [name, value] : head.headers) request.insert(name, value);
    writing_ = true;
    auto [error] = co_await ws_.async_accept(request, asio::as_tuple(asio::use_awaitable));
    writing_ = false;
    if (!error && !dead_) {
        accepted_ = true;
        write_next();
        co_return Result<>();
    }
    const bool handshake_error = error == ws::condition::handshake_failed;
    die();
    if (handshake_error) co_return Error{ErrorCode::malformed, error.message()};
    co_return Error{ErrorCode::unavailable, "connection lost", error.message()};
}

Task<Result<std::optional<WebSocketMessage>>> Impl::read() {
    const auto self = shared_from_this();
    if (dead_ || close_sent_) co_return std::optional<WebSocketMessage>();
    WebSocketMessage message;
    auto buffer = asio::dynamic_buffer(message.data);
    auto [error, size] = co_await ws_.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (!error) {
        message.binary = ws_.got_binary();
        message.data.resize(size);
        co_return std::optional(std::move(message));
    }
    const bool orderly = error == ws::error::closed || closing_;
    Error why = read_error(error);
    if (!closing_) die();  // Beast has sent its close frame; else send_close() sees to the end.
    if (orderly && !silent_) co_return std::optional<WebSocketMessage>();
    co_return why;
}

Error Impl::read_error(const boost::system::error_code& error) const {
    if (silent_) return Error{ErrorCode::timeout, "the peer is silent"};
    if (error == ws::error::message_too_big || error == ws::error::buffer_overflow)
        return Error{ErrorCode::too_large, "message is too large"};
    if (error == ws::condition::protocol_violation)
        return Error{ErrorCode::malformed, error.message()};
    return Error{ErrorCode::unavailable, "connection lost", error.message()};
}

Result<> Impl::send(std::string text) {
    if (dead_ || closing_) return Error{ErrorCode::unavailable, "WebSocket is closed"};
    if (queue_.size() >= settings_.send_messages_max ||
        queue_bytes_ + text.size() > settings_.send_bytes_max)
        return Error{ErrorCode::rate_limited, "the peer does not take its messages"};
    queue_bytes_ += text.size();
    queue_.push_back(std::move(text));
    write_next();
    return {};
}

void Impl::post_send(std::string text) {
    // The way to our thread is bounded like the queue behind it.
    if (posted_.fetch_add(1) >= settings_.send_messages_max) {
        --posted_;
        post_close(CloseCode::policy, "too many messages wait to be sent");
        return;
    }
    asio::post(executor(), [self = shared_from_this(), message = std::move(text)]() mutable {
        --self->posted_;
        const Result<> sent = self->send(std::move(message));
        if (!sent && sent.error().code == ErrorCode::rate_limited)
            self->close(CloseCode::policy, "too many messages wait to be sent");
    });
}

void Impl::write_next() {
    if (writing_ || dead_ || close_sent_ || !accepted_) return;
    if (queue_.empty()) {
        if (closing_) send_close();
        return;
    }
    writing_ = true;
    writing_since_ = std::chrono::steady_clock::now();
    ws_.async_write(asio::buffer(queue_.front()),
                    [self = shared_from_this()](const boost::system::error_code& error,
                                                std::size_t) { self->on_written(error); });
}

void Impl::on_written(const boost::system::error_code& error) {
    writing_ = false;
    if (error || dead_) return die();
    queue_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (queue_.empty()) std::deque<std::string>().swap(queue_);
    write_next();
}

void Impl::close(CloseCode code, std::string reason) {
    if (dead_ || std::exchange(closing_, true)) return;
    closing_since_ = std::chrono::steady_clock::now();
    const std::string cut = close_reason(std::move(reason));
    reason_ = ws::close_reason(static_cast<ws::close_code>(code), cut.c_str());
    write_next();
}

void Impl::post_close(CloseCode code, std::string reason) {
    asio::post(executor(), [self = shared_from_this(), code, why = std::move(reason)]() mutable {
        self->close(code, std::move(why));
    });
}

void Impl::send_close() {
    close_sent_ = true;
    ws_.async_close(reason_,
                    [self = shared_from_this()](const boost::system::error_code&) { self->die(); });
}

void Impl::ping() {
    pinging_ = true;
    ws_.async_ping({}, [self = shared_from_this()](const boost::system::error_code&) {
        self->pinging_ = false;  // An error reaches the reader, too.
    });
}

void Impl::look(Time now) {
    if (dead_) return;
    const bool stuck = writing_ && now - writing_since_ > settings_.write_timeout;
    const bool close_stuck = closing_ && now - closing_since_ > settings_.write_timeout;
    if (stuck || close_stuck) return die();
    if (!accepted_ || closing_) return;
    const auto silence = now - socket().last_received;
    if (silence > settings_.silence_max) {
        silent_ = true;
        close(CloseCode::silent, "no answer to pings");
    } else if (silence >= settings_.ping_after && now - last_ping_ >= settings_.ping_after &&
               !pinging_) {
        last_ping_ = now;
        ping();
    }
}

Task<> Impl::closed() {
    const auto self = shared_from_this();
    if (!dead_) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Impl::die() {
    if (std::exchange(dead_, true)) return;
    socket().stream->close();
    ended_.cancel();
}

}  // namespace

std::shared_ptr<HttpWebSocket> make_http_websocket(std::shared_ptr<SocketStream> stream,
                                                   WebSocketSettings settings,
                                                   std::string first_bytes) {
    return std::make_shared<Impl>(std::move(stream), settings, std::move(first_bytes));
}

}  // namespace thingstead::net
