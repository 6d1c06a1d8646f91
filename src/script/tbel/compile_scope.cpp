#include "script/tbel/compile_state.h"
#include "script/tbel/compiler.h"

namespace thingstead::script::tbel {

Result<std::shared_ptr<const Code>> compile(std::string_view body,
                                            std::span<const std::string> argument_names,
                                            const Environment& environment) {
    auto code = std::make_shared<Code>();
    code->source = body;
    try {
        const Syntax syntax = parse(code->source);
        Compiler(*code, environment).compile(*syntax.root, argument_names);
    } catch (const Failure& failure) {
        return Error{ErrorCode::malformed, describe_failure(failure, body)};
    }
    return std::shared_ptr<const Code>(std::move(code));
}

Value Code::constant_text(std::string_view text) {
    const std::string& kept = texts_.emplace_back(text);
    Text& object = text_objects_.emplace_back();
    object.mark = shared_mark;
    object.data = kept.data();
    object.bytes = static_cast<std::uint32_t>(kept.size());
    object.ascii = Ascii::yes;
    for (const char c : kept)
        if (static_cast<unsigned char>(c) >= 0x80) object.ascii = Ascii::no;
    return make_object(Kind::string, &object);
}

Value Code::constant_digits(Kind kind, std::string_view text) {
    const std::string& kept = texts_.emplace_back(text);
    Digits& object = digit_objects_.emplace_back();
    object.mark = shared_mark;
    object.data = kept.data();
    object.bytes = static_cast<std::uint32_t>(kept.size());
    return make_object(kind, &object);
}

void Compiler::refuse(const Ast& ast, std::string text) {
    throw Failure{ErrorCode::malformed, std::move(text), ast.at};
}

void Compiler::compile(const Ast& root, std::span<const std::string> argument_names) {
    Unit& top = units_.emplace_back();
    const Inside inside(*this, top);
    for (const std::string& argument : argument_names)
        declare(code_.keep(argument), StaticType::unknown);
    code_.inputs = static_cast<std::uint32_t>(argument_names.size());
    hoist_functions(root);
    code_.body = statements_of(root);
    while (!waiting_.empty()) {
        const Waiting next = waiting_.front();
        waiting_.pop_front();
        compile_function(next);
    }
    code_.slots = top.slots;
}

/// In the function or top level that is compiled now.
const Compiler::KnownVariable* Compiler::find_variable(std::string_view name) const {
    for (const Scope* scope = scope_; scope && scope->unit == scope_->unit; scope = scope->parent)
        if (const auto it = scope->variables.find(name); it != scope->variables.end())
            return &it->second;
    return nullptr;
}

/// At the top level around a function.
const Compiler::KnownVariable* Compiler::find_global(std::string_view name) const {
    for (const Scope* scope = scope_; scope; scope = scope->parent) {
        if (scope->unit->is_function) continue;
        if (const auto it = scope->variables.find(name); it != scope->variables.end())
            return &it->second;
    }
    return nullptr;
}

Function* Compiler::find_function(std::string_view name) const {
    for (const Scope* scope = scope_; scope; scope = scope->parent)
        if (const auto it = scope->functions.find(name); it != scope->functions.end())
            return it->second;
    return nullptr;
}

/// Where a name leads; both slots are no_slot where it leads nowhere.
VariablePlace Compiler::place_of(std::string_view name) const {
    VariablePlace place;
    place.name = name;
    const KnownVariable* const known = find_variable(name);
    if (!scope_->unit->is_function) {
        if (known) place.global = known->slot;
        return place;
    }
    if (known) place.local = known->slot;
    if (const KnownVariable* global = find_global(name)) place.global = global->slot;
    return place;
}

bool Compiler::is_visible(std::string_view name) const {
    const VariablePlace place = place_of(name);
    return place.local != no_slot || place.global != no_slot;
}

Compiler::KnownVariable& Compiler::declare(std::string_view name, StaticType type) {
    Scope* scope = scope_;
    // The variables of a function are visible in all of it.
    while (scope->unit->is_function && scope->parent && scope->parent->unit == scope->unit)
        scope = scope->parent;
    const auto [it, fresh] = scope->variables.try_emplace(name);
    if (fresh)
        it->second = {scope->unit->slots++, scope->unit->is_function ? StaticType::unknown : type};
    return it->second;
}

/// Of `name = …`: a variable that exists, or a new one of the block.
VariablePlace Compiler::assigned_place(std::string_view name, StaticType type) {
    if (!find_variable(name)) declare(name, type);
    VariablePlace place = place_of(name);
    const Unit& unit = *scope_->unit;
    // What a function declares hides a global; what it only assigns may be one.
    if (unit.is_function && unit.declared.contains(name)) place.global = no_slot;
    return place;
}

void Compiler::hoist_functions(const Ast& block) {
    for (const Ast* each : block.children) {
        if (each->kind != AstKind::function) continue;
        const auto [it, fresh] = scope_->functions.try_emplace(each->text);
        if (!fresh) continue;
        Function& function = code_.functions.emplace_back();
        function.name = code_.keep(each->text);
        function.parameters = static_cast<std::uint32_t>(each->names.size());
        it->second = &function;
        waiting_.push_back({each, &function, scope_});
    }
}

void Compiler::collect_names(const Ast& body, Unit& unit) {
    if (body.kind == AstKind::function) return;
    if (body.kind == AstKind::declare) unit.declared.insert(body.text);
    if (body.kind == AstKind::assign) unit.assigned.insert(body.text);
    for (const Ast* child : body.children) collect_names(*child, unit);
}

void Compiler::compile_function(const Waiting& waiting) {
    Unit& unit = units_.emplace_back();
    unit.is_function = true;
    const Ast& body = *waiting.ast->children[0];
    Scope* const outer = scope_;
    scope_ = waiting.scope;
    {
        const Inside inside(*this, unit);
        for (const std::string_view parameter : waiting.ast->names) {
            if (scope_->variables.contains(parameter)) refuse(*waiting.ast, "duplicate parameter");
            declare(parameter, StaticType::unknown);
            unit.declared.insert(parameter);
        }
        collect_names(body, unit);
        for (const std::string_view declared : unit.declared)
            declare(declared, StaticType::unknown);
        for (const std::string_view assigned : unit.assigned)
            declare(assigned, StaticType::unknown);
        waiting.function->body = block(body);
    }
    waiting.function->slots = unit.slots;
    scope_ = outer;
}

}  // namespace thingstead::script::tbel
