// The MQTT door: listeners, plain and TLS, and their connections.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include "base/error.h"
#include "base/metrics.h"
#include "net/io_threads.h"
#include "transport/mqtt/settings.h"
#include "transport/session/services.h"

namespace thingstead::transport::mqtt {

class Transport {
  public:
    /// Everything outlives the transport.
    Transport(net::IoThreads& io, Services services, Settings settings, MetricsRegistry& metrics);
    ~Transport();

    /// Errors: unavailable - an address cannot be had; invalid_argument - TLS files.
    Result<> start();
    std::uint16_t port() const;
    std::uint16_t tls_port() const;
    /// No new connections; tells those that are open and ends them. Blocks. Idempotent.
    void stop(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::transport::mqtt
