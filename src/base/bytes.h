// Small helpers for bytes on the wire and on disk: views, hexadecimal, big-endian integers.
#pragma once
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thingstead {

using ByteSpan = std::span<const std::byte>;

/// What is no text: the content of a file.
struct Binary {
    std::string bytes;
    friend bool operator==(const Binary&, const Binary&) = default;
};

inline ByteSpan as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hexadecimal.
std::string to_hex(ByteSpan bytes);
/// Bytes of a hexadecimal text; blanks are skipped. For tests and tables: a bad digit is a
/// TS_ASSERT.
std::vector<std::byte> from_hex(std::string_view hex);

template <std::unsigned_integral T>
constexpr T swap_bytes(T value) {
    T out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        out = static_cast<T>((out << 8) | (value & 0xFF));
        value = static_cast<T>(value >> 8);
    }
    return out;
}

/// Big-endian, at any alignment.
template <std::unsigned_integral T>
void store_big(std::byte* out, T value) {
    if constexpr (std::endian::native == std::endian::little) value = swap_bytes(value);
    std::memcpy(out, &value, sizeof value);
}
template <std::unsigned_integral T>
T load_big(const std::byte* in) {
    T value;
    std::memcpy(&value, in, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = swap_bytes(value);
    return value;
}
/// Little-endian, at any alignment.
template <std::unsigned_integral T>
void store_little(std::byte* out, T value) {
    if constexpr (std::endian::native == std::endian::big) value = swap_bytes(value);
    std::memcpy(out, &value, sizeof value);
}
template <std::unsigned_integral T>
T load_little(const std::byte* in) {
    T value;
    std::memcpy(&value, in, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = swap_bytes(value);
    return value;
}

/// CRC-32C (Castagnoli) of `bytes`, continuing from `crc`; hardware instruction where there is one.
std::uint32_t crc32c(ByteSpan bytes, std::uint32_t crc = 0);

}  // namespace thingstead
