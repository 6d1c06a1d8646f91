// TLS over a non-blocking socket. OpenSSL reads and writes the socket itself, so that a connection
// has no buffers beside OpenSSL's own, which it releases when idle.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "net/socket_stream.h"

namespace thingstead::net {
namespace {

int descriptor_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

int bio_read(BIO* bio, char* out, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t n = ::recv(descriptor_of(bio), out, static_cast<std::size_t>(size), 0);
    if (n < 0 && would_block(errno)) BIO_set_retry_read(bio);
    if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(n);
}

/// Unlike OpenSSL's own socket BIO it raises no SIGPIPE.
int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t n =
        ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (n < 0 && would_block(errno)) BIO_set_retry_write(bio);
    return static_cast<int>(n);
}

long bio_control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH: return 1;
        case BIO_CTRL_EOF:   return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) ? 1 : 0;
        default:             return 0;
    }
}

BIO_METHOD* socket_method() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        TS_ASSERT(made != nullptr);
        BIO_meth_set_read(made, &bio_read);
        BIO_meth_set_write(made, &bio_write);
        BIO_meth_set_ctrl(made, &bio_control);
        return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(made, &BIO_meth_free);
    }();
    return method.get();
}

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::vector<std::byte> der_of(const X509* certificate) {
    unsigned char* raw = nullptr;
    const int size = i2d_X509(certificate, &raw);
    if (size <= 0) return {};
    const auto* bytes = reinterpret_cast<const std::byte*>(raw);
    std::vector<std::byte> der(bytes, bytes + size);
    OPENSSL_free(raw);
    return der;
}

class TlsStream final : public SocketStream {
  public:
    TlsStream(Socket socket, Place place, const SslContext& context);
    ~TlsStream() override { TlsStream::close(); }

    /// Makes it the client's side, before the handshake.
    void connect_to(const std::string& server_name);
    Task<Result<>> handshake();

    Result<std::optional<std::size_t>> try_read(std::span<std::byte> into) override;
    Result<std::size_t> try_write(std::span<const ByteSpan> parts) override;
    void shutdown_write() override;
    void close() override;
    bool secure() const override { return true; }
    std::vector<std::vector<std::byte>> client_certificates_der() const override;
    bool readable_now() override { return SSL_pending(ssl_.get()) > 0; }
    SocketWait read_wait() override { return read_wait_; }
    SocketWait write_wait() override { return write_wait_; }

  private:
    Error failure(int outcome);

    Ssl ssl_;
    SocketWait read_wait_ = boost::asio::socket_base::wait_read;
    SocketWait write_wait_ = boost::asio::socket_base::wait_write;
    bool failed_ = false;  ///< After a fatal error OpenSSL wants no further call.
};

TlsStream::TlsStream(Socket socket, Place place, const SslContext& context)
    : SocketStream(std::move(socket), std::move(place)), ssl_(SSL_new(context.get()), &SSL_free) {
    if (!ssl_) throw std::bad_alloc();
    BIO* bio = BIO_new(socket_method());
    if (bio == nullptr) throw std::bad_alloc();
    const std::intptr_t descriptor = this->socket().native_handle();
    BIO_set_data(bio, reinterpret_cast<void*>(descriptor));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

void TlsStream::connect_to(const std::string& server_name) {
    SSL_set_connect_state(ssl_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), server_name.c_str()) == 1) return;
    ERR_clear_error();  // not an address: RFC 6066 sends names alone
    SSL_set1_host(ssl_.get(), server_name.c_str());
    SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
}

/// The error behind a call that returned `outcome` and wants neither a read nor a write.
Error TlsStream::failure(int outcome) {
    failed_ = true;
    const int system_error = errno;
    char text[256] = "closed without notice";
    if (const unsigned long code = ERR_get_error())
        ERR_error_string_n(code, text, sizeof text);
    else if (SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_SYSCALL && system_error != 0)
        return Error{ErrorCode::unavailable, "connection lost",
                     boost::system::system_category().message(system_error)};
    ERR_clear_error();
    return Error{ErrorCode::unavailable, "connection lost", text};
}

