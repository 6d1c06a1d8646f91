#include "api/rest/token_reply.h"

#include "api/rest/json_text.h"

namespace thingstead::api {

Result<net::Reply> token_reply(const Result<core::TokenPair>& pair) {
    if (!pair) return pair.error();
    std::string body = "{\"token\":";
    append_text(body, pair->token);
    if (!pair->refresh_token.empty()) {
        body += ",\"refreshToken\":";
        append_text(body, pair->refresh_token);
    }
    if (pair->scope != core::TokenScope::full) {
        body += ",\"scope\":";
        append_text(body, enum_name(pair->scope));
    }
    body += '}';
    return json_reply(std::move(body));
}

std::string body_text(const Call& call, std::string_view name) {
    const Result<json::value> body = call.body();
    const json::object* members = body && body->is_object() ? &body->get_object() : nullptr;
    const json::value* value = members ? members->if_contains(name) : nullptr;
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace thingstead::api
