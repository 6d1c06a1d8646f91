#include "core/jwt.h"

#include "core/crypto.h"

namespace thingstead::core {

std::string sign_jwt(const json::object& claims, std::string_view key) {
    std::string token = base64url(R"({"alg":"HS512"})") + "." + base64url(json::serialize(claims));
    return token + "." + base64url(hmac_sha512(key, token));
}

Result<json::object> verify_jwt(std::string_view token, std::string_view key) {
    const Error not_a_token{ErrorCode::malformed, "not a token"};
    const std::size_t first = token.find('.'), last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return not_a_token;
    const auto header_text = base64url_decode(token.substr(0, first));
    const auto claims_text = base64url_decode(token.substr(first + 1, last - first - 1));
    const auto signature = base64url_decode(token.substr(last + 1));
    if (!header_text || !claims_text || !signature) return not_a_token;
    const Result<json::value> header = parse_json(*header_text);
    const json::object* header_fields = header ? header->if_object() : nullptr;
    const json::value* algorithm = header_fields ? header_fields->if_contains("alg") : nullptr;
    if (!algorithm || !algorithm->is_string() || algorithm->get_string() != "HS512")
        return not_a_token;
    if (!equal_secret(hmac_sha512(key, token.substr(0, last)), *signature))
        return Error{ErrorCode::expired, "Token has expired", "the signature is wrong"};
    Result<json::value> claims = parse_json(*claims_text);
    if (!claims || !claims->is_object()) return not_a_token;
    return std::move(claims->get_object());
}

}  // namespace thingstead::core
