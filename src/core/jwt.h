// JSON Web Tokens signed with HMAC-SHA512. Source: RFC 7515, RFC 7519.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace thingstead::core {

/// header.claims.signature; the header is {"alg":"HS512","kid":key_id}.
std::string sign_jwt(const json::object& claims, std::string_view key, std::string_view key_id);

/// The "kid" of a token's header; empty if it has none. Errors: malformed - not a token.
Result<std::string> key_id_of_jwt(std::string_view token);

/// The claims of a token with a right signature, whatever its times say.
/// Errors: malformed - not a token; expired - the signature does not verify (the interface tells a
/// client to log in again in both cases).
Result<json::object> verify_jwt(std::string_view token, std::string_view key);

}  // namespace thingstead::core
