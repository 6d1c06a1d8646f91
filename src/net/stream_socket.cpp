#include "net/stream_socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "net/socket_stream.h"

namespace thingstead::net {
namespace asio = boost::asio;

namespace {

/// Turns the error code of a wait into the Result that the awaiting coroutine gets.
template <class Handler>
struct WaitHandler {
    Handler handler;

    void operator()(const boost::system::error_code& error) {
        if (error)
            std::move(handler)(
                Result<>(Error{ErrorCode::unavailable, "connection lost", error.message()}));
        else
            std::move(handler)(Result<>());
    }
};

}  // namespace
}  // namespace thingstead::net

/// A WaitHandler runs where its handler would, and is cancelled with it.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, thingstead::net::WaitHandler<Handler>, Default>
    : Associator<Handler, Default> {
    static typename Associator<Handler, Default>::type get(
        const thingstead::net::WaitHandler<Handler>& wait,
        const Default& fallback = Default()) noexcept {
        return Associator<Handler, Default>::get(wait.handler, fallback);
    }
};

namespace thingstead::net {
namespace {

/// Not a coroutine itself: an idle connection pays for one frame less.
Task<Result<>> wait_for(Socket& socket, SocketWait what, bool ready) {
    const auto start = [](auto handler, Socket* on, SocketWait wait, bool now) {
        WaitHandler<decltype(handler)> done{std::move(handler)};
        if (now)
            asio::post(on->get_executor(), [d = std::move(done)]() mutable { d({}); });
        else
            on->async_wait(wait, std::move(done));
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<>)>(
        start, asio::use_awaitable, &socket, what, ready);
}

}  // namespace

Task<Result<std::size_t>> Stream::read_some(std::span<std::byte> into) {
    while (true) {
        auto got = try_read(into);
        if (!got) co_return got.error();
        if (*got) co_return **got;
        const Result<> ready = co_await wait_readable();
        if (!ready) co_return ready.error();
    }
}

Task<Result<>> Stream::write(ByteSpan bytes) { return write(bytes, {}); }

Task<Result<>> Stream::write(ByteSpan head, ByteSpan body) {
    while (true) {
        const std::array<ByteSpan, 2> parts = {head, body};
        const auto sent = try_write(parts);
        if (!sent) co_return sent.error();
        const std::size_t of_head = std::min(*sent, head.size());
        head = head.subspan(of_head);
        body = body.subspan(*sent - of_head);
        if (head.empty() && body.empty()) co_return Result<>();
        if (*sent > 0) continue;
        const Result<> ready = co_await wait_writable();
        if (!ready) co_return ready.error();
    }
}

SocketStream::SocketStream(Socket socket, Place place)
    : socket_(std::move(socket)), place_(std::move(place)) {
    boost::system::error_code error;
    const auto peer = socket_.remote_endpoint(error);
    if (!error) {
        const asio::ip::address address = peer.address();
        peer_port_ = peer.port();
        peer_address_ =
            address.is_v6() && address.to_v6().is_v4_mapped()
                ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
                : address.to_string();
    }
    socket_.native_non_blocking(true, error);
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    // A failure here is a peer that is gone already: the first read will say so.
}

Task<Result<>> SocketStream::wait_readable() {
    return wait_for(socket_, read_wait(), readable_now());
}

Task<Result<>> SocketStream::wait_writable() { return wait_for(socket_, write_wait(), false); }

void SocketStream::notify_readable(std::shared_ptr<ReadReadiness> waiter) {
    if (readable_now()) {
        asio::post(socket_.get_executor(), [w = std::move(waiter)] { w->on_readable(true); });
        return;
    }
    socket_.async_wait(read_wait(),
                       [w = std::move(waiter)](const boost::system::error_code& error) {
                           w->on_readable(!error);
                       });
}

bool SocketStream::peer_closed() {
    pollfd state{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&state, 1, 0) == 1 &&
           (state.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void SocketStream::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void SocketStream::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

namespace {

constexpr std::size_t parts_per_call = 16;

Error lost(int error) {
    return Error{ErrorCode::unavailable, "connection lost",
                 boost::system::system_category().message(error)};
}

class PlainStream final : public SocketStream {
  public:
    using SocketStream::SocketStream;

    Result<std::optional<std::size_t>> try_read(std::span<std::byte> into) override;
    Result<std::size_t> try_write(std::span<const ByteSpan> parts) override;
    void shutdown_write() override;
    bool secure() const override { return false; }
    std::vector<std::vector<std::byte>> client_certificates_der() const override { return {}; }
};

Result<std::optional<std::size_t>> PlainStream::try_read(std::span<std::byte> into) {
    while (true) {
        const ssize_t n = ::recv(socket().native_handle(), into.data(), into.size(), 0);
        if (n >= 0) return std::optional(static_cast<std::size_t>(n));
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::optional<std::size_t>();
        if (errno != EINTR) return lost(errno);
    }
}

Result<std::size_t> PlainStream::try_write(std::span<const ByteSpan> parts) {
    std::array<iovec, parts_per_call> vectors;
    std::size_t used = 0;
    for (const ByteSpan part : parts) {
        if (part.empty()) continue;
        if (used == vectors.size()) break;
        vectors[used++] = {const_cast<std::byte*>(part.data()), part.size()};
    }
    if (used == 0) return std::size_t{0};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    while (true) {
        const ssize_t n = ::sendmsg(socket().native_handle(), &message, MSG_NOSIGNAL);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
        if (errno != EINTR) return lost(errno);
    }
}

void PlainStream::shutdown_write() {
    boost::system::error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

}  // namespace

std::unique_ptr<SocketStream> make_plain_stream(Socket socket, Place place) {
    return std::make_unique<PlainStream>(std::move(socket), std::move(place));
}

}  // namespace thingstead::net
