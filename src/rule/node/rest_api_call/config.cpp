#include "rule/node/rest_api_call/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/crypto.h"
#include "rule/message_body.h"

namespace thingstead::rule::rest_api_call {
namespace {

Error wrong_config(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

std::string text_in(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Version 3 did not know `queryParams`.
void drop_unknown(json::object& configuration) {
    std::vector<std::string> unknown;
    for (const auto& [key, value] : configuration) {
        bool known = false;
        for_each_field<Config>([&, name = std::string_view(key)](const auto& each) {
            known = known || (each.name == name && name != "queryParams");
        });
        if (!known) unknown.emplace_back(key);
    }
    for (const std::string& each : unknown) configuration.erase(each);
}

}  // namespace

json::value default_config() {
    Config config;
    config.query.emplace();
    return to_json(config);
}

Result<> upgrade(std::int32_t from, json::object& configuration) {
    if (from <= 0) {
        const json::value* trims = configuration.if_contains("trimDoubleQuotes");
        const bool plain = flag_of(trims).value_or(false);
        configuration.erase("trimDoubleQuotes");
        configuration["parseToPlainText"] = plain;
    }
    if (from <= 1)
        for (const char* old : {"useRedisQueueForMsgPersistence", "trimQueue", "maxQueueSize"})
            configuration.erase(old);
    if (from <= 2 && !configuration.contains("maxInMemoryBufferSizeInKb"))
        configuration["maxInMemoryBufferSizeInKb"] = buffer_kb_default;
    if (from <= 3) {
        drop_unknown(configuration);
        configuration["requestBodyTemplate"] = nullptr;
    }
    return {};
}

std::optional<net::Method> method_named(std::string_view name) {
    using net::Method;
    for (const Method each : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::del, Method::options})
        if (net::to_string(each) == name) return each;
    return std::nullopt;
}

Result<net::HttpProxy> proxy_of(const Config& config, const std::string& system) {
    net::HttpProxy proxy;
    if (!config.proxy_enabled) return proxy;
    if (config.system_proxy) {
        proxy.url = system;
        return proxy;
    }
    const std::string host = config.proxy_host.value_or("");
    if (host.empty() || host.find_first_of("/@?# ") != std::string::npos)
        return wrong_config("Proxy host should be specified!");
    if (config.proxy_port < 1) return wrong_config("Proxy port should be between 1 and 65535!");
    proxy.url = "http://" + host + ":" + std::to_string(config.proxy_port);
    proxy.user = config.proxy_user.value_or("");
    proxy.password = config.proxy_password.value_or("");
    return proxy;
}

Result<Access> access_of(const json::value& credentials) {
    Access access;
    if (credentials.is_null()) return access;
    const json::object* members = credentials.if_object();
    if (!members) return wrong_config("Credentials should be an object!");
    const std::string type = text_in(*members, "type");
    if (type.empty() || type == "anonymous") return access;
    if (type == "basic") {
        const std::string user = text_in(*members, "username");
        if (user.empty())
            return wrong_config("Username of the basic credentials should be specified!");
        access.authorization = "Basic " + core::base64(user + ":" + text_in(*members, "password"));
        return access;
    }
    if (type != "cert.PEM") return wrong_config("Unknown type of credentials: '" + type + "'!");
    access.tls.authorities = text_in(*members, "caCert");
    access.tls.certificate = text_in(*members, "cert");
    access.tls.private_key = text_in(*members, "privateKey");
    access.tls.password = text_in(*members, "password");
    if (access.tls.certificate.empty() != access.tls.private_key.empty())
        return wrong_config("A certificate and its private key should be specified together!");
    if (access.tls.certificate.empty() && access.tls.authorities.empty())
        return wrong_config("Either a CA certificate or a client certificate should be specified!");
    return access;
}

}  // namespace thingstead::rule::rest_api_call
