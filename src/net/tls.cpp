#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace thingstead::net {
namespace {

/// What OpenSSL said last, as text for the log; clears its queue.
std::string openssl_says() {
    char text[256] = "";
    if (const unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

Error unusable(std::string_view what, const std::string& file) {
    std::string detail = std::string(what) + " " + file + ": " + openssl_says();
    return Error{ErrorCode::invalid_argument, "TLS files cannot be used", std::move(detail)};
}

int give_password(char* out, int size, int, void* password) {
    const auto& text = *static_cast<const std::string*>(password);
    const std::size_t length = std::min(text.size(), static_cast<std::size_t>(size));
    std::memcpy(out, text.data(), length);
    return static_cast<int>(length);
}

/// The certificate is handed to the caller, who knows whether the device is ours.
int accept_any(int, X509_STORE_CTX*) { return 1; }

void set_protocol(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    constexpr std::string_view id = "thingstead";
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(id.data()),
                                   static_cast<unsigned>(id.size()));
}

Result<> set_own_certificate(SSL_CTX* context, const TlsSettings& settings) {
    if (SSL_CTX_use_certificate_chain_file(context, settings.certificate_file.c_str()) != 1)
        return unusable("certificate", settings.certificate_file);
    SSL_CTX_set_default_passwd_cb(context, &give_password);
    SSL_CTX_set_default_passwd_cb_userdata(
        context, const_cast<std::string*>(&settings.private_key_password));
    const int loaded =
        SSL_CTX_use_PrivateKey_file(context, settings.private_key_file.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    SSL_CTX_set_default_passwd_cb(context, nullptr);
    if (loaded != 1 || SSL_CTX_check_private_key(context) != 1)
        return unusable("private key", settings.private_key_file);
    return {};
}

Result<> set_client_certificates(SSL_CTX* context, const TlsSettings& settings) {
    if (!settings.client_certificate_wanted) return {};
    const std::string& authority = settings.client_authority_file;
    if (authority.empty()) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &accept_any);
    } else {
        if (SSL_CTX_load_verify_file(context, authority.c_str()) != 1)
            return unusable("client authority", authority);
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authority.c_str()));
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    }
    // A resumed session would come without the intermediate certificates.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    return {};
}

}  // namespace

Result<SslContext> make_tls_context(const TlsSettings& settings) {
    ERR_clear_error();
    SslContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!context) return unusable("context", "");
    set_protocol(context.get());
    if (Result<> done = set_own_certificate(context.get(), settings); !done) return done.error();
    if (Result<> done = set_client_certificates(context.get(), settings); !done)
        return done.error();
    return context;
}

Result<SslContext> make_tls_client_context(const TlsClientSettings& settings) {
    ERR_clear_error();
    SslContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    if (!context) return unusable("context", "");
    set_protocol(context.get());
    if (settings.verify) {
        const std::string& authority = settings.authority_file;
        const int loaded = authority.empty()
                               ? SSL_CTX_set_default_verify_paths(context.get())
                               : SSL_CTX_load_verify_file(context.get(), authority.c_str());
        if (loaded != 1) return unusable("authority", authority);
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    if (settings.certificate_file.empty()) return context;
    TlsSettings own;
    own.certificate_file = settings.certificate_file;
    own.private_key_file = settings.private_key_file;
    if (Result<> done = set_own_certificate(context.get(), own); !done) return done.error();
    return context;
}

TlsContexts::TlsContexts(TlsSettings settings, Log log)
    : settings_(std::move(settings)), log_(std::move(log)), stamp_(stamp_of_files()) {
    next_look_ = std::chrono::steady_clock::now() + settings_.reload_period;
}

Result<std::unique_ptr<TlsContexts>> TlsContexts::open(TlsSettings settings, Log log) {
    // The stamp is taken first: a change while the files are read is seen at the next look.
    std::unique_ptr<TlsContexts> contexts(new TlsContexts(std::move(settings), std::move(log)));
    Result<SslContext> first = make_tls_context(contexts->settings_);
    if (!first) return first.error();
    contexts->context_ = *std::move(first);
    return contexts;
}

SslContext TlsContexts::current() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_look_) {
        next_look_ = now + settings_.reload_period;
        reload_if_changed();
    }
    return context_;
}

/// Changes whenever one of the files does: its time, size or inode (links that are moved).
std::string TlsContexts::stamp_of_files() const {
    std::string stamp;
    for (const std::string* file : {&settings_.certificate_file, &settings_.private_key_file,
                                    &settings_.client_authority_file}) {
        if (file->empty()) continue;
        std::error_code ignored;
        const auto time = std::filesystem::last_write_time(*file, ignored).time_since_epoch();
        const auto size = std::filesystem::file_size(*file, ignored);
        stamp += std::to_string(time.count()) + '/' + std::to_string(size) + '/' +
                 std::filesystem::canonical(*file, ignored).string() + ' ';
    }
    return stamp;
}

void TlsContexts::reload_if_changed() {
    std::string stamp = stamp_of_files();
    if (stamp == stamp_) return;
    Result<SslContext> fresh = make_tls_context(settings_);
    if (!fresh) {
        // Certificate and key may be caught between their two writes: the next look tries again.
        log_.error("net.tls.reload.failed", fresh.error());
        return;
    }
    stamp_ = std::move(stamp);
    context_ = *std::move(fresh);
    log_.info("net.tls.reloaded", {
                                      {"certificate", settings_.certificate_file}
    });
}

}  // namespace thingstead::net
