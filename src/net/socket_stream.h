// The inside of streams, for the .cpp files of this room: a stream is a socket that is asked
// without waiting, and waits for readiness.
#pragma once
#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "net/stream_socket.h"

namespace thingstead::net {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using SocketWait = boost::asio::socket_base::wait_type;

/// The connections of a listener: for its limit and for the metric.
struct ConnectionCount {
    explicit ConnectionCount(Gauge g) : gauge(std::move(g)) {}

    std::atomic<std::size_t> count{0};
    Gauge gauge;
};

/// Held by each stream while it lives.
class Place {
  public:
    Place() = default;  ///< Of a connection that no listener counts.
    explicit Place(std::shared_ptr<ConnectionCount> of) : of_(std::move(of)) {
        ++of_->count;
        of_->gauge.add(1);
    }
    Place(Place&&) = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
        if (!of_) return;
        --of_->count;
        of_->gauge.add(-1);
    }

  private:
    std::shared_ptr<ConnectionCount> of_;
};

class SocketStream : public Stream {
  public:
    SocketStream(Socket socket, Place place);

    boost::asio::any_io_executor executor() override { return socket_.get_executor(); }
    Task<Result<>> wait_readable() override;
    Task<Result<>> wait_writable() override;
    void notify_readable(std::shared_ptr<ReadReadiness> waiter) override;
    bool peer_closed() override;
    void cancel() override;
    void close() override;
    const std::string& peer_address() const override { return peer_address_; }
    std::uint16_t peer_port() const override { return peer_port_; }

    Socket& socket() { return socket_; }
    /// Data is there that the system does not know of any more.
    virtual bool readable_now() { return false; }
    /// What to wait for before the next try_read() or try_write(): TLS may need the other one.
    virtual SocketWait read_wait() { return boost::asio::socket_base::wait_read; }
    virtual SocketWait write_wait() { return boost::asio::socket_base::wait_write; }

  private:
    Socket socket_;
    Place place_;
    std::uint16_t peer_port_ = 0;
    std::string peer_address_;
};

std::unique_ptr<SocketStream> make_plain_stream(Socket socket, Place place);

/// A TLS stream whose handshake is still to be done.
class TlsHandshake {
  public:
    virtual ~TlsHandshake() = default;
    /// Errors: unavailable - the peer went away or the two could not agree; `detail` has OpenSSL's
    /// words. On success the stream is ready.
    virtual Task<Result<>> run() = 0;
    virtual std::unique_ptr<SocketStream> take() = 0;
};
std::unique_ptr<TlsHandshake> make_tls_handshake(Socket socket, Place place, SslContext context);
/// The client's side; `server_name` is what the certificate must be for, a name or an address.
std::unique_ptr<TlsHandshake> make_tls_client_handshake(Socket socket, SslContext context,
                                                        const std::string& server_name);

}  // namespace thingstead::net
