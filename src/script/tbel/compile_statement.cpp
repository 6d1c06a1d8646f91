#include "script/tbel/compile_state.h"

namespace thingstead::script::tbel {

const Statement* Compiler::statement(const Ast& ast) {
    switch (ast.kind) {
        case AstKind::declare: return declaration(ast);
        case AstKind::block:   return block(ast, !ast.flag);
        case AstKind::if_:     return if_statement(ast);
        case AstKind::for_:    return for_statement(ast);
        case AstKind::while_:
        case AstKind::do_:     return while_statement(ast);
        case AstKind::foreach: return foreach_statement(ast);
        case AstKind::with:    return with_statement(ast);
        case AstKind::break_:  return make<BreakStatement>(ast);
        case AstKind::nothing: return nullptr;
        case AstKind::return_: {
            auto* const node = make<ReturnStatement>(ast);
            if (!ast.children.empty()) node->value = expression(*ast.children[0]);
            return node;
        }
        case AstKind::assert_: {
            auto* const node = make<AssertStatement>(ast);
            node->condition = expression(*ast.children[0]);
            return node;
        }
        case AstKind::function: {
            auto* const node = make<FunctionStatement>(ast);
            node->function = find_function(ast.text);
            return node;
        }
        default: return expression_statement(ast);
    }
}

const Statement* Compiler::expression_statement(const Ast& ast) {
    auto* const node = make<ExpressionStatement>(ast);
    node->expression = expression(ast.kind == AstKind::expression ? *ast.children[0] : ast);
    return node;
}

const Statement* Compiler::statements_of(const Ast& ast) {
    auto* const node = make<BlockStatement>(ast);
    for (const Ast* each : ast.children)
        if (const Statement* compiled = statement(*each)) node->statements.push_back(compiled);
    return node;
}

const Statement* Compiler::block(const Ast& ast, bool own_scope) {
    if (!own_scope) return statements_of(ast);
    const Inside inside(*this, *scope_->unit);
    hoist_functions(ast);
    return statements_of(ast);
}

const Statement* Compiler::declaration(const Ast& ast) {
    const std::string_view name = code_.keep(ast.text);
    const ClassInfo* const type = ast.type.empty() ? nullptr : find_class(ast.type);
    const StaticType array = ast.flag ? StaticType::array : StaticType::unknown;
    const StaticType claimed = type && !ast.flag ? type->type : array;
    if (ast.children.empty()) {
        auto* const node = make<DeclareStatement>(ast);
        node->is_first = !find_variable(name);
        node->place = assigned_place(name, claimed);
        return node;
    }
    auto* const assign = make<Assign>(ast);
    const Ast& value = *ast.children[0];
    if (ast.flag && value.kind == AstKind::list) {  // int[] a = {1, 2}
        Ast elements = value;
        elements.kind = AstKind::create_array;
        elements.text = ast.type;
        elements.flag = true;
        assign->value = create_array(elements);
    } else {
        assign->value = expression(value);
    }
    assign->place = assigned_place(name, type ? claimed : assign->value->type);
    auto* const node = make<ExpressionStatement>(ast);
    node->expression = assign;
    return node;
}

const Statement* Compiler::if_statement(const Ast& ast) {
    auto* const node = make<IfStatement>(ast);
    node->catches_break = ast.flag;
    std::size_t i = 0;
    for (; i + 1 < ast.children.size(); i += 2) {
        const Expression* const condition = expression(*ast.children[i]);
        node->branches.emplace_back(condition, block(*ast.children[i + 1]));
    }
    if (i < ast.children.size()) node->otherwise = block(*ast.children[i]);
    return node;
}

const Statement* Compiler::for_statement(const Ast& ast) {
    const Inside inside(*this, *scope_->unit);
    auto* const node = make<LoopStatement>(ast);
    node->init = statement(*ast.children[0]);
    node->condition = expression(*ast.children[1]);
    node->step = statement(*ast.children[2]);
    node->body = block(*ast.children[3]);
    return node;
}

const Statement* Compiler::while_statement(const Ast& ast) {
    auto* const node = make<LoopStatement>(ast);
    node->until = ast.flag;
    node->body_first = ast.kind == AstKind::do_;
    if (node->body_first) {
        node->body = block(*ast.children[0]);
        node->condition = expression(*ast.children[1]);
    } else {
        node->condition = expression(*ast.children[0]);
        node->body = block(*ast.children[1]);
    }
    return node;
}

const Statement* Compiler::foreach_statement(const Ast& ast) {
    auto* const node = make<ForeachStatement>(ast);
    node->collection = expression(*ast.children[0]);
    const Inside inside(*this, *scope_->unit);
    const std::string_view name = code_.keep(ast.text);
    node->slot = scope_->unit->slots++;
    node->is_global = !scope_->unit->is_function;
    scope_->variables[name] = {node->slot, StaticType::unknown};
    node->body = block(*ast.children[1]);
    return node;
}

const Statement* Compiler::with_statement(const Ast& ast) {
    auto* const node = make<WithStatement>(ast);
    node->object = expression(*ast.children[0]);
    for (std::size_t i = 0; i < ast.names.size(); ++i)
        node->members.emplace_back(code_.constant_text(ast.names[i]),
                                   expression(*ast.children[i + 1]));
    return node;
}

}  // namespace thingstead::script::tbel
