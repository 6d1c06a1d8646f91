// The server's side of a WebSocket, over a stream of this room. For http_connection.cpp and its
// sweep; wraps Beast.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "net/http.h"
#include "net/socket_stream.h"
#include "net/websocket.h"

namespace thingstead::net {

class HttpWebSocket : public WebSocket {
  public:
    /// Answers the upgrade request `head`. Errors: malformed - it is no good one, and was answered
    /// so; unavailable - the connection broke.
    virtual Task<Result<>> accept(Request head) = 0;
    /// Waits until the close handshake of both sides is done or given up.
    virtual Task<> closed() = 0;
    /// Called about once per sweep: pings, timeouts.
    virtual void look(std::chrono::steady_clock::time_point now) = 0;
    /// Ends it at once.
    virtual void drop() = 0;
};

/// `first_bytes`: what was received behind the upgrade request.
std::shared_ptr<HttpWebSocket> make_http_websocket(std::shared_ptr<SocketStream> stream,
                                                   WebSocketSettings settings,
                                                   std::string first_bytes);

}  // namespace thingstead::net
