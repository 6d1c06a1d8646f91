#include <algorithm>
#include <charconv>

#include "script/tbel/big.h"
#include "script/tbel/compile_state.h"
#include "script/tbel/java/number_text.h"

namespace thingstead::script::tbel {
namespace {

bool is_arithmetic(Operator op) { return op <= Operator::power; }
bool is_bitwise(Operator op) { return op >= Operator::shift_left && op <= Operator::bit_xor; }
bool is_comparison(Operator op) { return op >= Operator::equal && op <= Operator::greater_equal; }
bool has_fast_path(Operator op) { return op <= Operator::divide; }

const Literal* as_number(const Expression* expression) {
    const auto* literal = dynamic_cast<const Literal*>(expression);
    return literal && literal->value.kind >= Kind::integer && literal->value.kind <= Kind::double_
               ? literal
               : nullptr;
}

/// Whether the value always is what the compiler claims: then claims need no looking after.
bool is_certain(const Expression* expression) {
    return dynamic_cast<const Literal*>(expression) || !is_number(expression->type);
}

}  // namespace

const Expression* Compiler::failing(const Ast& ast, std::string text) {
    auto* const node = make<FailingExpression>(ast);
    node->text = std::move(text);
    return node;
}

const Expression* Compiler::constant(const Ast& ast, Value value) {
    auto* const node = make<Literal>(ast);
    node->value = value;
    node->type = type_of(value);
    return node;
}

Expressions Compiler::expressions(const Ast& ast, std::size_t from) {
    Expressions out;
    for (std::size_t i = from; i < ast.children.size(); ++i)
        out.push_back(expression(*ast.children[i]));
    return out;
}

const Expression* Compiler::expression(const Ast& ast) {
    switch (ast.kind) {
        case AstKind::number:        return number(ast);
        case AstKind::string:        return constant(ast, code_.constant_text(ast.text));
        case AstKind::word:          return word(ast);
        case AstKind::name:          return name(ast);
        case AstKind::member:        return member(ast);
        case AstKind::index:         return index(ast);
        case AstKind::call:          return call(ast);
        case AstKind::method:        return method_call(ast);
        case AstKind::create:        return create(ast);
        case AstKind::create_array:  return create_array(ast);
        case AstKind::list:          return list(ast);
        case AstKind::map:           return map(ast);
        case AstKind::cast:          return cast(ast);
        case AstKind::binary:        return binary(ast);
        case AstKind::projection:    return projection(ast);
        case AstKind::assign:        return assignment(ast);
        case AstKind::assign_member:
        case AstKind::update_member:
        case AstKind::assign_index:  return member_assignment(ast);
        case AstKind::update:
        case AstKind::step:          return update(ast);
        case AstKind::negate:        {
            auto* const node = make<Negate>(ast);
            node->operand = expression(*ast.children[0]);
            node->type = is_number(node->operand->type) ? node->operand->type : StaticType::unknown;
            return node;
        }
        case AstKind::not_: {
            auto* const node = make<Not>(ast);
            node->operand = expression(*ast.children[0]);
            node->type = StaticType::boolean;
            return node;
        }
        case AstKind::invert: {
            auto* const node = make<Invert>(ast);
            node->operand = expression(*ast.children[0]);
            node->type = StaticType::boxed_integer;
            return node;
        }
        case AstKind::and_:
        case AstKind::or_:  {
            auto* const node = make<Logic>(ast);
            node->is_and = ast.kind == AstKind::and_;
            node->left = expression(*ast.children[0]);
            node->right = expression(*ast.children[1]);
            node->type = StaticType::boolean;
            return node;
        }
        case AstKind::first_present: {
            auto* const node = make<FirstPresent>(ast);
            node->left = expression(*ast.children[0]);
            node->right = expression(*ast.children[1]);
            return node;
        }
        case AstKind::conditional: {
            auto* const node = make<Conditional>(ast);
            node->condition = expression(*ast.children[0]);
            node->then = expression(*ast.children[1]);
            node->otherwise = expression(*ast.children[2]);
            node->type = node->otherwise->type;
            return node;
        }
        case AstKind::isdef: {
            auto* const node = make<IsDefined>(ast);
            node->place = place_of(code_.keep(ast.text));
            node->type = StaticType::boolean;
            return node;
        }
        default: refuse(ast, "a statement is no expression");
    }
}

const Expression* Compiler::number(const Ast& ast) {
    std::string_view text = ast.text;
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative);
    const auto whole = [&](std::string_view of, int base) {
        std::uint64_t value = 0;
        const auto end = of.data() + of.size();
        const auto [stop, failed] = std::from_chars(of.data(), end, value, base);
        if (failed != std::errc() || stop != end)
            refuse(ast, "invalid number: " + std::string(text));
        return value;
    };
    const auto signed_value = [&](std::uint64_t value) {
        if (value > (std::uint64_t{1} << 63) - !negative)
            refuse(ast, "number out of range: " + std::string(text));
        return static_cast<std::int64_t>(negative ? 0 - value : value);
    };
    if (digits.starts_with("0x") || digits.starts_with("0X")) {
        const std::uint64_t bits = whole(digits.substr(2), 16);
        const std::uint64_t value = negative ? 0 - bits : bits;
        if (bits <= 0x7FFFFFFF) return constant(ast, make_int(static_cast<std::int32_t>(value)));
        if (bits == 0x80000000) return constant(ast, make_long(-2147483648LL));
        return constant(ast, make_long(static_cast<std::int64_t>(value)));
    }
    const char suffix = text.back();
    const std::string_view body = text.substr(0, text.size() - 1);
    switch (suffix) {
        case 'l':
        case 'L': return constant(ast, make_long(signed_value(whole(body.substr(negative), 10))));
        case 'd':
        case 'D': return constant(ast, make_double(*java::parse_double(body)));
        case 'f':
        case 'F': return constant(ast, make_float(*java::parse_float(body)));
        case 'I':
            if (digits.find_first_not_of("0123456789") != digits.size() - 1)
                refuse(ast, "invalid number: " + std::string(text));
            return constant(ast, code_.constant_digits(Kind::big_integer, body));
        case 'B':
            try {
                return constant(ast,
                                code_.constant_digits(Kind::big_decimal, decimal_digits(body)));
            } catch (const Failure& failure) {
                refuse(ast, failure.text);
            }
        default: break;
    }
    if (text.find_first_of(".eE") != text.npos)
        return constant(ast, make_double(*java::parse_double(text)));
    if (digits.size() > 1 && digits.front() == '0') {
        const std::int64_t value = signed_value(whole(digits, 8));
        if (value != static_cast<std::int32_t>(value)) return constant(ast, make_long(value));
        return constant(ast, make_int(static_cast<std::int32_t>(value)));
    }
    const std::int64_t value = signed_value(whole(digits, 10));
    constexpr std::size_t int_characters_max = 9;
    if (text.size() > int_characters_max) return constant(ast, make_long(value));
    return constant(ast, make_int(static_cast<std::int32_t>(value)));
}

