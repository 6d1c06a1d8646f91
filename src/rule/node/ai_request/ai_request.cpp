// Asks an AI model. Source: the interface's rule engine, "AI request".
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/ai/chat.h"
#include "model/ai_model.h"
#include "model/validate.h"
#include "rule/external.h"
#include "rule/message_body.h"
#include "rule/node/ai_request/attachments.h"
#include "rule/node/ai_request/schema.h"
#include "rule/pattern.h"

namespace thingstead::rule::ai_request {
namespace {

constexpr std::size_t prompt_characters_max = 500'000;
constexpr std::size_t resources_max = 50;
constexpr const char* default_system_prompt =
    "Answer with exactly one JSON object and nothing else: no explanation, no Markdown.";
constexpr const char* default_user_prompt =
    "Tell in the member \"summary\" of your answer, in one sentence, what this telemetry says: "
    "$[*]";

Error wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

struct ResponseFormat {
    core::ChatFormat type = core::ChatFormat::json;
    json::value schema;
};
constexpr auto describe(const ResponseFormat*) {
    return fields(
        field("type", &ResponseFormat::type, "TEXT, JSON or JSON_SCHEMA."),
        field("schema", &ResponseFormat::schema, "The JSON schema of JSON_SCHEMA.", omit_null));
}

struct Config {
    std::optional<model::AiModelId> model;
    std::optional<std::string> system_prompt{default_system_prompt};
    std::string user_prompt = default_user_prompt;
    std::optional<std::vector<Uuid>> resources{std::vector<Uuid>()};
    std::optional<ResponseFormat> format{ResponseFormat{}};
    std::int32_t timeout_s = core::ai_timeout_s_default;
    bool force_ack = true;
};
constexpr auto describe(const Config*) {
    using C = Config;
    return fields(
        field("modelId", &C::model, "The AI model."),
        field("systemPrompt", &C::system_prompt,
              "What the model is to heed in every answer, a pattern."),
        field("userPrompt", &C::user_prompt, "What it is asked, a pattern."),
        field("resourceIds", &C::resources, "Resources of type GENERAL that go with the prompt."),
        field("responseFormat", &C::format, "What the model is to answer."),
        field("timeoutSeconds", &C::timeout_s, "Longest wait for the answer.",
              between(1, core::ai_timeout_s_max)),
        field("forceAck", &C::force_ack,
              "Whether messages count as processed before they are answered."));
}

Result<> check(const Config& config) {
    if (!config.model) return wrong("AI model should be specified!");
    if (config.user_prompt.empty()) return wrong("User prompt should be specified!");
    if (model::characters(config.user_prompt) > prompt_characters_max)
        return wrong("User prompt is too long!");
    if (config.system_prompt && model::characters(*config.system_prompt) > prompt_characters_max)
        return wrong("System prompt is too long!");
    if (config.resources && config.resources->size() > resources_max)
        return wrong("Too many resources are specified!");
    if (!config.format) return wrong("Response format should be specified!");
    if (config.format->type != core::ChatFormat::json_schema) return {};
    const Result<> fits = check_schema(config.format->schema);
    return fits ? fits : wrong("responseFormat." + fits.error().message);
}

/// The text if it is a JSON object; else an object that has it.
Result<std::string> data_of(std::string text, core::ChatFormat format) {
    const Result<json::value> document = parse_json(text);
    if (document && document->is_object()) return text;
    if (!document && format != core::ChatFormat::text)
        return Error{ErrorCode::malformed, "The model did not answer JSON: " + text};
    return json_text(json::object{
        {"response", text}
    });
}

/// What a request is made of, beside what the store has.
struct Question {
    model::AiModelId model;
    std::vector<Uuid> resources;
    core::ChatRequest request;
};

/// Not of the node, which it may outlive.
Task<ExternalAnswer> ask(NodeServices& services, std::shared_ptr<Question> question) {
    if (!services.outside.ai)
        co_return ExternalAnswer::failed(
            Error{ErrorCode::unavailable, "No AI models are asked by this server!"});
    Result<Attached> stored =
        co_await attached(services, question->request.tenant, question->model, question->resources);
    if (!stored) co_return ExternalAnswer::failed(stored.error());
    const auto request = std::make_shared<core::ChatRequest>(std::move(question->request));
    const core::ChatFormat format = request->format;
    if (format != core::ChatFormat::text && !core::answers_json_formats(stored->model.provider))
        co_return ExternalAnswer::failed(Error{
            ErrorCode::unsupported, "The AI model's provider does not support response format " +
                                        std::string(enum_name(format)) + "!"});
    request->config = std::move(stored->model);
    for (core::ChatContent& each : stored->contents) request->contents.push_back(std::move(each));
    const std::shared_ptr<const core::ChatRequest> asked = request;
    Result<std::string> text = co_await services.outside.ai->ask(asked);
    if (!text) co_return ExternalAnswer::failed(text.error());
    Result<std::string> data = data_of(*std::move(text), format);
    if (!data) co_return ExternalAnswer::failed(data.error());
    ExternalAnswer answer;
    answer.data = *std::move(data);
    co_return answer;
}

class AiRequestNode final : public Node {
  public:
    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (Result<> valid = check(config); !valid) return valid.error();
        return std::unique_ptr<Node>(
            std::make_unique<AiRequestNode>(std::move(config), info, services));
    }

    AiRequestNode(Config config, const NodeInfo& info, NodeServices& services)
        : model_(*config.model),
          resources_(std::move(config.resources).value_or(std::vector<Uuid>())),
          system_(std::move(config.system_prompt).value_or("")),
          user_(std::move(config.user_prompt)),
          format_(*std::move(config.format)),
          timeout_(std::chrono::seconds(config.timeout_s)),
          services_(services),
          requests_(info, services, {.deadline = timeout_, .force_ack = config.force_ack}) {}

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        const auto question = std::make_shared<Question>();
        question->model = model_;
        question->resources = resources_;
        core::ChatRequest& request = question->request;
        request.tenant = visit.tenant;
        request.system = system_.fill(*source);
        core::ChatContent prompt;
        prompt.data = user_.fill(*source);
        if (model::is_blank(prompt.data)) return wrong("The user prompt is blank!");
        request.contents.push_back(std::move(prompt));
        request.format = format_.type;
        request.schema = format_.schema;
        request.timeout = timeout_;
        return requests_.run(visit, ask(services_, question));
    }

  private:
    const model::AiModelId model_;
    const std::vector<Uuid> resources_;
    const Pattern system_, user_;
    const ResponseFormat format_;
    const std::chrono::milliseconds timeout_;
    NodeServices& services_;
    ExternalRequests requests_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.ai.TbAiNode",
    .name = "AI request",
    .kind = NodeKind::external,
    .summary = "Asks an AI model with the data of a message, and hands its answer on.",
    .form = "tbExternalNodeAiConfig",
    .icon = "smart_toy",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<AiRequestNode, Config>,
};

}  // namespace thingstead::rule::ai_request
