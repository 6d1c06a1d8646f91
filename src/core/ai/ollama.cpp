#include "core/ai/provider_calls.h"
#include "core/crypto.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

/// Pictures stand beside the text; texts are one.
Result<json::object> ollama_user(const ChatRequest& request) {
    json::object user;
    std::string text;
    json::array images;
    for (const ChatContent& each : request.contents) {
        switch (each.kind) {
            case ChatContent::Kind::text:  text += (text.empty() ? "" : "\n\n") + each.data; break;
            case ChatContent::Kind::image: images.emplace_back(base64(each.data)); break;
            case ChatContent::Kind::pdf:   return not_taken("Ollama", "PDF files");
        }
    }
    user["role"] = "user";
    user["content"] = std::move(text);
    if (!images.empty()) user["images"] = std::move(images);
    return user;
}

std::string ollama_authorization(const OllamaAuth& auth) {
    switch (auth.type) {
        case OllamaAccess::none:  break;
        case OllamaAccess::token: return "Bearer " + auth.token;
        case OllamaAccess::basic: return "Basic " + base64(auth.username + ":" + auth.password);
    }
    return {};
}

}  // namespace

Result<net::HttpCall> ollama_call(const ChatRequest& request, const AiSettings&, EpochMs) {
    const AiModelConfig& config = request.config;
    json::array messages;
    if (!model::is_blank(request.system))
        messages.push_back({
            {"role",    "system"      },
            {"content", request.system}
        });
    Result<json::object> user = ollama_user(request);
    if (!user) return user.error();
    messages.push_back(*std::move(user));
    json::object options;
    put_some(options, "temperature", config.temperature);
    put_some(options, "top_p", config.top_p);
    put_some(options, "top_k", config.top_k);
    put_some(options, "num_ctx", config.context_length);
    put_some(options, "num_predict", config.output_tokens_max);
    json::object body;
    body["model"] = config.model_id;
    body["messages"] = std::move(messages);
    body["stream"] = false;
    if (request.format == ChatFormat::json) body["format"] = "json";
    if (request.format == ChatFormat::json_schema) body["format"] = request.schema;
    if (!options.empty()) body["options"] = std::move(options);
    net::HttpCall call =
        json_call(without_slash(config.access.base_url) + "/api/chat", std::move(body));
    const std::string authorization =
        ollama_authorization(config.access.auth.value_or(OllamaAuth{}));
    if (!authorization.empty()) call.headers.emplace_back("Authorization", authorization);
    return call;
}

std::string ollama_text(const json::value& answer) {
    const json::value* content = member_at(answer, {"message", "content"});
    return content && content->is_string() ? std::string(content->get_string()) : std::string();
}

}  // namespace thingstead::core
