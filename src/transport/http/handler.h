// The HTTP door of devices: /api/v1/{token}/… . The token in the path is the only authentication.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>

#include "base/describe.h"
#include "base/metrics.h"
#include "net/http.h"
#include "transport/session/services.h"

namespace thingstead::transport::http {

struct Settings {
    std::chrono::milliseconds request_timeout{60'000};
    std::chrono::milliseconds request_timeout_max{300'000};
    std::size_t body_bytes_max = 50u << 20;
};

constexpr auto describe(const Settings*) {
    return fields(
        field("request_timeout", &Settings::request_timeout, "Wait of a long poll that names none.",
              between(1, 3'600'000), on_restart),
        field("request_timeout_max", &Settings::request_timeout_max,
              "Longest wait of any request; then 503.", between(1, 86'400'000), on_restart),
        field("body_bytes_max", &Settings::body_bytes_max,
              "Largest body; a longer one is answered 413.", between(1'024, 1u << 30), in_bytes,
              on_restart));
}

struct Metrics {
    explicit Metrics(MetricsRegistry& registry);
    Counter requests;
    Counter refused;
    Gauge polls;
};

/// Serves the paths that is_device_path() takes; the owner of the port composes it with the REST
/// interface.
class Handler final : public net::HttpHandler {
  public:
    Handler(Services services, Settings settings, MetricsRegistry& metrics);
    ~Handler() override;

    static bool is_device_path(std::string_view path) { return path.starts_with("/api/v1/"); }

    std::size_t body_bytes_max(const net::Request& head) override;
    Task<net::Reply> handle(net::Request request) override;
    net::Reply payload_too_large(const net::Request& head, std::size_t limit) override;

  private:
    Task<net::Reply> post_uplink(core::DeviceIdentityPtr device, net::Request request,
                                 bool telemetry);
    Task<net::Reply> get_attributes(core::DeviceIdentityPtr device, net::Request request);
    Task<net::Reply> post_call(core::DeviceIdentityPtr device, net::Request request);
    Task<net::Reply> poll_attributes(core::DeviceIdentityPtr device, net::Request request);

    Services services_;
    Settings settings_;
    Metrics metrics_;
};

}  // namespace thingstead::transport::http
