// What rule nodes may ask of systems outside; YAML section `rule.external`.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "base/describe.h"
#include "net/http_client.h"

namespace thingstead::rule {

/// Of the HTTP calls of nodes: an answer may be as large as a node's own limit allows.
inline net::HttpClientSettings external_http_settings() {
    net::HttpClientSettings settings;
    settings.timeout = std::chrono::seconds(20);
    settings.answer_bytes_max = 25'000 * 1024;
    return settings;
}

struct ExternalSettings {
    bool force_ack = false;
    std::size_t parallel_requests_max = 64;
    std::size_t pending_requests_max = 256;
    std::chrono::milliseconds request_timeout{30'000};
    std::string proxy;
    std::string aws_url;
    std::string pubsub_url = "https://pubsub.googleapis.com";
    std::string slack_url = "https://slack.com/api";
    net::HttpClientSettings http = external_http_settings();
    friend bool operator==(const ExternalSettings&, const ExternalSettings&) = default;
};

constexpr auto describe(const ExternalSettings*) {
    using S = ExternalSettings;
    return fields(
        field("force_ack", &S::force_ack,
              "Whether messages count as processed as soon as they reach a node that asks a system "
              "outside; the answer then goes on as a message of its own.",
              on_restart),
        field("parallel_requests_max", &S::parallel_requests_max,
              "Requests of one node that run at a time, per worker.", between(1, 100'000),
              on_restart),
        field("pending_requests_max", &S::pending_requests_max,
              "Requests of one node that wait for those, per worker; messages beyond fail.",
              between(0, 1'000'000), on_restart),
        field("request_timeout", &S::request_timeout,
              "Milliseconds that a request may take, its waiting included, unless the node says.",
              between(100, 3'600'000), on_restart),
        field("proxy", &S::proxy,
              "http://host:port of nodes that use the system's proxy; empty: they use none.",
              between(0, 500), on_restart),
        field("aws_url", &S::aws_url,
              "Where Amazon's services are asked, without a path; empty: at each service and "
              "region's own address.",
              between(0, 500), on_restart),
        field("pubsub_url", &S::pubsub_url, "Where Google's Pub/Sub is asked, without a path.",
              between(1, 500), on_restart),
        field("slack_url", &S::slack_url, "Where Slack's interface is, with its path.",
              between(1, 500), on_restart),
        field("http", &S::http, "HTTP calls of nodes."));
}

}  // namespace thingstead::rule
