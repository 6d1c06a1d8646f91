// HTTP/1.1 as handlers see it: plain values, no parser, no sockets. The server is
// net/http_server.h. Source: RFC 9110, RFC 9112.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/task.h"

namespace thingstead::net {

class WebSocket;

/// `other`: a method that we have no word for; Request::method_text has it.
enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

std::string_view to_string(Method method);

/// Names of headers, and words like `chunked`: case does not matter.
bool same_header_name(std::string_view a, std::string_view b);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    Method method = Method::get;
    std::string method_text{};   ///< As sent; case matters.
    std::string target{};        ///< Path and query as sent.
    std::string path{};          ///< Percent-decoded, without the query; starts with '/'.
    std::string query{};         ///< As sent, without '?'; see net/url.h for its parser.
    Headers headers{};           ///< In the order they came.
    std::string body{};          ///< Empty while only the head is known.
    std::string peer_address{};  ///< Numeric, without the port.
    bool secure = false;         ///< Came over TLS.

    /// First value of the header, whatever the case of `name`. Valid while the request is.
    std::optional<std::string_view> header(std::string_view name) const;
};

struct Reply {
    int status = 200;
    std::string content_type{};  ///< Empty: no Content-Type.
    std::string body{};
    /// Beside those the server writes itself: Date, Content-Length, Content-Type, Connection.
    Headers headers{};
    bool close = false;  ///< End the connection after this reply.
};

/// The standard's words for a status; empty for one it does not list.
std::string_view reason_phrase(int status);

/// What a server asks of the code behind it. Called on the I/O thread of each connection, from many
/// threads at once. Outlives the server.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;

    /// Largest body for this request in bytes, decided from its head; over it the client gets
    /// payload_too_large() and the connection ends.
    virtual std::size_t body_bytes_max(const Request& head) = 0;

    /// Requests of one connection come one after the other. The task is cancelled when the client
    /// goes away (noticed within about a second) and when the server's stop() reaches its deadline.
    /// An exception is logged and answered with error_reply(500).
    virtual Task<Reply> handle(Request request) = 0;

    virtual Reply payload_too_large(const Request& head, std::size_t limit);

    /// Answers what never reaches handle(): 400 malformed, 408 too slow, 431 head too large,
    /// 500 exception, 503 too many connections. `head` holds what was understood, perhaps nothing.
    virtual Reply error_reply(int status, const Request& head, std::string_view why);

    /// Whether a WebSocket upgrade is wanted at this path. If not, handle() gets the request.
    virtual bool wants_websocket(const Request& head);

    /// Owns the conversation: the socket is closed (1000) when the task ends.
    virtual Task<> handle_websocket(Request head, std::shared_ptr<WebSocket> socket);
};

}  // namespace thingstead::net
