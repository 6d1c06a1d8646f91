#include "core/oauth2/login.h"

#include <openssl/sha.h>

#include <algorithm>
#include <functional>

#include "base/random.h"
#include "core/crypto.h"
#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/oauth2/account.h"
#include "core/oauth2/id_token.h"
#include "net/url.h"

namespace thingstead::core {
namespace {

constexpr std::string_view purpose = "OAUTH2_REQUEST";
constexpr std::size_t random_characters = 43;

Error refused(std::string why, std::string detail = {}) {
    return {ErrorCode::unauthenticated, std::move(why), std::move(detail)};
}

std::string text(const json::object& members, std::string_view name) {
    return attribute_text(members, name).value_or("");
}

bool has_scope(const model::OAuth2Client& client, std::string_view scope) {
    return std::find(client.scope.begin(), client.scope.end(), scope) != client.scope.end();
}

/// RFC 7636 section 4.2, method S256.
std::string challenge_of(std::string_view verifier) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest);
    return base64url({reinterpret_cast<const char*>(digest), sizeof digest});
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& each : words) out += (out.empty() ? "" : " ") + each;
    return out;
}

std::pair<std::string, std::string> basic_authorization(std::string_view name,
                                                        std::string_view password) {
    return {"Authorization", "Basic " + base64(std::string(name) + ":" + std::string(password))};
}

std::pair<std::string, std::string> bearer(std::string_view token) {
    return {"Authorization", "Bearer " + std::string(token)};
}

}  // namespace

/// What was asked of the provider, as the browser kept it.
struct OAuth2Login::Asked {
    model::OAuth2ClientId client;
    std::string redirect_uri, nonce, verifier;
};

struct OAuth2Login::Exchanged {
    std::string access_token, id_token;
};

OAuth2Login::OAuth2Login(Platform platform, Auth& auth, net::HttpClient& http,
                         OAuth2Settings settings)
    : platform_(std::move(platform)), auth_(auth), http_(http), settings_(std::move(settings)) {}

Task<Result<OAuth2Login::Start>> OAuth2Login::start(model::OAuth2ClientId id,
                                                    std::string base_url) {
    const Result<model::OAuth2Client> client = co_await find_client(id);
    if (!client) co_return client.error();
    const std::string state = random_alphanumeric(random_characters);
    const std::string redirect_uri = base_url + std::string(login_processing_url);
    json::object kept;
    kept["client"] = id.to_string();
    kept["state"] = state;
    kept["redirect"] = redirect_uri;
    net::Query query;
    query.add("response_type", "code");
    query.add("client_id", client->client_id);
    query.add("scope", joined(client->scope));
    query.add("state", state);
    query.add("redirect_uri", redirect_uri);
    if (has_scope(*client, "openid")) {
        const std::string nonce = random_alphanumeric(random_characters);
        kept["nonce"] = nonce;
        query.add("nonce", nonce);
    }
    if (client->client_authentication_method == "NONE") {
        const std::string verifier = random_alphanumeric(random_characters);
        kept["verifier"] = verifier;
        query.add("code_challenge", challenge_of(verifier));
        query.add("code_challenge_method", "S256");
    }
    const std::string& uri = client->authorization_uri;
    Start start;
    start.location = uri + (uri.find('?') == std::string::npos ? "?" : "&") + query.encode();
    start.sealed = auth_.seal(purpose, std::move(kept), settings_.login_timeout);
    start.comes_as_form = uri.find("response_mode=form_post") != std::string::npos;
    co_return start;
}

