#include "script/tbel/nodes.h"

#include "script/tbel/collections.h"
#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

/// Adds to the failure of a built-in what called it; limits of the run keep their text.
[[noreturn]] void rethrow_from(Failure& failure, const Node& node, std::string_view excerpt) {
    if (failure.at == nowhere) {
        failure.at = node.at;
        constexpr std::size_t shown = 200;
        if (failure.code == ErrorCode::invalid_argument)
            failure.text = std::string(excerpt.substr(0, shown)) + ": " + failure.text;
    }
    throw;
}

struct Arguments {
    Value values[arguments_max];

    Arguments(Run& run, const Expressions& expressions) {
        for (std::size_t i = 0; i < expressions.size(); ++i) values[i] = expressions[i]->eval(run);
    }
};

Value boolean_or_fail(const Value& value, const Node& node) {
    if (value.is(Kind::boolean)) return value;
    try {
        return make_boolean(require_boolean(value));
    } catch (Failure& failure) {
        failure.at = node.at;
        throw;
    }
}

std::uint32_t element_index(const Value& index, std::uint32_t size, std::string_view excerpt,
                            const Node& node) {
    if (!index.is(Kind::integer))
        fail_at(node.at, "ClassCastException: class " + std::string(class_name(index)) +
                             " cannot be cast to class java.lang.Integer");
    if (index.integer < 0 || static_cast<std::uint32_t>(index.integer) >= size)
        fail_at(node.at, std::string(excerpt) + ": array index out of bounds.");
    return static_cast<std::uint32_t>(index.integer);
}

}  // namespace

Value& VariablePlace::require(Run& run, std::uint32_t at) const {
    if (Value* known = find(run)) return *known;
    fail_at(at, "unresolvable property or identifier: " + std::string(name));
}

Value Assign::eval(Run& run) const {
    const Value v = value->eval(run);
    if (v.kind >= Kind::iterator) require_storable(v);
    *place.target(run) = v;
    return v;
}

Value Update::eval(Run& run) const {
    const Value more = value->eval(run);
    Value& variable = place.require(run, at);
    const Value before = variable;
    const bool bits = op >= Operator::shift_left && op <= Operator::bit_xor;
    if (is_step)
        variable = typed_arithmetic(run, op, before, more, {}, {Kind::integer, true});
    else
        variable = bits ? bitwise(op, before, more) : arithmetic(run, op, before, more);
    return postfix ? before : variable;
}

Value Member::eval(Run& run) const {
    const Value value = object->eval(run);
    if (value.is(Kind::map) && !properties[static_cast<std::size_t>(Kind::map)]) {
        const Value* found = find_value(*value.map->table, name);
        return found ? *found : Value{};
    }
    return other(run, value);
}

Value Member::other(Run& run, const Value& value) const {
    if (value.is_null()) {
        if (null_safe) return Value{};
        fail_at(at, "null pointer: " + std::string(excerpt));
    }
    const Method* property = properties[static_cast<std::size_t>(value.kind)];
    if (!property) fail_at(at, "unresolvable property or identifier: " + std::string(name));
    Call call{run, value, nullptr, 0};
    try {
        return property->function(call);
    } catch (Failure& failure) {
        rethrow_from(failure, *this, excerpt);
    }
}

Value Index::eval(Run& run) const {
    const Value value = object->eval(run);
    const Value key = index->eval(run);
    switch (value.kind) {
        case Kind::map: {
            const Value* found = find_value(run, *value.map->table, key);
            return found ? *found : Value{};
        }
        case Kind::list: {
            const Items& items = *value.list->items;
            return items.data[element_index(key, items.size, excerpt, *this)];
        }
        case Kind::array:
            return array_get(*value.array, element_index(key, value.array->size, excerpt, *this));
        case Kind::string: {
            Text& text = *value.text;
            if (text.ascii == Ascii::unknown)
                text.ascii = java::is_ascii(text.view()) ? Ascii::yes : Ascii::no;
            if (text.ascii == Ascii::yes)
                return make_character(static_cast<char16_t>(
                    text.data[element_index(key, text.bytes, excerpt, *this)]));
            run.tick(text.bytes / 64);
            const auto size = static_cast<std::uint32_t>(java::text_length(text.view()));
            const std::uint32_t at_unit = element_index(key, size, excerpt, *this);
            return make_character(*java::char_at(text.view(), static_cast<std::int32_t>(at_unit)));
        }
        default: break;
    }
    if (value.is_null()) {
        if (null_safe) return Value{};
        fail_at(at, "null pointer: " + std::string(excerpt));
    }
    fail_at(at, "illegal use of []: unknown type: " + std::string(class_name(value)));
}

