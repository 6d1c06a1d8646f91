// OpenAI and those that speak as it does: Azure OpenAI, Mistral, GitHub Models, one's own servers.
#include <algorithm>

#include "core/ai/provider_calls.h"
#include "model/validate.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

constexpr const char* azure_version_default = "2024-10-21";

/// How a provider wants PDFs.
enum class PdfForm : std::uint8_t { file, document_url, none };

struct Dialect {
    std::string_view provider;
    PdfForm pdf;
    std::string_view output_tokens_name = "max_tokens";
    bool names_model = true;
};

Result<json::value> openai_part(const ChatContent& content, const Dialect& dialect) {
    using Kind = ChatContent::Kind;
    if (content.kind == Kind::text)
        return json::value{
            {"type", "text"      },
            {"text", content.data}
        };
    if (content.kind == Kind::image)
        return json::value{
            {"type",      "image_url"                                          },
            {"image_url", {{"url", data_url(content.media_type, content.data)}}}
        };
    std::string url = data_url("application/pdf", content.data);
    switch (dialect.pdf) {
        case PdfForm::file:
            return json::value{
                {"type", "file"                                                          },
                {"file", {{"filename", content.file_name}, {"file_data", std::move(url)}}}
            };
        case PdfForm::document_url:
            return json::value{
                {"type",         "document_url"},
                {"document_url", std::move(url)}
            };
        case PdfForm::none: break;
    }
    return not_taken(dialect.provider, "PDF files");
}

/// A schema's title as a name: letters, digits, '_' and '-', 64 at most.
std::string schema_name(const json::value& schema) {
    std::string name;
    if (const json::value* title = member_at(schema, {"title"}); title && title->is_string())
        name = std::string(title->get_string()).substr(0, 64);
    const auto odd = [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-');
    };
    std::replace_if(name.begin(), name.end(), odd, '_');
    return name.empty() ? "response" : name;
}

json::object format_of(const ChatRequest& request) {
    if (request.format == ChatFormat::json)
        return {
            {"type", "json_object"}
        };
    return {
        {"type",        "json_schema"                                                      },
        {"json_schema", {{"name", schema_name(request.schema)}, {"schema", request.schema}}}
    };
}

Result<json::value> openai_body(const ChatRequest& request, const Dialect& dialect) {
    json::array messages;
    if (!model::is_blank(request.system))
        messages.push_back({
            {"role",    "system"      },
            {"content", request.system}
        });
    json::array parts;
    for (const ChatContent& each : request.contents) {
        Result<json::value> part = openai_part(each, dialect);
        if (!part) return part.error();
        parts.push_back(*std::move(part));
    }
    json::object user;
    user["role"] = "user";
    // Text alone as a text: the form that every server knows.
    const bool plain =
        request.contents.size() == 1 && request.contents[0].kind == ChatContent::Kind::text;
    if (plain)
        user["content"] = request.contents[0].data;
    else
        user["content"] = std::move(parts);
    messages.push_back(std::move(user));
    const AiModelConfig& config = request.config;
    json::object body;
    if (dialect.names_model) body["model"] = config.model_id;
    body["messages"] = std::move(messages);
    put_some(body, "temperature", config.temperature);
    put_some(body, "top_p", config.top_p);
    put_some(body, "frequency_penalty", config.frequency_penalty);
    put_some(body, "presence_penalty", config.presence_penalty);
    put_some(body, dialect.output_tokens_name, config.output_tokens_max);
    if (request.format != ChatFormat::text) body["response_format"] = format_of(request);
    return json::value(std::move(body));
}

Result<net::HttpCall> bearer_call(const ChatRequest& request, const Dialect& dialect,
                                  std::string url, const std::string& key) {
    const Result<json::value> body = openai_body(request, dialect);
    if (!body) return body.error();
    net::HttpCall call = json_call(std::move(url), *body);
    if (!key.empty()) call.headers.emplace_back("Authorization", "Bearer " + key);
    return call;
}

}  // namespace

Result<net::HttpCall> openai_call(const ChatRequest& request, const AiSettings&, EpochMs) {
    const AiAccess& access = request.config.access;
    const bool own = !access.base_url.empty() && access.base_url != openai_base_url;
    const std::string base = own ? without_slash(access.base_url) : std::string(openai_base_url);
    Dialect dialect{"OpenAI", PdfForm::file};
    // Its newer models refuse the name that other servers know.
    if (!own) dialect.output_tokens_name = "max_completion_tokens";
    return bearer_call(request, dialect, base + "/chat/completions", access.api_key);
}

Result<net::HttpCall> azure_call(const ChatRequest& request, const AiSettings&, EpochMs) {
    const AiAccess& access = request.config.access;
    Dialect dialect{"Azure OpenAI", PdfForm::file};
    dialect.names_model = false;
    const Result<json::value> body = openai_body(request, dialect);
    if (!body) return body.error();
    const std::string version =
        access.service_version.empty() ? azure_version_default : access.service_version;
    net::HttpCall call =
        json_call(without_slash(access.endpoint) + "/openai/deployments/" +
                      net::percent_encode(request.config.model_id) +
                      "/chat/completions?api-version=" + net::percent_encode(version),
                  *body);
    call.headers.emplace_back("api-key", access.api_key);
    return call;
}

Result<net::HttpCall> mistral_call(const ChatRequest& request, const AiSettings& settings,
                                   EpochMs) {
    return bearer_call(request, {"Mistral AI", PdfForm::document_url},
                       without_slash(settings.mistral_url) + "/v1/chat/completions",
                       request.config.access.api_key);
}

Result<net::HttpCall> github_call(const ChatRequest& request, const AiSettings& settings, EpochMs) {
    Result<net::HttpCall> call =
        bearer_call(request, {"GitHub Models", PdfForm::none},
                    without_slash(settings.github_url) + "/inference/chat/completions",
                    request.config.access.personal_access_token);
    if (!call) return call;
    call->headers.emplace_back("Accept", "application/vnd.github+json");
    call->headers.emplace_back("X-GitHub-Api-Version", "2022-11-28");
    return call;
}

std::string openai_text(const json::value& answer) {
    const json::value* content = member_at(answer, {"choices", "0", "message", "content"});
    if (!content) return {};
    // Some answer in parts.
    return content->is_string() ? std::string(content->get_string()) : texts_of(content);
}

}  // namespace thingstead::core
