// TLS for connections that we open with certificates that a user gave as texts, not as files.
#pragma once
#include <string>

#include "base/error.h"
#include "net/tls.h"

namespace thingstead::net {

struct TlsClientTexts {
    std::string authorities{};           ///< PEM; empty: those of the system.
    std::string certificate{};           ///< PEM, our own, then its chain; empty: none.
    std::string private_key{};           ///< PEM.
    std::string private_key_password{};  ///< Empty: the key is not encrypted.
};

/// TLS 1.2 and later; the server's certificate is checked, its name too.
/// Errors: invalid_argument - the message names the text that cannot be used.
Result<SslContext> make_tls_client_context(const TlsClientTexts& texts);

}  // namespace thingstead::net
