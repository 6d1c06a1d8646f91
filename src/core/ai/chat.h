// Asks AI models: one prompt, one answer, whichever the provider. Calls go through a client that is
// guarded as those of rule nodes are (net/egress.h).
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "core/ai/model_config.h"
#include "core/ai/settings.h"
#include "model/ids.h"
#include "net/http_client.h"
#include "net/task.h"
#include "protocol/google/service_account.h"

namespace thingstead::core {

/// A part of what the user says.
struct ChatContent {
    enum class Kind : std::uint8_t { text, pdf, image };
    Kind kind = Kind::text;
    std::string data{};        ///< The text, or the file's bytes.
    std::string media_type{};  ///< Of an image: "image/png".
    std::string file_name{};   ///< Of a PDF.
};

enum class ChatFormat : std::uint8_t { text, json, json_schema };
constexpr auto enum_names(ChatFormat) {
    using namespace std::literals;
    return std::array{
        std::pair{ChatFormat::text,        "TEXT"sv       },
        std::pair{ChatFormat::json,        "JSON"sv       },
        std::pair{ChatFormat::json_schema, "JSON_SCHEMA"sv}
    };
}

/// One request to a model.
struct ChatRequest {
    model::TenantId tenant{};  ///< Who asks: calls of one tenant are limited.
    AiModelConfig config{};
    std::string system{};  ///< Blank: none.
    std::vector<ChatContent> contents{};
    ChatFormat format = ChatFormat::text;
    json::value schema{};                       ///< Of json_schema: JSON Schema with a title.
    std::chrono::milliseconds timeout{60'000};  ///< Of all attempts together.
    std::int32_t retries = 0;  ///< After failures that may pass: no connection, 429, 5xx.
};

/// Thread-safe.
class AiChat {
  public:
    AiChat(AiSettings settings, net::HttpClient& http, const Clock& clock);

    /// The text of the answer. Errors: unsupported - the provider does not take such a format or
    /// content; unauthenticated, rate_limited, unavailable, invalid_argument - the provider's
    /// words; rate_limited - also when the tenant has calls_per_tenant_max under way; timeout;
    /// malformed - an answer without a text; those of HttpClient::send().
    Task<Result<std::string>> ask(std::shared_ptr<const ChatRequest> request);

  private:
    /// One of a tenant's calls, given back however it ends.
    class Place {
      public:
        Place(AiChat& of, model::TenantId tenant) : of_(&of), tenant_(tenant) {}
        Place(Place&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)), tenant_(other.tenant_) {}
        Place(const Place&) = delete;
        ~Place() {
            if (of_) of_->give_back(tenant_);
        }

      private:
        AiChat* of_;
        model::TenantId tenant_;
    };

    Result<Place> place_of(model::TenantId tenant);
    void give_back(model::TenantId tenant);
    Task<Result<std::string>> attempts(std::shared_ptr<const ChatRequest> request);
    Task<Result<std::string>> attempt(std::shared_ptr<const ChatRequest> request);
    /// The access token of a service account, its key given as JSON.
    Task<Result<std::string>> google_token(std::string key);
    void forget_token(const std::string& key);

    const AiSettings settings_;
    net::HttpClient& http_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, google::AccessToken> tokens_;  ///< By the key's digest.
    std::map<model::TenantId, std::size_t> under_way_;
};

}  // namespace thingstead::core
