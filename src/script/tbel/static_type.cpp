#include "script/tbel/static_type.h"

namespace thingstead::script::tbel {

bool is_number(StaticType type) {
    return type >= StaticType::boxed_byte && type <= StaticType::big_integer;
}

OperandType operand_type(StaticType type) {
    switch (type) {
        case StaticType::boxed_byte:    return {Kind::byte_, false};
        case StaticType::byte_:         return {Kind::byte_, true};
        case StaticType::boxed_short:   return {Kind::short_, false};
        case StaticType::short_:        return {Kind::short_, true};
        case StaticType::boxed_integer: return {Kind::integer, false};
        case StaticType::int_:          return {Kind::integer, true};
        case StaticType::boxed_long:    return {Kind::long_, false};
        case StaticType::long_:         return {Kind::long_, true};
        case StaticType::boxed_float:   return {Kind::float_, false};
        case StaticType::float_:        return {Kind::float_, true};
        case StaticType::boxed_double:  return {Kind::double_, false};
        case StaticType::double_:       return {Kind::double_, true};
        case StaticType::big_decimal:   return {Kind::big_decimal, false};
        case StaticType::big_integer:   return {Kind::big_integer, false};
        default:                        return {};
    }
}

StaticType type_of(const Value& value) {
    switch (value.kind) {
        case Kind::boolean:     return StaticType::boolean;
        case Kind::byte_:       return StaticType::boxed_byte;
        case Kind::short_:      return StaticType::boxed_short;
        case Kind::integer:     return StaticType::boxed_integer;
        case Kind::long_:       return StaticType::boxed_long;
        case Kind::float_:      return StaticType::boxed_float;
        case Kind::double_:     return StaticType::boxed_double;
        case Kind::big_decimal: return StaticType::big_decimal;
        case Kind::big_integer: return StaticType::big_integer;
        case Kind::character:   return StaticType::character;
        case Kind::string:      return StaticType::string;
        case Kind::class_:      return StaticType::class_;
        default:                return StaticType::unknown;
    }
}

StaticType arithmetic_type(Operator op, StaticType left, StaticType right) {
    if (op == Operator::add && left == StaticType::string) return StaticType::string;
    if (!is_number(left) || !is_number(right)) return StaticType::unknown;
    return operand_type(left).kind >= operand_type(right).kind ? left : right;
}

Kind receiver_kind(StaticType type) {
    switch (type) {
        case StaticType::unknown:
        case StaticType::class_:
        case StaticType::other:     return Kind::undefined;
        case StaticType::boolean:   return Kind::boolean;
        case StaticType::character: return Kind::character;
        case StaticType::string:    return Kind::string;
        case StaticType::list:      return Kind::list;
        case StaticType::map:       return Kind::map;
        case StaticType::set:       return Kind::set;
        case StaticType::array:     return Kind::array;
        case StaticType::date:      return Kind::date;
        default:                    return operand_type(type).kind;
    }
}

}  // namespace thingstead::script::tbel