Value AssignMember::eval(Run& run) const {
    const Value target = object->eval(run);
    if (target.is_null())
        fail_at(at, "could not access property: " + std::string(name.text->view()) +
                        "; parent is null");
    if (target.is(Kind::entry)) {
        const Value v = value->eval(run);
        (name.text->view() == "key" ? target.entry->key : target.entry->value) = v;
        return v;
    }
    if (!target.is(Kind::map))
        fail_at(at, "could not access/write property: " + std::string(name.text->view()));
    Value v = value->eval(run);
    if (updates) {
        const Value* known = find_value(*target.map->table, name.text->view());
        const Value before = known ? *known : Value{};
        if (op == Operator::bit_xor)
            v = Value{};
        else if (op == Operator::bit_and || op == Operator::bit_or)
            v = bitwise(op, before, v);
        else if (op >= Operator::shift_left && op <= Operator::shift_right_unsigned)
            fail_at(at, "unsupported compound assignment on a member");
        else
            v = arithmetic(run, op, before, v);
    }
    put(run, *target.map, name, v);
    return v;
}

Value AssignIndex::eval(Run& run) const {
    const Value target = object->eval(run);
    const Value key = index->eval(run);
    const Value v = value->eval(run);
    switch (target.kind) {
        case Kind::map:  put(run, *target.map, key, v); return v;
        case Kind::list: {
            require_writable(target);
            require_storable(v);
            Items& items = *target.list->items;
            items.data[element_index(key, items.size, excerpt, *this)] = v;
            return v;
        }
        case Kind::array:
            array_set(run, *target.array, element_index(key, target.array->size, excerpt, *this),
                      v);
            return v;
        case Kind::null: fail_at(at, "could not access property: parent is null");
        default:         fail_at(at, "cannot bind to: " + std::string(class_name(target)));
    }
}

Value call_function(Run& run, const Function& function, const Value* arguments,
                    std::uint32_t count) {
    if (count != function.parameters)
        fail("bad number of arguments in function call: " + std::string(function.name));
    Value* const caller = run.enter(function.slots);
    std::copy(arguments, arguments + count, run.locals());
    run.result = Value{};
    function.body->exec(run);
    const Value out = run.result;
    run.leave(caller);
    return out;
}

Value CallFunction::eval(Run& run) const {
    Value values[arguments_max];
    for (std::size_t i = 0; i < arguments.size(); ++i) values[i] = arguments[i]->eval(run);
    const Function* called = function;
    if (!called) {
        const Value v = callee->eval(run);
        if (!v.is(Kind::function)) fail_at(at, "not a function: " + std::string(class_name(v)));
        called = v.function;
    }
    return call_function(run, *called, values, static_cast<std::uint32_t>(arguments.size()));
}

Value CallNative::eval(Run& run) const {
    const Arguments given(run, arguments);
    Call call{run, Value{}, given.values, static_cast<std::uint32_t>(arguments.size())};
    run.tick(4);
    try {
        return function(call);
    } catch (Failure& failure) {
        rethrow_from(failure, *this, excerpt);
    }
}

Value CallMethod::eval(Run& run) const {
    const Value self = object->eval(run);
    if (self.is_null()) {
        if (null_safe) return Value{};
        fail_at(at, "null pointer: " + std::string(excerpt));
    }
    const Method* method = methods[static_cast<std::size_t>(self.kind)];
    if (!method || arguments.size() < method->arguments_min ||
        arguments.size() > method->arguments_max)
        fail_at(at, "unable to resolve method: " + std::string(class_name(self)) + "." +
                        std::string(name) + " [arglength=" + std::to_string(arguments.size()) +
                        "]");
    const Arguments given(run, arguments);
    Call call{run, self, given.values, static_cast<std::uint32_t>(arguments.size())};
    run.tick(4);
    try {
        return method->function(call);
    } catch (Failure& failure) {
        rethrow_from(failure, *this, excerpt);
    }
}

