#include "script/tbel/operators.h"

#include <cmath>
#include <limits>

#include "script/tbel/big.h"
#include "script/tbel/collections.h"
#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

constexpr double int_max = std::numeric_limits<std::int32_t>::max();
constexpr double long_max = 9223372036854775807.0;

double double_arithmetic(Operator op, double left, double right) {
    switch (op) {
        case Operator::add:       return left + right;
        case Operator::subtract:  return left - right;
        case Operator::multiply:  return left * right;
        case Operator::divide:    return left / right;
        case Operator::remainder: return std::fmod(left, right);
        default:                  return std::pow(left, right);
    }
}

Value exact(std::int64_t value) {
    const auto narrow = static_cast<std::int32_t>(value);
    return narrow == value ? make_int(narrow) : make_long(value);
}

Value integers(Operator op, std::int32_t left, std::int32_t right) {
    const std::int64_t a = left, b = right;
    switch (op) {
        case Operator::add:      return exact(a + b);
        case Operator::subtract: return exact(a - b);
        case Operator::multiply: return exact(a * b);
        case Operator::divide:   return make_double(static_cast<double>(left) / right);
        case Operator::remainder:
            if (right == 0) fail("ArithmeticException: / by zero");
            return make_int(static_cast<std::int32_t>(a % b));
        default: {
            const double power = std::pow(left, right);
            return power > int_max ? make_double(power) : make_int(java::narrow_to_int(power));
        }
    }
}

Value longs(Operator op, std::int64_t left, std::int64_t right) {
    const auto a = static_cast<std::uint64_t>(left), b = static_cast<std::uint64_t>(right);
    switch (op) {
        case Operator::add:      return make_long(static_cast<std::int64_t>(a + b));
        case Operator::subtract: return make_long(static_cast<std::int64_t>(a - b));
        case Operator::multiply: return make_long(static_cast<std::int64_t>(a * b));
        case Operator::divide:
            return make_double(static_cast<double>(left) / static_cast<double>(right));
        case Operator::remainder:
            if (right == 0) fail("ArithmeticException: / by zero");
            return make_long(right == -1 ? 0 : left % right);
        default: {
            const double power = std::pow(static_cast<double>(left), static_cast<double>(right));
            return power > long_max ? make_double(power) : make_long(java::narrow_to_long(power));
        }
    }
}

Value floats(Operator op, float left, float right) {
    if (op == Operator::divide) return make_double(static_cast<double>(left) / right);
    return make_float(static_cast<float>(double_arithmetic(op, left, right)));
}

bool is_big(Kind kind) { return kind == Kind::big_decimal || kind == Kind::big_integer; }

/// Numbers, as the types they count as.
Value numbers(Run& run, Operator op, const Value& left, const Value& right, OperandType left_type,
              OperandType right_type) {
    const Kind larger = std::max(left_type.kind, right_type.kind);
    if (is_big(larger))
        return big_arithmetic(run, op, convert_number(run, left, larger),
                              convert_number(run, right, larger));
    const bool same =
        left_type.kind == right_type.kind && left_type.primitive == right_type.primitive;
    if (!same) {
        const double result =
            double_arithmetic(op, number_as_double(left), number_as_double(right));
        return convert_number(run, make_double(result), larger);
    }
    switch (larger) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer: return integers(op, number_as_int(left), number_as_int(right));
        case Kind::long_:   return longs(op, number_as_long(left), number_as_long(right));
        case Kind::float_:
            return floats(op, static_cast<float>(number_as_double(left)),
                          static_cast<float>(number_as_double(right)));
        default:
            return make_double(
                double_arithmetic(op, number_as_double(left), number_as_double(right)));
    }
}

Value concat_texts(Run& run, const Value& left, const Value& right) {
    if (left.is(Kind::string) && right.is(Kind::string))
        return run.concat(left.text->view(), right.text->view());
    if (left.is(Kind::string)) {
        const std::string text = text_of(run, right);
        return run.concat(left.text->view(), text);
    }
    std::string text = text_of(run, left);
    append_text(run, text, right);
    return run.text(text);
}

Value concat_lists(Run& run, const Value& left, const Value& right) {
    Value out = elements_of(run, left, "not a list");
    if (right.is(Kind::list)) {
        const Items& more = *right.list->items;
        run.tick(more.size / 16);
        for (std::uint32_t i = 0; i < more.size; ++i) push(run, out.list->own, more.data[i]);
    } else {
        push(run, out.list->own, right);
    }
    return out;
}

/// Numeric text with a number, or two of them; null where one is no number.
Value text_arithmetic(Run& run, Operator op, const Value& left, const Value& right) {
    const auto number_of = [](const Value& value, double& out) {
        if (value.is_number()) {
            out = number_as_double(value);
            return true;
        }
        if (!value.is(Kind::string) || !is_numeric_text(value.text->view())) return false;
        out = numeric_text_value(value.text->view());
        return true;
    };
    double a = 0, b = 0;
    if (!number_of(left, a) || !number_of(right, b)) {
        if (op != Operator::power) return Value{};
        fail("unable to apply ** to " + std::string(class_name(left)) + " and " +
             std::string(class_name(right)));
    }
    const Kind kind = left.is_number() ? left.kind : right.is_number() ? right.kind : Kind::double_;
    return convert_number(run, make_double(double_arithmetic(op, a, b)), kind);
}

