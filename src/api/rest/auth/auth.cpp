// Log-in of users, and who the caller is.
#include "core/identity/auth.h"

#include "api/rest/audit_note.h"
#include "api/rest/auth/handlers.h"
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "api/rest/token_reply.h"
#include "model/security.h"

namespace thingstead::api::auth {
namespace {

Error failed() { return {ErrorCode::unauthenticated, "Authentication failed"}; }

Task<Result<net::Reply>> login(Call call) {
    std::string name = body_text(call, "username");
    std::string password = body_text(call, "password");
    if (name.empty() || password.empty()) co_return failed();
    const Result<core::TokenPair> pair = co_await call.services.auth.login(
        std::move(name), std::move(password), client_of(call.request));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> login_public(Call call) {
    std::string public_id = body_text(call, "publicId");
    if (public_id.empty()) co_return failed();
    const Result<core::TokenPair> pair =
        co_await call.services.auth.login_public(std::move(public_id));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> refresh(Call call) {
    std::string token = body_text(call, "refreshToken");
    if (token.empty()) co_return failed();
    const Result<core::TokenPair> pair = co_await call.services.auth.refresh(std::move(token));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> logout(Call call) {
    if (Result<> done = co_await call.services.auth.logout(call.caller); !done)
        co_return done.error();
    core::AuditNote note = note_of(model::ActionType::logout, model::EntityId(call.caller.user));
    note.entity_name = call.caller.email;
    note.data = core::client_data(client_of(call.request));
    co_await call.services.audit.log(call.caller, std::move(note));
    co_return net::Reply{};
}

/// The record may show the name itself.
bool user_has_name() {
    bool found = false;
    for_each_field<model::User>([&](const auto& field) { found = found || field.name == "name"; });
    return found;
}

Task<Result<net::Reply>> current_user(Call call) {
    const Result<model::User> user = co_await call.services.auth.user(call.caller);
    if (!user) co_return user.error();
    std::string body = "{";
    append_members(body, *user);
    if (!user_has_name()) {
        body += ",\"name\":";
        append_text(body, user->email);
    }
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
     .answer = "LoginResponse",
     .takes = "LoginRequest"},
    {.method = post,
     .pattern = "/api/auth/login/public",
     .allowed = allow::everyone,
     .handler = &login_public,
     .summary = "Tokens for whoever has a public link of a customer",
     .body = BodyKind::any,
     .answer = "LoginResponse",
     .hidden = true},
    {.method = post,
     .pattern = "/api/auth/token",
     .allowed = allow::everyone,
     .handler = &refresh,
     .summary = "New tokens for a refresh token",
     .body = BodyKind::any,
     .answer = "LoginResponse"},
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
    {.method = post,
     .pattern = "/api/auth/changePassword",
     .allowed = allow::users,
     .handler = &change_password,
     .summary = "Another password for the caller, whose older tokens open nothing then",
     .body = BodyKind::json,
     .answer = "JwtPair",
     .takes = "ChangePasswordRequest"},
    {.method = get,
     .pattern = "/api/noauth/userPasswordPolicy",
     .allowed = allow::everyone,
     .handler = &password_policy,
     .summary = "What a password must have",
     .answer = "UserPasswordPolicy"},
    {.method = get,
     .pattern = "/api/noauth/activate",
     .allowed = allow::everyone,
     .handler = &open_activation_link,
     .summary = "Leads from the link of a mail to the page that asks for a first password",
     .parameters = "activateToken!"},
    {.method = post,
     .pattern = "/api/noauth/activate",
     .allowed = allow::everyone,
     .handler = &activate,
     .summary = "Sets the first password of a user and logs in",
     .body = BodyKind::json,
     .parameters = "sendActivationMail",
     .answer = "JwtPair",
     .takes = "ActivateUserRequest"},
    {.method = post,
     .pattern = "/api/noauth/resetPasswordByEmail",
     .allowed = allow::everyone,
     .handler = &request_reset,
     .summary = "Sends a user the link to choose a new password",
     .body = BodyKind::json,
     .takes = "ResetPasswordEmailRequest"},
    {.method = get,
     .pattern = "/api/noauth/resetPassword",
     .allowed = allow::everyone,
     .handler = &open_reset_link,
     .summary = "Leads from the link of a mail to the page that asks for a new password",
     .parameters = "resetToken!"},
    {.method = post,
     .pattern = "/api/noauth/resetPassword",
     .allowed = allow::everyone,
     .handler = &reset_password,
     .summary = "Sets a new password by the link of a mail",
     .body = BodyKind::json,
     .takes = "ResetPasswordRequest"},
};

constexpr SchemaEntry schemas[] = {
    {"UserPasswordPolicy", &struct_schema<model::UserPasswordPolicy>},
};

}  // namespace

extern const Resource descriptor{"auth", "Log-in of users, and who the caller is.", routes,
                                 schemas};

}  // namespace thingstead::api::auth