Task<Result<OAuth2Login::Done>> OAuth2Login::finish(Return back) {
    const Result<Asked> asked = asked_of(back);
    if (!asked) co_return asked.error();
    if (!back.error.empty()) {
        std::string why = "[" + back.error + "]";
        if (!back.error_description.empty()) why += " " + back.error_description;
        co_return refused(std::move(why));
    }
    if (back.code.empty()) co_return refused("[invalid_request] The provider sent no code");
    const Result<model::OAuth2Client> client = co_await find_client(asked->client);
    if (!client) co_return client.error();
    const Result<Exchanged> exchanged = co_await exchange(*client, *asked, back.code);
    if (!exchanged) co_return exchanged.error();
    Result<json::object> known = co_await attributes(*client, *asked, *exchanged);
    if (!known) co_return known.error();
    const Result<MappedUser> mapped = co_await map(*client, *std::move(known), *exchanged, back);
    if (!mapped) co_return mapped.error();

    const std::function<Result<OAuth2Account>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return oauth2_account(transaction, *client, *mapped, platform_.clock.now_ms());
        };
    const Result<OAuth2Account> account = co_await write<OAuth2Account>(platform_, work);
    if (!account) co_return account.error();
    for (const EntityChange& each : account->changes) platform_.events.publish(each);
    if (!account->changes.empty() && !client->mapper->activate_user)
        co_return refused("User account is not active");
    Done done{account->user, auth_.issue_for(account->user), client->title};
    if (const auto provider = model::info_of(*client).provider_name) done.provider = *provider;
    co_return done;
}

Result<OAuth2Login::Asked> OAuth2Login::asked_of(const Return& back) const {
    const Result<json::object> kept = auth_.unseal(purpose, back.sealed);
    if (!kept || back.state.empty() || !equal_secret(text(*kept, "state"), back.state))
        return refused("[authorization_request_not_found]");
    const Result<Uuid> client = parse_uuid(text(*kept, "client"));
    if (!client) return refused("[authorization_request_not_found]");
    return Asked{{*client}, text(*kept, "redirect"), text(*kept, "nonce"), text(*kept, "verifier")};
}

Task<Result<model::OAuth2Client>> OAuth2Login::find_client(model::OAuth2ClientId id) {
    const std::function<Result<model::OAuth2Client>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::OAuth2Client> {
        auto found = reader.find<model::OAuth2Client>({
            {"id", id.uuid}
        });
        if (!found) return found.error();
        if (!*found || !(*found)->mapper) return not_found("Oauth2 client", id.uuid);
        return **std::move(found);
    };
    co_return co_await read<model::OAuth2Client>(platform_, work);
}

Task<Result<OAuth2Login::Exchanged>> OAuth2Login::exchange(const model::OAuth2Client& client,
                                                           const Asked& asked,
                                                           const std::string& code) {
    net::Query form;
    form.add("grant_type", "authorization_code");
    form.add("code", code);
    form.add("redirect_uri", asked.redirect_uri);
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = client.access_token_uri;
    call.headers.emplace_back("Accept", "application/json");
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    if (client.client_authentication_method == "BASIC") {
        // RFC 6749 section 2.3.1: both are coded before they are joined.
        call.headers.push_back(basic_authorization(net::percent_encode(client.client_id),
                                                   net::percent_encode(client.client_secret)));
    } else {
        form.add("client_id", client.client_id);
        if (client.client_authentication_method == "POST")
            form.add("client_secret", client.client_secret);
    }
    if (!asked.verifier.empty()) form.add("code_verifier", asked.verifier);
    call.body = form.encode();
    const Result<json::value> answer =
        co_await json_of(std::move(call), "[invalid_token_response]");
    if (!answer) co_return answer.error();
    const json::object* members = answer->if_object();
    if (!members) co_return refused("[invalid_token_response]");
    // Some providers tell errors with status 200.
    if (const std::string error = text(*members, "error"); !error.empty())
        co_return refused("[" + error + "] " + text(*members, "error_description"));
    Exchanged exchanged{text(*members, "access_token"), text(*members, "id_token")};
    if (exchanged.access_token.empty()) co_return refused("[invalid_token_response]");
    co_return exchanged;
}

