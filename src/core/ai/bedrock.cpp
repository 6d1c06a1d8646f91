#include "core/ai/provider_calls.h"
#include "core/crypto.h"
#include "model/validate.h"
#include "net/url.h"
#include "protocol/aws/sign.h"

namespace thingstead::core {
namespace {

/// Beside letters and digits the service takes few characters in the name of a document.
std::string document_name(const std::string& file_name) {
    std::string name = file_name.substr(0, file_name.rfind('.'));
    for (char& c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!plain) c = '-';
    }
    return name.empty() ? "document" : name;
}

Result<json::value> bedrock_part(const ChatContent& content) {
    if (content.kind == ChatContent::Kind::text)
        return json::value{
            {"text", content.data}
        };
    if (content.kind == ChatContent::Kind::pdf)
        return json::value{
            {"document",
             {{"format", "pdf"},
              {"name", document_name(content.file_name)},
              {"source", {{"bytes", base64(content.data)}}}}}
        };
    for (const std::string_view format : {"png", "jpeg", "gif", "webp"})
        if (content.media_type == "image/" + std::string(format))
            return json::value{
                {"image", {{"format", format}, {"source", {{"bytes", base64(content.data)}}}}}
            };
    return not_taken("Amazon Bedrock", "images of type " + content.media_type);
}

/// The whole call is signed: nothing may be added to it.
net::HttpCall signed_call(std::string base, std::string path, const json::value& body,
                          const AiAccess& access, EpochMs now_ms) {
    net::HttpCall call = json_call(base + path, body);
    aws::Request to_sign;
    to_sign.host = base.substr(base.find("://") + 3);
    to_sign.path = std::move(path);
    to_sign.headers = call.headers;
    to_sign.body = call.body;
    const aws::Signed out = aws::sign(to_sign, {access.access_key_id, access.secret_access_key},
                                      {access.region, "bedrock"}, now_ms / 1000);
    call.headers.emplace_back("X-Amz-Date", out.date);
    call.headers.emplace_back("Authorization", out.authorization);
    return call;
}

}  // namespace

Result<net::HttpCall> bedrock_call(const ChatRequest& request, const AiSettings& settings,
                                   EpochMs now_ms) {
    const AiModelConfig& config = request.config;
    if (request.format != ChatFormat::text) return not_taken("Amazon Bedrock", "a response format");
    json::array parts;
    for (const ChatContent& each : request.contents) {
        Result<json::value> part = bedrock_part(each);
        if (!part) return part.error();
        parts.push_back(*std::move(part));
    }
    json::object user;
    user["role"] = "user";
    user["content"] = std::move(parts);
    json::object inference;
    put_some(inference, "maxTokens", config.output_tokens_max);
    put_some(inference, "temperature", config.temperature);
    put_some(inference, "topP", config.top_p);
    json::object body;
    if (!model::is_blank(request.system))
        body["system"] = json::array{json::object{{"text", request.system}}};
    body["messages"] = json::array{std::move(user)};
    if (!inference.empty()) body["inferenceConfig"] = std::move(inference);
    std::string base = without_slash(settings.bedrock_url);
    if (base.empty()) base = "https://bedrock-runtime." + config.access.region + ".amazonaws.com";
    return signed_call(std::move(base),
                       "/model/" + net::percent_encode(config.model_id) + "/converse", body,
                       config.access, now_ms);
}

std::string bedrock_text(const json::value& answer) {
    return texts_of(member_at(answer, {"output", "message", "content"}));
}

}  // namespace thingstead::core
