// Byte streams over TCP, plain or TLS, and the listener that accepts them: for protocols that we
// speak without a library. A plain stream adds no buffer and little time to the system calls.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/io_threads.h"
#include "net/task.h"
#include "net/tls.h"

namespace thingstead::net {

/// Told that a stream may be read, by one that keeps no coroutine while it is idle.
class ReadReadiness {
  public:
    virtual ~ReadReadiness() = default;
    /// On the stream's thread. False: the wait was ended by cancel() or close(), or the connection
    /// broke. Must not throw.
    virtual void on_readable(bool readable) = 0;
};

/// One connection. All methods on the thread of executor(), the destructor too. One reader and one
/// writer may wait at the same time. Cancelling a task that waits here ends its wait.
/// Errors of all reads, writes and waits: unavailable - the connection broke, was cancelled or
/// closed; the text is for the log.
class Stream {
  public:
    virtual ~Stream() = default;
    virtual boost::asio::any_io_executor executor() = 0;

    /// What is there now, at most into.size() bytes; 0: the peer closed in order; nullopt: nothing
    /// yet, wait_readable().
    virtual Result<std::optional<std::size_t>> try_read(std::span<std::byte> into) = 0;
    /// Writes what the system takes of `parts`, in order; returns the bytes taken, perhaps 0: then
    /// wait_writable() and pass what is left, the same bytes.
    virtual Result<std::size_t> try_write(std::span<const ByteSpan> parts) = 0;
    /// Returns when try_read() is worth a call. Needs no buffer: an idle connection costs none.
    virtual Task<Result<>> wait_readable() = 0;
    /// The same for an owner that waits for most of its life: `waiter` lives until it was told,
    /// once, later than this returns.
    virtual void notify_readable(std::shared_ptr<ReadReadiness> waiter) = 0;
    virtual Task<Result<>> wait_writable() = 0;

    /// try_read(), waiting as needed. `into` lives until it returns.
    Task<Result<std::size_t>> read_some(std::span<std::byte> into);
    /// All of `bytes` or of `head` and `body` (one system call if it fits). They live until it
    /// returns.
    Task<Result<>> write(ByteSpan bytes);
    Task<Result<>> write(ByteSpan head, ByteSpan body);

    /// True once the peer closed its end or the connection broke, unread data or not.
    virtual bool peer_closed() = 0;
    /// Says to the peer that no more comes (TLS: close_notify, too). Reads go on.
    virtual void shutdown_write() = 0;
    /// Ends what waits, with `unavailable`; the stream can be used again.
    virtual void cancel() = 0;
    /// Ends what waits and the connection. Idempotent.
    virtual void close() = 0;

    virtual const std::string& peer_address() const = 0;  ///< Numeric, without the port.
    virtual std::uint16_t peer_port() const = 0;
    virtual bool secure() const = 0;
    /// What the client presented in the handshake, leaf first; empty: nothing, or no TLS.
    virtual std::vector<std::vector<std::byte>> client_certificates_der() const = 0;
};

struct ListenerSettings {
    std::string address = "0.0.0.0";        ///< Numeric; "::" serves both families.
    std::uint16_t port = 0;                 ///< 0: the system chooses.
    std::size_t connections_max = 100'000;  ///< More are closed at once, and counted.
    int backlog = 4'096;
    std::chrono::milliseconds handshake_timeout{10'000};
    std::optional<TlsSettings> tls{};
};

/// Accepts on one I/O thread and hands each connection, after its handshake, to the next thread in
/// turn. When the process is out of file descriptors it pauses for a moment and says so.
class Listener {
  public:
    /// Called on the stream's thread. Must not throw or wait: spawn a task that owns the stream.
    using OnAccept = std::function<void(std::unique_ptr<Stream>)>;

    /// `name` labels metrics and log lines. Streams may outlive the listener, not `io`.
    Listener(IoThreads& io, ListenerSettings settings, Log log, MetricsRegistry& metrics,
             std::string name, OnAccept on_accept);
    /// stop().
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Binds and begins. Errors: unavailable - the address cannot be had; invalid_argument - it is
    /// none, or the TLS files cannot be used.
    Result<> start();
    std::uint16_t port() const;
    /// Streams that live, with those in their handshake.
    std::size_t connections() const;
    /// No new connections after it returns; handshakes end. Streams handed out live on. Blocks: not
    /// on an I/O thread. Idempotent.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
