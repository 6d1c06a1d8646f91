// How the node calls a REST interface, and configurations of older versions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "net/http_client.h"

namespace thingstead::rule::rest_api_call {

inline constexpr std::int32_t buffer_kb_default = 256;

struct QueryParameter {
    std::string key;
    std::string value;
};
constexpr auto describe(const QueryParameter*) {
    return fields(field("key", &QueryParameter::key, "A pattern."),
                  field("value", &QueryParameter::value, "A pattern."));
}

struct Config {
    std::string url = "http://localhost/api";
    std::string method = "POST";
    std::optional<std::vector<QueryParameter>> query;
    json::value headers = json::object({
        {"Content-Type", "application/json"}
    });
    std::optional<std::string> body_template;
    bool ignore_body = false;
    bool plain_text = false;
    std::int32_t read_timeout_ms = 0;
    std::int32_t parallel_max = 0;
    std::int32_t buffer_kb = buffer_kb_default;
    bool proxy_enabled = false;
    bool system_proxy = false;
    std::optional<std::string> proxy_host;
    std::int32_t proxy_port = 0;
    std::optional<std::string> proxy_user;
    std::optional<std::string> proxy_password;
    json::value credentials = json::object({
        {"type", "anonymous"}
    });
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("restEndpointUrlPattern", &C::url, "What is called, a pattern."),
        field("requestMethod", &C::method, "The HTTP method."),
        field("queryParams", &C::query,
              "Added to the URL, which is then encoded already; null: the URL is encoded whole."),
        field("headers", &C::headers, "Names and values, patterns."),
        field("requestBodyTemplate", &C::body_template, "A pattern; null: the message's data."),
        field("ignoreRequestBody", &C::ignore_body, "Send no body."),
        field("parseToPlainText", &C::plain_text, "Send a JSON string as its text."),
        field("readTimeoutMs", &C::read_timeout_ms, "0: as the settings say.",
              between(0, 2'147'483'647)),
        field("maxParallelRequestsCount", &C::parallel_max, "0: as the settings say.",
              between(0, 2'147'483'647)),
        field("maxInMemoryBufferSizeInKb", &C::buffer_kb, "Largest answer.", between(0, 25'000)),
        field("enableProxy", &C::proxy_enabled, "Whether a proxy is used."),
        field("useSystemProxyProperties", &C::system_proxy, "Use the one of the settings."),
        field("proxyHost", &C::proxy_host),
        field("proxyPort", &C::proxy_port, {}, between(0, 65'535)),
        field("proxyUser", &C::proxy_user), field("proxyPassword", &C::proxy_password, {}, secret),
        field("credentials", &C::credentials, "anonymous, basic or cert.PEM.", secret));
}

json::value default_config();
/// Errors: malformed.
Result<> upgrade(std::int32_t from, json::object& configuration);

/// Nullopt: no such method.
std::optional<net::Method> method_named(std::string_view name);
/// Errors: invalid_argument - a proxy that is enabled has no address. `system`: of the settings.
Result<net::HttpProxy> proxy_of(const Config& config, const std::string& system);

/// What the credentials come to.
struct Access {
    std::string authorization;  ///< A header's value; empty: none.
    net::HttpTls tls;
};
/// Errors: invalid_argument - an unknown type, or something is missing.
Result<Access> access_of(const json::value& credentials);

/// Everything that a URL cannot have as it is, coded, percent signs too.
std::string encoded_url(std::string_view url);
/// Whether nothing in it has to be coded.
bool is_encoded_url(std::string_view url);

}  // namespace thingstead::rule::rest_api_call
