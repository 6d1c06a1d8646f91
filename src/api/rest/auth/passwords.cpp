// Passwords: changed by their users, chosen and reset by links.
#include "api/rest/audit_note.h"
#include "api/rest/auth/handlers.h"
#include "api/rest/json_text.h"
#include "api/rest/origin.h"
#include "api/rest/token_reply.h"
#include "core/entity/read.h"
#include "core/identity/auth.h"
#include "core/identity/settings.h"
#include "net/url.h"

namespace thingstead::api::auth {
namespace {

/// Pages of the web application that links lead to.
struct LinkPages {
    std::string_view good, parameter, expired;
};

constexpr LinkPages activation_pages{"/login/createPassword", "activateToken",
                                     "/activationLinkExpired"};
constexpr LinkPages reset_pages{"/login/resetPassword", "resetToken", "/passwordResetLinkExpired"};

Task<Result<std::string>> links_base(const Services& services, const net::Request& request) {
    return core::base_url(services.platform, origin_of(request).url());
}

net::Reply redirect(std::string where) {
    net::Reply reply;
    reply.status = 303;
    reply.headers.emplace_back("Location", std::move(where));
    return reply;
}

net::Reply link_reply(core::LinkState state, const LinkPages& pages, const std::string& token) {
    switch (state) {
        case core::LinkState::good:
            return redirect(std::string(pages.good) + "?" + std::string(pages.parameter) + "=" +
                            net::percent_encode(token));
        case core::LinkState::expired: return redirect(std::string(pages.expired));
        case core::LinkState::unknown: break;
    }
    net::Reply reply;
    reply.status = 409;
    return reply;
}

}  // namespace

Task<Result<net::Reply>> change_password(Call call) {
    std::string current = body_text(call, "currentPassword");
    std::string next = body_text(call, "newPassword");
    const Result<core::TokenPair> pair = co_await call.services.auth.change_password(
        call.caller, std::move(current), std::move(next));
    core::AuditNote note =
        note_of(model::ActionType::credentials_updated, model::EntityId(call.caller.user));
    note.entity_name = call.caller.email;
    co_await audit(call.services, call.caller, std::move(note), pair);
    co_return token_reply(pair);
}

Task<Result<net::Reply>> open_activation_link(Call call) {
    const Result<std::string> token = call.required("activateToken");
    if (!token) co_return token.error();
    const Result<core::LinkState> state = co_await call.services.auth.find_activate_token(*token);
    if (!state) co_return state.error();
    co_return link_reply(*state, activation_pages, *token);
}

Task<Result<net::Reply>> activate(Call call) {
    const Result<bool> with_mail = call.flag("sendActivationMail", true);
    if (!with_mail) co_return with_mail.error();
    Result<std::string> base = co_await links_base(call.services, call.request);
    if (!base) co_return base.error();
    std::optional<std::string> mail_base;
    if (*with_mail) mail_base = *base;
    const Result<core::TokenPair> pair = co_await call.services.auth.activate(
        body_text(call, "activateToken"), body_text(call, "password"), client_of(call.request),
        std::move(mail_base));
    co_return token_reply(pair);
}

Task<Result<net::Reply>> request_reset(Call call) {
    Result<std::string> base = co_await links_base(call.services, call.request);
    if (!base) co_return base.error();
    const Result<> done =
        co_await call.services.auth.request_reset(body_text(call, "email"), *std::move(base));
    // The answer does not tell whether there is such a user.
    if (!done) call.services.log.warn("auth.reset.failed", done.error());
    co_return net::Reply{};
}

Task<Result<net::Reply>> open_reset_link(Call call) {
    const Result<std::string> token = call.required("resetToken");
    if (!token) co_return token.error();
    const Result<core::LinkState> state = co_await call.services.auth.find_reset_token(*token);
    if (!state) co_return state.error();
    co_return link_reply(*state, reset_pages, *token);
}

Task<Result<net::Reply>> reset_password(Call call) {
    Result<std::string> base = co_await links_base(call.services, call.request);
    if (!base) co_return base.error();
    const Result<> done = co_await call.services.auth.reset_password(
        body_text(call, "resetToken"), body_text(call, "password"), *std::move(base));
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> password_policy(Call call) {
    const std::function<Result<model::SecuritySettings>(store::Reader&)> work =
        [](store::Reader& reader) { return core::security_settings(reader); };
    const auto security =
        co_await core::read<model::SecuritySettings>(call.services.platform, work);
    if (!security) co_return security.error();
    co_return json_reply_of(security->password_policy);
}

}  // namespace thingstead::api::auth
