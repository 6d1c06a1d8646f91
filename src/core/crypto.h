// Hashes and codings of credentials and tokens, over OpenSSL.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace thingstead::core {

/// FIPS 202, lower-case hexadecimal.
std::string sha3_256_hex(std::string_view bytes);
/// FIPS 180-4, lower-case hexadecimal.
std::string sha256_hex(std::string_view bytes);
/// HMAC-SHA1, 20 raw bytes (RFC 2104): for one-time passwords, whose standard has no other.
std::string hmac_sha1(std::string_view key, std::string_view bytes);
/// HMAC-SHA512, 64 raw bytes (RFC 2104, FIPS 180-4).
std::string hmac_sha512(std::string_view key, std::string_view bytes);
/// Standard alphabet with padding (RFC 4648 section 4).
std::string base64(std::string_view bytes);
/// Nullopt: not that coding.
std::optional<std::string> base64_decode(std::string_view text);
/// URL alphabet without padding (RFC 4648 section 5), as tokens use it.
std::string base64url(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);
/// Capital letters and 2 to 7, without padding (RFC 4648 section 6).
std::string base32(std::string_view bytes);
/// Padding, blanks and small letters are passed over, as people type them.
std::optional<std::string> base32_decode(std::string_view text);
/// Compares in a time that depends on the length alone.
bool equal_secret(std::string_view a, std::string_view b);

}  // namespace thingstead::core
