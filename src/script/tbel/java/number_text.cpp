#include "script/tbel/java/number_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <type_traits>

#include "script/tbel/java/decimal_digits.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

constexpr std::string_view digit_letters = "0123456789abcdefghijklmnopqrstuvwxyz";

/// Plain from 10^-3 up to below 10^7, as Java decides it.
std::string java_layout(const DecimalDigits& number) {
    const std::string& digits = number.digits;
    const auto count = static_cast<std::int32_t>(digits.size());
    std::string out = number.negative ? "-" : "";
    if (number.exponent < -3 || number.exponent >= 7) {
        out += digits[0];
        out += '.';
        out += count > 1 ? digits.substr(1) : "0";
        out += 'E';
        return out + std::to_string(number.exponent);
    }
    if (number.exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-number.exponent - 1), '0');
        return out + digits;
    }
    const std::int32_t whole = number.exponent + 1;
    if (count <= whole) {
        out += digits;
        out.append(static_cast<std::size_t>(whole - count), '0');
        return out + ".0";
    }
    out += digits.substr(0, static_cast<std::size_t>(whole));
    out += '.';
    return out + digits.substr(static_cast<std::size_t>(whole));
}

template <class T>
std::string float_text(T value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
    return java_layout(shortest_digits(value));
}

template <class T, class Bits>
std::string hex_text(T value, int fraction_bits, int exponent_min) {
    if (std::isnan(value)) return "NaN";
    std::string out = std::signbit(value) ? "-" : "";
    if (std::isinf(value)) return out + "Infinity";
    if (value == 0) return out + "0x0.0p0";
    const Bits bits = std::bit_cast<Bits>(value);
    Bits fraction = bits & ((Bits{1} << fraction_bits) - 1);
    const auto biased = static_cast<int>((bits << 1) >> (fraction_bits + 1));
    out += biased == 0 ? "0x0." : "0x1.";
    const int nibbles = (fraction_bits + 3) / 4;
    fraction <<= nibbles * 4 - fraction_bits;
    std::string hex;
    for (int shift = (nibbles - 1) * 4; shift >= 0; shift -= 4)
        hex += digit_letters[(fraction >> shift) & 0xF];
    hex.erase(std::max<std::size_t>(hex.find_last_not_of('0') + 1, 1));
    const int exponent = biased == 0 ? exponent_min : biased + exponent_min - 1;
    return out + hex + 'p' + std::to_string(exponent);
}

Error number_format(std::string_view text, int radix) {
    std::string message = "For input string: \"" + std::string(text) + '"';
    if (radix != 10) message += " under radix " + std::to_string(radix);
    return {ErrorCode::invalid_argument, std::move(message)};
}

std::optional<Error> check_radix(int radix) {
    const std::string number = std::to_string(radix);
    if (radix < 2)
        return Error{ErrorCode::invalid_argument,
                     "radix " + number + " less than Character.MIN_RADIX"};
    if (radix > 36)
        return Error{ErrorCode::invalid_argument,
                     "radix " + number + " greater than Character.MAX_RADIX"};
    return std::nullopt;
}

/// The digits of all scripts; `at` moves behind the character. -1: not a digit of the radix.
int next_digit(std::string_view text, std::size_t& at, int radix) {
    const std::int32_t code_point = next_code_point(text, at);
    int digit = -1;
    if (code_point < 0x80) {
        if (code_point >= '0' && code_point <= '9') digit = code_point - '0';
        if (code_point >= 'a' && code_point <= 'z') digit = code_point - 'a' + 10;
        if (code_point >= 'A' && code_point <= 'Z') digit = code_point - 'A' + 10;
    } else if (is_digit(code_point)) {
        digit = numeric_value(code_point);
    }
    return digit < radix ? digit : -1;
}

/// Digits as a magnitude of at most `limit`; nullopt: none, other characters, or more than it.
enum class Digits : std::uint8_t { good, bad, overflow };
Digits read_magnitude(std::string_view digits, int radix, std::uint64_t limit,
                      std::uint64_t& magnitude) {
    if (digits.empty()) return Digits::bad;
    bool overflow = false;
    magnitude = 0;
    for (std::size_t at = 0; at < digits.size();) {
        const int digit = next_digit(digits, at, radix);
        if (digit < 0) return Digits::bad;
        const auto step = static_cast<std::uint64_t>(digit);
        const auto base = static_cast<std::uint64_t>(radix);
        if (overflow || magnitude > (limit - step) / base || step > limit) {
            overflow = true;
            continue;
        }
        magnitude = magnitude * base + step;
    }
    return overflow ? Digits::overflow : Digits::good;
}

template <class T>
Result<T> parse_signed(std::string_view text, int radix) {
    if (std::optional<Error> wrong = check_radix(radix)) return *std::move(wrong);
    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    const auto largest = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    std::uint64_t magnitude = 0;
    if (read_magnitude(digits, radix, negative ? largest + 1 : largest, magnitude) != Digits::good)
        return number_format(text, radix);
    return static_cast<T>(negative ? 0 - magnitude : magnitude);
}

