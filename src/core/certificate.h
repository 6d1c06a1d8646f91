// X.509 certificates and public keys as people paste them: PEM or Base64.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::core {

struct Certificate {
    std::string der;
    std::string base64_der;  ///< Without line breaks: what credentials are hashed from.
};

/// The first certificate of a PEM text, or of bare Base64. Errors: invalid_argument - there is
/// none.
Result<Certificate> first_certificate(std::string_view text);
/// Whether it is among the authorities that this machine trusts.
bool is_well_known_root(const Certificate& certificate);

/// What Base64 text holds, whatever its line breaks and PEM armour.
bool is_ec_certificate(std::string_view base64);
bool is_ec_public_key(std::string_view base64);   ///< SubjectPublicKeyInfo (RFC 5280).
bool is_ec_private_key(std::string_view base64);  ///< PKCS #8 (RFC 5958).

/// Without PEM armour, line breaks and spaces.
std::string bare_base64(std::string_view text);

}  // namespace thingstead::core
