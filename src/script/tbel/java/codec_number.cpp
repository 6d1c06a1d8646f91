// Helper functions of scripts that read and write numbers as text.
#include <algorithm>
#include <bit>

#include "script/tbel/java/codec.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

Error bad_number(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

bool only_of(std::string_view text, std::string_view letters) {
    return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

/// How many ASCII digits the text begins with; they are cut off.
std::size_t take_digits(std::string_view& text) {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
}

/// Pairs of digits in reverse order. Errors: an odd number of digits.
Result<std::string> reverse_pairs(std::string_view hex) {
    if (hex.size() % 2 != 0) return bad_number("The hexadecimal string must be even-length.");
    std::string out;
    for (std::size_t at = hex.size(); at > 0; at -= 2) out += hex.substr(at - 2, 2);
    return out;
}

/// Number text clean-up: no blanks at the ends, no 0x anywhere, a point for a comma.
std::string clean(std::string_view text) {
    std::string out = replace(trim(text), "0x", "");
    out = replace(out, "0X", "");
    std::replace(out.begin(), out.end(), ',', '.');
    return out;
}

/// The radix that a clean text has; `given` is what the script wrote.
Result<std::int32_t> check_text(std::string_view clean_text, std::int32_t radix,
                                std::string_view given) {
    std::int32_t found = -1;
    switch (radix) {
        case 0:
            found = is_decimal(clean_text);
            if (found < 0) found = is_hexadecimal(clean_text);
            if (found < 0)
                return bad_number("Value: \"" + std::string(given) +
                                  "\" is not numeric or hexDecimal format!");
            break;
        case 2:  found = is_binary(clean_text); break;
        case 8:  found = is_octal(clean_text); break;
        case 10: found = is_decimal(clean_text); break;
        case 16: found = is_hexadecimal(clean_text); break;
        default:
            if (radix >= 25 && radix <= 36) return radix;
            return bad_number("Invalid radix: [" + std::to_string(radix) + "]");
    }
    if (found < 0)
        return bad_number("Failed radix [" + std::to_string(radix) + "] for value: \"" +
                          std::string(given) + "\", must be [" + std::to_string(found) + "] !");
    if (given.starts_with("0x")) found = 16;
    const std::size_t digits = clean_text.size() - (clean_text.starts_with('-') ? 1 : 0);
    if (found == 16 && digits % 2 != 0)
        return bad_number("The hexadecimal value: \"" + std::string(clean_text) +
                          "\" must be of even length, or if the decimal value must be a number!");
    return found;
}

/// parse_int or parse_long; a binary text of all bits is two's complement.
template <class Signed, class Unsigned>
Result<Signed> parse_whole(std::string_view text, std::int32_t radix,
                           Result<Signed> (*parse)(std::string_view, int),
                           Result<Unsigned> (*parse_bits)(std::string_view, int)) {
    if (radix == 2 && text.size() == sizeof(Signed) * 8) {
        const Result<Unsigned> bits = parse_bits(text, 2);
        if (!bits) return bits.error();
        return static_cast<Signed>(*bits);
    }
    return parse(text, radix);
}

template <class Signed, class Unsigned>
Result<std::optional<Signed>> parse_whole_text(std::string_view text, std::int32_t radix,
                                               bool big_endian,
                                               Result<Signed> (*parse)(std::string_view, int),
                                               Result<Unsigned> (*parse_bits)(std::string_view,
                                                                              int)) {
    if (is_blank(text)) return std::optional<Signed>();
    std::string digits = clean(text);
    if (!big_endian) {
        Result<std::string> reversed = reverse_pairs(digits);
        if (!reversed) return reversed.error();
        digits = *std::move(reversed);
    }
    const Result<std::int32_t> found = check_text(digits, radix, text);
    if (!found) return found.error();
    const Result<Signed> value = parse_whole(digits, *found, parse, parse_bits);
    if (!value) return value.error();
    return std::optional<Signed>(*value);
}

/// Hexadecimal text as the bits of a float or double.
template <class Float, class Bits>
Result<Float> float_of_bits(std::string_view hex) {
    const bool negative = hex.starts_with('-');
    const Result<std::uint64_t> bits = parse_unsigned_long(negative ? hex.substr(1) : hex, 16);
    if (!bits) return bits.error();
    const auto low = static_cast<Bits>(*bits);
    if (low != *bits)
        return bad_number("For input string: \"" + std::string(hex) + "\" under radix 16");
    return std::bit_cast<Float>(negative ? static_cast<Bits>(0 - low) : low);
}

template <class Float, class Bits>
Result<std::optional<Float>> parse_hex_to_float_bits(std::string_view text, bool big_endian) {
    if (is_blank(text)) return std::optional<Float>();
    std::string digits = clean(text);
    if (!big_endian) {
        Result<std::string> reversed = reverse_pairs(digits);
        if (!reversed) return reversed.error();
        digits = *std::move(reversed);
    }
    if (const Result<std::int32_t> found = check_text(digits, 16, text); !found)
        return found.error();
    const Result<Float> value = float_of_bits<Float, Bits>(digits);
    if (!value) return value.error();
    return std::optional<Float>(*value);
}

/// Upper-case digits of even length without leading zero bytes; a negative number of less than all
/// bytes keeps one FF in front.
std::string short_hex(std::uint64_t bits, std::size_t digits_max, bool negative) {
    std::string hex = to_upper_case(unsigned_text(bits, 16));
    if (hex.size() % 2 != 0) hex.insert(hex.begin(), '0');
    if (!negative) return hex;
    std::size_t skipped = 0;
    while (skipped + 2 < hex.size() && hex.compare(skipped, 2, "FF") == 0) skipped += 2;
    hex.erase(0, skipped);
    return hex.size() < digits_max ? "FF" + hex : hex;
}

Result<std::string> arranged_hex(std::string hex, bool big_endian, bool prefix,
                                 std::optional<std::int32_t> length) {
    if (!big_endian) hex = *reverse_pairs(hex);
    if (length) {
        Result<std::string> last = substring(hex, static_cast<std::int32_t>(hex.size()) - *length);
        if (!last) return last.error();
        hex = *std::move(last);
    }
    return (prefix ? "0x" : "") + hex;
}

std::string all_hex(std::uint64_t bits, std::size_t digits, bool big_endian) {
    const std::string hex = to_upper_case(unsigned_text(bits, 16));
    const std::string padded = std::string(digits - hex.size(), '0') + hex;
    return "0x" + (big_endian ? padded : *reverse_pairs(padded));
}

}  // namespace

std::int32_t is_binary(std::string_view text) { return only_of(text, "01") ? 2 : -1; }
std::int32_t is_octal(std::string_view text) { return only_of(text, "01234567") ? 8 : -1; }

std::int32_t is_decimal(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (take_digits(text) == 0) return -1;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (take_digits(text) == 0) return -1;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
        if (take_digits(text) == 0) return -1;
    }
    return text.empty() ? 10 : -1;
}