template <class T>
Result<T> parse_unsigned(std::string_view text, int radix, std::string_view type) {
    if (text.starts_with('-'))
        return Error{ErrorCode::invalid_argument,
                     "Illegal leading minus sign on unsigned string " + std::string(text) + "."};
    if (std::optional<Error> wrong = check_radix(radix)) return *std::move(wrong);
    std::uint64_t magnitude = 0;
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    switch (read_magnitude(digits, radix, std::numeric_limits<T>::max(), magnitude)) {
        case Digits::good: return static_cast<T>(magnitude);
        case Digits::bad:  return number_format(text, radix);
        case Digits::overflow:
            return Error{ErrorCode::invalid_argument, "String value " + std::string(text) +
                                                          " exceeds range of unsigned " +
                                                          std::string(type) + "."};
    }
    return number_format(text, radix);
}

bool is_ascii_digit(char letter, bool hex) {
    if (letter >= '0' && letter <= '9') return true;
    return hex && ((letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F'));
}

/// What remains of a number's text after sign and prefix, cut into its parts.
struct FloatParts {
    bool hex = false;
    std::string mantissa;  ///< Digits with at most one point.
    std::string exponent;  ///< Digits with a sign; empty: none.
};

std::optional<FloatParts> split_float(std::string_view text) {
    FloatParts parts;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        parts.hex = true;
        text.remove_prefix(2);
    }
    std::size_t at = 0;
    std::size_t digits = 0;
    bool point = false;
    for (; at < text.size(); ++at) {
        if (is_ascii_digit(text[at], parts.hex)) {
            ++digits;
        } else if (text[at] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (digits == 0) return std::nullopt;
    parts.mantissa = text.substr(0, at);
    const std::string_view letters = parts.hex ? "pP" : "eE";
    if (at < text.size() && letters.find(text[at]) != std::string_view::npos) {
        const std::size_t begin = ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        const std::size_t first = at;
        while (at < text.size() && is_ascii_digit(text[at], false)) ++at;
        if (at == first) return std::nullopt;
        parts.exponent = text.substr(begin, at - begin);
    } else if (parts.hex) {
        return std::nullopt;
    }
    if (at < text.size() && std::string_view("fFdD").find(text[at]) != std::string_view::npos) ++at;
    if (at != text.size()) return std::nullopt;
    return parts;
}

/// Position of the first digit that counts, in digits before the point; nullopt: all are zero.
std::optional<std::int64_t> magnitude_of(std::string_view mantissa) {
    const std::size_t first = mantissa.find_first_not_of("0.");
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
}

template <class T>
T read_float(const FloatParts& parts) {
    const std::optional<std::int64_t> place = magnitude_of(parts.mantissa);
    if (!place) return 0;
    // An exponent of more digits than this decides alone: no text is long enough to outweigh it.
    constexpr std::int64_t exponent_max = 1'000'000'000'000;
    std::int64_t exponent = 0;
    bool negative = false;
    for (const char letter : parts.exponent) {
        if (letter == '-') negative = true;
        if (is_ascii_digit(letter, false))
            exponent = std::min(exponent * 10 + (letter - '0'), exponent_max);
    }
    if (negative) exponent = -exponent;
    const std::int64_t scale = exponent + *place * (parts.hex ? 4 : 1);
    if (scale > 5000) return std::numeric_limits<T>::infinity();
    if (scale < -5000) return 0;
    const std::string text = parts.mantissa + (parts.hex ? 'p' : 'e') + std::to_string(exponent);
    T value = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), value,
                        parts.hex ? std::chars_format::hex : std::chars_format::general);
    if (failed == std::errc::result_out_of_range)
        return scale > 0 ? std::numeric_limits<T>::infinity() : T{0};
    return value;
}

template <class T>
Result<T> parse_floating(std::string_view text) {
    const std::string_view whole = trim(text);
    if (whole.empty()) return Error{ErrorCode::invalid_argument, "empty String"};
    std::string_view rest = whole;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    T value = 0;
    if (rest == "NaN") return std::numeric_limits<T>::quiet_NaN();
    if (rest == "Infinity") {
        value = std::numeric_limits<T>::infinity();
    } else {
        const std::optional<FloatParts> parts = split_float(rest);
        if (!parts) return number_format(text, 10);
        value = read_float<T>(*parts);
    }
    return negative ? -value : value;
}

template <class T, class Integer>
Integer narrow(T value) {
    if (std::isnan(value)) return 0;
    if (value >= -static_cast<T>(std::numeric_limits<Integer>::min()))
        return std::numeric_limits<Integer>::max();
    if (value <= static_cast<T>(std::numeric_limits<Integer>::min()))
        return std::numeric_limits<Integer>::min();
    return static_cast<Integer>(value);
}

template <class T>
T half_up(T value) {
    const T below = std::floor(value);
    return value - below >= T{0.5} ? below + 1 : below;
}

std::optional<Error> no_decimal(double value) {
    if (std::isfinite(value)) return std::nullopt;
    return Error{ErrorCode::invalid_argument, "Infinite or NaN"};
}

/// The number itself if one operation on two exact numbers makes it: it is rounded once then.
std::optional<double> exact_number(const DecimalDigits& number) {
    static constexpr std::array<double, 23> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    constexpr std::size_t digits_max = 15;  // Below 2^53.
    if (number.digits.size() > digits_max) return std::nullopt;
    const auto scale = static_cast<std::int32_t>(number.digits.size()) - 1 - number.exponent;
    if (std::abs(scale) >= static_cast<std::int32_t>(powers.size())) return std::nullopt;
    std::int64_t whole = 0;
    for (const char digit : number.digits) whole = whole * 10 + (digit - '0');
    const double power = powers[static_cast<std::size_t>(std::abs(scale))];
    const auto size = static_cast<double>(whole);
    const double value = scale < 0 ? size * power : size / power;
    return number.negative ? -value : value;
}

template <class T>
T rounded(double value, std::int32_t places) {
    DecimalDigits number = shortest_digits(value);
    round_half_up(number, places);
    if (number.digits == "0") return 0;
    if constexpr (std::is_same_v<T, double>)
        if (const std::optional<double> exact = exact_number(number)) return *exact;
    const Result<T> read = parse_floating<T>(java_layout(number));
    TS_ASSERT(read.has_value());
    return *read;
}

}  // namespace

