#include "script/tbel/big.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/number_text.h"

namespace thingstead::script::tbel {
namespace {

using Integer = boost::multiprecision::cpp_int;

/// unscaled * 10^-scale
struct Decimal {
    Integer unscaled;
    int scale = 0;
};

constexpr int decimal128_digits = 34;

std::size_t digits_of(const Integer& value) {
    const std::string text = value.str();
    return text.size() - (text[0] == '-');
}

/// Plain, or with an exponent as decimal_text() writes it.
Decimal read_decimal(std::string_view text) {
    Decimal out;
    std::string digits(text);
    if (const std::size_t mark = digits.find_first_of("eE"); mark != digits.npos) {
        const char* from = digits.data() + mark + 1;
        if (*from == '+') ++from;
        int exponent = 0;
        const auto [end, failed] = std::from_chars(from, digits.data() + digits.size(), exponent);
        if (failed != std::errc() || std::abs(exponent) > static_cast<int>(big_digits_max))
            fail("Number is too long");
        out.scale = -exponent;
        digits.resize(mark);
    }
    if (const std::size_t point = digits.find('.'); point != digits.npos) {
        out.scale += static_cast<int>(digits.size() - point - 1);
        digits.erase(point, 1);
    }
    const bool negative = digits.starts_with('-');
    const std::size_t first = std::min(digits.find_first_not_of('0', negative), digits.size() - 1);
    out.unscaled = Integer(digits.substr(first));
    if (negative) out.unscaled = -out.unscaled;
    return out;
}

/// Without an exponent.
std::string plain_text(const Decimal& value) {
    const bool negative = value.unscaled < 0;
    std::string text = Integer(negative ? -value.unscaled : value.unscaled).str();
    if (value.scale < 0) {
        text.append(static_cast<std::size_t>(-value.scale), '0');
    } else if (value.scale > 0) {
        const auto scale = static_cast<std::size_t>(value.scale);
        if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
        text.insert(text.size() - scale, 1, '.');
    }
    return negative ? "-" + text : text;
}

/// BigDecimal.toString: with an exponent where the scale is negative or the number below 10^-6.
std::string decimal_text(const Decimal& value) {
    const bool negative = value.unscaled < 0;
    std::string text = Integer(negative ? -value.unscaled : value.unscaled).str();
    const int exponent = static_cast<int>(text.size()) - 1 - value.scale;
    if (value.scale >= 0 && exponent >= -6) return plain_text(value);
    if (text.size() > 1) text.insert(1, 1, '.');
    if (exponent != 0) text += (exponent > 0 ? "E+" : "E") + std::to_string(exponent);
    return negative ? "-" + text : text;
}

/// Half even, to `digits` digits.
void round_to(Decimal& value, int digits) {
    const int excess = static_cast<int>(digits_of(value.unscaled)) - digits;
    if (excess <= 0) return;
    const Integer unit = boost::multiprecision::pow(Integer(10), static_cast<unsigned>(excess));
    Integer quotient, rest;
    boost::multiprecision::divide_qr(value.unscaled, unit, quotient, rest);
    const Integer twice = 2 * boost::multiprecision::abs(rest);
    if (twice > unit ||
        (twice == unit && boost::multiprecision::bit_test(boost::multiprecision::abs(quotient), 0)))
        quotient += value.unscaled < 0 ? -1 : 1;
    value.unscaled = quotient;
    value.scale -= excess;
    round_to(value, digits);
}

void align(Decimal& a, Decimal& b) {
    const auto raise = [](Decimal& value, int scale) {
        value.unscaled *=
            boost::multiprecision::pow(Integer(10), static_cast<unsigned>(scale - value.scale));
        value.scale = scale;
    };
    if (a.scale < b.scale) raise(a, b.scale);
    if (b.scale < a.scale) raise(b, a.scale);
}

Value make_big(Run& run, Kind kind, const std::string& text) {
    if (text.size() > big_digits_max) fail("Number is too long");
    run.tick(text.size());
    return run.digits(kind, text);
}

unsigned exponent_of(double power) {
    if (!(power >= 0 && power <= 1000) || power != std::floor(power)) fail("Invalid exponent");
    return static_cast<unsigned>(power);
}

Value integer_result(Run& run, Operator op, const Integer& a, const Integer& b) {
    const bool divides = op == Operator::divide || op == Operator::remainder;
    if (divides && b == 0) fail("ArithmeticException: BigInteger divide by zero");
    switch (op) {
        case Operator::add:       return make_big(run, Kind::big_integer, Integer(a + b).str());
        case Operator::subtract:  return make_big(run, Kind::big_integer, Integer(a - b).str());
        case Operator::multiply:  return make_big(run, Kind::big_integer, Integer(a * b).str());
        case Operator::divide:    return make_big(run, Kind::big_integer, Integer(a / b).str());
        case Operator::remainder: return make_big(run, Kind::big_integer, Integer(a % b).str());
        default:                  break;
    }
    const unsigned exponent = exponent_of(static_cast<double>(b));
    if (digits_of(a) * exponent > big_digits_max) fail("Number is too long");
    return make_big(run, Kind::big_integer, Integer(boost::multiprecision::pow(a, exponent)).str());
}

Decimal divided(Decimal a, Decimal b) {
    if (b.unscaled == 0) fail("ArithmeticException: Division by zero");
    // As many digits as the result may have, and two more to round by.
    const int missing = decimal128_digits + 2 + static_cast<int>(digits_of(b.unscaled));
    a.unscaled *= boost::multiprecision::pow(Integer(10), static_cast<unsigned>(missing));
    a.scale += missing;
    Decimal out{a.unscaled / b.unscaled, a.scale - b.scale};
    const bool exact = out.unscaled * b.unscaled == a.unscaled;
    const Integer before = out.unscaled;
    const int scale_before = out.scale;
    round_to(out, decimal128_digits);
    const bool kept =
        exact && out.unscaled * boost::multiprecision::pow(
                                    Integer(10), static_cast<unsigned>(scale_before - out.scale)) ==
                     before;
    const int preferred = a.scale - missing - b.scale;
    // Only an exact quotient gives up zeros, down to the scale that the two suggest.
    while (kept && out.scale > preferred && out.unscaled % 10 == 0) {
        out.unscaled /= 10;
        --out.scale;
    }
    return out;
}

}  // namespace

Value big_of_text(Run& run, std::string_view text, Kind kind) {
    if (!is_numeric_text(text) || text.back() == '.' || text.size() > big_digits_max ||
        (kind == Kind::big_integer && text.find('.') != text.npos))
        fail("NumberFormatException: For input string: \"" + std::string(text) + "\"");
    return run.digits(kind, kind == Kind::big_decimal ? decimal_digits(text) : std::string(text));
}

std::string decimal_digits(std::string_view text) {
    const Decimal value = read_decimal(text);
    if (std::abs(value.scale) > static_cast<int>(big_digits_max)) fail("Number is too long");
    return decimal_text(value);
}

std::string plain_digits(const Value& value) {
    const std::string_view text = value.digits->view();
    return value.is(Kind::big_decimal) ? plain_text(read_decimal(text)) : std::string(text);
}

Value big_of_number(Run& run, const Value& number, Kind kind) {
    if (number.kind == kind) return number;
    if (number.kind <= Kind::long_) return run.digits(kind, std::to_string(number_as_long(number)));
    if (number.is(Kind::big_integer)) return run.digits(kind, number.digits->view());
    if (number.is(Kind::big_decimal)) {
        const std::string text = plain_digits(number);
        return run.digits(kind, std::string_view(text).substr(0, text.find('.')));
    }
    const double value = number_as_double(number);
    if (!std::isfinite(value)) fail("NumberFormatException: Infinite or NaN");
    if (kind == Kind::big_integer) {
        std::string digits(400, '\0');
        const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                                 std::trunc(value), std::chars_format::fixed, 0);
        digits.resize(failed == std::errc() ? static_cast<std::size_t>(end - digits.data()) : 0);
        return run.digits(kind, digits == "-0" ? "0" : digits);
    }
    std::string digits(800, '\0');
    const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                             std::chars_format::fixed);
    digits.resize(failed == std::errc() ? static_cast<std::size_t>(end - digits.data()) : 0);
    return run.digits(kind, decimal_digits(digits));
}

