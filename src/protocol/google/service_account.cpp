#include "protocol/google/service_account.h"

#include <optional>

#include "base/json.h"
#include "protocol/google/rs256.h"

namespace thingstead::google {
namespace {

constexpr EpochMs token_life_ms = 3'600'000;

Error account_wrong(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

std::string text_in(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

}  // namespace

Result<ServiceAccount> service_account_of(std::string_view key_json) {
    const Result<json::value> document = parse_json(key_json);
    if (!document) return account_wrong("Service account key is not JSON!");
    Result<ServiceAccount> account = from_json<ServiceAccount>(*document);
    if (!account) return account_wrong("Service account key: " + account.error().message);
    if (account->client_email.empty())
        return account_wrong("Service account key has no client_email!");
    if (Result<std::string> usable = token_form(*account, "", 0); !usable) return usable.error();
    return account;
}

Result<std::string> token_form(const ServiceAccount& account, std::string_view scope,
                               EpochMs now_ms) {
    json::object header, claims;
    header["alg"] = "RS256";
    header["typ"] = "JWT";
    header["kid"] = account.private_key_id;
    claims["iss"] = account.client_email;
    claims["scope"] = scope;
    claims["aud"] = account.token_uri;
    claims["iat"] = now_ms / 1000;
    claims["exp"] = (now_ms + token_life_ms) / 1000;
    const std::optional<std::string> assertion =
        sign_rs256(json::serialize(header), json::serialize(claims), account.private_key);
    if (!assertion) return account_wrong("The private key of the service account cannot be used!");
    // The assertion is made of characters that a form takes as they are.
    return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
           *assertion;
}

Result<AccessToken> access_token_of(int status, const std::string& body, EpochMs now_ms) {
    const Result<json::value> document = parse_json(body);
    const json::object* members = document ? document->if_object() : nullptr;
    const json::value* token = members ? members->if_contains("access_token") : nullptr;
    if (status != 200 || !token || !token->is_string())
        return Error{ErrorCode::internal, "No access token: " + refusal_text(status, body)};
    const json::value* life = members->if_contains("expires_in");
    const Result<EpochMs> life_s = life ? from_json<EpochMs>(*life) : Result<EpochMs>(3600);
    return AccessToken{std::string(token->get_string()), now_ms + (life_s ? *life_s : 0) * 1000};
}

std::string refusal_text(int status, const std::string& body) {
    std::string why = "status " + std::to_string(status);
    const Result<json::value> document = parse_json(body);
    const json::object* members = document ? document->if_object() : nullptr;
    const json::value* error = members ? members->if_contains("error") : nullptr;
    const json::object* inner = error ? error->if_object() : nullptr;
    const json::value* words = inner ? inner->if_contains("message") : nullptr;
    if (!words && members) words = members->if_contains("error_description");
    if (words) why += ": " + text_in(*words);
    return why;
}

}  // namespace thingstead::google
