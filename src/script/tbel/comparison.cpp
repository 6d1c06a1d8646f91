// == != < <= > >= and the operators on texts, types and collections.
#include <algorithm>

#include "script/tbel/big.h"
#include "script/tbel/builtin/class_info.h"
#include "script/tbel/collections.h"
#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/regex.h"
#include "script/tbel/java/text.h"
#include "script/tbel/operators.h"

namespace thingstead::script::tbel {
namespace {

bool is_equality(Operator op) { return op == Operator::equal || op == Operator::not_equal; }

template <class T>
bool ordered(Operator op, const T& left, const T& right) {
    switch (op) {
        case Operator::equal:      return left == right;
        case Operator::not_equal:  return left != right;
        case Operator::less:       return left < right;
        case Operator::less_equal: return left <= right;
        case Operator::greater:    return left > right;
        default:                   return left >= right;
    }
}

bool is_texty(const Value& value) { return value.is(Kind::string) || value.is(Kind::character); }

bool compare_numbers(Run& run, Operator op, const Value& left, const Value& right,
                     OperandType left_type, OperandType right_type) {
    if (left_type.kind == right_type.kind && left_type.primitive == right_type.primitive) {
        switch (left_type.kind) {
            case Kind::byte_:
            case Kind::short_:
            case Kind::integer:     return ordered(op, number_as_int(left), number_as_int(right));
            case Kind::long_:       return ordered(op, number_as_long(left), number_as_long(right));
            case Kind::big_decimal:
            case Kind::big_integer: return ordered(op, big_compare(run, left, right), 0);
            default:                break;
        }
    }
    return ordered(op, number_as_double(left), number_as_double(right));
}

bool compare_number_with_text(Run& run, Operator op, const Value& left, const Value& right) {
    const Value& text = left.is_number() ? right : left;
    const std::string_view view = view_of(run, text);
    if (!is_numeric_text(view)) {
        if (is_equality(op)) return op == Operator::not_equal;
        fail("uncomparable values <<" + text_of(run, left) + ">> and <<" + text_of(run, right) +
             ">>");
    }
    const double number = numeric_text_value(view);
    return left.is_number() ? ordered(op, number_as_double(left), number)
                            : ordered(op, number, number_as_double(right));
}

bool compare_texts(Run& run, Operator op, const Value& left, const Value& right) {
    const std::string_view a = view_of(run, left), b = view_of(run, right);
    if (is_equality(op)) return (a == b) == (op == Operator::equal);
    return ordered(op, java::compare(a, b), 0);
}

bool compare_others(Run& run, Operator op, const Value& left, const Value& right) {
    if (left.is(Kind::empty) || right.is(Kind::empty)) {
        const bool blank = is_blank(left.is(Kind::empty) ? right : left);
        return is_equality(op) && blank == (op == Operator::equal);
    }
    if (left.is_null() || right.is_null())
        return is_equality(op) && (left.is_null() && right.is_null()) == (op == Operator::equal);
    if (is_texty(left) && is_texty(right)) return compare_texts(run, op, left, right);
    if ((left.is_number() && is_texty(right)) || (is_texty(left) && right.is_number()))
        return compare_number_with_text(run, op, left, right);
    if (left.is(Kind::boolean) || right.is(Kind::boolean)) {
        const bool a = convert_to_boolean(left), b = convert_to_boolean(right);
        return is_equality(op) && (a == b) == (op == Operator::equal);
    }
    return is_equality(op) && java_equals(run, left, right) == (op == Operator::equal);
}

}  // namespace

bool compare(Run& run, Operator op, const Value& left, const Value& right) {
    if (left.is(Kind::integer) && right.is(Kind::integer))
        return ordered(op, left.integer, right.integer);
    if (left.is_number() && right.is_number())
        return compare_numbers(run, op, left, right, {left.kind, false}, {right.kind, false});
    return compare_others(run, op, left, right);
}

bool typed_compare(Run& run, Operator op, const Value& left, const Value& right,
                   OperandType left_type, OperandType right_type) {
    if (!left.is_number() || !right.is_number()) return compare_others(run, op, left, right);
    const auto counts = [](const Value& value, OperandType claimed) {
        return Value::of(claimed.kind).is_number() ? claimed : OperandType{value.kind, false};
    };
    return compare_numbers(run, op, left, right, counts(left, left_type),
                           counts(right, right_type));
}

bool is_blank(const Value& value) {
    switch (value.kind) {
        case Kind::undefined:
        case Kind::null:
        case Kind::empty:     return true;
        case Kind::boolean:   return !value.boolean;
        case Kind::string:    return java::is_blank(value.text->view());
        case Kind::character: return java::is_whitespace(value.character);
        case Kind::list:      return value.list->items->size == 0;
        case Kind::set:       return value.map->table->size == 0;
        case Kind::array:     return value.array->size == 0;
        default:              return value.is_number() && number_as_double(value) == 0;
    }
}

bool is_absent(const Value& value) {
    switch (value.kind) {
        case Kind::undefined:
        case Kind::null:
        case Kind::empty:     return true;
        case Kind::string:    {
            const std::string_view text = java::trim(value.text->view());
            return text.empty() || text == "null";
        }
        case Kind::list:  return value.list->items->size == 0;
        case Kind::map:
        case Kind::set:   return value.map->table->size == 0;
        case Kind::array: return value.array->size == 0;
        default:          return false;
    }
}

namespace {

bool is_member(Run& run, const Value& whole, const Value& part) {
    switch (whole.kind) {
        case Kind::string: return java::contains(whole.text->view(), view_of(run, part));
        case Kind::list:   return index_of(run, *whole.list->items, part) >= 0;
        case Kind::map:
        case Kind::set:    return find_value(run, *whole.map->table, part) != nullptr;
        case Kind::array:  {
            const Value elements = array_to_list(run, *whole.array);
            return index_of(run, *elements.list->items, part) >= 0;
        }
        default: return false;
    }
}

std::string_view text_operand(const Value& value, std::string_view what) {
    if (!value.is(Kind::string))
        fail(std::string(what) + " needs texts, not " + std::string(class_name(value)));
    return value.text->view();
}

Value soundslike(const Value& left, const Value& right) {
    const auto a = java::soundex(text_operand(left, "soundslike"));
    const auto b = java::soundex(text_operand(right, "soundslike"));
    return make_boolean(a && b && *a == *b);
}

Value strsim(Run& run, const Value& left, const Value& right) {
    const std::string_view a = text_operand(left, "strsim"), b = text_operand(right, "strsim");
    // The distance takes time by the product of the lengths.
    constexpr std::size_t bytes_max = 10'000;
    if (a.size() > bytes_max || b.size() > bytes_max) fail("strsim: texts are too long");
    run.tick(a.size() * b.size() / 16);
    return make_float(java::similarity(a, b));
}

}  // namespace

Value text_operator(Run& run, Operator op, const Value& left, const Value& right) {
    switch (op) {
        case Operator::matches: {
            run.tick(64);
            const auto matched = java::regex_matches(view_of(run, left), view_of(run, right));
            if (!matched) fail(matched.error());
            return make_boolean(*matched);
        }
        case Operator::append:   return run.concat(view_of(run, left), view_of(run, right));
        case Operator::contains: return make_boolean(is_member(run, left, right));
        case Operator::is:
            if (!right.is(Kind::class_)) fail("instanceof needs a class");
            return make_boolean(is_instance(left, *right.class_info));
        case Operator::soundslike: return soundslike(left, right);
        case Operator::strsim:     return strsim(run, left, right);
        default:
            if (!right.is(Kind::class_)) fail("convertable_to needs a class");
            return make_boolean(is_convertible(left, *right.class_info));
    }
}

}  // namespace thingstead::script::tbel
