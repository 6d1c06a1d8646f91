#include "model/number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace thingstead::model {
namespace {

constexpr std::int64_t plain_digits_max = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number taken apart: ±digits · 10^-scale.
struct Decimal {
    bool negative = false;
    bool has_point = false;
    bool has_exponent = false;
    std::string digits;      ///< Without point and leading zeros; empty for zero.
    std::int64_t scale = 0;  ///< Digits after the point, less the exponent.
};

Decimal take_apart(std::string_view text) {
    Decimal number;
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) number.negative = text[i++] == '-';
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.') {
            number.has_point = true;
            continue;
        }
        if (number.has_point) ++number.scale;
        if (text[i] != '0' || !number.digits.empty()) number.digits.push_back(text[i]);
    }
    if (i < text.size()) {
        number.has_exponent = true;
        std::string_view exponent_text = text.substr(i + 1);
        if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
        std::int64_t exponent = 0;
        const auto [end, failed] = std::from_chars(
            exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
        if (failed != std::errc())
            exponent = exponent_text.starts_with('-') ? -1'000'000'000 : 1'000'000'000;
        number.scale -= std::clamp<std::int64_t>(exponent, -1'000'000'000, 1'000'000'000);
    }
    return number;
}

bool is_integral(const Decimal& number) {
    if (number.scale <= 0 || number.digits.empty()) return true;
    const auto zeros =
        static_cast<std::int64_t>(number.digits.size() - 1 - number.digits.find_last_not_of('0'));
    return zeros >= number.scale;
}

Result<std::string> plain_digits(const Decimal& number) {
    std::string digits = number.digits.empty() ? "0" : number.digits;
    const auto count = static_cast<std::int64_t>(digits.size());
    if (std::max(count, number.scale) > plain_digits_max || count - number.scale > plain_digits_max)
        return Error{ErrorCode::invalid_argument, "number is too large"};
    if (number.scale < 0 && !number.digits.empty())
        digits.append(static_cast<std::size_t>(-number.scale), '0');
    if (number.scale > 0) {
        if (count <= number.scale)
            digits.insert(0, static_cast<std::size_t>(number.scale - count + 1), '0');
        digits.insert(digits.size() - static_cast<std::size_t>(number.scale), ".");
    }
    return (number.negative ? "-" : "") + digits;
}

Result<Value> as_text(const Decimal& number, bool cast) {
    if (!cast)
        return Error{ErrorCode::invalid_argument,
                     "number does not fit a 64-bit integer or a double"};
    Result<std::string> text = plain_digits(number);
    if (!text) return text.error();
    return Value(*std::move(text));
}

Result<Value> integral_value(Decimal number, bool cast) {
    if (number.scale > 0 && !number.digits.empty())
        number.digits.resize(number.digits.size() - static_cast<std::size_t>(number.scale));
    else if (number.scale < 0 && number.scale >= -19 && !number.digits.empty())
        number.digits.append(static_cast<std::size_t>(-number.scale), '0');
    else if (number.scale < -19 && !number.digits.empty())
        return as_text(number, cast);
    number.scale = 0;
    const std::string signed_digits =
        (number.negative ? "-" : "") + (number.digits.empty() ? std::string("0") : number.digits);
    std::int64_t value = 0;
    const auto [end, failed] =
        std::from_chars(signed_digits.data(), signed_digits.data() + signed_digits.size(), value);
    if (failed == std::errc()) return Value(value);
    return as_text(number, cast);
}

}  // namespace

Result<Value> number_value(std::string_view text, bool cast) {
    const char* const end = text.data() + text.size();
    // Most numbers of devices: a short integer.
    std::int64_t integer = 0;
    if (const auto read = std::from_chars(text.data(), end, integer);
        read.ec == std::errc() && read.ptr == end)
        return Value(integer);
    // Or a short decimal fraction.
    const bool short_fraction = text.size() <= 17 &&
                                text.find_first_of("eE") == std::string_view::npos &&
                                text.find('.') != std::string_view::npos;
    const Decimal number = short_fraction ? Decimal{} : take_apart(text);
    if (!short_fraction) {
        if (is_integral(number) && !(number.has_point && !number.has_exponent))
            return integral_value(number, cast);
        if (number.scale > 16) return as_text(number, cast);
    }
    double real = 0;
    const auto read = std::from_chars(text.data(), end, real);
    if (read.ec != std::errc() || read.ptr != end)
        return Error{ErrorCode::invalid_argument, "number is out of range"};
    return Value(real);
}

bool looks_like_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || text.back() == '.') return false;
    bool point = false;
    for (const char c : text) {
        if (c == '.' && !point)
            point = true;
        else if (!is_digit(c))
            return false;
    }
    return true;
}

bool is_json_number(std::string_view text) {
    std::size_t i = 0;
    const auto digits = [&] {
        const std::size_t from = i;
        while (i < text.size() && is_digit(text[i])) ++i;
        return i - from;
    };
    if (i < text.size() && text[i] == '-') ++i;
    const std::size_t start = i;
    if (digits() == 0 || (text[start] == '0' && i - start > 1)) return false;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (digits() == 0) return false;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    return i == text.size();
}

}  // namespace thingstead::model
