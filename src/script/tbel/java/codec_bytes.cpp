// Helper functions of scripts over bytes and bits.
#include <algorithm>
#include <bit>
#include <cmath>

#include "script/tbel/java/codec.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

constexpr std::int32_t byte_bits = 8;

Error bad_bytes(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// Which of the bytes make a number. Errors: out of bounds.
Result<std::string_view> number_bytes(std::string_view bytes, std::int32_t offset,
                                      std::optional<std::int32_t> length, std::int32_t bytes_max) {
    const auto size = static_cast<std::int32_t>(bytes.size());
    const std::string bounds = " is out of bounds for array with length: " + std::to_string(size);
    if (offset < 0 || offset > size)
        return bad_bytes("Offset: " + std::to_string(offset) + bounds + "!");
    const std::int32_t count = length.value_or(std::min(size - offset, bytes_max));
    if (count > bytes_max)
        return bad_bytes("Length: " + std::to_string(count) + " is too large. Maximum " +
                         std::to_string(bytes_max) + " bytes is allowed!");
    if (count < 0 || count > size - offset)
        return bad_bytes("Offset: " + std::to_string(offset) +
                         " and Length: " + std::to_string(count) + bounds + "!");
    return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
}

Result<std::uint64_t> unsigned_number(std::string_view bytes, std::int32_t offset,
                                      std::optional<std::int32_t> length, bool big_endian,
                                      std::int32_t bytes_max) {
    const Result<std::string_view> part = number_bytes(bytes, offset, length, bytes_max);
    if (!part) return part.error();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < part->size(); ++i) {
        const char byte = (*part)[big_endian ? i : part->size() - 1 - i];
        value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
}

template <class Float>
Result<Float> checked_float(Float value) {
    if (std::isnan(value)) return bad_bytes("NaN");
    return value;
}

/// The lowest `length` bits of a number, highest first.
Result<std::vector<std::uint8_t>> bits_of(std::int64_t value, std::int32_t length) {
    if (length < 0) return bad_bytes(std::to_string(length));
    if (length > bits_max)
        return Error{ErrorCode::too_large, "Max array length overflow (" + std::to_string(length) +
                                               " > " + std::to_string(bits_max) + ")!"};
    std::vector<std::uint8_t> bits(static_cast<std::size_t>(length));
    for (std::int32_t i = 0; i < length; ++i)
        bits[static_cast<std::size_t>(length - 1 - i)] = (value >> std::min(i, 63)) & 1;
    return bits;
}

}  // namespace

Result<std::string> hex_to_bytes(std::string_view text) {
    if (is_blank(text)) return bad_bytes("Hex string must be not empty!");
    std::string hex = replace(trim(text), "0x", "");
    hex = replace(hex, "0X", "");
    if (hex.size() % 2 != 0) return bad_bytes("Hex string must be even-length.");
    if (is_hexadecimal(hex) < 0 || hex.starts_with('-'))
        return bad_bytes("Value: \"" + std::string(text) +
                         "\" is not numeric or hexDecimal format!");
    const auto digit = [](char letter) {
        return letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
    };
    std::string bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2)
        bytes += static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1]));
    return bytes;
}

std::string bytes_to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string hex;
    for (const char byte : bytes) {
        hex += digits[static_cast<unsigned char>(byte) >> 4];
        hex += digits[static_cast<unsigned char>(byte) & 15];
    }
    return hex;
}

Result<std::int32_t> parse_bytes_to_int(std::string_view bytes, std::int32_t offset,
                                        std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> value = unsigned_number(bytes, offset, length, big_endian, 4);
    if (!value) return value.error();
    return static_cast<std::int32_t>(*value);
}

Result<std::int64_t> parse_bytes_to_long(std::string_view bytes, std::int32_t offset,
                                         std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> value = unsigned_number(bytes, offset, length, big_endian, 8);
    if (!value) return value.error();
    return static_cast<std::int64_t>(*value);
}

Result<float> parse_bytes_to_float(std::string_view bytes, std::int32_t offset,
                                   std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> bits = unsigned_number(bytes, offset, length, big_endian, 4);
    if (!bits) return bits.error();
    return checked_float(std::bit_cast<float>(static_cast<std::uint32_t>(*bits)));
}

Result<double> parse_bytes_to_double(std::string_view bytes, std::int32_t offset,
                                     std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> bits = unsigned_number(bytes, offset, length, big_endian, 8);
    if (!bits) return bits.error();
    return checked_float(std::bit_cast<double>(*bits));
}

Result<float> parse_bytes_int_to_float(std::string_view bytes, std::int32_t offset,
                                       std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> value = unsigned_number(bytes, offset, length, big_endian, 4);
    if (!value) return value.error();
    return static_cast<float>(*value);
}

Result<double> parse_bytes_long_to_double(std::string_view bytes, std::int32_t offset,
                                          std::optional<std::int32_t> length, bool big_endian) {
    const Result<std::uint64_t> value = unsigned_number(bytes, offset, length, big_endian, 8);
    if (!value) return value.error();
    return static_cast<double>(*value);
}

Result<std::vector<std::uint8_t>> byte_to_bits(std::int8_t value, std::int32_t length,
                                               bool big_endian) {
    Result<std::vector<std::uint8_t>> bits = bits_of(value, length);
    if (bits && !big_endian) std::reverse(bits->begin(), bits->end());
    return bits;
}

Result<std::vector<std::uint8_t>> bytes_to_bits(std::string_view bytes,
                                                std::optional<std::int32_t> length) {
    std::vector<std::uint8_t> bits;
    for (const char byte : bytes)
        for (int shift = byte_bits - 1; shift >= 0; --shift) bits.push_back((byte >> shift) & 1);
    if (!length) return bits;
    Result<std::vector<std::uint8_t>> out = bits_of(0, *length);
    if (!out) return out;
    const auto kept = static_cast<std::ptrdiff_t>(std::min(out->size(), bits.size()));
    std::copy(bits.end() - kept, bits.end(), out->end() - kept);
    return out;
}

Result<std::vector<std::uint8_t>> long_to_bits(std::int64_t value, std::int32_t length) {
    return bits_of(value, std::min(length, 8 * byte_bits));
}

Result<std::int32_t> bits_to_int(const std::vector<std::uint8_t>& bits, std::int32_t offset,
                                 std::optional<std::int32_t> length) {
    const auto size = static_cast<std::int32_t>(bits.size());
    if (offset < 0)
        return bad_bytes("Index " + std::to_string(offset) + " out of bounds for length " +
                         std::to_string(size));
    const std::int64_t end =
        std::min<std::int64_t>(std::int64_t{length.value_or(size)} + offset, size);
    std::uint32_t value = 0;
    for (std::int64_t i = offset; i < end; ++i)
        value = value << 1 | (bits[static_cast<std::size_t>(i)] & 1u);
    if (size == byte_bits && offset == 0 && end > 0 && bits[0] == 1)
        value -= 1u << static_cast<unsigned>(end);
    return static_cast<std::int32_t>(value);
}

}  // namespace thingstead::script::java
