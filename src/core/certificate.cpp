#include "core/certificate.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view pem_end = "-----END CERTIFICATE-----";

struct Free {
    void operator()(X509* it) const { X509_free(it); }
    void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
    void operator()(X509_STORE* it) const { X509_STORE_free(it); }
    void operator()(X509_STORE_CTX* it) const { X509_STORE_CTX_free(it); }
    void operator()(PKCS8_PRIV_KEY_INFO* it) const { PKCS8_PRIV_KEY_INFO_free(it); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* raw(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Calls a d2i function; nothing if bytes are left over.
template <class T, class Decode>
Owned<T> decoded(const std::string& der, Decode decode) {
    const unsigned char* at = raw(der);
    Owned<T> made(decode(nullptr, &at, static_cast<long>(der.size())));
    return at == raw(der) + der.size() ? std::move(made) : nullptr;
}

Owned<X509> x509_of(const std::string& der) { return decoded<X509>(der, d2i_X509); }

bool is_ec(const EVP_PKEY* key) { return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC; }

}  // namespace

std::string bare_base64(std::string_view text) {
    std::string bare;
    bare.reserve(text.size());
    while (!text.empty()) {
        const std::size_t open = text.find("-----");
        for (const char c : text.substr(0, open))
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t') bare += c;
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find("-----", open + 5);
        if (close == std::string_view::npos) break;
        text.remove_prefix(close + 5);
    }
    return bare;
}

Result<Certificate> first_certificate(std::string_view text) {
    if (const std::size_t begin = text.find(pem_begin); begin != std::string_view::npos) {
        text.remove_prefix(begin + pem_begin.size());
        text = text.substr(0, text.find(pem_end));
    }
    Certificate certificate;
    certificate.base64_der = bare_base64(text);
    std::optional<std::string> der = base64_decode(certificate.base64_der);
    if (!der || der->empty() || !x509_of(*der))
        return Error{ErrorCode::invalid_argument, "not an X.509 certificate"};
    certificate.der = *std::move(der);
    return certificate;
}

bool is_well_known_root(const Certificate& certificate) {
    // Read once: the file of the machine's authorities is large.
    static const Owned<X509_STORE> known = [] {
        Owned<X509_STORE> store(X509_STORE_new());
        if (store) X509_STORE_set_default_paths(store.get());
        return store;
    }();
    const Owned<X509> wanted = x509_of(certificate.der);
    const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
    if (!known || !wanted || !context ||
        X509_STORE_CTX_init(context.get(), known.get(), nullptr, nullptr) != 1)
        return false;
    STACK_OF(X509)* same_subject =
        X509_STORE_CTX_get1_certs(context.get(), X509_get_subject_name(wanted.get()));
    bool found = false;
    for (int i = 0; i < sk_X509_num(same_subject); ++i)
        found = found || X509_cmp(sk_X509_value(same_subject, i), wanted.get()) == 0;
    sk_X509_pop_free(same_subject, X509_free);
    return found;
}

bool is_ec_certificate(std::string_view base64) {
    const std::optional<std::string> der = base64_decode(bare_base64(base64));
    const Owned<X509> certificate = der ? x509_of(*der) : nullptr;
    return certificate && is_ec(X509_get0_pubkey(certificate.get()));
}

bool is_ec_public_key(std::string_view base64) {
    const std::optional<std::string> der = base64_decode(bare_base64(base64));
    const Owned<EVP_PKEY> key = der ? decoded<EVP_PKEY>(*der, d2i_PUBKEY) : nullptr;
    return is_ec(key.get());
}

bool is_ec_private_key(std::string_view base64) {
    const std::optional<std::string> der = base64_decode(bare_base64(base64));
    const Owned<PKCS8_PRIV_KEY_INFO> info =
        der ? decoded<PKCS8_PRIV_KEY_INFO>(*der, d2i_PKCS8_PRIV_KEY_INFO) : nullptr;
    const Owned<EVP_PKEY> key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
    return is_ec(key.get());
}

}  // namespace thingstead::core
