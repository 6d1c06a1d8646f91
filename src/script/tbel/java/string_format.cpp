#include "script/tbel/java/string_format.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "script/tbel/java/decimal_digits.h"
#include "script/tbel/java/format_spec.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

template <class... Cases>
struct FormatCases : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
FormatCases(Cases...) -> FormatCases<Cases...>;

std::string class_name(const FormatArgument& argument) {
    return std::visit(
        FormatCases{[](std::monostate) { return std::string("null"); },
                    [](bool) { return std::string("java.lang.Boolean"); },
                    [](char16_t) { return std::string("java.lang.Character"); },
                    [](std::int8_t) { return std::string("java.lang.Byte"); },
                    [](std::int16_t) { return std::string("java.lang.Short"); },
                    [](std::int32_t) { return std::string("java.lang.Integer"); },
                    [](std::int64_t) { return std::string("java.lang.Long"); },
                    [](float) { return std::string("java.lang.Float"); },
                    [](double) { return std::string("java.lang.Double"); },
                    [](const std::string&) { return std::string("java.lang.String"); },
                    [](const BigNumberArgument& big) {
                        return std::string(big.decimal ? "java.math.BigDecimal"
                                                       : "java.math.BigInteger");
                    },
                    [](const ObjectArgument& object) { return object.class_name; }},
        argument);
}

Error wrong_type(const FormatSpec& spec, const FormatArgument& argument) {
    return {ErrorCode::invalid_argument,
            std::string(1, spec.conversion) + " != " + class_name(argument)};
}

std::string text_of(const FormatArgument& argument) {
    return std::visit(FormatCases{[](std::monostate) { return std::string("null"); },
                                  [](bool value) { return std::string(value ? "true" : "false"); },
                                  [](char16_t unit) { return unit_text(unit); },
                                  [](std::int8_t value) { return radix_text(value); },
                                  [](std::int16_t value) { return radix_text(value); },
                                  [](std::int32_t value) { return radix_text(value); },
                                  [](std::int64_t value) { return radix_text(value); },
                                  [](float value) { return number_text(value); },
                                  [](double value) { return number_text(value); },
                                  [](const std::string& text) { return text; },
                                  [](const BigNumberArgument& big) { return big.digits; },
                                  [](const ObjectArgument& object) { return object.text; }},
                      argument);
}

std::int32_t folded_hash(std::uint64_t bits) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits ^ (bits >> 32)));
}

std::int32_t hash_of(const FormatArgument& argument) {
    return std::visit(
        FormatCases{
            [](std::monostate) { return std::int32_t{0}; },
            [](bool value) { return std::int32_t{value ? 1231 : 1237}; },
            [](std::int64_t value) { return folded_hash(static_cast<std::uint64_t>(value)); },
            [](float value) { return std::bit_cast<std::int32_t>(value); },
            [](double value) { return folded_hash(std::bit_cast<std::uint64_t>(value)); },
            [](const std::string& text) { return hash_code(text); },
            [](const BigNumberArgument& big) { return hash_code(big.digits); },
            [](const ObjectArgument& object) { return object.hash_code; },
            [](auto value) { return static_cast<std::int32_t>(value); }},
        argument);
}

/// Width and case, for everything that is no number.
std::string justified(const FormatSpec& spec, std::string text) {
    if (spec.upper) text = to_upper_case(text);
    const auto length = static_cast<std::size_t>(text_length(text));
    const std::size_t missing = spec.width.value_or(0) > length ? *spec.width - length : 0;
    if (spec.has('-')) return text + std::string(missing, ' ');
    return std::string(missing, ' ') + text;
}

std::string cut(const FormatSpec& spec, std::string text) {
    const std::int32_t length = text_length(text);
    if (!spec.precision || *spec.precision >= static_cast<std::size_t>(length)) return text;
    return *substring(text, 0, static_cast<std::int32_t>(*spec.precision));
}

