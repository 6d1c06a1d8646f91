// BigInteger and BigDecimal: rare, so they are decimal text that is computed with when needed. A
// BigDecimal is held as its toString() writes it: "12.50", "1E-7", "1.5E+40".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "script/tbel/operators.h"
#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// Longest number, in digits; beyond it the script fails.
inline constexpr std::size_t big_digits_max = 2000;

/// The text of an integer (big_integer) or decimal. Throws NumberFormatException.
Value big_of_text(Run& run, std::string_view text, Kind kind);
/// A decimal number with or without exponent, as BigDecimal.toString() writes it. Throws.
std::string decimal_digits(std::string_view text);
/// All digits of one of the two, without an exponent.
std::string plain_digits(const Value& value);
/// Any finite number as one of the two.
Value big_of_number(Run& run, const Value& number, Kind kind);
double big_as_double(const Value& value);
/// The low 64 bits, of a decimal after cutting its fraction.
std::int64_t big_as_long(const Value& value);
int big_compare(Run& run, const Value& left, const Value& right);

/// Both of the same kind: big_integer (division truncates) or big_decimal (34 digits).
Value big_arithmetic(Run& run, Operator op, const Value& left, const Value& right);
/// -x
Value big_negate(Run& run, const Value& value);

}  // namespace thingstead::script::tbel
