// The helper functions of scripts that turn bytes, hexadecimal text, base64, bits and numbers into
// each other. Bytes are a std::string of raw bytes; the caller makes lists and arrays of them.
// Source: the script language's "helper functions". Pure.
// Every error is invalid_argument with the text of the reference.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::script::java {

// --- base64 and URI
// -------------------------------------------------------------------------------

/// btoa, bytesToBase64: standard alphabet, padded.
std::string base64_encode(std::string_view bytes);
/// atob, base64ToBytes, strict as Base64.getDecoder(): `Illegal base64 character 2a`,
/// `Last unit does not have enough valid bits`, `Input byte array has wrong 4-byte ending unit`, ….
Result<std::string> base64_decode(std::string_view text);

/// encodeURI of JavaScript: keeps letters, digits and -_.!~*'();/?:@&=+$,#.
std::string encode_uri(std::string_view text);
/// The reverse, for every %XX; `+` stays. Errors: as java.net.URLDecoder says them.
Result<std::string> decode_uri(std::string_view text);

// --- number text
// ----------------------------------------------------------------------------------

/// The radix that isBinary, isOctal, isDecimal, isHexadecimal give: 2, 8, 10, 16, or -1.
std::int32_t is_binary(std::string_view text);
std::int32_t is_octal(std::string_view text);
std::int32_t is_decimal(std::string_view text);
std::int32_t is_hexadecimal(std::string_view text);

/// parseInt(text, radix), parseLong and parseFloat; radix 0 detects. nullopt: blank text, the
/// script gets null.
Result<std::optional<std::int32_t>> parse_int_text(std::string_view text, std::int32_t radix = 0);
Result<std::optional<std::int64_t>> parse_long_text(std::string_view text, std::int32_t radix = 0);
Result<std::optional<float>> parse_float_text(std::string_view text, std::int32_t radix = 0);
/// parseDouble(text): blank text is an error.
Result<double> parse_double_text(std::string_view text);

/// parseHexToInt(text, bigEndian) and its relatives.
Result<std::optional<std::int32_t>> parse_hex_to_int(std::string_view text, bool big_endian = true);
Result<std::optional<std::int64_t>> parse_hex_to_long(std::string_view text,
                                                      bool big_endian = true);
Result<std::optional<float>> parse_hex_to_float(std::string_view text, bool big_endian = true);
Result<std::optional<double>> parse_hex_to_double(std::string_view text, bool big_endian = true);
/// parseHexIntLongToFloat: the hexadecimal integer, as a float.
Result<std::optional<float>> parse_hex_int_long_to_float(std::string_view text, bool big_endian);

/// intToHex, longToHex; `length` keeps the last digits, nullopt keeps all.
Result<std::string> int_to_hex(std::int32_t value, bool big_endian = true, bool prefix = false,
                               std::optional<std::int32_t> length = {});
Result<std::string> long_to_hex(std::int64_t value, bool big_endian = true, bool prefix = false,
                                std::optional<std::int32_t> length = {});
/// intLongToRadixString.
Result<std::string> int_long_to_radix_string(std::int64_t value, std::int32_t radix = 10,
                                             bool big_endian = true, bool prefix = false);
/// floatToHex, doubleToHex: 0x and all digits of the IEEE bits.
std::string float_to_hex(float value, bool big_endian = true);
std::string double_to_hex(double value, bool big_endian = true);

// --- bytes
// ----------------------------------------------------------------------------------------

/// hexToBytes: blanks and `0x` as the reference takes them. bytesToHex: upper case.
Result<std::string> hex_to_bytes(std::string_view text);
std::string bytes_to_hex(std::string_view bytes);

/// parseBytesToInt(bytes, offset, length, bigEndian) and relatives; nullopt as length is the
/// default: as many as there are, at most 4 (8). Fewer bytes count as unsigned. Errors: `Offset: …
/// is out of bounds …`, `Length: 5 is too large. Maximum 4 bytes is allowed!`, ….
Result<std::int32_t> parse_bytes_to_int(std::string_view bytes, std::int32_t offset = 0,
                                        std::optional<std::int32_t> length = {},
                                        bool big_endian = true);
Result<std::int64_t> parse_bytes_to_long(std::string_view bytes, std::int32_t offset = 0,
                                         std::optional<std::int32_t> length = {},
                                         bool big_endian = true);
/// IEEE bits of at most 4 (8) bytes, zero-padded. Errors also: NaN.
Result<float> parse_bytes_to_float(std::string_view bytes, std::int32_t offset = 0,
                                   std::optional<std::int32_t> length = {}, bool big_endian = true);
Result<double> parse_bytes_to_double(std::string_view bytes, std::int32_t offset = 0,
                                     std::optional<std::int32_t> length = {},
                                     bool big_endian = true);
/// The unsigned integer of the bytes, as a float or double.
Result<float> parse_bytes_int_to_float(std::string_view bytes, std::int32_t offset = 0,
                                       std::optional<std::int32_t> length = {},
                                       bool big_endian = true);
Result<double> parse_bytes_long_to_double(std::string_view bytes, std::int32_t offset = 0,
                                          std::optional<std::int32_t> length = {},
                                          bool big_endian = true);

// --- bits
// -----------------------------------------------------------------------------------------

/// parseByteToBinaryArray, parseBytesToBinaryArray, parseLongToBinaryArray: 0 and 1, highest bit
/// first (last where not big-endian); the lowest `length` bits, a longer array repeats the sign.
/// Errors: a negative length; too_large beyond bits_max.
inline constexpr std::int32_t bits_max = 4 * 1024 * 1024;
Result<std::vector<std::uint8_t>> byte_to_bits(std::int8_t value, std::int32_t length = 8,
                                               bool big_endian = true);
Result<std::vector<std::uint8_t>> bytes_to_bits(std::string_view bytes,
                                                std::optional<std::int32_t> length = {});
Result<std::vector<std::uint8_t>> long_to_bits(std::int64_t value, std::int32_t length = 64);
/// parseBinaryArrayToInt(bits, offset, length): the lowest bit of each element, up to the end of
/// the array; eight bits from offset 0 that begin with 1 are negative. Errors: a negative offset.
Result<std::int32_t> bits_to_int(const std::vector<std::uint8_t>& bits, std::int32_t offset = 0,
                                 std::optional<std::int32_t> length = {});

}  // namespace thingstead::script::java
