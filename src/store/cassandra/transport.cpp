#include "store/cassandra/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace thingstead::store::cassandra {
namespace asio = boost::asio;
namespace {

using Tcp = asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Error broken(const boost::system::error_code& error) {
    return Error{ErrorCode::unavailable, "connection lost", error.message()};
}

template <class Socket>
class SocketTransport : public Transport {
  public:
    SocketTransport(Socket socket, std::string peer)
        : socket_(std::move(socket)), peer_(std::move(peer)) {}

    Task<Result<std::size_t>> read_some(std::span<char> into) override {
        const auto [error, size] =
            co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
        if (error) co_return broken(error);
        co_return size;
    }
    Task<Result<>> write(std::string_view bytes) override {
        const auto [error, size] = co_await asio::async_write(
            socket_, asio::buffer(bytes.data(), bytes.size()), as_result);
        if (error) co_return broken(error);
        co_return Result<>();
    }
    void close() override {
        boost::system::error_code ignored;
        socket_.lowest_layer().close(ignored);
    }
    const std::string& peer_address() const override { return peer_; }

  private:
    Socket socket_;
    const std::string peer_;
};

/// Keeps the context of its stream.
class TlsTransport final : public SocketTransport<asio::ssl::stream<Tcp::socket>> {
  public:
    using Base = SocketTransport<asio::ssl::stream<Tcp::socket>>;
    TlsTransport(asio::ssl::stream<Tcp::socket> stream, std::string peer)
        : Base(std::move(stream), std::move(peer)) {}
};

Task<Result<Tcp::socket>> open_socket(std::string host, std::uint16_t port) {
    const auto executor = co_await asio::this_coro::executor;
    Tcp::resolver resolver(executor);
    const auto [unknown, addresses] =
        co_await resolver.async_resolve(host, std::to_string(port), as_result);
    if (unknown) co_return broken(unknown);
    Tcp::socket socket(executor);
    const auto [refused, endpoint] = co_await asio::async_connect(socket, addresses, as_result);
    if (refused) co_return broken(refused);
    boost::system::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    co_return socket;
}

Task<Result<std::unique_ptr<Transport>>> shake_hands(Tcp::socket socket, std::string host,
                                                     std::string peer, net::SslContext tls) {
    // The asio context takes a reference of its own: SSL_CTX counts them.
    SSL_CTX_up_ref(tls.get());
    asio::ssl::context context(tls.get());
    asio::ssl::stream<Tcp::socket> stream(std::move(socket), context);
    stream.set_verify_callback(asio::ssl::host_name_verification(host));
    SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (error) {
        std::string why = "TLS: " + error.message();
        const long verdict = SSL_get_verify_result(stream.native_handle());
        if (verdict != X509_V_OK) why += std::string(": ") + X509_verify_cert_error_string(verdict);
        co_return Error{ErrorCode::unavailable, "connection lost", std::move(why)};
    }
    co_return std::make_unique<TlsTransport>(std::move(stream), std::move(peer));
}

}  // namespace

Result<net::SslContext> make_client_tls_context(const std::string& authority_file) {
    net::SslContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const int loaded = authority_file.empty()
                           ? SSL_CTX_set_default_verify_paths(context.get())
                           : SSL_CTX_load_verify_file(context.get(), authority_file.c_str());
    if (loaded == 1) return context;
    ERR_clear_error();
    return Error{ErrorCode::invalid_argument, "tls_authority_file cannot be used",
                 "tls_authority_file: " + authority_file};
}

Task<Result<std::unique_ptr<Transport>>> connect(std::string host, std::uint16_t port,
                                                 net::SslContext tls) {
    Result<Tcp::socket> socket = co_await open_socket(host, port);
    if (!socket) co_return socket.error();
    boost::system::error_code gone;
    std::string peer = socket->remote_endpoint(gone).address().to_string();
    if (gone) co_return broken(gone);
    if (!tls) co_return std::make_unique<SocketTransport<Tcp::socket>>(*std::move(socket), peer);
    co_return co_await shake_hands(*std::move(socket), std::move(host), std::move(peer), tls);
}

}  // namespace thingstead::store::cassandra
