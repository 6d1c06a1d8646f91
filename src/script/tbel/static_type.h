// What the compiler knows of the type of an expression; the arithmetic of + - * / depends on it.
#pragma once
#include <cstdint>

#include "script/tbel/operators.h"

namespace thingstead::script::tbel {

enum class StaticType : std::uint8_t {
    // clang-format off
    unknown,
    boolean, boxed_byte, byte_, boxed_short, short_, boxed_integer, int_, boxed_long, long_,
    boxed_float, float_, boxed_double, double_, big_decimal, big_integer,
    character, string, list, map, set, array, date, class_, other,
    // clang-format on
};

bool is_number(StaticType type);
/// What operands of the type count as; of no number: as their value.
OperandType operand_type(StaticType type);
/// The type that literals and values made by the compiler have.
StaticType type_of(const Value& value);
/// Of + - * / % ** between two types.
StaticType arithmetic_type(Operator op, StaticType left, StaticType right);
/// The kind of receivers of the type; undefined: unknown.
Kind receiver_kind(StaticType type);

}  // namespace thingstead::script::tbel
