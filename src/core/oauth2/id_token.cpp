#include "core/oauth2/id_token.h"

#include <algorithm>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

constexpr std::int64_t clock_skew_s = 60;

Error wrong(std::string_view why) {
    return {ErrorCode::unauthenticated, "[invalid_id_token] " + std::string(why)};
}

bool is_text(const json::value* value, std::string_view text) {
    return value && value->is_string() && std::string_view(value->get_string()) == text;
}

/// One audience, or several of which we are one and the party that it was issued to.
bool is_for(const json::object& claims, std::string_view client_id) {
    const json::value* audience = claims.if_contains("aud");
    if (is_text(audience, client_id)) return true;
    const json::array* several = audience ? audience->if_array() : nullptr;
    if (!several) return false;
    const bool among = std::any_of(several->begin(), several->end(), [&](const json::value& each) {
        return is_text(&each, client_id);
    });
    return among && (several->size() == 1 || is_text(claims.if_contains("azp"), client_id));
}

}  // namespace

Result<json::object> id_token_claims(std::string_view token, const IdTokenExpected& expected) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) return wrong("The ID token is no token");
    const auto text = base64url_decode(token.substr(first + 1, second - first - 1));
    Result<json::value> document =
        text ? parse_json(*text) : Result<json::value>(wrong("The ID token is no token"));
    if (!document || !document->is_object()) return wrong("The ID token is no token");
    json::object& claims = document->get_object();
    if (!is_for(claims, expected.client_id)) return wrong("The ID token is for another client");
    if (!is_text(claims.if_contains("nonce"), expected.nonce))
        return wrong("The ID token is of another log-in");
    const json::value* expires = claims.if_contains("exp");
    boost::system::error_code failed;
    const auto expires_s = expires ? expires->to_number<std::int64_t>(failed) : 0;
    if (failed || expires_s < expected.now_ms / 1000 - clock_skew_s)
        return wrong("The ID token has expired");
    return std::move(claims);
}

}  // namespace thingstead::core
