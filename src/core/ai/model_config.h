// The configuration of an AI model, whichever its provider. Source: the interface's schemas
// AiModelConfig, <provider>ChatModelConfig and <provider>ProviderConfig.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::core {

enum class AiProvider : std::uint8_t {
    openai,
    azure_openai,
    gemini,
    vertex,
    mistral,
    anthropic,
    bedrock,
    github,
    ollama
};
constexpr auto enum_names(AiProvider) {
    using namespace std::literals;
    using enum AiProvider;
    return std::array{
        std::pair{openai,       "OPENAI"sv                 },
        std::pair{azure_openai, "AZURE_OPENAI"sv           },
        std::pair{gemini,       "GOOGLE_AI_GEMINI"sv       },
        std::pair{vertex,       "GOOGLE_VERTEX_AI_GEMINI"sv},
        std::pair{mistral,      "MISTRAL_AI"sv             },
        std::pair{anthropic,    "ANTHROPIC"sv              },
        std::pair{bedrock,      "AMAZON_BEDROCK"sv         },
        std::pair{github,       "GITHUB_MODELS"sv          },
        std::pair{ollama,       "OLLAMA"sv                 }
    };
}

enum class OllamaAccess : std::uint8_t { none, basic, token };
constexpr auto enum_names(OllamaAccess) {
    using namespace std::literals;
    return std::array{
        std::pair{OllamaAccess::none,  "NONE"sv },
        std::pair{OllamaAccess::basic, "BASIC"sv},
        std::pair{OllamaAccess::token, "TOKEN"sv}
    };
}

struct OllamaAuth {
    OllamaAccess type = OllamaAccess::none;
    std::string username, password, token;
};
constexpr auto describe(const OllamaAuth*) {
    return fields(field("type", &OllamaAuth::type), field("username", &OllamaAuth::username),
                  field("password", &OllamaAuth::password, "", secret),
                  field("token", &OllamaAuth::token, "", secret));
}

/// Members of all providers; each has some of them.
struct AiAccess {
    std::string base_url, endpoint, service_version;
    std::string api_key, personal_access_token;
    std::string file_name, project_id, location, service_account_key;
    std::string region, access_key_id, secret_access_key;
    std::optional<OllamaAuth> auth;
};
constexpr auto describe(const AiAccess*) {
    using A = AiAccess;
    return fields(
        field("baseUrl", &A::base_url), field("endpoint", &A::endpoint),
        field("serviceVersion", &A::service_version), field("apiKey", &A::api_key, "", secret),
        field("personalAccessToken", &A::personal_access_token, "", secret),
        field("fileName", &A::file_name), field("projectId", &A::project_id),
        field("location", &A::location),
        field("serviceAccountKey", &A::service_account_key, "", secret),
        field("region", &A::region), field("accessKeyId", &A::access_key_id),
        field("secretAccessKey", &A::secret_access_key, "", secret), field("auth", &A::auth));
}

struct AiModelConfig {
    AiProvider provider = AiProvider::openai;
    std::string model_id;
    AiAccess access{};
    std::optional<double> temperature, top_p, frequency_penalty, presence_penalty;
    std::optional<std::int32_t> top_k, output_tokens_max, context_length;
    std::optional<std::int32_t> timeout_s, retries_max;
};
constexpr auto describe(const AiModelConfig*) {
    using C = AiModelConfig;
    return fields(field("provider", &C::provider), field("modelId", &C::model_id),
                  field("providerConfig", &C::access), field("temperature", &C::temperature),
                  field("topP", &C::top_p), field("frequencyPenalty", &C::frequency_penalty),
                  field("presencePenalty", &C::presence_penalty), field("topK", &C::top_k),
                  field("maxOutputTokens", &C::output_tokens_max),
                  field("contextLength", &C::context_length),
                  field("timeoutSeconds", &C::timeout_s), field("maxRetries", &C::retries_max));
}

/// Longest that a model may take for an answer, in seconds; and how long where nobody says.
inline constexpr std::int32_t ai_timeout_s_max = 600;
inline constexpr std::int32_t ai_timeout_s_default = 60;
/// How often a request that failed may be made again.
inline constexpr std::int32_t ai_retries_max = 10;

/// Where OpenAI itself is asked.
inline constexpr std::string_view openai_base_url = "https://api.openai.com/v1";

/// Reads and checks `configuration`. Errors: invalid_argument - the message names the member,
/// "AI model configuration: providerConfig.apiKey should be specified!".
Result<AiModelConfig> ai_model_config(const json::value& configuration);

/// Whether the provider can be told to answer JSON alone.
bool answers_json_formats(AiProvider provider);

}  // namespace thingstead::core
