#include "net/tls_pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace thingstead::net {
namespace {

struct PemFree {
    void operator()(BIO* it) const { BIO_free(it); }
    void operator()(X509* it) const { X509_free(it); }
    void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
    void operator()(X509_STORE* it) const { X509_STORE_free(it); }
};
template <class T>
using PemOwned = std::unique_ptr<T, PemFree>;

Error unusable_text(const char* what) {
    char text[256] = "";
    if (const unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return Error{ErrorCode::invalid_argument, std::string(what) + " cannot be used", text};
}

int pem_password(char* out, int size, int, void* password) {
    const auto& text = *static_cast<const std::string*>(password);
    const std::size_t length = std::min(text.size(), static_cast<std::size_t>(size));
    std::memcpy(out, text.data(), length);
    return static_cast<int>(length);
}

PemOwned<BIO> pem_source(const std::string& text) {
    return PemOwned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<PemOwned<X509>> read_certificates(const std::string& pem) {
    std::vector<PemOwned<X509>> all;
    const PemOwned<BIO> source = pem_source(pem);
    while (X509* const each = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr))
        all.emplace_back(each);
    ERR_clear_error();
    return all;
}

Result<> trust(SSL_CTX* context, const std::string& authorities) {
    const std::vector<PemOwned<X509>> all = read_certificates(authorities);
    if (all.empty()) return unusable_text("CA certificate");
    PemOwned<X509_STORE> store(X509_STORE_new());
    for (const PemOwned<X509>& each : all) X509_STORE_add_cert(store.get(), each.get());
    SSL_CTX_set_cert_store(context, store.release());
    return {};
}

Result<> present(SSL_CTX* context, const TlsClientTexts& texts) {
    const std::vector<PemOwned<X509>> chain = read_certificates(texts.certificate);
    if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1)
        return unusable_text("Client certificate");
    for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context, chain[i].get());
    const PemOwned<BIO> source = pem_source(texts.private_key);
    const PemOwned<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(source.get(), nullptr, &pem_password,
                                const_cast<std::string*>(&texts.private_key_password)));
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return unusable_text("Private key");
    return {};
}

}  // namespace

Result<SslContext> make_tls_client_context(const TlsClientTexts& texts) {
    Result<SslContext> context = make_tls_client_context(TlsClientSettings{});
    if (!context) return context.error();
    if (!texts.authorities.empty())
        if (Result<> done = trust(context->get(), texts.authorities); !done) return done.error();
    if (!texts.certificate.empty() || !texts.private_key.empty())
        if (Result<> done = present(context->get(), texts); !done) return done.error();
    return context;
}

}  // namespace thingstead::net
