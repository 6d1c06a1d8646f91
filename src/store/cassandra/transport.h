// A byte stream to a node, plain or TLS, from the client's side.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/task.h"
#include "net/tls.h"

namespace thingstead::store::cassandra {

/// TLS 1.2 and later. `authority_file` empty: the system's authorities.
/// Errors: invalid_argument - the file cannot be used.
Result<net::SslContext> make_client_tls_context(const std::string& authority_file);

/// All methods on the thread of its executor. One reader and one writer may wait at the same time.
/// Errors: unavailable - the connection broke; the detail says how.
class Transport {
  public:
    virtual ~Transport() = default;
    /// At least one byte; an end of the stream is an error.
    virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;
    /// All of `bytes`, which live until it returns.
    virtual Task<Result<>> write(std::string_view bytes) = 0;
    /// Ends what waits. Idempotent.
    virtual void close() = 0;
    virtual const std::string& peer_address() const = 0;  ///< Numeric.
};

/// Resolves, connects and shakes hands, on the caller's executor; the certificate must be of
/// `host`. `tls` null: plain. Errors: unavailable; the detail says what failed.
Task<Result<std::unique_ptr<Transport>>> connect(std::string host, std::uint16_t port,
                                                 net::SslContext tls);

}  // namespace thingstead::store::cassandra
