// Requests of nodes to Amazon's web services.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/http_client.h"
#include "net/url.h"
#include "rule/external.h"

namespace thingstead::rule {

struct AwsAccess {
    std::string access_key_id;
    std::string secret_access_key;
    std::string region;
};
/// Errors: invalid_argument - a part is missing.
Result<> check_aws_access(const AwsAccess& access);

struct AwsRequest {
    std::string service;  ///< "sqs"
    std::string url{};    ///< Scheme and host; empty: the service's own in the region.
    std::string path = "/";
    std::vector<std::pair<std::string, std::string>> query{};  ///< Not coded yet.
    net::Headers headers{};
    std::string body{};
};

/// A POST that is signed now. `settings_url`: see ExternalSettings::aws_url; goes before all
/// others.
net::HttpCall aws_call(AwsRequest request, const AwsAccess& access, const std::string& settings_url,
                       EpochMs now_ms);

/// A request of the query protocol: SNS, SQS.
AwsRequest aws_form(std::string service, const net::Query& form);

/// The answer to a form: 2xx, or why not.
ExternalAnswer aws_answer(const Result<net::HttpAnswer>& got);
/// The text of an element of a successful answer, as metadata; left out if there is none.
void put_aws_text(ExternalAnswer& answer, const std::string& document, std::string_view element,
                  std::string_view key);

/// `https://host`, and the rest. Errors: invalid_argument - not a URL.
Result<std::pair<std::string, std::string>> split_url(std::string_view url);

/// Errors: unavailable - no HTTP calls are made here.
Task<Result<net::HttpAnswer>> send_http(net::HttpClient* http, net::HttpCall call);

}  // namespace thingstead::rule
