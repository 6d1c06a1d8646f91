#include "core/ai/providers.h"

#include <charconv>

#include "core/ai/provider_calls.h"
#include "core/crypto.h"

namespace thingstead::core {

const Provider& provider_of(AiProvider provider) {
    static constexpr Provider openai{"OpenAI", &openai_call, &openai_text};
    static constexpr Provider azure{"Azure OpenAI", &azure_call, &openai_text};
    static constexpr Provider mistral{"Mistral AI", &mistral_call, &openai_text};
    static constexpr Provider github{"GitHub Models", &github_call, &openai_text};
    static constexpr Provider gemini{"Google AI Gemini", &gemini_call, &gemini_text};
    static constexpr Provider vertex{"Google Vertex AI", &vertex_call, &gemini_text, true};
    static constexpr Provider anthropic{"Anthropic", &anthropic_call, &anthropic_text};
    static constexpr Provider bedrock{"Amazon Bedrock", &bedrock_call, &bedrock_text};
    static constexpr Provider ollama{"Ollama", &ollama_call, &ollama_text};
    switch (provider) {
        case AiProvider::openai:       return openai;
        case AiProvider::azure_openai: return azure;
        case AiProvider::gemini:       return gemini;
        case AiProvider::vertex:       return vertex;
        case AiProvider::mistral:      return mistral;
        case AiProvider::anthropic:    return anthropic;
        case AiProvider::bedrock:      return bedrock;
        case AiProvider::github:       return github;
        case AiProvider::ollama:       return ollama;
    }
    return openai;
}

net::HttpCall json_call(std::string url, const json::value& body) {
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = std::move(url);
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json::serialize(body);
    return call;
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

std::string data_url(std::string_view media_type, std::string_view bytes) {
    return "data:" + std::string(media_type) + ";base64," + base64(bytes);
}

const json::value* member_at(const json::value& from, std::initializer_list<std::string_view> way) {
    const json::value* at = &from;
    for (const std::string_view step : way) {
        if (const json::object* members = at->if_object()) {
            at = members->if_contains(step);
        } else if (const json::array* items = at->if_array()) {
            std::size_t number = 0;
            const auto [end, failed] =
                std::from_chars(step.data(), step.data() + step.size(), number);
            const bool there = failed == std::errc() && number < items->size();
            at = there ? &(*items)[number] : nullptr;
        } else {
            return nullptr;
        }
        if (!at) return nullptr;
    }
    return at;
}

std::string texts_of(const json::value* list) {
    std::string out;
    const json::array* items = list ? list->if_array() : nullptr;
    if (!items) return out;
    for (const json::value& each : *items) {
        // What a model thought before it answered is no answer.
        const json::value* thought = member_at(each, {"thought"});
        if (thought && thought->is_bool() && thought->get_bool()) continue;
        const json::value* text = member_at(each, {"text"});
        if (text && text->is_string()) out += std::string_view(text->get_string());
    }
    return out;
}

Error not_taken(std::string_view provider, std::string_view what) {
    return {ErrorCode::unsupported, std::string(provider) + " does not take " + std::string(what)};
}

}  // namespace thingstead::core
