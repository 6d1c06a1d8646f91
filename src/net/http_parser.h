// Bytes to a Request, one request at a time; no I/O. For http_connection.cpp; wraps Beast's parser.
// Source: RFC 9112.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http.h"

namespace thingstead::net {

struct ParserLimits {
    std::size_t head_bytes_max = 16'384;
    std::size_t headers_max = 100;
};

class RequestParser {
  public:
    explicit RequestParser(const ParserLimits& limits);
    ~RequestParser();

    /// Parses from the front of `bytes` and returns how many were taken; what was not is passed
    /// again with more behind it. Stops after the head, until begin_body(), and after the body.
    /// Errors: malformed - and body_over_limit() is false; too_large - the head is over a limit,
    /// or the body is and body_over_limit() is true; unsupported - a transfer coding but chunked.
    Result<std::size_t> put(std::string_view bytes);

    bool head_done() const;
    bool done() const;
    bool body_over_limit() const;
    /// After head_done(): the peer wants to send another request on this connection.
    bool keep_alive() const;
    bool http_1_0() const;
    /// A body follows.
    bool has_body() const;
    std::optional<std::uint64_t> content_length() const;
    /// Errors of put() from here on: a body of more than `limit` bytes.
    void begin_body(std::size_t limit);

    /// Head from head_done() on, body from done() on; before an error, what was understood.
    Request& request();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