const Expression* Compiler::word(const Ast& ast) {
    if (ast.text == "true" || ast.text == "false")
        return constant(ast, make_boolean(ast.text == "true"));
    return constant(ast, Value::of(ast.text == "empty" ? Kind::empty : Kind::null));
}

const Expression* Compiler::name(const Ast& ast) {
    const VariablePlace place = place_of(ast.text);
    if (place.local == no_slot && place.global == no_slot) {
        if (const Function* function = find_function(ast.text)) {
            Value value = Value::of(Kind::function);
            value.function = function;
            return constant(ast, value);
        }
        if (const ClassInfo* type = class_of(ast)) {
            Value value = Value::of(Kind::class_);
            value.class_info = type;
            return constant(ast, value);
        }
        if (!item_)
            return failing(ast, "unresolvable property or identifier: " + std::string(ast.text));
        Ast dollar{AstKind::name};
        dollar.at = ast.at;
        dollar.end = ast.end;
        dollar.text = "$";
        Ast in_item{AstKind::member};
        in_item.at = ast.at;
        in_item.end = ast.end;
        in_item.text = ast.text;
        in_item.children.push_back(&dollar);
        return member(in_item);
    }
    if (!scope_->unit->is_function) {
        auto* const node = make<GlobalVariable>(ast);
        node->slot = place.global;
        node->type = find_variable(ast.text)->type;
        return node;
    }
    auto* const node = make<Variable>(ast);
    node->place = place;
    node->place.name = code_.keep(ast.text);
    return node;
}

