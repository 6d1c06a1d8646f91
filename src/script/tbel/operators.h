// What the operators do with values: the arithmetic of the language reference, with the types that
// values have or that the compiler claims for them.
#pragma once
#include <cstdint>

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

enum class Operator : std::uint8_t {
    // clang-format off
    add, subtract, multiply, divide, remainder, power,
    shift_left, shift_right, shift_right_unsigned,
    bit_and, bit_or, bit_xor,
    equal, not_equal, less, less_equal, greater, greater_equal,
    // and those that take the whole chain before them:
    matches, append, contains, is, soundslike, strsim, convertable_to,
    // clang-format on
};

/// What an operand counts as: the kind of the value, or the one that the compiler claims.
/// `primitive` (int, long, … of Java) and boxed numbers are different types.
struct OperandType {
    Kind kind = Kind::undefined;  ///< undefined: the value's own.
    bool primitive = false;
};

/// + - * / % ** by the values' own types.
Value arithmetic(Run& run, Operator op, const Value& left, const Value& right);
/// The same, with claimed types.
Value typed_arithmetic(Run& run, Operator op, const Value& left, const Value& right,
                       OperandType left_type, OperandType right_type);
/// + - * / of what the compiler takes for two Integers: 32 bits that wrap. Throws
/// ClassCastException.
Value integer_arithmetic(Operator op, const Value& left, const Value& right);

/// & | ^ << >> >>>
Value bitwise(Operator op, const Value& left, const Value& right);

/// == != < <= > >=
bool compare(Run& run, Operator op, const Value& left, const Value& right);
bool typed_compare(Run& run, Operator op, const Value& left, const Value& right,
                   OperandType left_type, OperandType right_type);

/// matches append contains is soundslike strsim convertable_to
Value text_operator(Run& run, Operator op, const Value& left, const Value& right);

Value negate(Run& run, const Value& value);
Value invert(const Value& value);

/// x == empty
bool is_blank(const Value& value);
/// What `or` takes for no value.
bool is_absent(const Value& value);

}  // namespace thingstead::script::tbel
