// The REST and WebSocket interface as one HTTP handler: who asks, which route, which answer.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/rest/route.h"
#include "api/rest/router.h"
#include "api/services.h"
#include "base/metrics.h"
#include "core/caller.h"
#include "net/http.h"

namespace thingstead::api {

/// The resources that this build has; generated.
std::span<const Resource* const> all_resources();

/// Serves /api/** but /api/v1/**, /v3/api-docs, and the paths of log-in with other servers. Whoever
/// composes handlers asks serves().
class Api final : public net::HttpHandler {
  public:
    /// What `services` and `resources` point to, and `metrics`, outlive it.
    Api(const Services& services, std::span<const Resource* const> resources,
        MetricsRegistry& metrics);
    ~Api() override;

    static bool serves(std::string_view path);

    std::size_t body_bytes_max(const net::Request& head) override;
    Task<net::Reply> handle(net::Request request) override;
    net::Reply payload_too_large(const net::Request& head, std::size_t limit) override;
    net::Reply error_reply(int status, const net::Request& head, std::string_view why) override;
    bool wants_websocket(const net::Request& head) override;
    Task<> handle_websocket(net::Request head, std::shared_ptr<net::WebSocket> socket) override;

    const Router& router() const { return router_; }

  private:
    struct Metrics;

    Task<net::Reply> answer(net::Request request);
    Task<net::Reply> run(RouteMatch match, net::Request request, net::Query query,
                         core::Caller caller);
    /// The caller of a request that needs one; also of an unfinished log-in. Errors:
    /// unauthenticated, expired.
    Task<Result<core::Caller>> authenticate(std::optional<std::string> credentials) const;

    Services services_;
    Router router_;
    std::unique_ptr<Metrics> metrics_;
};

}  // namespace thingstead::api
