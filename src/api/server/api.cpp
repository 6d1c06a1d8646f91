#include "api/server/api.h"

#include <algorithm>
#include <array>

#include "api/rest/call.h"
#include "api/rest/status.h"
#include "api/ws/connection.h"
#include "core/identity/auth.h"
#include "core/permission/check.h"
#include "core/permission/role_cache.h"

namespace thingstead::api {
namespace {

constexpr std::string_view docs_path = "/v3/api-docs";
constexpr std::string_view page_prefix = "/swagger-ui";
constexpr std::string_view device_api_prefix = "/api/v1/";
constexpr std::string_view websocket_prefix = "/api/ws";
/// Browsers walk these on their way to a log-in with another server and back.
constexpr std::string_view oauth2_start_prefix = "/oauth2/authorization/";
constexpr std::string_view oauth2_end_prefix = "/login/oauth2/code/";

constexpr std::pair<const char*, const char*> security_headers[] = {
    {"Cache-Control",              "no-cache, no-store, max-age=0, must-revalidate"},
    {"Cross-Origin-Opener-Policy", "same-origin"                                   },
    {"X-Content-Type-Options",     "nosniff"                                       },
    {"Referrer-Policy",            "strict-origin-when-cross-origin"               },
};

bool has_header(const net::Reply& reply, std::string_view name) {
    return std::any_of(reply.headers.begin(), reply.headers.end(), [&](const auto& header) {
        return net::same_header_name(header.first, name);
    });
}

/// A handler may say otherwise: pictures may be kept.
void dress(net::Reply& reply, bool cross_origin) {
    for (const auto& [name, value] : security_headers)
        if (!has_header(reply, name)) reply.headers.emplace_back(name, value);
    if (cross_origin) reply.headers.emplace_back("Access-Control-Allow-Origin", "*");
}

/// A browser asks before it sends: every origin may, without cookies.
net::Reply preflight(const net::Request& request) {
    net::Reply reply;
    if (const auto method = request.header("Access-Control-Request-Method"))
        reply.headers.emplace_back("Access-Control-Allow-Methods", *method);
    if (const auto headers = request.header("Access-Control-Request-Headers"))
        reply.headers.emplace_back("Access-Control-Allow-Headers", *headers);
    reply.headers.emplace_back("Access-Control-Max-Age", "1800");
    return reply;
}

/// No Content-Type is taken as JSON.
bool is_json(const net::Request& request) {
    const std::optional<std::string_view> header = request.header("Content-Type");
    if (!header || header->empty()) return true;
    const std::string_view type = header->substr(0, header->find(';'));
    return type.find("/json") != std::string_view::npos ||
           type.find("+json") != std::string_view::npos;
}

std::optional<std::string> credentials_of(const net::Request& request) {
    std::optional<std::string_view> header = request.header("X-Authorization");
    if (!header) header = request.header("Authorization");
    if (!header) return std::nullopt;
    return std::string(*header);
}

bool is_multipart(const net::Request& request) {
    const std::string_view type = request.header("Content-Type").value_or("");
    constexpr std::string_view form = "multipart/form-data";
    return type.size() >= form.size() && net::same_header_name(type.substr(0, form.size()), form);
}

/// Paths of files: /api/image*/**, /api/resource/**, /api/otaPackage/**.
bool takes_files(std::string_view path) {
    return path.starts_with("/api/image") || path == "/api/resource" ||
           path.starts_with("/api/resource/") || path.starts_with("/api/otaPackage/");
}

Error no_credentials() { return {ErrorCode::unauthenticated, "Authentication failed"}; }

}  // namespace

struct Api::Metrics {
    explicit Metrics(MetricsRegistry& registry)
        : classes{counter(registry, "2xx"), counter(registry, "3xx"), counter(registry, "4xx"),
                  counter(registry, "5xx")} {}

