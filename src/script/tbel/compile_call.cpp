#include <algorithm>

#include "script/tbel/compile_state.h"

namespace thingstead::script::tbel {
namespace {

/// Of an overload that the number types of all arguments choose.
StaticType numeric_overload(const Expressions& arguments) {
    StaticType widest = StaticType::int_;
    for (const Expression* each : arguments) {
        if (!is_number(each->type)) return StaticType::unknown;
        const Kind kind = operand_type(each->type).kind;
        if (kind > Kind::double_) return StaticType::unknown;
        if (kind > operand_type(widest).kind)
            widest = kind == Kind::long_    ? StaticType::long_
                     : kind == Kind::float_ ? StaticType::float_
                                            : StaticType::double_;
    }
    return widest;
}

/// What the compiler may claim for a call of a known method.
StaticType call_type(const Method& method, const Expressions& arguments) {
    if (method.takes == "N") return numeric_overload(arguments);
    for (std::size_t i = 0; i < std::min(method.takes.size(), arguments.size()); ++i) {
        const StaticType type = arguments[i]->type;
        if (method.takes[i] == 'L' && type != StaticType::list && type != StaticType::array)
            return StaticType::unknown;
    }
    return method.returns;
}

}  // namespace

void Compiler::check_count(const Ast& ast, std::size_t count) const {
    if (count > arguments_max)
        refuse(ast, "Maximum method arguments count overflow (" + std::to_string(count) + " > " +
                        std::to_string(arguments_max) + ")!");
}

/// The class that an expression names, or null.
const ClassInfo* Compiler::class_of(const Ast& ast) const {
    if (ast.kind == AstKind::name)
        return is_visible(ast.text) || find_function(ast.text) ? nullptr : find_class(ast.text);
    if (ast.kind != AstKind::member || ast.flag) return nullptr;
    const Ast* root = &ast;
    while (root->kind == AstKind::member) root = root->children[0];
    if (root->kind != AstKind::name || root->text != "java" || is_visible(root->text))
        return nullptr;
    std::string path;
    for (const char c : excerpt(ast))
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') path += c;
    return find_class_by_path(path);
}

const Expression* Compiler::script_call(const Ast& ast, const Function* function) {
    auto* const node = make<CallFunction>(ast);
    node->function = function;
    node->arguments = expressions(ast, 0);
    return node;
}

const Expression* Compiler::native_call(const Ast& ast, const Method* method, std::size_t from) {
    const std::size_t count = ast.children.size() - from;
    if (count < method->arguments_min || count > method->arguments_max)
        return failing(ast, "unable to resolve method: " + std::string(method->name) +
                                " [arglength=" + std::to_string(count) + "]");
    auto* const node = make<CallNative>(ast);
    node->function = method->function;
    node->arguments = expressions(ast, from);
    node->excerpt = excerpt(ast);
    node->type = call_type(*method, node->arguments);
    return node;
}

const Expression* Compiler::call(const Ast& ast) {
    check_count(ast, ast.children.size());
    const bool is_local = scope_->unit->is_function && find_variable(ast.text);
    const Function* const function = is_local ? nullptr : find_function(ast.text);
    if (function) {
        if (function->parameters != ast.children.size())
            refuse(ast, "bad number of arguments in function call: " +
                            std::to_string(ast.children.size()) +
                            " (expected: " + std::to_string(function->parameters) + ")");
        return script_call(ast, function);
    }
    if (is_visible(ast.text)) {
        Ast callee{AstKind::name};
        callee.at = ast.at;
        callee.end = ast.end;
        callee.text = ast.text;
        auto* const node = make<CallFunction>(ast);
        node->callee = name(callee);
        node->arguments = expressions(ast, 0);
        return node;
    }
    if (const Method* helper = find_helper(ast.text)) return native_call(ast, helper, 0);
    return failing(ast, "unresolvable property or identifier: " + std::string(ast.text));
}

const Expression* Compiler::static_call(const Ast& ast, const ClassInfo& type) {
    if (const Method* method = find_method(type.methods, ast.text))
        return native_call(ast, method, 1);
    return failing(
        ast, "unable to resolve method: " + std::string(type.name) + "." + std::string(ast.text));
}

const Expression* Compiler::method_call(const Ast& ast) {
    check_count(ast, ast.children.size() - 1);
    if (const ClassInfo* type = class_of(*ast.children[0])) return static_call(ast, *type);
    auto* const node = make<CallMethod>(ast);
    node->object = expression(*ast.children[0]);
    node->name = code_.keep(ast.text);
    node->arguments = expressions(ast, 1);
    node->null_safe = ast.flag;
    if (const auto* inner = dynamic_cast<const Member*>(node->object))
        node->null_safe = node->null_safe || inner->null_safe;
    node->excerpt = excerpt(ast);
    for (std::size_t kind = 0; kind < kinds; ++kind)
        node->methods[kind] = find_method(methods_of(static_cast<Kind>(kind)), ast.text);
    const Kind receiver = receiver_kind(node->object->type);
    if (receiver != Kind::undefined)
        if (const Method* method = node->methods[static_cast<std::size_t>(receiver)])
            node->type = call_type(*method, node->arguments);
    return node;
}

const Expression* Compiler::create(const Ast& ast) {
    check_count(ast, ast.children.size());
    const bool is_path = ast.text.find('.') != ast.text.npos;
    const ClassInfo* const type = is_path ? find_class_by_path(ast.text) : find_class(ast.text);
    if (!type) return failing(ast, "could not resolve class: " + std::string(ast.text));
    if (!type->construct)
        return failing(ast, "unable to find constructor for: " + std::string(type->name));
    auto* const node = make<CallNative>(ast);
    node->function = type->construct;
    node->arguments = expressions(ast, 0);
    node->excerpt = excerpt(ast);
    node->type = type->type;
    return node;
}

const Expression* Compiler::create_array(const Ast& ast) {
    const ClassInfo* const type = find_class(ast.text);
    if (!type) return failing(ast, "could not resolve class: " + std::string(ast.text));
    const bool primitive =
        type->primitive && type->kind >= Kind::boolean && type->kind <= Kind::character;
    if (!primitive) {
        if (!ast.flag) refuse(ast, "Unsupported array type: " + std::string(type->name));
        return list(ast);  // arrays of objects are lists when assigned
    }
    auto* const node = make<NewArray>(ast);
    node->element = type->kind;
    if (ast.flag)
        node->elements = expressions(ast, 0);
    else
        node->size = expression(*ast.children[0]);
    node->type = StaticType::array;
    return node;
}

}  // namespace thingstead::script::tbel
