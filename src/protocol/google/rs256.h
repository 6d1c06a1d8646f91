// Tokens that a service account signs for itself, without I/O.
// Source: RFC 7515 (JWS compact form), RFC 7518 section 3.3 (RS256), RFC 7523 section 3.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace thingstead::google {

/// header.claims.signature. Nullopt: `private_key` is no RSA key in PEM without a password.
std::optional<std::string> sign_rs256(std::string_view header_json, std::string_view claims_json,
                                      std::string_view private_key);

}  // namespace thingstead::google
