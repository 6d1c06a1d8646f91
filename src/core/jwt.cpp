#include "core/jwt.h"

#include "core/crypto.h"

namespace thingstead::core {
namespace {

constexpr std::string_view algorithm_name = "HS512";

Error not_a_token() { return {ErrorCode::malformed, "not a token"}; }

/// The header of a token that is signed as ours are. Errors: malformed.
Result<json::object> header_of(std::string_view token) {
    const std::size_t end = token.find('.');
    if (end == std::string_view::npos) return not_a_token();
    const auto text = base64url_decode(token.substr(0, end));
    if (!text) return not_a_token();
    Result<json::value> header = parse_json(*text);
    if (!header || !header->is_object()) return not_a_token();
    const json::value* algorithm = header->get_object().if_contains("alg");
    if (!algorithm || !algorithm->is_string() || algorithm->get_string() != algorithm_name)
        return not_a_token();
    return std::move(header->get_object());
}

}  // namespace

std::string sign_jwt(const json::object& claims, std::string_view key, std::string_view key_id) {
    const json::object header{
        {"alg", algorithm_name},
        {"kid", key_id        }
    };
    std::string token =
        base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    return token + "." + base64url(hmac_sha512(key, token));
}

Result<std::string> key_id_of_jwt(std::string_view token) {
    const Result<json::object> header = header_of(token);
    if (!header) return header.error();
    const json::value* id = header->if_contains("kid");
    return id && id->is_string() ? std::string(id->get_string()) : std::string();
}

Result<json::object> verify_jwt(std::string_view token, std::string_view key) {
    if (const Result<json::object> header = header_of(token); !header) return header.error();
    const std::size_t first = token.find('.'), last = token.rfind('.');
    if (first == last) return not_a_token();
    const auto claims_text = base64url_decode(token.substr(first + 1, last - first - 1));
    const auto signature = base64url_decode(token.substr(last + 1));
    if (!claims_text || !signature) return not_a_token();
    if (!equal_secret(hmac_sha512(key, token.substr(0, last)), *signature))
        return Error{ErrorCode::expired, "Token has expired", "the signature is wrong"};
    Result<json::value> claims = parse_json(*claims_text);
    if (!claims || !claims->is_object()) return not_a_token();
    return std::move(claims->get_object());
}

}  // namespace thingstead::core
