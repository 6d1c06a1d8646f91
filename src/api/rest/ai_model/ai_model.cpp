// AI models: read, save, delete, list; and a question to a model that need not be saved.
#include <chrono>
#include <memory>
#include <utility>

#include "api/rest/entity_calls.h"
#include "core/ai/ai_models.h"
#include "core/ai/chat.h"
#include "model/document.h"

namespace thingstead::api::ai_model {
namespace {

using model::AiModel;

Task<Result<net::Reply>> save_model(Call call) {
    Result<AiModel> asked = call.body_as<AiModel>();
    if (!asked) co_return asked.error();
    const auto saved = co_await core::save(call.services.platform, call.caller, *asked);
    // Neither the audit log nor rule chains are told the provider's secrets.
    Result<core::Saved<AiModel>> told = saved;
    if (told) told->entity = core::without_secrets(told->entity);
    co_await tell_saved<AiModel>(call.services, call.caller,
                                 core::without_secrets(*std::move(asked)), std::move(told));
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

/// Answers whether there was one.
Task<Result<net::Reply>> delete_model(Call call) {
    const auto id = call.id<model::AiModelId>("modelUuid");
    if (!id) co_return id.error();
    const Result<AiModel> removed =
        co_await core::remove<AiModel>(call.services.platform, call.caller, *id);
    if (!removed && removed.error().code == ErrorCode::not_found) co_return json_reply("false");
    core::AuditNote note = removed ? entity_note(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event =
        entity_event(model::msg_type::entity_deleted, core::without_secrets(*removed));
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return json_reply("true");
}

Task<Result<net::Reply>> list_models(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter all;
    co_return co_await page_of<AiModel>(std::move(call), std::move(all), *std::move(link));
}

/// Errors: invalid_argument - what is missing.
Result<core::ChatRequest> chat_request(const json::value& body) {
    if (!body.is_object()) return core::invalid("The chat request should be an object!");
    if (Result<> fits = model::check_document("TbChatRequest", body); !fits) return fits.error();
    const json::object& members = body.as_object();
    const auto member = [](const json::object& of, std::string_view name) -> const json::value& {
        static const json::value none;
        const json::value* found = of.if_contains(name);
        return found ? *found : none;
    };
    Result<core::AiModelConfig> config = core::ai_model_config(member(members, "chatModelConfig"));
    if (!config) return config.error();
    core::ChatRequest request;
    if (const json::value& system = member(members, "systemMessage"); system.is_string())
        request.system = std::string(system.get_string());
    const json::value& user = member(members, "userMessage");
    const json::value& contents = user.is_object() ? member(user.get_object(), "contents") : user;
    if (!contents.is_array() || contents.get_array().empty())
        return core::invalid("userMessage.contents should be specified!");
    for (const json::value& each : contents.get_array()) {
        const json::value& text = each.is_object() ? member(each.get_object(), "text") : each;
        if (!text.is_string() || text.get_string().empty())
            return core::invalid("userMessage.contents: text should be specified!");
        core::ChatContent content;
        content.data = std::string(text.get_string());
        request.contents.push_back(std::move(content));
    }
    request.timeout = std::chrono::seconds(config->timeout_s.value_or(core::ai_timeout_s_default));
    request.retries = config->retries_max.value_or(0);
    request.config = *std::move(config);
    return request;
}

/// What goes wrong with the provider is an answer, too.
Task<Result<net::Reply>> send_chat_request(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<core::ChatRequest> request = chat_request(*body);
    if (!request) co_return request.error();
    request->tenant = call.caller.tenant;
    if (!call.services.ai)
        co_return Error{ErrorCode::unavailable, "No AI models are asked by this server!"};
    const auto asked = std::make_shared<const core::ChatRequest>(*std::move(request));
    const Result<std::string> text = co_await call.services.ai->ask(asked);
    json::object answer;
    answer["status"] = text ? "SUCCESS" : "FAILURE";
    answer[text ? "generatedContent" : "errorDetails"] = text ? *text : text.error().message;
    co_return json_reply(json::serialize(answer));
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/ai/model",
     .allowed = allow::tenant,
     .handler = &save_model,
     .summary = "Creates or updates an AI model",
     .body = BodyKind::json,
     .answer = "AiModel",
     .takes = "AiModel"},
    {.method = get,
     .pattern = "/api/ai/model",
     .allowed = allow::tenant,
     .handler = &list_models,
     .summary = "A page of the tenant's AI models",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<AiModel>"},
    {.method = get,
     .pattern = "/api/ai/model/{modelUuid}",
     .allowed = allow::tenant,
     .handler = &get_entity<AiModel>,
     .summary = "One AI model by its id",
     .answer = "AiModel"},
    {.method = del,
     .pattern = "/api/ai/model/{modelUuid}",
     .allowed = allow::tenant,
     .handler = &delete_model,
     .summary = "Deletes an AI model and answers whether there was one",
     .answer = "boolean"},
    {.method = post,
     .pattern = "/api/ai/model/chat",
     .allowed = allow::tenant,
     .handler = &send_chat_request,
     .summary = "Asks an AI model and answers what it says",
     .body = BodyKind::json,
     .answer = "TbChatResponse",
     .takes = "TbChatRequest"},
};

constexpr SchemaEntry schemas[] = {
    {"AiModel", &struct_schema<AiModel>},
};

}  // namespace

extern const Resource descriptor{"ai_model", "Models that rule chains may ask.", routes, schemas};

}  // namespace thingstead::api::ai_model