Value mixed_arithmetic(Run& run, Operator op, const Value& left, const Value& right) {
    if (op != Operator::add) return text_arithmetic(run, op, left, right);
    if (left.is(Kind::list)) return concat_lists(run, left, right);
    return concat_texts(run, left, right);
}

}  // namespace

Value arithmetic(Run& run, Operator op, const Value& left, const Value& right) {
    if (left.is(Kind::integer) && right.is(Kind::integer))
        return integers(op, left.integer, right.integer);
    if (left.is(Kind::double_) && right.is(Kind::double_))
        return make_double(double_arithmetic(op, left.double_, right.double_));
    if (left.is_number() && right.is_number())
        return numbers(run, op, left, right, {left.kind, false}, {right.kind, false});
    return mixed_arithmetic(run, op, left, right);
}

namespace {

/// The claimed type where it is one of numbers, else the value's own.
OperandType counts_as(const Value& value, OperandType claimed) {
    if (!Value::of(claimed.kind).is_number() || value.is_null()) return {value.kind, false};
    if (!value.is_number())
        fail("ClassCastException: class " + std::string(class_name(value)) +
             " cannot be cast to class " + std::string(class_name(Value::of(claimed.kind))));
    return claimed;
}

}  // namespace

Value typed_arithmetic(Run& run, Operator op, const Value& left, const Value& right,
                       OperandType left_type, OperandType right_type) {
    const OperandType a = counts_as(left, left_type), b = counts_as(right, right_type);
    if (left.is_number() && right.is_number()) return numbers(run, op, left, right, a, b);
    return mixed_arithmetic(run, op, left, right);
}

Value integer_arithmetic(Operator op, const Value& left, const Value& right) {
    for (const Value* each : {&left, &right})
        if (!each->is(Kind::integer))
            fail("ClassCastException: class " + std::string(class_name(*each)) +
                 " cannot be cast to class java.lang.Integer");
    const auto a = static_cast<std::uint32_t>(left.integer);
    const auto b = static_cast<std::uint32_t>(right.integer);
    switch (op) {
        case Operator::add:      return make_int(static_cast<std::int32_t>(a + b));
        case Operator::subtract: return make_int(static_cast<std::int32_t>(a - b));
        case Operator::multiply: return make_int(static_cast<std::int32_t>(a * b));
        default:
            if (b == 0) fail("ArithmeticException: / by zero");
            return make_int(static_cast<std::int32_t>(std::int64_t{left.integer} / right.integer));
    }
}

namespace {

std::int64_t shifted(Operator op, std::int64_t value, std::int64_t by, bool wide) {
    const unsigned count = static_cast<unsigned>(by) & (wide ? 63u : 31u);
    if (wide) {
        const auto bits = static_cast<std::uint64_t>(value);
        if (op == Operator::shift_left) return static_cast<std::int64_t>(bits << count);
        if (op == Operator::shift_right) return value >> count;
        return static_cast<std::int64_t>(bits >> count);
    }
    const auto bits = static_cast<std::uint32_t>(value);
    if (op == Operator::shift_left) return static_cast<std::int32_t>(bits << count);
    if (op == Operator::shift_right) return static_cast<std::int32_t>(bits) >> count;
    return static_cast<std::int32_t>(bits >> count);
}

bool is_bits(const Value& value) {
    return value.is(Kind::integer) || value.is(Kind::long_) || value.is(Kind::byte_) ||
           value.is(Kind::short_) || value.is(Kind::boolean);
}

}  // namespace

Value bitwise(Operator op, const Value& left, const Value& right) {
    const bool narrow_right = right.is(Kind::byte_) || right.is(Kind::short_);
    if (!is_bits(left) || !is_bits(right) || narrow_right)
        fail("ClassCastException: bitwise operator on " + std::string(class_name(left)) + " and " +
             std::string(class_name(right)));
    const auto bits = [](const Value& value) {
        if (value.is(Kind::boolean)) return std::int64_t{value.boolean};
        return number_as_long(value);
    };
    const std::int64_t a = bits(left), b = bits(right);
    if (op <= Operator::shift_right_unsigned) {
        const bool wide = left.is(Kind::long_);
        const std::int64_t result = shifted(op, a, b, wide);
        return wide ? make_long(result) : make_int(static_cast<std::int32_t>(result));
    }
    const std::int64_t result = op == Operator::bit_and  ? a & b
                                : op == Operator::bit_or ? a | b
                                                         : a ^ b;
    if (left.is(Kind::long_) || right.is(Kind::long_)) return make_long(result);
    return make_int(static_cast<std::int32_t>(result));
}

Value negate(Run& run, const Value& value) {
    switch (value.kind) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer: return exact(-std::int64_t{value.integer});
        case Kind::long_:
            return make_long(static_cast<std::int64_t>(-static_cast<std::uint64_t>(value.long_)));
        case Kind::float_:      return make_float(-value.float_);
        case Kind::double_:     return make_double(-value.double_);
        case Kind::big_decimal:
        case Kind::big_integer: return big_negate(run, value);
        case Kind::null:        fail("NullPointerException: negation of null");
        default:                fail("ClassCastException: negation of " + std::string(class_name(value)));
    }
}

Value invert(const Value& value) {
    if (value.is(Kind::long_)) return make_long(~value.long_);
    if (value.is(Kind::integer) || value.is(Kind::byte_) || value.is(Kind::short_))
        return make_int(~value.integer);
    fail("ClassCastException: ~ of " + std::string(class_name(value)));
}

}  // namespace thingstead::script::tbel