const Expression* Compiler::member(const Ast& ast) {
    const Ast& object = *ast.children[0];
    if (class_of(ast)) {
        Value value = Value::of(Kind::class_);
        value.class_info = class_of(ast);
        return constant(ast, value);
    }
    if (const ClassInfo* type = class_of(object)) {
        for (const Constant& each : type->constants)
            if (each.name == ast.text) return constant(ast, each.value);
        return failing(ast, "unresolvable property or identifier: " + std::string(ast.text));
    }
    auto* const node = make<Member>(ast);
    node->object = expression(object);
    node->name = code_.keep(ast.text);
    node->null_safe = ast.flag;
    if (const auto* inner = dynamic_cast<const Member*>(node->object))
        node->null_safe = node->null_safe || inner->null_safe;
    node->excerpt = excerpt(ast);
    node->properties = properties(node->name);
    return node;
}

const MethodsByKind& Compiler::properties(std::string_view name) {
    const auto [it, fresh] = properties_.try_emplace(name);
    for (std::size_t kind = 0; fresh && kind < kinds; ++kind)
        it->second[kind] = find_property(static_cast<Kind>(kind), name);
    return it->second;
}

const Expression* Compiler::index(const Ast& ast) {
    auto* const node = make<Index>(ast);
    node->object = expression(*ast.children[0]);
    node->index = expression(*ast.children[1]);
    if (const auto* inner = dynamic_cast<const Member*>(node->object))
        node->null_safe = inner->null_safe;
    node->excerpt = excerpt(ast);
    return node;
}

const Expression* Compiler::list(const Ast& ast) {
    auto* const node = make<NewList>(ast);
    node->elements = expressions(ast, 0);
    node->type = StaticType::list;
    return node;
}

const Expression* Compiler::map(const Ast& ast) {
    auto* const node = make<NewMap>(ast);
    for (std::size_t i = 0; i + 1 < ast.children.size(); i += 2) {
        const auto* key = dynamic_cast<const Literal*>(expression(*ast.children[i]));
        node->members.emplace_back(key->value, expression(*ast.children[i + 1]));
    }
    node->type = StaticType::map;
    return node;
}

const Expression* Compiler::cast(const Ast& ast) {
    auto* const node = make<Cast>(ast);
    node->operand = expression(*ast.children[0]);
    node->target = find_class(ast.text);
    node->type = node->target->type;
    return node;
}

const Expression* Compiler::binary(const Ast& ast) {
    const Expression* const left = expression(*ast.children[0]);
    if (ast.op == Operator::is || ast.op == Operator::convertable_to) {
        auto* const node = make<TextOperation>(ast);
        node->op = ast.op;
        node->left = left;
        node->right = expression(*ast.children[1]);
        node->type = StaticType::boolean;
        return node;
    }
    const Expression* const right = expression(*ast.children[1]);
    if (const Expression* known = folded(ast, left, right)) return known;
    if (is_arithmetic(ast.op)) return arithmetic_node(ast, left, right);
    if (is_comparison(ast.op)) return comparison_node(ast, left, right);
    BinaryExpression* node = nullptr;
    if (is_bitwise(ast.op)) {
        node = make<Bitwise>(ast);
        node->type = StaticType::boxed_integer;
    } else {
        node = make<TextOperation>(ast);
        node->type = ast.op == Operator::append   ? StaticType::string
                     : ast.op == Operator::strsim ? StaticType::boxed_float
                                                  : StaticType::boolean;
    }
    node->op = ast.op;
    node->left = left;
    node->right = right;
    return node;
}

/// Numbers known now are computed now.
const Expression* Compiler::folded(const Ast& ast, const Expression* left,
                                   const Expression* right) {
    const Literal* const a = as_number(left);
    const Literal* const b = as_number(right);
    if (!a || !b) return nullptr;
    try {
        if (is_arithmetic(ast.op))
            return constant(ast, arithmetic(folding_, ast.op, a->value, b->value));
        if (is_bitwise(ast.op)) return constant(ast, bitwise(ast.op, a->value, b->value));
        if (is_comparison(ast.op))
            return constant(ast, make_boolean(compare(folding_, ast.op, a->value, b->value)));
    } catch (const Failure&) {
        // It fails when it is reached.
    }
    return nullptr;
}

