// TLS for servers: certificate files, their reload, and client certificates; and for clients.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/log.h"

struct ssl_ctx_st;

namespace thingstead::net {

struct TlsSettings {
    std::string certificate_file{};      ///< PEM: the server's certificate, then its chain.
    std::string private_key_file{};      ///< PEM.
    std::string private_key_password{};  ///< Empty: the key is not encrypted.
    /// PEM; empty: certificates of clients are not checked against any authority.
    std::string client_authority_file{};
    /// Ask clients for a certificate; one without it is let in, and what is presented is handed to
    /// the caller, who decides. With a `client_authority_file` a foreign one ends the handshake.
    bool client_certificate_wanted = false;
    std::chrono::milliseconds reload_period{60'000};  ///< Of looking for changed files.
};

using SslContext = std::shared_ptr<ssl_ctx_st>;

/// TLS 1.2 and later, forward-secret ciphers in the server's order, no compression or
/// renegotiation. Errors: invalid_argument - a file is missing, bad, or key and certificate do not
/// belong together; `detail` says which.
Result<SslContext> make_tls_context(const TlsSettings& settings);

/// Of the connections that we open.
struct TlsClientSettings {
    /// PEM of those whose word is taken for the server's certificate; empty: the system's.
    std::string authority_file{};
    bool verify = true;              ///< False: any certificate of anybody will do.
    std::string certificate_file{};  ///< PEM, our own; empty: none.
    std::string private_key_file{};  ///< PEM, not encrypted.
};

/// TLS 1.2 and later. Errors: invalid_argument, as make_tls_context().
Result<SslContext> make_tls_client_context(const TlsClientSettings& settings);

/// The context for new connections; follows the files. Thread-safe.
class TlsContexts {
  public:
    /// Errors: as make_tls_context().
    static Result<std::unique_ptr<TlsContexts>> open(TlsSettings settings, Log log);

    /// Looks at the files when `reload_period` has passed since the last look. Files that cannot be
    /// used leave the old context in service, with a line in the log.
    SslContext current();

  private:
    TlsContexts(TlsSettings settings, Log log);
    std::string stamp_of_files() const;
    void reload_if_changed();

    const TlsSettings settings_;
    const Log log_;
    std::mutex mutex_;
    SslContext context_;
    std::string stamp_;
    std::chrono::steady_clock::time_point next_look_;
};

}  // namespace thingstead::net
