// The compiler's state; its parts are scopes (compile_scope.cpp), expressions
// (compile_expression.cpp), calls (compile_call.cpp) and statements (compile_statement.cpp).
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "script/tbel/ast.h"
#include "script/tbel/nodes.h"
#include "script/tbel/statements.h"

namespace thingstead::script::tbel {

class Compiler {
  public:
    Compiler(Code& code, const Environment& environment) : code_(code), folding_(environment) {}

    void compile(const Ast& root, std::span<const std::string> argument_names);

  private:
    /// The top level or the body of a function.
    struct Unit {
        bool is_function = false;
        std::uint32_t slots = 0;
        /// Names that the function declares, and those that it only assigns.
        std::unordered_set<std::string_view> declared{};
        std::unordered_set<std::string_view> assigned{};
    };

    struct KnownVariable {
        std::uint32_t slot = 0;
        StaticType type = StaticType::unknown;
    };

    struct Scope {
        Scope* parent = nullptr;
        Unit* unit = nullptr;
        std::unordered_map<std::string_view, KnownVariable> variables{};
        std::unordered_map<std::string_view, Function*> functions{};
    };

    /// A function whose body waits until the top level around it is known.
    struct Waiting {
        const Ast* ast;
        Function* function;
        Scope* scope;
    };

    class Inside;  // enters a scope, and leaves it

    // Scopes.
    const KnownVariable* find_variable(std::string_view name) const;
    const KnownVariable* find_global(std::string_view name) const;
    Function* find_function(std::string_view name) const;
    VariablePlace place_of(std::string_view name) const;
    bool is_visible(std::string_view name) const;
    KnownVariable& declare(std::string_view name, StaticType type);
    VariablePlace assigned_place(std::string_view name, StaticType type);
    void hoist_functions(const Ast& block);
    void collect_names(const Ast& body, Unit& unit);
    void compile_function(const Waiting& waiting);

    // Expressions.
    const Expression* expression(const Ast& ast);
    const Expression* number(const Ast& ast);
    const Expression* word(const Ast& ast);
    const Expression* name(const Ast& ast);
    const Expression* member(const Ast& ast);
    const MethodsByKind& properties(std::string_view name);
    const Expression* index(const Ast& ast);
    const Expression* list(const Ast& ast);
    const Expression* map(const Ast& ast);
    const Expression* cast(const Ast& ast);
    const Expression* binary(const Ast& ast);
    const Expression* arithmetic_node(const Ast& ast, const Expression* left,
                                      const Expression* right);
    const Expression* comparison_node(const Ast& ast, const Expression* left,
                                      const Expression* right);
    const Expression* folded(const Ast& ast, const Expression* left, const Expression* right);
    const Expression* projection(const Ast& ast);
    const Expression* assignment(const Ast& ast);
    const Expression* member_assignment(const Ast& ast);
    const Expression* update(const Ast& ast);
    Expressions expressions(const Ast& ast, std::size_t from);
    const Expression* failing(const Ast& ast, std::string text);
    const Expression* constant(const Ast& ast, Value value);

    // Calls.
    const ClassInfo* class_of(const Ast& ast) const;
    const Expression* call(const Ast& ast);
    const Expression* script_call(const Ast& ast, const Function* function);
    const Expression* native_call(const Ast& ast, const Method* method, std::size_t from);
    const Expression* method_call(const Ast& ast);
    const Expression* static_call(const Ast& ast, const ClassInfo& type);
    const Expression* create(const Ast& ast);
    const Expression* create_array(const Ast& ast);
    void check_count(const Ast& ast, std::size_t count) const;

    // Statements.
    const Statement* statement(const Ast& ast);
    const Statement* block(const Ast& ast, bool own_scope = true);
    const Statement* statements_of(const Ast& ast);
    const Statement* declaration(const Ast& ast);
    const Statement* if_statement(const Ast& ast);
    const Statement* for_statement(const Ast& ast);
    const Statement* while_statement(const Ast& ast);
    const Statement* foreach_statement(const Ast& ast);
    const Statement* with_statement(const Ast& ast);
    const Statement* expression_statement(const Ast& ast);

    template <class T>
    T* make(const Ast& ast) {
        T* const node = code_.own(std::make_unique<T>());
        node->at = ast.at;
        node->end = ast.end;
        return node;
    }
    std::string_view excerpt(const Ast& ast) const {
        return std::string_view(code_.source).substr(ast.at, ast.end - ast.at);
    }
    [[noreturn]] static void refuse(const Ast& ast, std::string text);

    Code& code_;
    Run folding_;
    std::deque<Unit> units_;
    std::deque<Scope> scopes_;
    Scope* scope_ = nullptr;
    std::deque<Waiting> waiting_;
    std::unordered_map<std::string_view, MethodsByKind> properties_;  ///< By member name.
    /// Set inside projections: bare names are members of it.
    const VariablePlace* item_ = nullptr;
};

class Compiler::Inside {
  public:
    Inside(Compiler& compiler, Unit& unit) : compiler_(compiler), outer_(compiler.scope_) {
        compiler.scopes_.push_back({outer_, &unit});
        compiler.scope_ = &compiler.scopes_.back();
    }
    ~Inside() { compiler_.scope_ = outer_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

  private:
    Compiler& compiler_;
    Scope* outer_;
};

}  // namespace thingstead::script::tbel
