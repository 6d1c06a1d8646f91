#include "rule/aws_call.h"

#include <algorithm>

#include "protocol/aws/answer.h"
#include "protocol/aws/sign.h"

namespace thingstead::rule {
namespace {

Error aws_wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

}  // namespace

Result<> check_aws_access(const AwsAccess& access) {
    if (access.access_key_id.empty()) return aws_wrong("Access key ID should be specified!");
    if (access.secret_access_key.empty())
        return aws_wrong("Secret access key should be specified!");
    const bool plain = std::all_of(access.region.begin(), access.region.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (access.region.empty() || !plain) return aws_wrong("AWS region should be specified!");
    return {};
}

net::HttpCall aws_call(AwsRequest request, const AwsAccess& access, const std::string& settings_url,
                       EpochMs now_ms) {
    if (!settings_url.empty()) request.url = settings_url;
    if (request.url.empty())
        request.url = "https://" + request.service + "." + access.region + ".amazonaws.com";
    aws::Request to_sign;
    to_sign.host = request.url.substr(request.url.find("://") + 3);
    to_sign.path = request.path;
    to_sign.headers = request.headers;
    to_sign.body = request.body;
    net::HttpCall call;
    call.url = request.url + request.path;
    for (const auto& [key, value] : request.query) {
        to_sign.query.emplace_back(net::percent_encode(key), net::percent_encode(value));
        call.url += call.url.find('?') == std::string::npos ? '?' : '&';
        call.url += to_sign.query.back().first + "=" + to_sign.query.back().second;
    }
    const aws::Credentials credentials{access.access_key_id, access.secret_access_key};
    const aws::Scope scope{access.region, request.service};
    const aws::Signed out = aws::sign(to_sign, credentials, scope, now_ms / 1000);
    call.method = net::Method::post;
    call.headers = std::move(request.headers);
    call.headers.emplace_back("X-Amz-Date", out.date);
    call.headers.emplace_back("Authorization", out.authorization);
    call.body = std::move(request.body);
    return call;
}

AwsRequest aws_form(std::string service, const net::Query& form) {
    AwsRequest request;
    request.service = std::move(service);
    request.headers.emplace_back("Content-Type",
                                 "application/x-www-form-urlencoded; charset=utf-8");
    request.body = form.encode();
    return request;
}

ExternalAnswer aws_answer(const Result<net::HttpAnswer>& got) {
    if (!got) return ExternalAnswer::failed(got.error());
    if (got->status >= 200 && got->status <= 299) return ExternalAnswer();
    const std::string why = aws::element_text(got->body, "Message");
    const std::string code = aws::element_text(got->body, "Code");
    return ExternalAnswer::failed(
        Error{ErrorCode::internal, (why.empty() ? std::string("The service refused") : why) +
                                       " (Status Code: " + std::to_string(got->status) +
                                       (code.empty() ? "" : "; Error Code: " + code) + ")"});
}

void put_aws_text(ExternalAnswer& answer, const std::string& document, std::string_view element,
                  std::string_view key) {
    const std::string text = aws::element_text(document, element);
    if (!text.empty()) answer.metadata.put(key, text);
}

Result<std::pair<std::string, std::string>> split_url(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    if (!known || scheme + 3 == url.size() || url.find_first_of("?# \r\n") != std::string::npos)
        return aws_wrong("Not a URL: '" + std::string(url) + "'!");
    const std::size_t path = std::min(url.find('/', scheme + 3), url.size());
    return std::pair(std::string(url.substr(0, path)), std::string(url.substr(path)));
}

Task<Result<net::HttpAnswer>> send_http(net::HttpClient* http, net::HttpCall call) {
    if (!http) co_return Error{ErrorCode::unavailable, "No HTTP calls are made by this server!"};
    co_return co_await http->send(std::move(call));
}

}  // namespace thingstead::rule
