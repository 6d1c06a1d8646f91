// The parser's state; its parts are expressions (parse_expression.cpp) and statements
// (parse_statement.cpp).
#pragma once
#include <string>
#include <string_view>

#include "script/tbel/ast.h"

namespace thingstead::script::tbel {

/// Deepest nesting of brackets and blocks in a source, and of the tree that comes of it.
inline constexpr std::uint32_t source_depth_max = 300;
inline constexpr std::uint32_t tree_depth_max = 1000;

class Parser {
  public:
    Parser(std::string_view source, Syntax& syntax) : source_(source), syntax_(syntax) {}

    Ast* parse_program();

  private:
    /// Counts the nesting of calls.
    class Nesting {
      public:
        explicit Nesting(Parser& parser) : parser_(parser) {
            if (++parser_.depth_ > source_depth_max) parser_.refuse("nested too deeply");
        }
        ~Nesting() { --parser_.depth_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

      private:
        Parser& parser_;
    };

    // Tokens.
    const Token& token(std::size_t ahead = 0) const;
    bool is_sign(std::string_view sign, std::size_t ahead = 0) const;
    bool is_word(std::string_view word, std::size_t ahead = 0) const;
    bool take_sign(std::string_view sign);
    bool take_word(std::string_view word);
    void expect_sign(std::string_view sign);
    std::string_view expect_name(std::string_view what);
    [[noreturn]] void refuse(std::string text) const;

    // Nodes.
    Ast* make(AstKind kind, std::uint32_t at, std::vector<Ast*> children = {},
              std::string_view text = {});
    void adopt(Ast& parent, Ast* child);

    // Expressions.
    Ast* parse_expression();
    Ast* parse_disjunction();
    Ast* parse_conjunction();
    Ast* parse_chain();
    Ast* parse_operand();
    Ast* parse_postfix(Ast* object);
    Ast* parse_primary();
    Ast* parse_parenthesis();
    Ast* parse_projection(std::uint32_t at, Ast* element);
    Ast* parse_number(bool negative);
    Ast* parse_name();
    Ast* parse_brackets();
    Ast* parse_braces();
    Ast* parse_map(std::uint32_t at, std::string_view close);
    Ast* parse_map_key();
    Ast* parse_new();
    std::vector<Ast*> parse_arguments();
    std::vector<Ast*> parse_elements(std::string_view close);
    std::string_view parse_path();
    bool is_cast() const;

    // Statements.
    Ast* parse_statements(std::string_view close);
    Ast* parse_statement();
    Ast* parse_simple_statement();
    Ast* parse_declaration(std::string_view type, bool is_array);
    Ast* parse_declared_value();
    Ast* parse_var();
    Ast* parse_assignment(Ast* target);
    Ast* parse_assigned_value();
    Ast* parse_update(Ast* target, Operator op);
    Ast* parse_step(bool postfix);
    Ast* parse_block();
    Ast* parse_body();
    Ast* parse_if();
    Ast* parse_for();
    Ast* parse_foreach();
    Ast* parse_while(bool until);
    Ast* parse_do();
    Ast* parse_switch();
    Ast* parse_case(Ast* subject, Ast* branches);
    Ast* parse_case_body(bool& ends);
    Ast* parse_function();
    Ast* parse_with();
    bool is_type_name(std::size_t ahead) const;
    void end_statement(const Ast* statement);

    std::string_view source_;
    Syntax& syntax_;
    std::size_t at_ = 0;
    std::uint32_t depth_ = 0;
};

}  // namespace thingstead::script::tbel