double big_as_double(const Value& value) {
    if (!value.is(Kind::big_integer) && !value.is(Kind::big_decimal)) return 0;
    return numeric_text_value(value.digits->view());
}

std::int64_t big_as_long(const Value& value) {
    const std::string text = plain_digits(value);
    const Decimal whole = read_decimal(std::string_view(text).substr(0, text.find('.')));
    const Integer low = boost::multiprecision::abs(whole.unscaled) & Integer(~std::uint64_t{0});
    const auto bits = static_cast<std::uint64_t>(low);
    return static_cast<std::int64_t>(whole.unscaled < 0 ? 0 - bits : bits);
}

int big_compare(Run&, const Value& left, const Value& right) {
    Decimal a = read_decimal(left.digits->view()), b = read_decimal(right.digits->view());
    align(a, b);
    return a.unscaled.compare(b.unscaled);
}

Value big_arithmetic(Run& run, Operator op, const Value& left, const Value& right) {
    Decimal a = read_decimal(left.digits->view()), b = read_decimal(right.digits->view());
    if (left.is(Kind::big_integer)) return integer_result(run, op, a.unscaled, b.unscaled);
    Decimal out;
    switch (op) {
        case Operator::add:
        case Operator::subtract:
            align(a, b);
            if (op == Operator::subtract) b.unscaled = -b.unscaled;
            out.unscaled = a.unscaled + b.unscaled;
            out.scale = a.scale;
            break;
        case Operator::multiply: out = {a.unscaled * b.unscaled, a.scale + b.scale}; break;
        case Operator::divide:   out = divided(a, b); break;
        case Operator::remainder:
            if (b.unscaled == 0) fail("ArithmeticException: Division by zero");
            align(a, b);
            out = {a.unscaled % b.unscaled, a.scale};
            break;
        default: {
            const unsigned exponent = exponent_of(big_as_double(right));
            if (digits_of(a.unscaled) * exponent > big_digits_max) fail("Number is too long");
            out = {boost::multiprecision::pow(a.unscaled, exponent),
                   a.scale * static_cast<int>(exponent)};
        }
    }
    round_to(out, decimal128_digits);
    if (std::abs(out.scale) > static_cast<int>(big_digits_max)) fail("Number is too long");
    return make_big(run, Kind::big_decimal, decimal_text(out));
}

Value big_negate(Run& run, const Value& value) {
    Decimal negated = read_decimal(value.digits->view());
    negated.unscaled = -negated.unscaled;
    return run.digits(value.kind, decimal_text(negated));
}

}  // namespace thingstead::script::tbel
