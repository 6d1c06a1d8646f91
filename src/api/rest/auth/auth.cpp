// Log-in of users, and who the caller is.
#include "core/auth.h"

#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"

namespace thingstead::api::auth {
namespace {

Error failed() { return {ErrorCode::unauthenticated, "Authentication failed"}; }

/// A text member of the body; a body of another shape has none.
std::string member(const Call& call, std::string_view name) {
    const Result<json::value> body = call.body();
    const json::object* members = body && body->is_object() ? &body->get_object() : nullptr;
    const json::value* value = members ? members->if_contains(name) : nullptr;
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<net::Reply> token_reply(const Result<core::TokenPair>& pair) {
    if (!pair) return pair.error();
    std::string body = "{\"token\":";
    append_text(body, pair->token);
    body += ",\"refreshToken\":";
    append_text(body, pair->refresh_token);
    body += '}';
    return json_reply(std::move(body));
}

Task<Result<net::Reply>> login(Call call) {
    std::string name = member(call, "username");
    std::string password = member(call, "password");
    if (name.empty() || password.empty()) co_return failed();
    const Result<core::TokenPair> pair = co_await call.services.auth.login(
        std::move(name), std::move(password), client_of(call.request));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> refresh(Call call) {
    std::string token = member(call, "refreshToken");
    if (token.empty()) co_return failed();
    const Result<core::TokenPair> pair = co_await call.services.auth.refresh(std::move(token));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> logout(Call call) {
    call.services.auth.logout(call.caller);
    core::AuditNote note = note_of(model::ActionType::logout, model::EntityId(call.caller.user));
    note.entity_name = call.caller.email;
    note.data = core::client_data(client_of(call.request));
    co_await call.services.audit.log(call.caller, std::move(note));
    co_return net::Reply{};
}

Task<Result<net::Reply>> current_user(Call call) {
    const Result<model::User> user = co_await call.services.auth.user(call.caller);
    if (!user) co_return user.error();
    std::string body = "{";
    append_members(body, *user);
    body += ",\"name\":";
    append_text(body, user->email);
    body += '}';
    co_return json_reply(std::move(body));
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/auth/login",
     .allowed = allow::everyone,
     .handler = &login,
     .summary = "Tokens for a user name and a password",
     .body = BodyKind::any,
     .answer = "TokenPair"},
    {.method = post,
     .pattern = "/api/auth/token",
     .allowed = allow::everyone,
     .handler = &refresh,
     .summary = "New tokens for a refresh token",
     .body = BodyKind::any,
     .answer = "TokenPair"},
    {.method = post,
     .pattern = "/api/auth/logout",
     .allowed = allow::users,
     .handler = &logout,
     .summary = "Ends the session of the caller"},
    {.method = get,
     .pattern = "/api/auth/user",
     .allowed = allow::users,
     .handler = &current_user,
     .summary = "The caller's own record",
     .answer = "User"},
};

}  // namespace

extern const Resource descriptor{"auth", "Log-in of users, and who the caller is.", routes};

}  // namespace thingstead::api::auth
