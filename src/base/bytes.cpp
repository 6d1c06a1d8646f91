#include "base/bytes.h"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include "base/error.h"
#include "base/hex.h"

namespace thingstead {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0x82F63B78u : 0u);
        table[i] = value;
    }
    return table;
}();

std::uint32_t crc32c_table(ByteSpan bytes, std::uint32_t crc) {
    for (const std::byte b : bytes)
        crc = crc_table[(crc ^ static_cast<std::uint32_t>(b)) & 0xFF] ^ (crc >> 8);
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse(ByteSpan bytes, std::uint32_t crc) {
    std::uint64_t wide = crc;
    while (bytes.size() >= 8) {
        std::uint64_t eight;
        std::memcpy(&eight, bytes.data(), 8);
        wide = _mm_crc32_u64(wide, eight);
        bytes = bytes.subspan(8);
    }
    auto narrow = static_cast<std::uint32_t>(wide);
    for (const std::byte b : bytes) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(b));
    return narrow;
}
#endif

}  // namespace

int hex_digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::uint32_t crc32c(ByteSpan bytes, std::uint32_t crc) {
    crc = ~crc;
#if defined(__x86_64__)
    static const bool has_sse = __builtin_cpu_supports("sse4.2") > 0;
    if (has_sse) return ~crc32c_sse(bytes, crc);
#endif
    return ~crc32c_table(bytes, crc);
}

std::string to_hex(ByteSpan bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte b : bytes) {
        text.push_back(digits[static_cast<unsigned>(b) >> 4]);
        text.push_back(digits[static_cast<unsigned>(b) & 0xF]);
    }
    return text;
}

std::vector<std::byte> from_hex(std::string_view hex) {
    std::vector<std::byte> bytes;
    int high = -1;
    for (const char c : hex) {
        if (c == ' ') continue;
        const int value = hex_digit_value(c);
        TS_ASSERT(value >= 0);
        if (high < 0) {
            high = value;
        } else {
            bytes.push_back(static_cast<std::byte>(high << 4 | value));
            high = -1;
        }
    }
    TS_ASSERT(high < 0);
    return bytes;
}

}  // namespace thingstead