std::int32_t is_hexadecimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    return only_of(text, "0123456789ABCDEFabcdef") ? 16 : -1;
}

Result<std::optional<std::int32_t>> parse_int_text(std::string_view text, std::int32_t radix) {
    return parse_whole_text(text, radix, true, &parse_int, &parse_unsigned_int);
}
Result<std::optional<std::int64_t>> parse_long_text(std::string_view text, std::int32_t radix) {
    return parse_whole_text(text, radix, true, &parse_long, &parse_unsigned_long);
}

Result<std::optional<float>> parse_float_text(std::string_view text, std::int32_t radix) {
    if (is_blank(text)) return std::optional<float>();
    const std::string digits = clean(text);
    const Result<std::int32_t> found = check_text(digits, radix, text);
    if (!found) return found.error();
    if (*found != 10 && *found != 16)
        return bad_number("Invalid radix: [" + std::to_string(radix) + "]");
    const Result<float> value =
        *found == 16 ? float_of_bits<float, std::uint32_t>(digits) : parse_float(text);
    if (!value) return value.error();
    return std::optional<float>(*value);
}

Result<double> parse_double_text(std::string_view text) {
    if (is_blank(text)) return parse_double(text);
    const std::string digits = clean(text);
    const Result<std::int32_t> found = check_text(digits, 0, text);
    if (!found) return found.error();
    return *found == 16 ? float_of_bits<double, std::uint64_t>(digits) : parse_double(text);
}

Result<std::optional<std::int32_t>> parse_hex_to_int(std::string_view text, bool big_endian) {
    return parse_whole_text(text, 16, big_endian, &parse_int, &parse_unsigned_int);
}
Result<std::optional<std::int64_t>> parse_hex_to_long(std::string_view text, bool big_endian) {
    return parse_whole_text(text, 16, big_endian, &parse_long, &parse_unsigned_long);
}
Result<std::optional<float>> parse_hex_to_float(std::string_view text, bool big_endian) {
    return parse_hex_to_float_bits<float, std::uint32_t>(text, big_endian);
}
Result<std::optional<double>> parse_hex_to_double(std::string_view text, bool big_endian) {
    return parse_hex_to_float_bits<double, std::uint64_t>(text, big_endian);
}

Result<std::optional<float>> parse_hex_int_long_to_float(std::string_view text, bool big_endian) {
    const Result<std::optional<std::int64_t>> whole = parse_hex_to_long(text, big_endian);
    if (!whole) return whole.error();
    if (!*whole) return std::optional<float>();
    return std::optional<float>(static_cast<float>(**whole));
}

Result<std::string> int_to_hex(std::int32_t value, bool big_endian, bool prefix,
                               std::optional<std::int32_t> length) {
    return arranged_hex(short_hex(static_cast<std::uint32_t>(value), 8, value < 0), big_endian,
                        prefix, length);
}

Result<std::string> long_to_hex(std::int64_t value, bool big_endian, bool prefix,
                                std::optional<std::int32_t> length) {
    return arranged_hex(short_hex(static_cast<std::uint64_t>(value), 16, value < 0), big_endian,
                        prefix, length);
}

Result<std::string> int_long_to_radix_string(std::int64_t value, std::int32_t radix,
                                             bool big_endian, bool prefix) {
    const auto bits = static_cast<std::uint64_t>(value);
    switch (radix) {
        case 2: {
            const std::string digits = unsigned_text(bits, 2);
            std::size_t length = 8;
            while (length <= digits.size() && length < 64) length *= 2;
            return std::string(length - digits.size(), '0') + digits;
        }
        case 8:  return unsigned_text(bits, 8);
        case 10: return radix_text(value);
        case 16: return long_to_hex(value, big_endian, prefix);
        default:
            if (radix >= 25 && radix <= 36) return radix_text(value, radix);
            return bad_number("Invalid radix: [" + std::to_string(radix) + "]");
    }
}

std::string float_to_hex(float value, bool big_endian) {
    return all_hex(std::bit_cast<std::uint32_t>(value), 8, big_endian);
}
std::string double_to_hex(double value, bool big_endian) {
    return all_hex(std::bit_cast<std::uint64_t>(value), 16, big_endian);
}

}  // namespace thingstead::script::java
