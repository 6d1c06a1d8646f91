// A server's end of one WebSocket connection. Source: RFC 6455.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "net/task.h"

namespace thingstead::net {

/// Close codes of RFC 6455 section 7.4, and ours.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    bad_payload = 1007,
    policy = 1008,
    too_big = 1009,
    internal_error = 1011,
    service_restart = 1012,
    silent = 4500,  ///< Nothing, not even a pong, came for `silence_max`.
};

struct WebSocketSettings {
    std::size_t message_bytes_max = 32'768;  ///< A longer message ends the connection with 1009.
    std::size_t send_messages_max = 1'000;   ///< Waiting to be written; one more is refused.
    std::size_t send_bytes_max = 16u << 20;  ///< Of all waiting messages.
    std::chrono::milliseconds write_timeout{5'000};  ///< Of one message; then the peer is dropped.
    std::chrono::milliseconds ping_after{10'000};    ///< Of silence.
    std::chrono::milliseconds silence_max{30'000};   ///< Then it is closed with 4500.
};

struct WebSocketMessage {
    std::string data;
    bool binary = false;  ///< Else `data` is valid UTF-8.
};

/// All methods on executor()'s thread but those that say otherwise. One read() at a time.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    virtual boost::asio::any_io_executor executor() = 0;

    /// The next message; nullopt once the connection was closed in order, by either side.
    /// Errors: too_large, malformed, timeout - and the connection is closed with the fitting code;
    /// unavailable - the connection broke.
    virtual Task<Result<std::optional<WebSocketMessage>>> read() = 0;

    /// Queues a text message; never waits. Errors: rate_limited - the queue is full: close with
    /// CloseCode::policy; unavailable - closed or closing.
    virtual Result<> send(std::string text) = 0;
    /// send() from any thread: in order among the calls of one thread. A full queue closes the
    /// connection with CloseCode::policy. Does nothing once closed.
    virtual void post_send(std::string text) = 0;

    /// Writes what is queued, then the close frame, and drops the connection if that takes longer
    /// than `write_timeout`. Ends read(). Idempotent. `reason`: at most 123 bytes, the rest is cut.
    virtual void close(CloseCode code, std::string reason) = 0;
    /// close() from any thread.
    virtual void post_close(CloseCode code, std::string reason) = 0;

    /// Messages waiting to be written.
    virtual std::size_t queued() const = 0;
};

}  // namespace thingstead::net