std::string with_groups(const std::string& digits) {
    const std::size_t whole = std::min(digits.find('.'), digits.size());
    std::string out;
    for (std::size_t i = 0; i < whole; ++i) {
        if (i > 0 && (whole - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out + digits.substr(whole);
}

/// Sign, zeros and width around the digits of a number.
std::string signed_number(const FormatSpec& spec, bool negative, std::string digits,
                          std::string_view prefix = "", bool zeros_allowed = true) {
    const bool brackets = negative && spec.has('(');
    std::string sign = brackets ? "(" : negative ? "-" : spec.has('+') ? "+" : "";
    if (!negative && spec.has(' ')) sign = " ";
    sign += prefix;
    const std::size_t taken = sign.size() + digits.size() + (brackets ? 1 : 0);
    if (spec.has('0') && zeros_allowed && spec.width.value_or(0) > taken)
        digits.insert(0, *spec.width - taken, '0');
    return justified(spec, sign + digits + (brackets ? ")" : ""));
}

/// The bits and width of an integer, for %x and %o.
struct Whole {
    std::int64_t value;
    int bits;
};

std::optional<Whole> whole_of(const FormatArgument& argument) {
    if (const auto* it = std::get_if<std::int8_t>(&argument)) return Whole{*it, 8};
    if (const auto* it = std::get_if<std::int16_t>(&argument)) return Whole{*it, 16};
    if (const auto* it = std::get_if<std::int32_t>(&argument)) return Whole{*it, 32};
    if (const auto* it = std::get_if<std::int64_t>(&argument)) return Whole{*it, 64};
    return std::nullopt;
}

Result<std::string> write_integer(const FormatSpec& spec, const FormatArgument& argument) {
    const auto* big = std::get_if<BigNumberArgument>(&argument);
    const std::optional<Whole> whole = whole_of(argument);
    if (!whole && (!big || big->decimal)) return wrong_type(spec, argument);
    if (spec.conversion == 'd') {
        std::string digits = whole ? radix_text(whole->value) : big->digits;
        const bool negative = digits.starts_with('-');
        if (negative) digits.erase(0, 1);
        if (spec.has(',')) digits = with_groups(digits);
        return signed_number(spec, negative, std::move(digits));
    }
    if (!whole) return Error{ErrorCode::unsupported, "BigInteger is formatted in decimal only"};
    for (const char flag : {'(', '+', ' '})
        if (spec.has(flag))
            return Error{ErrorCode::invalid_argument,
                         "Conversion = " + std::string(1, spec.conversion) +
                             ", Flags = " + std::string(1, flag)};
    auto bits = static_cast<std::uint64_t>(whole->value);
    if (whole->bits < 64) bits &= (std::uint64_t{1} << whole->bits) - 1;
    const bool hex = spec.conversion == 'x';
    const std::string_view prefix = !spec.has('#') ? "" : hex ? "0x" : "0";
    return signed_number(spec, false, unsigned_text(bits, hex ? 16 : 8), prefix);
}

/// Digits with `places` after the point; `number` has been rounded to them.
std::string plain_digits(const DecimalDigits& number, std::size_t places, bool point) {
    std::string out;
    const auto digit = [&](std::int64_t place) {  // 0: before the point, 1: behind it
        const std::int64_t at = place + number.exponent;
        const bool there = at >= 0 && at < static_cast<std::int64_t>(number.digits.size());
        return there ? number.digits[static_cast<std::size_t>(at)] : '0';
    };
    for (std::int64_t place = -std::max(number.exponent, 0); place <= 0; ++place)
        out += digit(place);
    if (places > 0 || point) out += '.';
    for (std::size_t place = 1; place <= places; ++place)
        out += digit(static_cast<std::int64_t>(place));
    return out;
}

std::string fixed_text(DecimalDigits number, std::size_t places, const FormatSpec& spec) {
    round_half_up(number, static_cast<std::int32_t>(places));
    std::string digits = plain_digits(number, places, spec.has('#'));
    return spec.has(',') ? with_groups(digits) : digits;
}

std::string scientific_text(DecimalDigits number, std::size_t places, const FormatSpec& spec) {
    if (number.digits != "0")
        round_half_up(number, static_cast<std::int32_t>(places) - number.exponent);
    DecimalDigits mantissa = number;
    mantissa.exponent = 0;
    const std::string exponent = std::to_string(std::abs(number.exponent));
    return plain_digits(mantissa, places, spec.has('#')) + (number.exponent < 0 ? "e-" : "e+") +
           (exponent.size() < 2 ? "0" : "") + exponent;
}

std::string general_text(DecimalDigits number, const FormatSpec& spec) {
    const std::size_t precision = std::max<std::size_t>(spec.precision.value_or(6), 1);
    if (number.digits == "0") return fixed_text(number, precision - 1, spec);
    const auto wanted = static_cast<std::int32_t>(precision);
    DecimalDigits rounded = number;
    round_half_up(rounded, wanted - 1 - rounded.exponent);
    if (rounded.exponent >= -4 && rounded.exponent < wanted)
        return fixed_text(number, static_cast<std::size_t>(wanted - 1 - rounded.exponent), spec);
    return scientific_text(number, precision - 1, spec);
}

/// "-12.50" as digits.
DecimalDigits digits_of_text(std::string_view text) {
    DecimalDigits number;
    number.negative = text.starts_with('-');
    if (number.negative) text.remove_prefix(1);
    const std::size_t whole = std::min(text.find('.'), text.size());
    std::string digits(text.substr(0, whole));
    if (whole < text.size()) digits += text.substr(whole + 1);
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string::npos) return {false, "0", 0};
    number.exponent = static_cast<std::int32_t>(whole) - static_cast<std::int32_t>(first) - 1;
    number.digits = digits.substr(first, digits.find_last_not_of('0') + 1 - first);
    return number;
}

Result<std::string> write_float(const FormatSpec& spec, const FormatArgument& argument) {
    const auto* big = std::get_if<BigNumberArgument>(&argument);
    const auto* single = std::get_if<float>(&argument);
    const auto* real = std::get_if<double>(&argument);
    if (!single && !real && (!big || !big->decimal)) return wrong_type(spec, argument);
    const double value = single ? double{*single} : real ? *real : 0;
    if (std::isnan(value)) return justified(spec, "NaN");
    if (std::isinf(value)) return signed_number(spec, value < 0, "Infinity", "", false);
    if (spec.conversion == 'a') {
        if (big) return wrong_type(spec, argument);
        if (spec.precision) return Error{ErrorCode::unsupported, "%a takes no precision"};
        const std::string hex = hex_float_text(std::fabs(value));
        return signed_number(spec, std::signbit(value), hex.substr(2), "0x");
    }
    DecimalDigits number = big ? digits_of_text(big->digits) : shortest_digits(value);
    const bool negative = number.negative;
    number.negative = false;
    const std::size_t places = spec.precision.value_or(6);
    const std::string digits = spec.conversion == 'f'   ? fixed_text(number, places, spec)
                               : spec.conversion == 'e' ? scientific_text(number, places, spec)
                                                        : general_text(number, spec);
    return signed_number(spec, negative, digits);
}

Result<std::string> write_character(const FormatSpec& spec, const FormatArgument& argument) {
    if (const auto* unit = std::get_if<char16_t>(&argument))
        return justified(spec, unit_text(*unit));
    const std::optional<Whole> whole = whole_of(argument);
    if (!whole || whole->bits == 64) return wrong_type(spec, argument);
    if (whole->value < 0 || whole->value > 0x10FFFF)
        return Error{
            ErrorCode::invalid_argument,
            "Code point = 0x" + unsigned_text(static_cast<std::uint32_t>(whole->value), 16)};
    std::string text;
    append_code_point(text, static_cast<std::int32_t>(whole->value));
    return justified(spec, std::move(text));
}

Result<std::string> write_argument(const FormatSpec& spec, const FormatArgument& argument) {
    const bool null = std::holds_alternative<std::monostate>(argument);
    if (spec.conversion == 'b') {
        const auto* value = std::get_if<bool>(&argument);
        const bool truth = value ? *value : !null;
        return justified(spec, cut(spec, truth ? "true" : "false"));
    }
    if (spec.conversion == 's') return justified(spec, cut(spec, text_of(argument)));
    if (null) return justified(spec, cut(spec, "null"));
    switch (spec.conversion) {
        case 'h':
            return justified(
                spec, cut(spec, unsigned_text(static_cast<std::uint32_t>(hash_of(argument)), 16)));
        case 'c': return write_character(spec, argument);
        case 'd':
        case 'o':
        case 'x': return write_integer(spec, argument);
        default:  return write_float(spec, argument);
    }
}

}  // namespace

Result<std::string> format_string(std::string_view format,
                                  std::span<const FormatArgument> arguments) {
    std::string out;
    std::size_t next = 0;
    std::optional<std::size_t> previous;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] != '%') {
            out += format[at++];
            continue;
        }
        const Result<FormatSpec> spec = read_format_spec(format, at);
        if (!spec) return spec.error();
        if (spec->conversion == 'n') {
            out += '\n';
        } else if (spec->conversion == '%') {
            out += justified(*spec, "%");
        } else {
            const std::size_t index = spec->previous ? previous.value_or(arguments.size())
                                      : spec->index  ? *spec->index - 1
                                                     : next++;
            if (index >= arguments.size())
                return Error{ErrorCode::invalid_argument,
                             "Format specifier '" + std::string(spec->text) + "'"};
            previous = index;
            Result<std::string> part = write_argument(*spec, arguments[index]);
            if (!part) return part;
            out += *part;
        }
        if (out.size() > format_characters_max)
            return Error{ErrorCode::too_large, "Max string length overflow (" +
                                                   std::to_string(out.size()) + " > " +
                                                   std::to_string(format_characters_max) + ")!"};
    }
    return out;
}

}  // namespace thingstead::script::java
