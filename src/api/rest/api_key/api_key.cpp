// API keys: what programs call with instead of a log-in.
#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "core/identity/api_keys.h"
#include "core/identity/auth.h"

namespace thingstead::api::api_key {
namespace {

using model::ApiKey;
using model::ApiKeyId;

void append_key(std::string& out, const ApiKey& key, EpochMs now_ms) {
    out += '{';
    append_members(out, key);
    out += ",\"expired\":";
    append_text(out, core::is_expired(key, now_ms));
}

std::string info_text(const ApiKey& key, EpochMs now_ms) {
    std::string out;
    append_key(out, key, now_ms);
    return out + '}';
}

core::AuditNote key_note(model::ActionType action, const ApiKey& key) {
    core::AuditNote note = note_of(action, model::EntityId(key.id));
    note.entity_name = key.description;
    return note;
}

Task<Result<net::Reply>> save_key(Call call) {
    const Result<ApiKey> key = call.body_as<ApiKey>();
    if (!key) co_return key.error();
    const bool fresh = key->id.uuid == Uuid{};
    const core::AuthSettings& settings = call.services.auth.settings();
    core::ApiKeyForm form{settings.api_key_prefix, settings.api_key_bytes};
    const Result<core::SavedApiKey> saved =
        co_await core::save_api_key(call.services.platform, call.caller, *key, std::move(form));
    co_await audit(call.services, call.caller,
                   key_note(fresh ? model::ActionType::added : model::ActionType::updated,
                            saved ? saved->key : *key),
                   saved);
    if (!saved) co_return saved.error();
    std::string body;
    append_key(body, saved->key, call.services.clock.now_ms());
    body += ",\"value\":";
    if (saved->value.empty())
        body += "null";
    else
        append_text(body, saved->value);
    body += '}';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> list_keys(Call call) {
    const Result<model::UserId> user = call.id<model::UserId>("userId");
    if (!user) co_return user.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<store::Page<ApiKey>> page =
        co_await core::api_keys_of(call.services.platform, call.caller, *user, *std::move(link));
    if (!page) co_return page.error();
    const EpochMs now = call.services.clock.now_ms();
    co_return json_reply(page_text(
        *page, [now](std::string& out, const ApiKey& key) { out += info_text(key, now); }));
}

Task<Result<net::Reply>> change_key(Call call, std::function<void(ApiKey&)> change) {
    const Result<ApiKeyId> id = call.id<ApiKeyId>("id");
    if (!id) co_return id.error();
    const Result<ApiKey> key =
        co_await core::change_api_key(call.services.platform, call.caller, *id, std::move(change));
    core::AuditNote note = key ? key_note(model::ActionType::updated, *key)
                               : note_of(model::ActionType::updated, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), key);
    if (!key) co_return key.error();
    co_return json_reply(info_text(*key, call.services.clock.now_ms()));
}

/// The text as it is, or a JSON string.
Task<Result<net::Reply>> describe_key(Call call) {
    std::string text = call.request.body;
    if (const Result<json::value> quoted = parse_json(text); quoted && quoted->is_string())
        text = quoted->get_string();
    std::function<void(ApiKey&)> change = [text](ApiKey& key) { key.description = text; };
    co_return co_await change_key(std::move(call), std::move(change));
}

Task<Result<net::Reply>> enable_key(Call call) {
    const std::string value = call.variable("enabledValue");
    if (value != "true" && value != "false")
        co_return Error{ErrorCode::invalid_argument, "enabledValue should be true or false"};
    const bool on = value == "true";
    std::function<void(ApiKey&)> change = [on](ApiKey& key) { key.enabled = on; };
    co_return co_await change_key(std::move(call), std::move(change));
}

Task<Result<net::Reply>> delete_key(Call call) {
    const Result<ApiKeyId> id = call.id<ApiKeyId>("id");
    if (!id) co_return id.error();
    const Result<ApiKey> key =
        co_await core::remove_api_key(call.services.platform, call.caller, *id);
    core::AuditNote note = key ? key_note(model::ActionType::deleted, *key)
                               : note_of(model::ActionType::deleted, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), key);
    if (!key) co_return key.error();
    co_return net::Reply{};
}

json::object info_schema() {
    return struct_schema_with<ApiKey>({
        {"expired", boolean_schema()}
    });
}

json::object key_schema() {
    return struct_schema_with<ApiKey>({
        {"expired", boolean_schema()},
        {"value",   string_schema() }
    });
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/apiKey",
     .allowed = allow::users,
     .handler = &save_key,
     .summary = "Makes a key, whose value is told this once, or updates one",
     .body = BodyKind::json,
     .answer = "ApiKey",
     .takes = "ApiKeyInfo"},
    {.method = get,
     .pattern = "/api/apiKeys/{userId}",
     .allowed = allow::users,
     .handler = &list_keys,
     .summary = "The keys of a user",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageDataApiKeyInfo"},
    {.method = put,
     .pattern = "/api/apiKey/{id}/description",
     .allowed = allow::users,
     .handler = &describe_key,
     .summary = "Another description of a key",
     .body = BodyKind::any,
     .answer = "ApiKeyInfo"},
    {.method = put,
     .pattern = "/api/apiKey/{id}/enabled/{enabledValue}",
     .allowed = allow::users,
     .handler = &enable_key,
     .summary = "Switches a key on or off",
     .answer = "ApiKeyInfo"},
    {.method = del,
     .pattern = "/api/apiKey/{id}",
     .allowed = allow::users,
     .handler = &delete_key,
     .summary = "Deletes a key"},
};

constexpr SchemaEntry schemas[] = {
    {"ApiKeyInfo", &info_schema},
    {"ApiKey",     &key_schema },
};

}  // namespace

extern const Resource descriptor{"api_key", "Keys that programs call with instead of a log-in.",
                                 routes, schemas};

}  // namespace thingstead::api::api_key
