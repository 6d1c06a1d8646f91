// Log-in with other servers, as browsers walk through it. Errors are shown by the log-in page.
#include "core/oauth2/login.h"

#include "api/rest/audit_note.h"
#include "api/rest/json_text.h"
#include "api/rest/oauth2/handlers.h"
#include "api/rest/origin.h"
#include "core/identity/settings.h"
#include "core/oauth2/oauth2_rules.h"
#include "net/url.h"

namespace thingstead::api::oauth2 {
namespace {

constexpr std::string_view request_cookie = "oauth2_auth_request";
constexpr std::string_view uri_cookie = "prev_uri";

std::string cookie_of(const net::Request& request, std::string_view name) {
    std::string_view rest = request.header("Cookie").value_or("");
    while (!rest.empty()) {
        std::string_view one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
    }
    return {};
}

struct Cookie {
    std::string_view name;
    std::string value;             ///< Of characters that need no quotes.
    std::chrono::seconds life{0};  ///< 0: it goes away.
    bool secure = false;
    bool from_other_sites = false;
};

void set_cookie(net::Reply& reply, const Cookie& cookie) {
    std::string text = std::string(cookie.name) + "=" + cookie.value + "; Path=/; HttpOnly";
    text += "; Max-Age=" + std::to_string(cookie.life.count());
    if (cookie.secure) text += "; Secure";
    // A form of the provider's page is sent by its site; browsers want such a cookie to be secure.
    text += cookie.from_other_sites && cookie.secure ? "; SameSite=None" : "; SameSite=Lax";
    reply.headers.emplace_back("Set-Cookie", std::move(text));
}

net::Reply redirect_to(std::string location) {
    net::Reply reply;
    reply.status = 302;
    reply.headers.emplace_back("Location", std::move(location));
    return reply;
}

net::Reply redirect_back(std::string location, bool secure) {
    net::Reply reply = redirect_to(std::move(location));
    for (const std::string_view name : {request_cookie, uri_cookie}) {
        Cookie gone;
        gone.name = name;
        gone.secure = secure;
        set_cookie(reply, gone);
    }
    return reply;
}

/// A path of ours: anything else could lead to another server, with tokens.
bool is_own_path(std::string_view uri) {
    return uri.size() > 1 && uri.size() <= 2048 && uri[0] == '/' && uri[1] != '/' &&
           uri[1] != '\\' && std::all_of(uri.begin(), uri.end(), [](char c) {
               return c > ' ' && c < 0x7F && c != '\\';
           });
}

/// To the provider, with what has to come back from there.
net::Reply reply_of(const core::OAuth2Login::Start& start, const Call& call, bool secure) {
    net::Reply reply = redirect_to(start.location);
    Cookie cookie;
    cookie.life = call.services.oauth2.timeout();
    cookie.secure = secure;
    cookie.from_other_sites = start.comes_as_form;
    cookie.name = request_cookie;
    cookie.value = start.sealed;
    set_cookie(reply, cookie);
    if (const auto uri = call.parameter("prevUri"); uri && is_own_path(*uri)) {
        cookie.name = uri_cookie;
        cookie.value = net::percent_encode(*uri);
        set_cookie(reply, cookie);
    }
    return reply;
}

std::string with_tokens(std::string url, const core::TokenPair& tokens) {
    if (url.find('?') != std::string::npos)
        url += '&';
    else
        url += "/?";
    return url + "accessToken=" + tokens.token + "&refreshToken=" + tokens.refresh_token;
}

core::OAuth2Login::Return return_of(const Call& call) {
    const net::Query query = call.request.method == net::Method::post
                                 ? net::Query::parse(call.request.body)
                                 : call.query;
    const auto text = [&](std::string_view name) {
        return std::string(query.find(name).value_or(""));
    };
    core::OAuth2Login::Return back;
    back.sealed = cookie_of(call.request, request_cookie);
    back.state = text("state");
    back.code = text("code");
    back.error = text("error");
    back.error_description = text("error_description");
    back.user = text("user");
    return back;
}

Task<> note_login(const Services& services, net::Request request, core::OAuth2Login::Done done) {
    core::Caller caller;
    caller.authority = done.user.authority;
    caller.tenant = done.user.tenant_id;
    caller.customer = done.user.customer_id;
    caller.user = done.user.id;
    caller.email = done.user.email;
    core::AuditNote note;
    note.action = model::ActionType::login;
    note.entity = done.user.id;
    note.entity_name = done.user.email;
    note.data = core::client_data(client_of(request));
    add_data(note, "provider", json::value(done.provider));
    co_await services.audit.log(std::move(caller), std::move(note));
}

}  // namespace

Task<Result<net::Reply>> begin_login(Call call) {
    const auto id = call.id<model::OAuth2ClientId>("id");
    if (!id) co_return id.error();
    const auto base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    if (!base) co_return base.error();
    const auto start = co_await call.services.oauth2.start(*id, *base);
    if (!start) co_return start.error();
    co_return reply_of(*start, call, base->starts_with("https://"));
}

Task<Result<net::Reply>> end_login(Call call) {
    const auto base =
        co_await core::base_url(call.services.platform, origin_of(call.request).url());
    if (!base) co_return base.error();
    const bool secure = base->starts_with("https://");
    const auto done = co_await call.services.oauth2.finish(return_of(call));
    if (!done) {
        const Error& why = done.error();
        if (why.code == ErrorCode::internal || why.code == ErrorCode::unavailable)
            call.services.log.warn("oauth2.login.failed", why, {});
        co_return redirect_back(*base + "/login?loginError=" + net::percent_encode(why.message),
                                secure);
    }
    co_await note_login(call.services, call.request, *done);
    std::string to =
        net::percent_decode(cookie_of(call.request, uri_cookie)).value_or(std::string());
    if (!is_own_path(to)) to.clear();
    co_return redirect_back(with_tokens(*base + to, done->tokens), secure);
}

Task<Result<net::Reply>> list_login_clients(Call call) {
    // Applications have bundles of their own; there are none.
    if (call.parameter("pkgName")) co_return json_reply("[]");
    const auto clients =
        co_await core::login_clients(call.services.platform, origin_of(call.request).host);
    if (!clients) co_return clients.error();
    co_return json_reply_of(*clients);
}

}  // namespace thingstead::api::oauth2
