// Credentials of users, as their administrators see them.
#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/origin.h"
#include "api/rest/route.h"
#include "api/rest/token_reply.h"
#include "core/entity/read.h"
#include "core/identity/auth.h"
#include "core/identity/credentials.h"
#include "core/identity/settings.h"

namespace thingstead::api::user_credentials {
namespace {

Task<Result<core::ActivationLink>> link_of(Call call) {
    const Result<model::UserId> user = call.id<model::UserId>("userId");
    if (!user) co_return user.error();
    Result<std::string> base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    if (!base) co_return base.error();
    co_return co_await core::activation_link(call.services.platform, call.caller, *user,
                                             *std::move(base));
}

Task<Result<net::Reply>> get_link(Call call) {
    const Result<core::ActivationLink> link = co_await link_of(std::move(call));
    if (!link) co_return link.error();
    net::Reply reply;
    reply.content_type = "text/plain;charset=UTF-8";
    reply.body = link->value;
    co_return reply;
}

Task<Result<net::Reply>> get_link_info(Call call) {
    const Result<core::ActivationLink> link = co_await link_of(std::move(call));
    if (!link) co_return link.error();
    std::string body = "{\"value\":";
    append_text(body, link->value);
    body += ",\"ttlMs\":" + std::to_string(link->ttl_ms) + "}";
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> send_mail(Call call) {
    Result<std::string> email = call.required("email");
    if (!email) co_return email.error();
    const std::string name = call.services.auth.login_name(*std::move(email));
    const std::function<Result<std::optional<model::User>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return reader.find<model::User>({
                {"email", name}
            });
        };
    const auto user = co_await core::read<std::optional<model::User>>(call.services.platform, work);
    if (!user) co_return user.error();
    if (!*user) co_return core::item_not_found();
    Result<std::string> base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    if (!base) co_return base.error();
    const Result<> sent = co_await core::send_activation_mail(
        call.services.platform, call.services.mailer, call.caller, (*user)->id, *std::move(base));
    if (!sent) co_return sent.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> set_enabled(Call call) {
    const Result<model::UserId> user = call.id<model::UserId>("userId");
    if (!user) co_return user.error();
    const Result<bool> enabled = call.flag("userCredentialsEnabled", true);
    if (!enabled) co_return enabled.error();
    const Result<model::User> changed =
        co_await core::enable_credentials(call.services.platform, call.caller, *user, *enabled);
    core::AuditNote note = note_of(model::ActionType::credentials_updated, model::EntityId(*user));
    if (changed) note.entity_name = changed->email;
    co_await audit(call.services, call.caller, std::move(note), changed);
    if (!changed) co_return changed.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> get_tokens(Call call) {
    const Result<model::UserId> user = call.id<model::UserId>("userId");
    if (!user) co_return user.error();
    const Result<core::TokenPair> pair =
        co_await call.services.auth.tokens_of_other(call.caller, *user);
    co_return token_reply(pair);
}

Task<Result<net::Reply>> is_token_access_enabled(Call call) {
    co_return json_reply_of(call.services.auth.settings().user_token_access_enabled);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/user/{userId}/activationLink",
     .allowed = allow::administrators,
     .handler = &get_link,
     .summary = "The link that lets a new user choose a password",
     .answer = "string"                    },
    {.method = get,
     .pattern = "/api/user/{userId}/activationLinkInfo",
     .allowed = allow::administrators,
     .handler = &get_link_info,
     .summary = "The same link, and how long it works",
     .answer = "UserActivationLink"        },
    {.method = post,
     .pattern = "/api/user/sendActivationMail",
     .allowed = allow::administrators,
     .handler = &send_mail,
     .summary = "Sends the link to the user once more",
     .parameters = "email!"                },
    {.method = post,
     .pattern = "/api/user/{userId}/userCredentialsEnabled",
     .allowed = allow::administrators,
     .handler = &set_enabled,
     .summary = "Lets a user log in, or not",
     .parameters = "userCredentialsEnabled"},
    {.method = get,
     .pattern = "/api/user/{userId}/token",
     .allowed = allow::administrators,
     .handler = &get_tokens,
     .summary = "Tokens that act as another user",
     .answer = "JwtPair"                   },
    {.method = get,
     .pattern = "/api/user/tokenAccessEnabled",
     .allowed = allow::administrators,
     .handler = &is_token_access_enabled,
     .summary = "Whether administrators may act as their users",
     .answer = "boolean"                   },
};

}  // namespace

extern const Resource descriptor{"user_credentials",
                                 "Credentials of users, as their administrators see them.", routes};

}  // namespace thingstead::api::user_credentials