Value NewArray::eval(Run& run) const {
    if (size) {
        const Value count = size->eval(run);
        if (!count.is_number()) fail_at(at, "the size of an array must be a number");
        return run.array(element, number_as_int(count));
    }
    const Value out = run.array(element, static_cast<std::int64_t>(elements.size()));
    for (std::uint32_t i = 0; i < elements.size(); ++i)
        array_set(run, *out.array, i, elements[i]->eval(run));
    return out;
}

Value NewList::eval(Run& run) const {
    const Value out = run.list(static_cast<std::uint32_t>(elements.size()));
    for (const Expression* element : elements) {
        const Value v = element->eval(run);
        require_storable(v);
        push(run, out.list->own, v);
    }
    return out;
}

Value NewMap::eval(Run& run) const {
    const Value out = run.map(static_cast<std::uint32_t>(members.size()));
    for (const auto& [key, expression] : members) {
        const Value v = expression->eval(run);
        if (v.is_null()) continue;
        require_storable(v);
        put_raw(run, out.map->own, key, v);
    }
    return out;
}

Value Cast::eval(Run& run) const {
    const Value v = operand->eval(run);
    if (target->kind == Kind::undefined || v.kind == target->kind) return v;
    if (v.is_null() && !target->primitive) return Value{};
    if (target->kind > Kind::string) {
        fail_at(at, "ClassCastException: class " + std::string(class_name(v)) +
                        " cannot be cast to class " + std::string(target->name));
    }
    return convert_to(run, v, target->kind);
}

Value Not::eval(Run& run) const {
    return make_boolean(!boolean_or_fail(operand->eval(run), *this).boolean);
}

Value Arithmetic::eval(Run& run) const {
    const Value a = left->eval(run);
    return arithmetic(run, op, a, right->eval(run));
}

Value IntegerArithmetic::eval(Run& run) const {
    const Value a = left->eval(run);
    return integer_arithmetic(op, a, right->eval(run));
}

Value TypedArithmetic::eval(Run& run) const {
    const Value a = left->eval(run);
    return typed_arithmetic(run, op, a, right->eval(run), left_type, right_type);
}

Value Bitwise::eval(Run& run) const {
    const Value a = left->eval(run);
    return bitwise(op, a, right->eval(run));
}

Value Compare::eval(Run& run) const {
    const Value a = left->eval(run);
    return make_boolean(compare(run, op, a, right->eval(run)));
}

Value TypedCompare::eval(Run& run) const {
    const Value a = left->eval(run);
    return make_boolean(typed_compare(run, op, a, right->eval(run), left_type, right_type));
}

Value TextOperation::eval(Run& run) const {
    const Value a = left->eval(run);
    return text_operator(run, op, a, right->eval(run));
}

Value Logic::eval(Run& run) const {
    const Value a = boolean_or_fail(left->eval(run), *this);
    if (a.boolean != is_and) return a;
    return boolean_or_fail(right->eval(run), *this);
}

Value FirstPresent::eval(Run& run) const {
    const Value a = left->eval(run);
    return is_absent(a) ? right->eval(run) : a;
}

Value Conditional::eval(Run& run) const {
    return (boolean_or_fail(condition->eval(run), *this).boolean ? then : otherwise)->eval(run);
}

Value Projection::eval(Run& run) const {
    const Value elements = elements_of(run, collection->eval(run), "not a collection");
    const Value out = run.list();
    Value* const slot =
        item.local != no_slot ? &run.locals()[item.local] : &run.globals()[item.global];
    const Items& items = *elements.list->items;
    for (std::uint32_t i = 0; i < items.size; ++i) {
        run.tick();
        *slot = items.data[i];
        if (condition && !boolean_or_fail(condition->eval(run), *condition).boolean) continue;
        push(run, out.list->own, element->eval(run));
    }
    return out;
}

}  // namespace thingstead::script::tbel
