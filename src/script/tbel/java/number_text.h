// Numbers as text and back, exactly as Java's standard library writes and reads them.
// Source: the contracts of java.lang.Integer, Long, Float, Double, Math and java.math.BigDecimal
// (Java 25); docs of the script language, "text form of numbers".
// Every error is invalid_argument with the message of Java's exception. All functions are pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead::script::java {

/// Double.toString: the shortest digits that read back as the same number, with at least one after
/// the point; plain from 10^-3 up to below 10^7 ("100.0"), else scientific ("1.0E7", "1.0E-5").
/// "NaN", "Infinity", "-Infinity", "-0.0".
std::string number_text(double value);

/// Float.toString: the same with the shortest digits of a float.
std::string number_text(float value);

/// Integer.toString / Long.toString with a radix; one outside 2..36 counts as 10. Lower case, a
/// negative number has a minus.
std::string radix_text(std::int64_t value, int radix = 10);

/// Integer.toUnsignedString and Long.toUnsignedString with a radix: toHexString, toOctalString,
/// toBinaryString. Give a 32-bit number as std::uint32_t, or its sign becomes 32 more bits.
std::string unsigned_text(std::uint64_t value, int radix);

/// Double.toHexString and Float.toHexString: "0x1.8p0", subnormals "0x0.8p-1022" (a float's:
/// p-126).
std::string hex_float_text(double value);
std::string hex_float_text(float value);

/// Integer.parseInt(text, radix): an optional sign and digits (Unicode digits too), nothing else.
/// Errors: `For input string: "7.5"` (with ` under radix 16` when the radix is not 10), and as Java
/// says it for an empty text or a radix outside 2..36.
Result<std::int32_t> parse_int(std::string_view text, int radix = 10);

/// Long.parseLong(text, radix); errors as parse_int.
Result<std::int64_t> parse_long(std::string_view text, int radix = 10);

/// Integer.parseUnsignedInt / Long.parseUnsignedLong; errors as parse_int, and Java's texts for a
/// minus or a value out of range.
Result<std::uint32_t> parse_unsigned_int(std::string_view text, int radix = 10);
Result<std::uint64_t> parse_unsigned_long(std::string_view text, int radix = 10);

/// Double.parseDouble: characters up to U+0020 are trimmed at both ends; a sign, "NaN", "Infinity",
/// decimal digits with point and exponent, hexadecimal floats ("0x1.8p1"), a suffix d, D, f or F.
/// Too large becomes Infinity, too small zero. Errors: "empty String", `For input string: "x"`.
Result<double> parse_double(std::string_view text);

/// Float.parseFloat: the same, rounded once to a float.
Result<float> parse_float(std::string_view text);

/// Math.round: nearest, halves up (-2.5 gives -2); NaN gives 0, out of range the nearest end.
std::int64_t round_half_up(double value);
std::int32_t round_half_up(float value);

/// Math.rint: nearest, halves to even.
double round_half_even(double value);

/// The conversions of Java's casts (int) and (long): toward zero, NaN gives 0, saturating.
std::int32_t narrow_to_int(double value);
std::int64_t narrow_to_long(double value);

/// toFixed(x, digits): the decimal text of the double (a float is widened first) rounded HALF_UP to
/// `digits` places after the point (negative: before it), read back as the type.
/// Errors: NaN and infinities have no decimal text.
Result<double> to_fixed(double value, std::int32_t digits);
Result<float> to_fixed(float value, std::int32_t digits);

/// toInt(x): HALF_UP to an integer, of which the low 32 bits are kept. Errors: as to_fixed.
Result<std::int32_t> to_int_half_up(double value);

/// What Math.floorDiv and floorMod give; `divisor` zero: "/ by zero".
Result<std::int64_t> floor_div(std::int64_t dividend, std::int64_t divisor);
Result<std::int64_t> floor_mod(std::int64_t dividend, std::int64_t divisor);

}  // namespace thingstead::script::java
