// String.format of Java: java.util.Formatter for the locale en-US.
// Source: the contract of java.util.Formatter (Java 25). Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace thingstead::script::java {

/// An argument that is none of Java's scalars: a list, a map, a date, ….
struct ObjectArgument {
    std::string text;        ///< Its toString(), for %s and %S.
    std::string class_name;  ///< "java.util.ArrayList", for the text of errors.
    std::int32_t hash_code;  ///< Its hashCode(), for %h.
};

/// An argument of type BigInteger or BigDecimal, by its plain decimal digits ("-12", "12.50").
struct BigNumberArgument {
    std::string digits;
    bool decimal;  ///< BigDecimal; else BigInteger.
};

/// What a format takes. monostate is null; char16_t is a Character.
using FormatArgument =
    std::variant<std::monostate, bool, char16_t, std::int8_t, std::int16_t, std::int32_t,
                 std::int64_t, float, double, std::string, BigNumberArgument, ObjectArgument>;

/// Longest width, precision and result of a format, in characters: a script cannot ask for more.
inline constexpr std::size_t format_characters_max = 4 * 1024 * 1024;

/// String.format(format, arguments…): %b %h %s %c %d %o %x %e %f %g %a %% %n and their upper-case
/// forms, flags `-#+ 0,(`, width, precision, explicit (`%1$s`) and relative (`%<s`) indexes.
/// Errors: invalid_argument with the message of Java's exception, e.g. `Format specifier '%d'` for
/// a missing argument, `d != java.lang.String`, `Conversion = 'q'`; too_large beyond
/// format_characters_max; unsupported for dates (%t), which a script formats with Date.
Result<std::string> format_string(std::string_view format,
                                  std::span<const FormatArgument> arguments);

}  // namespace thingstead::script::java
