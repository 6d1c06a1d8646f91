// Base64 and the escapes of URIs.
#include <algorithm>

#include "script/tbel/java/codec.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error bad_base64(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// The text as Java gives it to its decoder: one byte a character, `?` beyond Latin-1.
std::string latin_bytes(std::string_view text) {
    if (is_ascii(text)) return std::string(text);
    std::string bytes;
    for (const char16_t unit : to_utf16(text))
        bytes += unit < 0x100 ? static_cast<char>(unit) : '?';
    return bytes;
}

int hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

Result<char> escaped_byte(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size())
        return Error{ErrorCode::invalid_argument,
                     "URLDecoder: Incomplete trailing escape (%) pattern"};
    for (std::size_t i = at + 1; i <= at + 2; ++i) {
        if (hex_digit(text[i]) >= 0) continue;
        std::size_t position = i;
        const std::int32_t wrong = next_code_point(text, position);
        return Error{ErrorCode::invalid_argument,
                     "URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal "
                     "digit: \"" +
                         std::string(text.substr(i, position - i)) +
                         "\" = " + std::to_string(wrong)};
    }
    return static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            out += i <= count ? base64_letters[(group >> (18 - 6 * i)) & 63] : '=';
    }
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    const std::string input = latin_bytes(text);
    if (input.empty()) return std::string();
    if (input.size() < 2)
        return bad_base64("Input byte[] should at least have 2 bytes for base64 bytes");
    std::string out;
    std::uint32_t bits = 0;
    int letters = 0;  // of the group that is being read
    std::size_t at = 0;
    while (at < input.size()) {
        const char letter = input[at++];
        if (letter == '=') {
            const bool closed = letters == 1 || letters == 3 ||
                                (letters == 2 && at < input.size() && input[at++] == '=');
            if (!closed) return bad_base64("Input byte array has wrong 4-byte ending unit");
            break;
        }
        const std::size_t value = base64_letters.find(letter);
        if (value == std::string_view::npos)
            return bad_base64("Illegal base64 character " + radix_text(letter, 16));
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if (++letters < 4) continue;
        for (const int shift : {16, 8, 0}) out += static_cast<char>(bits >> shift);
        bits = 0;
        letters = 0;
    }
    if (letters == 1) return bad_base64("Last unit does not have enough valid bits");
    if (letters == 2) out += static_cast<char>(bits >> 4);
    if (letters == 3) {
        out += static_cast<char>(bits >> 10);
        out += static_cast<char>(bits >> 2);
    }
    if (at < input.size())
        return bad_base64("Input byte array has incorrect ending byte at " + std::to_string(at));
    return out;
}

std::string encode_uri(std::string_view text) {
    constexpr std::string_view kept = "-_.!~*'();/?:@&=+$,#";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char letter : text) {
        const bool plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= 'a' && letter <= 'z');
        if (plain || kept.find(letter) != std::string_view::npos) {
            out += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<std::string> decode_uri(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        const Result<char> byte = escaped_byte(text, at);
        if (!byte) return byte.error();
        out += *byte;
        at += 2;
    }
    return is_ascii(out) ? out : to_utf8(to_utf16(out));
}

}  // namespace thingstead::script::java