const Expression* Compiler::arithmetic_node(const Ast& ast, const Expression* left,
                                            const Expression* right) {
    const Ast& before = *ast.children[0];
    const bool repeats =
        before.kind == AstKind::binary && before.op == ast.op && !before.parenthesized;
    const auto finish = [&](BinaryExpression* node) {
        node->op = ast.op;
        node->left = left;
        node->right = right;
        node->type = arithmetic_type(ast.op, left->type, right->type);
        return node;
    };
    const bool integers =
        left->type == StaticType::boxed_integer && right->type == StaticType::boxed_integer;
    const bool literals = as_number(left) && as_number(right);
    if (has_fast_path(ast.op) && integers && !literals && !repeats)
        return finish(make<IntegerArithmetic>(ast));
    if (repeats || (is_certain(left) && is_certain(right))) return finish(make<Arithmetic>(ast));
    auto* const node = make<TypedArithmetic>(ast);
    node->left_type = operand_type(left->type);
    node->right_type = operand_type(right->type);
    return finish(node);
}

const Expression* Compiler::comparison_node(const Ast& ast, const Expression* left,
                                            const Expression* right) {
    const auto finish = [&](BinaryExpression* node) {
        node->op = ast.op;
        node->left = left;
        node->right = right;
        node->type = StaticType::boolean;
        return node;
    };
    if (is_certain(left) && is_certain(right)) return finish(make<Compare>(ast));
    auto* const node = make<TypedCompare>(ast);
    node->left_type = operand_type(left->type);
    node->right_type = operand_type(right->type);
    return finish(node);
}

const Expression* Compiler::projection(const Ast& ast) {
    auto* const node = make<Projection>(ast);
    node->collection = expression(*ast.children[1]);
    // Its $ hides the one of a projection around.
    const VariablePlace* const outer = item_;
    const Inside inside(*this, *scope_->unit);
    const std::uint32_t slot = scope_->unit->slots++;
    scope_->variables["$"] = {slot, StaticType::unknown};
    (scope_->unit->is_function ? node->item.local : node->item.global) = slot;
    item_ = &node->item;
    node->element = expression(*ast.children[0]);
    if (ast.children.size() > 2) node->condition = expression(*ast.children[2]);
    item_ = outer;
    node->type = StaticType::list;
    return node;
}

const Expression* Compiler::assignment(const Ast& ast) {
    auto* const node = make<Assign>(ast);
    node->value = expression(*ast.children[0]);
    const std::string_view name = code_.keep(ast.text);
    node->place = assigned_place(name, node->value->type);
    node->type = node->value->type;
    return node;
}

const Expression* Compiler::member_assignment(const Ast& ast) {
    if (ast.kind == AstKind::assign_index) {
        auto* const node = make<AssignIndex>(ast);
        node->object = expression(*ast.children[0]);
        node->index = expression(*ast.children[1]);
        node->value = expression(*ast.children[2]);
        node->excerpt = excerpt(ast);
        return node;
    }
    auto* const node = make<AssignMember>(ast);
    node->object = expression(*ast.children[0]);
    node->name = code_.constant_text(ast.text);
    node->value = expression(*ast.children[1]);
    node->updates = ast.kind == AstKind::update_member;
    node->op = ast.op;
    return node;
}

const Expression* Compiler::update(const Ast& ast) {
    if (!is_visible(ast.text))
        return failing(ast, "unresolvable property or identifier: " + std::string(ast.text));
    auto* const node = make<Update>(ast);
    node->op = ast.op;
    node->is_step = ast.kind == AstKind::step;
    node->postfix = node->is_step && ast.flag;
    node->value = node->is_step ? constant(ast, make_int(1)) : expression(*ast.children[0]);
    node->place = place_of(ast.text);
    node->place.name = code_.keep(ast.text);
    return node;
}

}  // namespace thingstead::script::tbel
