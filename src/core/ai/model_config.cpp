#include "core/ai/model_config.h"

#include <algorithm>

#include "model/document.h"
#include "model/validate.h"
#include "protocol/google/service_account.h"

namespace thingstead::core {
namespace {

Error ai_wrong(std::string why) {
    return {ErrorCode::invalid_argument, "AI model configuration: " + std::move(why)};
}

Result<> ai_required(std::string_view name, const std::string& text) {
    if (!model::is_blank(text)) return {};
    return ai_wrong("providerConfig." + std::string(name) + " should be specified!");
}

/// Without a query: paths are put behind it.
Result<> ai_url(std::string_view name, const std::string& text) {
    if (Result<> there = ai_required(name, text); !there) return there;
    const bool known = text.starts_with("http://") || text.starts_with("https://");
    if (known && text.find_first_of("?# \t\r\n") == std::string::npos &&
        text.size() > text.find("://") + 3)
        return {};
    return ai_wrong("providerConfig." + std::string(name) + " is no URL!");
}

/// Part of a host's name.
Result<> ai_place(std::string_view name, const std::string& text) {
    if (Result<> there = ai_required(name, text); !there) return there;
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return plain ? Result<>() : ai_wrong("providerConfig." + std::string(name) + " is malformed!");
}

Result<> check_ollama(const AiAccess& access) {
    if (Result<> fits = ai_url("baseUrl", access.base_url); !fits) return fits;
    if (!access.auth) return ai_wrong("providerConfig.auth should be specified!");
    switch (access.auth->type) {
        case OllamaAccess::none:  return {};
        case OllamaAccess::token: return ai_required("auth.token", access.auth->token);
        case OllamaAccess::basic:
            if (Result<> there = ai_required("auth.username", access.auth->username); !there)
                return there;
            return ai_required("auth.password", access.auth->password);
    }
    return {};
}

Result<> check_vertex(const AiAccess& access) {
    if (Result<> there = ai_required("fileName", access.file_name); !there) return there;
    if (Result<> there = ai_required("projectId", access.project_id); !there) return there;
    if (Result<> fits = ai_place("location", access.location); !fits) return fits;
    if (Result<> there = ai_required("serviceAccountKey", access.service_account_key); !there)
        return there;
    const auto account = google::service_account_of(access.service_account_key);
    return account ? Result<>() : ai_wrong(account.error().message);
}

Result<> check_access(AiProvider provider, const AiAccess& access) {
    switch (provider) {
        case AiProvider::openai:
            if (!access.base_url.empty())
                if (Result<> fits = ai_url("baseUrl", access.base_url); !fits) return fits;
            // Servers of one's own may ask for none.
            if (!access.base_url.empty() && access.base_url != openai_base_url) return {};
            return ai_required("apiKey", access.api_key);
        case AiProvider::azure_openai:
            if (Result<> fits = ai_url("endpoint", access.endpoint); !fits) return fits;
            return ai_required("apiKey", access.api_key);
        case AiProvider::gemini:
        case AiProvider::mistral:
        case AiProvider::anthropic: return ai_required("apiKey", access.api_key);
        case AiProvider::github:
            return ai_required("personalAccessToken", access.personal_access_token);
        case AiProvider::vertex: return check_vertex(access);
        case AiProvider::ollama: return check_ollama(access);
        case AiProvider::bedrock:
            if (Result<> fits = ai_place("region", access.region); !fits) return fits;
            if (Result<> there = ai_required("accessKeyId", access.access_key_id); !there)
                return there;
            return ai_required("secretAccessKey", access.secret_access_key);
    }
    return {};
}

template <class Number>
Result<> ai_range(std::string_view name, const std::optional<Number>& value, double least,
                  double most) {
    if (!value || (static_cast<double>(*value) >= least && static_cast<double>(*value) <= most))
        return {};
    return ai_wrong(std::string(name) + " is out of its range!");
}

Result<> check_numbers(const AiModelConfig& config) {
    constexpr double int_max = 2'147'483'647;
    for (const Result<>& each : {
             ai_range("temperature", config.temperature, 0, 1e6),
             ai_range("topP", config.top_p, 0, 1),
             ai_range("topK", config.top_k, 0, int_max),
             ai_range("frequencyPenalty", config.frequency_penalty, -1e6, 1e6),
             ai_range("presencePenalty", config.presence_penalty, -1e6, 1e6),
             ai_range("maxOutputTokens", config.output_tokens_max, 1, int_max),
             ai_range("contextLength", config.context_length, 1, int_max),
             ai_range("timeoutSeconds", config.timeout_s, 1, ai_timeout_s_max),
             ai_range("maxRetries", config.retries_max, 0, ai_retries_max),
         })
        if (!each) return each;
    return {};
}

}  // namespace

Result<AiModelConfig> ai_model_config(const json::value& configuration) {
    if (!configuration.is_object()) return ai_wrong("it should be an object!");
    if (const json::value* provider = configuration.as_object().if_contains("provider");
        !provider || provider->is_null())
        return ai_wrong("provider should be specified!");
    if (Result<> fits = model::check_document("AiModelConfig", configuration); !fits)
        return ai_wrong(fits.error().message);
    Result<AiModelConfig> config = from_json<AiModelConfig>(configuration, Binding::stored);
    if (!config) return ai_wrong(config.error().message);
    if (model::is_blank(config->model_id)) return ai_wrong("modelId should be specified!");
    if (Result<> fits = check_access(config->provider, config->access); !fits) return fits.error();
    if (Result<> fits = check_numbers(*config); !fits) return fits.error();
    return config;
}

bool answers_json_formats(AiProvider provider) {
    return provider != AiProvider::anthropic && provider != AiProvider::bedrock;
}

}  // namespace thingstead::core
