// Streams to servers of somebody else's: for protocols whose client we are.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/egress.h"
#include "net/stream_socket.h"
#include "net/task.h"
#include "net/tls.h"

namespace thingstead::net {

struct Address {
    std::string host;  ///< A name, or a numeric address without brackets.
    std::uint16_t port = 0;

    friend bool operator==(const Address&, const Address&) = default;
};

/// `host:port`, `[::1]:port`, `::1:port`. Errors: invalid_argument - the message quotes it.
Result<Address> parse_address(std::string_view text);
/// As parse_address() reads it.
std::string to_string(const Address& address);

/// Connects to the first of the host's addresses that accepts, and shakes hands if `tls` is given;
/// the certificate must be for `address.host`. Call it on a thread of an IoThreads: the stream
/// lives there. No deadline of its own: with_deadline(); while a name is being resolved it is deaf
/// to cancellation. Addresses that `egress` does not permit are not tried; null: all are. It
/// outlives the call. Errors: unavailable - the detail says why; unauthenticated - TLS failed:
/// another certificate, or no TLS there; forbidden - no address of the host is permitted.
Task<Result<std::unique_ptr<Stream>>> connect(boost::asio::io_context& context, Address address,
                                              SslContext tls, const EgressGuard* egress = nullptr);

}  // namespace thingstead::net
