#include "core/ai/provider_calls.h"
#include "core/crypto.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

/// The interface asks for a number where the configuration has none.
constexpr std::int32_t anthropic_tokens_default = 4096;

json::value anthropic_part(const ChatContent& content) {
    if (content.kind == ChatContent::Kind::text)
        return {
            {"type", "text"      },
            {"text", content.data}
        };
    const bool pdf = content.kind == ChatContent::Kind::pdf;
    return {
        {"type",   pdf ? "document" : "image"},
        {"source",
         {{"type", "base64"},
          {"media_type", pdf ? std::string("application/pdf") : content.media_type},
          {"data", base64(content.data)}}    }
    };
}

}  // namespace

Result<net::HttpCall> anthropic_call(const ChatRequest& request, const AiSettings& settings,
                                     EpochMs) {
    const AiModelConfig& config = request.config;
    if (request.format != ChatFormat::text) return not_taken("Anthropic", "a response format");
    json::array parts;
    for (const ChatContent& each : request.contents) parts.push_back(anthropic_part(each));
    json::object user;
    user["role"] = "user";
    user["content"] = std::move(parts);
    json::object body;
    body["model"] = config.model_id;
    body["max_tokens"] = config.output_tokens_max.value_or(anthropic_tokens_default);
    if (!model::is_blank(request.system)) body["system"] = request.system;
    body["messages"] = json::array{std::move(user)};
    put_some(body, "temperature", config.temperature);
    put_some(body, "top_p", config.top_p);
    put_some(body, "top_k", config.top_k);
    net::HttpCall call =
        json_call(without_slash(settings.anthropic_url) + "/v1/messages", std::move(body));
    call.headers.emplace_back("x-api-key", config.access.api_key);
    call.headers.emplace_back("anthropic-version", "2023-06-01");
    return call;
}

std::string anthropic_text(const json::value& answer) {
    return texts_of(member_at(answer, {"content"}));
}

}  // namespace thingstead::core
