#include "protocol/google/rs256.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace thingstead::google {
namespace {

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// URL alphabet without padding (RFC 4648 section 5).
std::string base64url(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), octets(bytes),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return out;
}

struct KeyEnd {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* text) const { BIO_free(text); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

int no_password(char*, int, int, void*) { return -1; }

std::unique_ptr<EVP_PKEY, KeyEnd> rsa_key(std::string_view pem) {
    const std::unique_ptr<BIO, KeyEnd> text(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::unique_ptr<EVP_PKEY, KeyEnd> key(
        text ? PEM_read_bio_PrivateKey(text.get(), nullptr, &no_password, nullptr) : nullptr);
    if (key && EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
    return key;
}

}  // namespace

std::optional<std::string> sign_rs256(std::string_view header_json, std::string_view claims_json,
                                      std::string_view private_key) {
    const auto key = rsa_key(private_key);
    const std::unique_ptr<EVP_MD_CTX, KeyEnd> context(EVP_MD_CTX_new());
    if (!key || !context) return std::nullopt;
    const std::string text = base64url(header_json) + "." + base64url(claims_json);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_size(key.get())), '\0');
    std::size_t size = signature.size();
    const bool done =
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       octets(text), text.size()) == 1;
    if (!done) return std::nullopt;
    signature.resize(size);
    return text + "." + base64url(signature);
}

}  // namespace thingstead::google
