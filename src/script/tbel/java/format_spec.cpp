#include "script/tbel/java/format_spec.h"

#include "script/tbel/java/number_text.h"
#include "script/tbel/java/string_format.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

Error bad_spec(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

std::size_t count_digits(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

/// A number of a specifier. Errors: too_large.
Result<std::size_t> small_number(std::string_view digits) {
    const Result<std::int32_t> value = parse_int(digits);
    if (!value || static_cast<std::size_t>(*value) > format_characters_max)
        return Error{ErrorCode::too_large, "Max string length overflow (" + std::string(digits) +
                                               " > " + std::to_string(format_characters_max) +
                                               ")!"};
    return static_cast<std::size_t>(*value);
}

/// `1$` or `<` behind the percent sign.
std::optional<Error> take_index(std::string_view format, std::size_t& at, FormatSpec& spec) {
    if (at < format.size() && format[at] == '<') {
        spec.previous = true;
        ++at;
        return std::nullopt;
    }
    const std::size_t digits = count_digits(format.substr(at));
    if (digits == 0 || at + digits >= format.size() || format[at + digits] != '$')
        return std::nullopt;
    const Result<std::size_t> index = small_number(format.substr(at, digits));
    if (!index) return index.error();
    if (*index == 0) return bad_spec("Illegal format argument index = 0");
    spec.index = *index;
    at += digits + 1;
    return std::nullopt;
}

std::optional<Error> take_flags(std::string_view format, std::size_t& at, FormatSpec& spec) {
    constexpr std::string_view known = "-#+ 0,(";
    while (at < format.size() && known.find(format[at]) != std::string_view::npos) {
        const char flag = format[at++];
        if (spec.has(flag)) return bad_spec("Flags = '" + std::string(1, flag) + "'");
        spec.flags += flag;
    }
    return std::nullopt;
}

std::optional<Error> take_widths(std::string_view format, std::size_t& at, FormatSpec& spec) {
    if (const std::size_t digits = count_digits(format.substr(at)); digits > 0) {
        const Result<std::size_t> width = small_number(format.substr(at, digits));
        if (!width) return width.error();
        spec.width = *width;
        at += digits;
    }
    if (at >= format.size() || format[at] != '.') return std::nullopt;
    const std::size_t digits = count_digits(format.substr(at + 1));
    if (digits == 0) return bad_spec("Conversion = '.'");
    const Result<std::size_t> precision = small_number(format.substr(at + 1, digits));
    if (!precision) return precision.error();
    spec.precision = *precision;
    at += digits + 1;
    return std::nullopt;
}

/// Flags that a kind of conversion has no use for.
std::optional<Error> check_flags(const FormatSpec& spec, std::string_view bad) {
    for (const char flag : bad)
        if (spec.has(flag))
            return bad_spec("Conversion = " + std::string(1, spec.conversion) +
                            ", Flags = " + std::string(1, flag));
    return std::nullopt;
}

std::optional<Error> check_numeric(const FormatSpec& spec) {
    if (!spec.width && (spec.has('-') || spec.has('0'))) return bad_spec(std::string(spec.text));
    if ((spec.has('+') && spec.has(' ')) || (spec.has('-') && spec.has('0')))
        return bad_spec("Flags = '" + spec.flags + "'");
    switch (spec.conversion) {
        case 'd': return check_flags(spec, "#");
        case 'o':
        case 'x': return check_flags(spec, ",");
        case 'e': return check_flags(spec, ",");
        case 'g': return check_flags(spec, "#");
        case 'a': return check_flags(spec, "(,");
        default:  return std::nullopt;
    }
}

std::optional<Error> check_spec(const FormatSpec& spec) {
    const auto no_precision = [&]() -> std::optional<Error> {
        if (spec.precision) return bad_spec(std::to_string(*spec.precision));
        return std::nullopt;
    };
    switch (spec.conversion) {
        case 'b':
        case 'h':
            if (auto wrong = check_flags(spec, "#")) return wrong;
            [[fallthrough]];
        case 's':
            if (!spec.width && spec.has('-')) return bad_spec(std::string(spec.text));
            return check_flags(spec, "+ 0,(#");
        case 'c':
            if (auto wrong = no_precision()) return wrong;
            if (!spec.width && spec.has('-')) return bad_spec(std::string(spec.text));
            return check_flags(spec, "#+ 0,(");
        case 'd':
        case 'o':
        case 'x':
            if (auto wrong = no_precision()) return wrong;
            return check_numeric(spec);
        case 'e':
        case 'f':
        case 'g':
        case 'a': return check_numeric(spec);
        case '%':
            if (auto wrong = no_precision()) return wrong;
            if (!spec.width && spec.has('-')) return bad_spec(std::string(spec.text));
            if (spec.flags.find_first_not_of('-') != std::string::npos)
                return bad_spec("Flags = '" + spec.flags + "'");
            return std::nullopt;
        case 'n':
            if (spec.width) return bad_spec(std::to_string(*spec.width));
            if (auto wrong = no_precision()) return wrong;
            if (!spec.flags.empty()) return bad_spec("Flags = '" + spec.flags + "'");
            return std::nullopt;
        case 't': return Error{ErrorCode::unsupported, "Dates are formatted with Date"};
        default:  return std::nullopt;
    }
}

}  // namespace

Result<FormatSpec> read_format_spec(std::string_view format, std::size_t& at) {
    const std::size_t begin = at++;
    FormatSpec spec;
    if (std::optional<Error> wrong = take_index(format, at, spec)) return *std::move(wrong);
    if (std::optional<Error> wrong = take_flags(format, at, spec)) return *std::move(wrong);
    if (std::optional<Error> wrong = take_widths(format, at, spec)) return *std::move(wrong);
    if (at >= format.size()) return bad_spec("Conversion = '%'");
    const std::size_t letter_at = at;
    next_code_point(format, at);
    const std::string_view letter = format.substr(letter_at, at - letter_at);
    constexpr std::string_view lower = "bhscdoxefga%nt";
    constexpr std::string_view upper = "BHSCXEGAT";
    if (letter.size() != 1 || (lower.find(letter) == std::string_view::npos &&
                               upper.find(letter) == std::string_view::npos))
        return bad_spec("Conversion = '" + std::string(letter) + "'");
    spec.upper = upper.find(letter) != std::string_view::npos;
    spec.conversion = spec.upper ? static_cast<char>(letter[0] | 0x20) : letter[0];
    spec.text = format.substr(begin, at - begin);
    if (std::optional<Error> wrong = check_spec(spec)) return *std::move(wrong);
    return spec;
}

}  // namespace thingstead::script::java
