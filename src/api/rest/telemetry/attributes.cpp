// Attributes: keys, values, writes, deletions.
#include "core/attributes.h"

#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"
#include "api/rest/telemetry/handlers.h"
#include "core/entity/kind.h"
#include "model/payload.h"

namespace thingstead::api::telemetry {
namespace {

using core::invalid;

Result<model::AttributeScope> scope_of(const std::string& name) {
    if (name == "CLIENT_SCOPE") return model::AttributeScope::client;
    if (name == "SERVER_SCOPE") return model::AttributeScope::server;
    if (name == "SHARED_SCOPE") return model::AttributeScope::shared;
    return invalid("Invalid scope: " + name);
}

bool has_scope(const Call& call) {
    return call.route.pattern.find("{scope}") != std::string_view::npos;
}

core::AuditNote attributes_note(model::ActionType action, model::EntityId entity,
                                const std::string& scope, json::value attributes) {
    core::AuditNote note = note_of(action, entity);
    add_data(note, "scope", json::value(scope));
    add_data(note, "attributes", std::move(attributes));
    return note;
}

Task<Result<std::vector<model::Attribute>>> read(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    std::optional<model::AttributeScope> scope;
    if (has_scope(call)) {
        const Result<model::AttributeScope> named = scope_of(call.variable("scope"));
        if (!named) co_return named.error();
        scope = *named;
    }
    const std::vector<std::string> keys = call.list("keys", "key");
    const auto found = co_await call.services.attributes.read(call.caller, *entity, scope, keys);
    constexpr auto action = model::ActionType::attributes_read;  // off by default
    if (call.services.audit.enters(call.caller, entity->type, action)) {
        const std::string scope_name = scope ? call.variable("scope") : std::string();
        core::AuditNote note = attributes_note(action, *entity, scope_name, array_of(keys));
        co_await audit(call.services, call.caller, std::move(note), found);
    }
    co_return found;
}

/// A flat object; texts stay texts.
Result<std::vector<model::KeyValue>> values_of(const std::string& body) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    model::PayloadParser parser({.type_cast = false});
    auto values = parser.attributes(body, model::NullValue::refuse);
    if (values) return values;
    if (values.error().code == ErrorCode::malformed) return invalid("Invalid JSON");
    if (first == std::string::npos || body[first] != '{')
        return invalid("Request is not a JSON object");
    return values;
}

}  // namespace

Task<Result<net::Reply>> get_attribute_keys(Call call) {
    const auto attributes = co_await read(std::move(call));
    if (!attributes) co_return attributes.error();
    std::vector<std::string> keys;
    for (const model::Attribute& each : *attributes)
        if (keys.empty() || keys.back() != each.key) keys.push_back(each.key);
    co_return json_reply_of(keys);
}

Task<Result<net::Reply>> get_attributes(Call call) {
    const auto attributes = co_await read(std::move(call));
    if (!attributes) co_return attributes.error();
    std::string body = "[";
    for (const model::Attribute& each : *attributes) {
        if (body.size() > 1) body += ',';
        body += "{\"lastUpdateTs\":" + std::to_string(each.last_update_ms) + ",\"key\":";
        model::append_json_string(body, each.key);
        body += ",\"value\":";
        model::append_json(body, each.value);
        body += '}';
    }
    body += ']';
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> save_attributes(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const std::string scope_name = call.variable("scope");
    const Result<model::AttributeScope> scope = scope_of(scope_name);
    if (!scope) co_return scope.error();
    if (*scope == model::AttributeScope::client) co_return invalid("Invalid scope: CLIENT_SCOPE");
    Result<std::vector<model::KeyValue>> values = values_of(call.request.body);
    if (!values) co_return values.error();

    RuleEvent event{model::msg_type::attributes_updated, *entity, model::to_json_object(*values)};
    event.metadata.emplace_back("scope", scope_name);
    core::AuditNote note = attributes_note(model::ActionType::attributes_updated, *entity,
                                           scope_name, texts_of(*values));
    const Result<> saved =
        co_await call.services.attributes.save(call.caller, *entity, *scope, *std::move(values));
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> delete_attributes(Call call) {
    const Result<model::EntityId> entity = entity_of(call);
    if (!entity) co_return entity.error();
    const std::string scope_name = call.variable("scope");
    const Result<model::AttributeScope> scope = scope_of(scope_name);
    if (!scope) co_return scope.error();
    std::vector<std::string> keys = call.list("keys", "key");
    if (keys.empty()) co_return invalid("Empty keys: []");

    RuleEvent event{model::msg_type::attributes_deleted, *entity,
                    "{\"attributes\":" + text_of(keys) + "}"};
    event.metadata.emplace_back("scope", scope_name);
    core::AuditNote note =
        attributes_note(model::ActionType::attributes_deleted, *entity, scope_name, array_of(keys));
    const auto removed =
        co_await call.services.attributes.remove(call.caller, *entity, *scope, std::move(keys));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

}  // namespace thingstead::api::telemetry