Task<Result<>> TlsStream::handshake() {
    while (true) {
        ERR_clear_error();
        errno = 0;
        const int outcome = SSL_do_handshake(ssl_.get());
        if (outcome == 1) co_return Result<>();
        const int wanted = SSL_get_error(ssl_.get(), outcome);
        if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
            co_return failure(outcome);
        Result<> ready;
        if (wanted == SSL_ERROR_WANT_READ)
            ready = co_await wait_readable();
        else
            ready = co_await wait_writable();
        if (!ready) co_return ready.error();
    }
}

Result<std::optional<std::size_t>> TlsStream::try_read(std::span<std::byte> into) {
    if (failed_) return Error{ErrorCode::unavailable, "connection lost"};
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    read_wait_ = boost::asio::socket_base::wait_read;
    const int outcome = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    if (outcome == 1) return std::optional(got);
    switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_WRITE:
            read_wait_ = boost::asio::socket_base::wait_write;
            return std::optional<std::size_t>();
        case SSL_ERROR_WANT_READ:   return std::optional<std::size_t>();
        case SSL_ERROR_ZERO_RETURN: return std::optional<std::size_t>(0);
        default:                    return failure(outcome);
    }
}

Result<std::size_t> TlsStream::try_write(std::span<const ByteSpan> parts) {
    if (failed_) return Error{ErrorCode::unavailable, "connection lost"};
    // Small parts share a record, and so a packet: 16 KiB is the largest record there is.
    thread_local std::array<std::byte, 16'384> joined;
    std::size_t used = 0;
    for (const ByteSpan part : parts) {
        const std::size_t taken = std::min(part.size(), joined.size() - used);
        std::memcpy(joined.data() + used, part.data(), taken);
        used += taken;
        if (used == joined.size()) break;
    }
    if (used == 0) return std::size_t{0};
    ERR_clear_error();
    errno = 0;
    std::size_t sent = 0;
    write_wait_ = boost::asio::socket_base::wait_write;
    const int outcome = SSL_write_ex(ssl_.get(), joined.data(), used, &sent);
    if (outcome == 1) return sent;
    switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_READ:
            write_wait_ = boost::asio::socket_base::wait_read;
            return std::size_t{0};
        case SSL_ERROR_WANT_WRITE: return std::size_t{0};
        default:                   return failure(outcome);
    }
}

void TlsStream::shutdown_write() {
    if (!failed_ && SSL_is_init_finished(ssl_.get()) && socket().is_open()) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
    boost::system::error_code ignored;
    socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

void TlsStream::close() {
    if (!socket().is_open()) return;
    shutdown_write();
    failed_ = true;  // The descriptor may be another connection's soon.
    SocketStream::close();
}

std::vector<std::vector<std::byte>> TlsStream::client_certificates_der() const {
    std::vector<std::vector<std::byte>> chain;
    const X509* leaf = SSL_get0_peer_certificate(ssl_.get());
    if (leaf == nullptr) return chain;
    chain.push_back(der_of(leaf));
    // On a server's side the chain comes without the leaf.
    const STACK_OF(X509)* rest = SSL_get_peer_cert_chain(ssl_.get());
    for (int i = 0; rest != nullptr && i < sk_X509_num(rest); ++i)
        chain.push_back(der_of(sk_X509_value(rest, i)));
    return chain;
}

class Handshake final : public TlsHandshake {
  public:
    Handshake(Socket socket, Place place, const SslContext& context)
        : stream_(std::make_unique<TlsStream>(std::move(socket), std::move(place), context)) {}
    Handshake(Socket socket, const SslContext& context, const std::string& server_name)
        : Handshake(std::move(socket), Place(), context) {
        stream_->connect_to(server_name);
    }
    Task<Result<>> run() override { return stream_->handshake(); }
    std::unique_ptr<SocketStream> take() override { return std::move(stream_); }

  private:
    std::unique_ptr<TlsStream> stream_;
};

}  // namespace

std::unique_ptr<TlsHandshake> make_tls_handshake(Socket socket, Place place, SslContext context) {
    return std::make_unique<Handshake>(std::move(socket), std::move(place), context);
}

std::unique_ptr<TlsHandshake> make_tls_client_handshake(Socket socket, SslContext context,
                                                        const std::string& server_name) {
    return std::make_unique<Handshake>(std::move(socket), context, server_name);
}

}  // namespace thingstead::net
