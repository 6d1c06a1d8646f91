// Settings of AI models; YAML section `ai`.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "base/describe.h"
#include "net/http_client.h"

namespace thingstead::core {

/// An answer may take as long as a model's configuration or a node says.
inline net::HttpClientSettings ai_http_settings() {
    net::HttpClientSettings settings;
    settings.timeout = std::chrono::seconds(600);
    settings.answer_bytes_max = std::size_t{8} << 20;
    return settings;
}

struct AiSettings {
    std::string anthropic_url = "https://api.anthropic.com";
    std::string bedrock_url;
    std::string gemini_url = "https://generativelanguage.googleapis.com";
    std::string github_url = "https://models.github.ai";
    std::string mistral_url = "https://api.mistral.ai";
    std::string vertex_url;
    std::size_t calls_per_tenant_max = 16;
    net::HttpClientSettings http = ai_http_settings();
};
constexpr auto describe(const AiSettings*) {
    using S = AiSettings;
    return fields(
        field("anthropic_url", &S::anthropic_url, "Where Anthropic is asked, without a path.",
              between(1, 500), on_restart),
        field("bedrock_url", &S::bedrock_url,
              "Where Amazon Bedrock is asked, without a path; empty: at each region's own address.",
              between(0, 500), on_restart),
        field("gemini_url", &S::gemini_url, "Where Google's Gemini is asked, without a path.",
              between(1, 500), on_restart),
        field("github_url", &S::github_url, "Where GitHub Models are asked, without a path.",
              between(1, 500), on_restart),
        field("mistral_url", &S::mistral_url, "Where Mistral is asked, without a path.",
              between(1, 500), on_restart),
        field("vertex_url", &S::vertex_url,
              "Where Google's Vertex AI is asked, without a path; empty: at each location's own "
              "address.",
              between(0, 500), on_restart),
        field("calls_per_tenant_max", &S::calls_per_tenant_max,
              "Requests of one tenant at a time, with those that wait; more are refused.",
              between(1, 10'000), on_restart),
        field("http", &S::http, "HTTP calls to providers of AI models."));
}

}  // namespace thingstead::core