    static Counter counter(MetricsRegistry& registry, const char* status) {
        return Counter(registry, "thingstead_rest_replies_total",
                       "Answers of the REST interface by class of status.",
                       {
                           {"status", status}
        });
    }
    void count(int status) {
        if (status >= 200 && status < 600)
            classes[static_cast<std::size_t>(status / 100 - 2)].add();
    }
    std::array<Counter, 4> classes;
};

Api::Api(const Services& services, std::span<const Resource* const> resources,
         MetricsRegistry& metrics)
    : services_(services), router_(resources), metrics_(std::make_unique<Metrics>(metrics)) {}

Api::~Api() = default;

bool Api::serves(std::string_view path) {
    if (path.starts_with(device_api_prefix)) return false;
    return path == "/api" || path.starts_with("/api/") || path == docs_path ||
           path.starts_with(page_prefix) || path.starts_with(oauth2_start_prefix) ||
           path.starts_with(oauth2_end_prefix);
}

std::size_t Api::body_bytes_max(const net::Request& head) {
    const Settings& settings = services_.settings;
    // The whole body is in memory before a handler sees it: more of it is for users alone.
    if (!takes_files(head.path) || !services_.auth.is_ours(credentials_of(head).value_or("")))
        return settings.body_bytes_max;
    return std::max(settings.file_bytes_max, settings.body_bytes_max);
}

net::Reply Api::payload_too_large(const net::Request& head, std::size_t limit) {
    net::Reply reply =
        error_document(Error{ErrorCode::too_large, "Payload size exceeds the limit of " +
                                                       std::to_string(limit) + " bytes"},
                       services_.clock.now_ms());
    dress(reply, head.header("Origin").has_value());
    metrics_->count(reply.status);
    return reply;
}

net::Reply Api::error_reply(int status, const net::Request& head, std::string_view why) {
    const RestCode code = status < 500 ? RestCode::bad_request : RestCode::general;
    net::Reply reply = error_document({status, code}, why, services_.clock.now_ms());
    dress(reply, head.header("Origin").has_value());
    metrics_->count(reply.status);
    return reply;
}

Task<net::Reply> Api::handle(net::Request request) {
    const bool cross_origin = request.header("Origin").has_value();
    net::Reply reply = co_await answer(std::move(request));
    dress(reply, cross_origin);
    metrics_->count(reply.status);
    co_return reply;
}

Task<Result<core::Caller>> Api::authenticate(std::optional<std::string> credentials) const {
    if (!credentials) co_return no_credentials();
    constexpr std::string_view bearer = "Bearer ";
    constexpr std::string_view api_key = "ApiKey ";
    if (credentials->starts_with(bearer) && credentials->size() > bearer.size())
        co_return co_await services_.auth.authenticate_any(credentials->substr(bearer.size()));
    if (credentials->starts_with(api_key) && credentials->size() > api_key.size())
        co_return co_await services_.auth.authenticate_key(credentials->substr(api_key.size()));
    co_return no_credentials();
}

Task<net::Reply> Api::answer(net::Request request) {
    const EpochMs now_ms = services_.clock.now_ms();
    if (request.method == net::Method::options) co_return preflight(request);
    net::Query query = net::Query::parse(request.query);
    if (const Result<> text = net::check_text(request.path, query); !text)
        co_return error_document(text.error(), now_ms);
    const net::Method method =
        request.method == net::Method::head ? net::Method::get : request.method;
    RouteMatch match = router_.find(method, request.path, query);

    core::Caller caller;
    if (!match.route || !match.route->allowed.open()) {
        Result<core::Caller> known = co_await authenticate(credentials_of(request));
        if (!known) co_return error_document(known.error(), now_ms);
        Result<core::Caller> whole = co_await services_.roles.complete(*std::move(known));
        if (!whole) co_return error_document(whole.error(), now_ms);
        caller = *std::move(whole);
    }
    if (!match.route) {
        const std::string name =
            request.method_text.empty() ? std::string(to_string(method)) : request.method_text;
        switch (match.why) {
            case NoRoute::path:
                co_return error_document({404, RestCode::not_found},
                                         "Nothing is served at " + request.path, now_ms);
            case NoRoute::method: {
                net::Reply reply =
                    error_document({405, RestCode::bad_request},
                                   "Request method '" + name + "' is not supported", now_ms);
                reply.headers.emplace_back("Allow", match.allowed_methods);
                co_return reply;
            }
            case NoRoute::parameters:
                co_return error_document(
                    {400, RestCode::bad_request},
                    "Parameters of no operation at " + request.path + " are present", now_ms);
        }
    }
    if (!match.route->allowed.open() &&
        !match.route->allowed.admits(caller.authority, caller.scope))
        co_return error_document(core::permission_denied(), now_ms);
    if (match.route->body == BodyKind::json && !is_json(request))
        co_return error_document({415, RestCode::bad_request},
                                 "Content-Type '" +
                                     std::string(request.header("Content-Type").value_or("")) +
                                     "' is not supported",
                                 now_ms);
    if (match.route->body == BodyKind::multipart && !is_multipart(request))
        co_return error_document({415, RestCode::bad_request},
                                 "Content-Type '" +
                                     std::string(request.header("Content-Type").value_or("")) +
                                     "' is not supported",
                                 now_ms);
    co_return co_await run(std::move(match), std::move(request), std::move(query),
                           std::move(caller));
}

Task<net::Reply> Api::run(RouteMatch match, net::Request request, net::Query query,
                          core::Caller caller) {
    const Route& route = *match.route;
    Call call{services_,          router_,          route,
              std::move(request), std::move(query), std::move(match.variables),
              std::move(caller)};
    Result<net::Reply> reply = co_await route.handler(std::move(call));
    if (reply) co_return *std::move(reply);
    const Error& error = reply.error();
    if (error.code == ErrorCode::internal || error.code == ErrorCode::unavailable)
        services_.log.warn("api.request.failed", error,
                           {
                               {"route", route.pattern}
        });
    co_return route.errors == ErrorForm::document ? error_document(error, services_.clock.now_ms())
                                                  : error_text(error);
}

bool Api::wants_websocket(const net::Request& head) {
    return head.path == websocket_prefix ||
           head.path.starts_with(std::string(websocket_prefix) + "/");
}

Task<> Api::handle_websocket(net::Request head, std::shared_ptr<net::WebSocket> socket) {
    co_return co_await ws::converse(services_, std::move(head), std::move(socket));
}

}  // namespace thingstead::api
