#include "core/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/error.h"

namespace thingstead::core {
namespace {

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool pad) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = (group << 8) | (j < have ? static_cast<std::uint8_t>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) {
            if (j <= have)
                text.push_back(alphabet[(group >> (18 - 6 * j)) & 0x3F]);
            else if (pad)
                text.push_back('=');
        }
    }
    return text;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet, bool padded) {
    if (padded) {
        if (text.size() % 4 != 0) return std::nullopt;
        for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        group = (group << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<char>((group >> bits) & 0xFF));
    }
    if (group & ((1u << bits) - 1)) return std::nullopt;  // a second text for the same bytes
    return bytes;
}

std::string hex_digest(const EVP_MD* algorithm, std::string_view bytes) {
    std::array<std::byte, 32> digest;
    unsigned length = 0;
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   &length, algorithm, nullptr);
    TS_ASSERT(done == 1 && length == digest.size());
    return to_hex(digest);
}

std::string hmac(const EVP_MD* algorithm, std::size_t size, std::string_view key,
                 std::string_view bytes) {
    std::string digest(size, '\0');
    unsigned length = 0;
    const unsigned char* done =
        HMAC(algorithm, key.data(), static_cast<int>(key.size()), raw(bytes), bytes.size(),
             reinterpret_cast<unsigned char*>(digest.data()), &length);
    TS_ASSERT(done != nullptr && length == digest.size());
    return digest;
}

}  // namespace

std::string sha3_256_hex(std::string_view bytes) { return hex_digest(EVP_sha3_256(), bytes); }
std::string sha256_hex(std::string_view bytes) { return hex_digest(EVP_sha256(), bytes); }

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
    return hmac(EVP_sha1(), 20, key, bytes);
}
std::string hmac_sha512(std::string_view key, std::string_view bytes) {
    return hmac(EVP_sha512(), 64, key, bytes);
}

std::string base32(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : bytes) {
        group = ((group << 8) | static_cast<std::uint8_t>(c)) & 0xFFFF;
        for (bits += 8; bits >= 5; bits -= 5)
            text.push_back(base32_alphabet[(group >> (bits - 5)) & 31]);
    }
    if (bits > 0) text.push_back(base32_alphabet[(group << (5 - bits)) & 31]);
    return text;
}

std::optional<std::string> base32_decode(std::string_view text) {
    std::string bytes;
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        if (c == '=' || c == ' ') continue;
        const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        const std::size_t value = base32_alphabet.find(capital);
        if (value == std::string_view::npos) return std::nullopt;
        group = ((group << 5) | static_cast<std::uint32_t>(value)) & 0xFFFF;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<char>((group >> bits) & 0xFF));
    }
    return bytes;
}

std::string base64(std::string_view bytes) { return encode(bytes, standard_alphabet, true); }
std::optional<std::string> base64_decode(std::string_view text) {
    return decode(text, standard_alphabet, true);
}
std::string base64url(std::string_view bytes) { return encode(bytes, url_alphabet, false); }
std::optional<std::string> base64url_decode(std::string_view text) {
    return decode(text, url_alphabet, false);
}

bool equal_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace thingstead::core