Task<Result<json::object>> OAuth2Login::attributes(const model::OAuth2Client& client,
                                                   const Asked& asked, const Exchanged& exchanged) {
    json::object known;
    if (has_scope(client, "openid")) {
        const IdTokenExpected expected{client.client_id, asked.nonce, platform_.clock.now_ms()};
        Result<json::object> claims = id_token_claims(exchanged.id_token, expected);
        if (!claims) co_return claims.error();
        known = *std::move(claims);
    }
    if (client.user_info_uri && !client.user_info_uri->empty()) {
        net::HttpCall call;
        call.url = *client.user_info_uri;
        call.headers.emplace_back("Accept", "application/json");
        call.headers.push_back(bearer(exchanged.access_token));
        const Result<json::value> answer =
            co_await json_of(std::move(call), "[invalid_user_info_response]");
        if (!answer) co_return answer.error();
        const json::object* members = answer->if_object();
        // OpenID Connect Core 1.0 section 5.3.2: an answer of another subject must not be used.
        const std::string subject = text(known, "sub");
        if (!members || (!subject.empty() && text(*members, "sub") != subject))
            co_return refused("[invalid_user_info_response]");
        for (const auto& each : *members) known[each.key()] = each.value();
    }
    if (text(known, client.user_name_attribute_name).empty())
        co_return refused("[invalid_user_info_response] Missing attribute '" +
                          client.user_name_attribute_name + "'");
    co_return known;
}

Task<Result<MappedUser>> OAuth2Login::map(const model::OAuth2Client& client, json::object known,
                                          const Exchanged& exchanged, const Return& back) {
    const model::OAuth2Mapper& mapper = *client.mapper;
    if (mapper.type == model::MapperType::custom && mapper.custom)
        co_return co_await map_elsewhere(*mapper.custom, std::move(known), exchanged);
    if (!mapper.basic) co_return refused("Basic config should be specified!");
    if (mapper.type == model::MapperType::github) {
        net::HttpCall call;
        call.url = settings_.github_emails_url;
        call.headers.emplace_back("Accept", "application/json");
        call.headers.emplace_back("User-Agent", "thingstead");
        call.headers.push_back(bearer(exchanged.access_token));
        const Result<json::value> emails =
            co_await json_of(std::move(call), "The e-mails of the user can't be read!");
        if (!emails) co_return emails.error();
        const std::optional<std::string> email = primary_email(*emails);
        if (!email) co_return refused("The user has no verified e-mail!");
        known["email"] = *email;
    }
    if (mapper.type == model::MapperType::apple && !back.user.empty()) {
        const Result<json::value> user = parse_json(back.user);
        const json::object* members = user ? user->if_object() : nullptr;
        const json::value* name = members ? members->if_contains("name") : nullptr;
        // It comes from the browser: names, and nothing that tells who somebody is.
        if (name && name->is_object())
            for (const std::string_view key : {"firstName", "lastName"})
                if (const json::value* part = name->get_object().if_contains(key))
                    known.emplace(key, *part);
    }
    co_return map_basic(*mapper.basic, known);
}

Task<Result<MappedUser>> OAuth2Login::map_elsewhere(const model::OAuth2CustomMapper& mapper,
                                                    json::object known,
                                                    const Exchanged& exchanged) {
    net::HttpCall call;
    call.method = net::Method::post;
    call.url = mapper.url.value_or("");
    call.headers.emplace_back("Accept", "application/json");
    call.headers.emplace_back("Content-Type", "application/json");
    if (mapper.username && mapper.password && !mapper.username->empty())
        call.headers.push_back(basic_authorization(*mapper.username, *mapper.password));
    if (mapper.send_token)
        call.headers.emplace_back("provider-access-token", exchanged.access_token);
    call.body = json::serialize(known);
    const Result<json::value> answer =
        co_await json_of(std::move(call), "Can't get principal from custom mapper!");
    if (!answer) co_return answer.error();
    co_return map_custom(*answer);
}

Task<Result<json::value>> OAuth2Login::json_of(net::HttpCall call, std::string what) {
    const Result<net::HttpAnswer> answer = co_await http_.send(std::move(call));
    if (!answer) {
        platform_.log.warn("oauth2.call.failed", answer.error(), {});
        co_return refused(what);
    }
    Result<json::value> document = parse_json(answer->body);
    const json::object* members = document ? document->if_object() : nullptr;
    // RFC 6749 section 5.2: errors of the token endpoint are documents of status 400 or 401.
    const std::string error = members ? text(*members, "error") : std::string();
    const bool ok = answer->status >= 200 && answer->status < 300;
    if (ok && document) co_return document;
    if (!ok && !error.empty())
        co_return refused("[" + error + "] " + text(*members, "error_description"));
    co_return refused(what);
}

}  // namespace thingstead::core
