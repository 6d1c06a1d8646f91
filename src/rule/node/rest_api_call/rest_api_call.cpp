#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "net/url.h"
#include "rule/external.h"
#include "rule/message_body.h"
#include "rule/node/rest_api_call/config.h"
#include "rule/pattern.h"

namespace thingstead::rule::rest_api_call {
namespace {

Error wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

/// NOT_FOUND for 404; the number of a status without a name.
std::string status_name(int status) {
    std::string name;
    for (const char c : net::reason_phrase(status)) {
        if (c == '\'') continue;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        name += letter ? static_cast<char>(c & ~0x20) : '_';
    }
    return name.empty() ? std::to_string(status) : name;
}

void put_status(model::Metadata& metadata, const net::HttpAnswer& answer) {
    const std::string_view known = net::reason_phrase(answer.status);
    metadata.put("status", status_name(answer.status));
    metadata.put("statusCode", std::to_string(answer.status));
    metadata.put("statusReason", known.empty() ? std::string_view(answer.reason) : known);
}

/// A header that came several times becomes an array.
void put_headers(model::Metadata& metadata, const net::Headers& headers) {
    for (auto each = headers.begin(); each != headers.end(); ++each) {
        const auto same = [&](const auto& other) {
            return net::same_header_name(other.first, each->first);
        };
        if (std::any_of(headers.begin(), each, same)) continue;
        if (std::none_of(each + 1, headers.end(), same)) {
            metadata.put(each->first, each->second);
            continue;
        }
        json::array values;
        for (auto other = each; other != headers.end(); ++other)
            if (same(*other)) values.emplace_back(other->second);
        metadata.put(each->first, json::serialize(values));
    }
}

ExternalAnswer answer_of(net::HttpAnswer got) {
    ExternalAnswer answer;
    if (got.status < 200 || got.status > 299) {
        const std::string_view reason = net::reason_phrase(got.status);
        answer = ExternalAnswer::failed(
            Error{ErrorCode::internal, std::to_string(got.status) + " " + std::string(reason)});
        answer.metadata.put("error_body", got.body);
    } else {
        put_headers(answer.metadata, got.headers);
        answer.data = got.body.empty() ? "{}" : std::move(got.body);
    }
    put_status(answer.metadata, got);
    return answer;
}

/// Not of the node, which it may outlive.
Task<ExternalAnswer> ask(net::HttpClient* http, net::HttpCall call) {
    if (!http)
        co_return ExternalAnswer::failed(
            Error{ErrorCode::unavailable, "No HTTP calls are made by this server!"});
    Result<net::HttpAnswer> got = co_await http->send(std::move(call));
    if (!got) co_return ExternalAnswer::failed(got.error());
    co_return answer_of(*std::move(got));
}

class RestApiCallNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const std::optional<net::Method> method = method_named(config.method);
        if (!method) return wrong("Unknown HTTP method: '" + config.method + "'!");
        if (config.url.empty()) return wrong("Endpoint URL pattern should be specified!");
        if (!config.headers.is_object() && !config.headers.is_null())
            return wrong("Headers should be an object!");
        Result<Access> access = access_of(config.credentials);
        if (!access) return access.error();
        Result<net::HttpProxy> proxy = proxy_of(config, services.external.proxy);
        if (!proxy) return proxy.error();
        net::HttpCall call;
        call.method = *method;
        call.tls = std::move(access->tls);
        call.proxy = *std::move(proxy);
        call.timeout = std::chrono::milliseconds(config.read_timeout_ms);
        const std::int32_t kb = config.buffer_kb > 0 ? config.buffer_kb : buffer_kb_default;
        call.answer_bytes_max = static_cast<std::size_t>(kb) * 1024;
        if (!access->authorization.empty())
            call.headers.emplace_back("Authorization", access->authorization);
        return std::unique_ptr<Node>(
            std::make_unique<RestApiCallNode>(std::move(config), std::move(call), info, services));
    }

    RestApiCallNode(Config config, net::HttpCall call, const NodeInfo& info, NodeServices& services)
        : config_(std::move(config)),
          call_(std::move(call)),
          url_(config_.url),
          body_(config_.body_template.value_or(""), Pattern::Values::json_escaped),
          services_(services),
          requests_(info, services,
                    {.parallel_max = static_cast<std::size_t>(config_.parallel_max)}) {
        if (const json::object* headers = config_.headers.if_object())
            for (const auto& [name, value] : *headers)
                headers_.emplace_back(Pattern(std::string(name)), Pattern(text_of(value)));
        if (config_.query)
            for (const QueryParameter& each : *config_.query)
                query_.emplace_back(Pattern(each.key), Pattern(each.value));
    }

    Step on_message(Visit& visit) override {
        Result<net::HttpCall> call = call_of(visit.msg);
        if (!call) return call.error();
        return requests_.run(visit, ask(services_.outside.http, *std::move(call)));
    }

  private:
    using Pair = std::pair<Pattern, Pattern>;

    Result<net::HttpCall> call_of(const model::Msg& msg) const {
        const Result<PatternSource> source = PatternSource::of(msg);
        if (!source) return source.error();
        net::HttpCall call = call_;
        Result<std::string> url = url_of(*source);
        if (!url) return url.error();
        call.url = *std::move(url);
        for (const auto& [name, value] : headers_)
            call.headers.emplace_back(name.fill(*source), value.fill(*source));
        Result<std::string> body = body_of(msg, *source);
        if (!body) return body.error();
        call.body = *std::move(body);
        return call;
    }

    Result<std::string> url_of(const PatternSource& source) const {
        std::string url = url_.fill(source);
        if (!config_.query) return encoded_url(url);
        if (!is_encoded_url(url)) return wrong("The URL is not encoded: '" + url + "'!");
        for (const auto& [key, value] : query_) {
            url += url.find('?') == std::string::npos ? '?' : '&';
            url += net::percent_encode(key.fill(source)) + "=" +
                   net::percent_encode(value.fill(source));
        }
        return url;
    }

    bool sends_body() const {
        using net::Method;
        const Method method = call_.method;
        return !config_.ignore_body && (method == Method::post || method == Method::put ||
                                        method == Method::patch || method == Method::del);
    }

    Result<std::string> body_of(const model::Msg& msg, const PatternSource& source) const {
        if (!sends_body()) return std::string();
        const bool has_template = config_.body_template && !config_.body_template->empty();
        std::string text = has_template ? body_.fill(source) : msg.data;
        const Result<json::value> document = parse_json(text);
        if (config_.plain_text)
            return document && document->is_string() ? std::string(document->get_string()) : text;
        if (has_template && !document)
            return wrong("The request body is not JSON: " + document.error().message);
        return text;
    }

    Config config_;
    const net::HttpCall call_;
    const Pattern url_;
    const Pattern body_;
    std::vector<Pair> headers_;
    std::vector<Pair> query_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.rest.TbRestApiCallNode",
    .name = "rest api call",
    .kind = NodeKind::external,
    .summary = "Calls a REST interface with the data of a message.",
    .configuration_version = 4,
    .form = "tbExternalNodeRestApiCallConfig",
    .icon = "call_made",
    .default_configuration = &default_config,
    .make = &make_node<RestApiCallNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::rest_api_call
