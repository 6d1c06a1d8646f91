// Google's Gemini, of its own interface and of Vertex AI: the same documents, other ways in.
#include "core/ai/provider_calls.h"
#include "core/crypto.h"
#include "model/validate.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

json::value gemini_body(const ChatRequest& request) {
    json::array parts;
    for (const ChatContent& each : request.contents) {
        json::object part;
        if (each.kind == ChatContent::Kind::text) {
            part["text"] = each.data;
        } else {
            const bool pdf = each.kind == ChatContent::Kind::pdf;
            json::object file;
            file["mimeType"] = pdf ? std::string("application/pdf") : each.media_type;
            file["data"] = base64(each.data);
            part["inlineData"] = std::move(file);
        }
        parts.push_back(std::move(part));
    }
    const AiModelConfig& config = request.config;
    json::object generation;
    put_some(generation, "temperature", config.temperature);
    put_some(generation, "topP", config.top_p);
    put_some(generation, "topK", config.top_k);
    put_some(generation, "frequencyPenalty", config.frequency_penalty);
    put_some(generation, "presencePenalty", config.presence_penalty);
    put_some(generation, "maxOutputTokens", config.output_tokens_max);
    if (request.format != ChatFormat::text) generation["responseMimeType"] = "application/json";
    if (request.format == ChatFormat::json_schema)
        generation["responseJsonSchema"] = request.schema;
    json::object user;
    user["role"] = "user";
    user["parts"] = std::move(parts);
    json::object body;
    if (!model::is_blank(request.system))
        body["systemInstruction"] = {
            {"parts", json::array{json::object{{"text", request.system}}}}
        };
    body["contents"] = json::array{std::move(user)};
    if (!generation.empty()) body["generationConfig"] = std::move(generation);
    return body;
}

}  // namespace

Result<net::HttpCall> gemini_call(const ChatRequest& request, const AiSettings& settings, EpochMs) {
    net::HttpCall call =
        json_call(without_slash(settings.gemini_url) + "/v1beta/models/" +
                      net::percent_encode(request.config.model_id) + ":generateContent",
                  gemini_body(request));
    call.headers.emplace_back("x-goog-api-key", request.config.access.api_key);
    return call;
}

Result<net::HttpCall> vertex_call(const ChatRequest& request, const AiSettings& settings, EpochMs) {
    const AiAccess& access = request.config.access;
    std::string base = without_slash(settings.vertex_url);
    if (base.empty())
        base = access.location == "global"
                   ? std::string("https://aiplatform.googleapis.com")
                   : "https://" + access.location + "-aiplatform.googleapis.com";
    return json_call(base + "/v1/projects/" + net::percent_encode(access.project_id) +
                         "/locations/" + access.location + "/publishers/google/models/" +
                         net::percent_encode(request.config.model_id) + ":generateContent",
                     gemini_body(request));
}

std::string gemini_text(const json::value& answer) {
    return texts_of(member_at(answer, {"candidates", "0", "content", "parts"}));
}

}  // namespace thingstead::core