std::string number_text(double value) { return float_text(value); }
std::string number_text(float value) { return float_text(value); }

std::string radix_text(std::int64_t value, int radix) {
    if (radix < 2 || radix > 36) radix = 10;
    if (value >= 0) return unsigned_text(static_cast<std::uint64_t>(value), radix);
    return '-' + unsigned_text(0 - static_cast<std::uint64_t>(value), radix);
}

std::string unsigned_text(std::uint64_t value, int radix) {
    if (radix < 2 || radix > 36) radix = 10;
    std::array<char, 64> buffer;
    const auto [end, failed] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, radix);
    return {buffer.data(), end};
}

std::string hex_float_text(double value) {
    return hex_text<double, std::uint64_t>(value, 52, -1022);
}
std::string hex_float_text(float value) { return hex_text<float, std::uint32_t>(value, 23, -126); }

Result<std::int32_t> parse_int(std::string_view text, int radix) {
    return parse_signed<std::int32_t>(text, radix);
}
Result<std::int64_t> parse_long(std::string_view text, int radix) {
    return parse_signed<std::int64_t>(text, radix);
}
Result<std::uint32_t> parse_unsigned_int(std::string_view text, int radix) {
    return parse_unsigned<std::uint32_t>(text, radix, "int");
}
Result<std::uint64_t> parse_unsigned_long(std::string_view text, int radix) {
    return parse_unsigned<std::uint64_t>(text, radix, "long");
}

Result<double> parse_double(std::string_view text) { return parse_floating<double>(text); }
Result<float> parse_float(std::string_view text) { return parse_floating<float>(text); }

std::int64_t round_half_up(double value) { return narrow_to_long(half_up(value)); }
std::int32_t round_half_up(float value) { return narrow<float, std::int32_t>(half_up(value)); }

double round_half_even(double value) {
    const double rest = std::remainder(value, 1.0);
    return std::isfinite(value) ? std::copysign(value - rest, value) : value;
}

std::int32_t narrow_to_int(double value) { return narrow<double, std::int32_t>(value); }
std::int64_t narrow_to_long(double value) { return narrow<double, std::int64_t>(value); }

Result<double> to_fixed(double value, std::int32_t digits) {
    if (std::optional<Error> wrong = no_decimal(value)) return *std::move(wrong);
    return rounded<double>(value, digits);
}

Result<float> to_fixed(float value, std::int32_t digits) {
    if (std::optional<Error> wrong = no_decimal(value)) return *std::move(wrong);
    return rounded<float>(value, digits);
}

Result<std::int32_t> to_int_half_up(double value) {
    if (std::optional<Error> wrong = no_decimal(value)) return *std::move(wrong);
    DecimalDigits number = shortest_digits(value);
    round_half_up(number, 0);
    std::uint32_t low = 0;
    for (std::int32_t place = 0; place <= number.exponent; ++place) {
        const auto at = static_cast<std::size_t>(place);
        const char digit = at < number.digits.size() ? number.digits[at] : '0';
        low = low * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    return static_cast<std::int32_t>(number.negative ? 0 - low : low);
}

Result<std::int64_t> floor_div(std::int64_t dividend, std::int64_t divisor) {
    if (divisor == 0) return Error{ErrorCode::invalid_argument, "/ by zero"};
    if (divisor == -1) return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(dividend));
    const std::int64_t quotient = dividend / divisor;
    const bool down = dividend % divisor != 0 && (dividend < 0) != (divisor < 0);
    return down ? quotient - 1 : quotient;
}

Result<std::int64_t> floor_mod(std::int64_t dividend, std::int64_t divisor) {
    if (divisor == 0) return Error{ErrorCode::invalid_argument, "/ by zero"};
    if (divisor == -1) return 0;
    const std::int64_t rest = dividend % divisor;
    return rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest;
}

}  // namespace thingstead::script::java
