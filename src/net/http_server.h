// The HTTP/1.1 server of the house: one port, one handler.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/http.h"
#include "net/io_threads.h"
#include "net/tls.h"
#include "net/websocket.h"

namespace thingstead::net {

struct HttpServerSettings {
    std::string address = "0.0.0.0";                 ///< Numeric; "::" serves both families.
    std::uint16_t port = 8080;                       ///< 0: the system chooses.
    std::size_t connections_max = 10'000;            ///< More are answered 503 and closed.
    std::size_t head_bytes_max = 16'384;             ///< Request line and headers; over it 431.
    std::size_t headers_max = 100;                   ///< Over it 431.
    std::chrono::milliseconds head_timeout{10'000};  ///< From the first byte of a request.
    /// For the first KiB of a body; every KiB that comes adds a second.
    std::chrono::milliseconds body_timeout{10'000};
    std::chrono::milliseconds idle_timeout{60'000};   ///< Between requests.
    std::chrono::milliseconds write_timeout{30'000};  ///< Without progress.
    std::optional<TlsSettings> tls{};
    WebSocketSettings websocket{};
};

class HttpServer {
  public:
    /// `handler` outlives the server. `name` labels metrics and log lines.
    HttpServer(IoThreads& io, HttpServerSettings settings, HttpHandler& handler, Log log,
               MetricsRegistry& metrics, std::string name);
    /// stop(0) if it was not stopped.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Errors: unavailable - the address cannot be had; invalid_argument - it is none, or the TLS
    /// files cannot be used.
    Result<> start();
    std::uint16_t port() const;
    std::size_t connections() const;

    /// Takes no new connections, closes idle ones at once and WebSockets with 1012, lets running
    /// requests end; at the deadline cancels the rest. True if everything ended in time. Blocks:
    /// not on an I/O thread. Idempotent.
    bool stop(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::net
