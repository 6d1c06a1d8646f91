#include <optional>

#include "script/tbel/builtin/class_info.h"
#include "script/tbel/parser.h"

namespace thingstead::script::tbel {
namespace {

struct UpdateOperator {
    std::string_view text;
    Operator op;
};

constexpr UpdateOperator update_operators[] = {
    {"+=",   Operator::add                 },
    {"-=",   Operator::subtract            },
    {"*=",   Operator::multiply            },
    {"/=",   Operator::divide              },
    {"%=",   Operator::remainder           },
    {"&=",   Operator::bit_and             },
    {"|=",   Operator::bit_or              },
    {"^=",   Operator::bit_xor             },
    {"<<=",  Operator::shift_left          },
    {">>=",  Operator::shift_right         },
    {">>>=", Operator::shift_right_unsigned},
};

std::optional<Operator> update_operator(const Token& token) {
    if (token.kind != TokenKind::sign) return std::nullopt;
    for (const UpdateOperator& each : update_operators)
        if (each.text == token.text) return each.op;
    return std::nullopt;
}

/// Statements that end with a block or a semicolon of their own.
bool ends_itself(const Ast& statement) {
    switch (statement.kind) {
        case AstKind::if_:
        case AstKind::for_:
        case AstKind::foreach:
        case AstKind::while_:
        case AstKind::function:
        case AstKind::with:
        case AstKind::nothing:  return true;
        default:                return false;
    }
}

}  // namespace

Syntax parse(std::string_view source) {
    Syntax syntax;
    syntax.tokens = tokenize(source);
    syntax.root = Parser(source, syntax).parse_program();
    return syntax;
}

Ast* Parser::parse_program() {
    Ast* const block = parse_statements("");
    if (token().kind != TokenKind::end) refuse("unexpected '" + std::string(token().text) + "'");
    return block;
}

Ast* Parser::parse_statements(std::string_view close) {
    Ast* const block = make(AstKind::block, token().at);
    while (token().kind != TokenKind::end && !(!close.empty() && is_sign(close)))
        adopt(*block, parse_statement());
    return block;
}

Ast* Parser::parse_block() {
    const Nesting nesting(*this);
    expect_sign("{");
    Ast* const block = parse_statements("}");
    expect_sign("}");
    return block;
}

/// A block, or one statement in its place.
Ast* Parser::parse_body() {
    if (is_sign("{")) return parse_block();
    const Nesting nesting(*this);
    Ast* const block = make(AstKind::block, token().at);
    adopt(*block, parse_statement());
    return block;
}

void Parser::end_statement(const Ast* statement) {
    if (take_sign(";") || ends_itself(*statement)) return;
    if (token().kind == TokenKind::end || is_sign("}")) return;
    refuse("expected ';' before '" + std::string(token().text) + "'");
}

Ast* Parser::parse_statement() {
    const Nesting nesting(*this);
    if (take_sign(";")) return make(AstKind::nothing, token().at);
    Ast* const statement = [&] {
        const Token& first = token();
        if (first.kind != TokenKind::name) return parse_simple_statement();
        if (first.text == "if") return parse_if();
        if (first.text == "for") return parse_for();
        if (first.text == "foreach") return parse_foreach();
        if (first.text == "while") return parse_while(false);
        if (first.text == "until") return parse_while(true);
        if (first.text == "do") return parse_do();
        if (first.text == "switch") return parse_switch();
        if (first.text == "def" || first.text == "function") return parse_function();
        if (first.text == "with") return parse_with();
        if (first.text == "import" || first.text == "import_static") refuse("Import is forbidden!");
        return parse_simple_statement();
    }();
    end_statement(statement);
    return statement;
}

bool Parser::is_type_name(std::size_t ahead) const {
    return token(ahead).kind == TokenKind::name && !is_reserved(token(ahead).text) &&
           find_class(token(ahead).text);
}

Ast* Parser::parse_simple_statement() {
    const std::uint32_t at = token().at;
    if (take_word("var")) return parse_var();
    if (take_word("break")) return make(AstKind::break_, at);
    if (take_word("assert")) return make(AstKind::assert_, at, {parse_expression()});
    if (take_word("return")) {
        if (is_sign(";") || is_sign("}") || token().kind == TokenKind::end)
            return make(AstKind::return_, at);
        return make(AstKind::return_, at, {parse_assigned_value()});
    }
    if (is_sign("++") || is_sign("--")) return parse_step(false);
    if (is_type_name(0)) {
        const bool is_array = is_sign("[", 1) && is_sign("]", 2);
        const std::size_t name = is_array ? 3 : 1;
        if (token(name).kind == TokenKind::name && !is_reserved(token(name).text)) {
            const std::string_view type = token().text;
            at_ += name;
            return parse_declaration(type, is_array);
        }
    }
    Ast* const value = parse_assigned_value();
    if (value->kind >= AstKind::declare) return value;
    return make(AstKind::expression, at, {value});
}

/// What may stand on the right of `=`: an expression, another assignment, a step.
Ast* Parser::parse_assigned_value() {
    const Nesting nesting(*this);
    if (is_sign("++") || is_sign("--")) return parse_step(false);
    if (token().kind == TokenKind::name && (is_sign("++", 1) || is_sign("--", 1)))
        return parse_step(true);
    Ast* const target = parse_expression();
    if (is_sign("=")) return parse_assignment(target);
    if (const auto op = update_operator(token())) {
        ++at_;
        return parse_update(target, *op);
    }
    return target;
}

Ast* Parser::parse_step(bool postfix) {
    const std::uint32_t at = token().at;
    const auto op = [&] {
        const bool up = is_sign("++");
        ++at_;
        return up ? Operator::add : Operator::subtract;
    };
    Operator step = Operator::add;
    if (!postfix) step = op();
    const std::string_view name = expect_name("a variable");
    if (postfix) step = op();
    Ast* const node = make(AstKind::step, at, {}, name);
    node->op = step;
    node->flag = postfix;
    return node;
}

Ast* Parser::parse_assignment(Ast* target) {
    const Token& sign = token();
    ++at_;
    // `=-` and `=+` are compound operators.
    if ((is_sign("-") || is_sign("+")) && token().at == sign.end) {
        const Operator op = is_sign("-") ? Operator::subtract : Operator::add;
        ++at_;
        return parse_update(target, op);
    }
    Ast* const value = parse_assigned_value();
    switch (target->kind) {
        case AstKind::name: return make(AstKind::assign, target->at, {value}, target->text);
        case AstKind::member:
            if (target->flag) break;
            return make(AstKind::assign_member, target->at, {target->children[0], value},
                        target->text);
        case AstKind::index:
            return make(AstKind::assign_index, target->at,
                        {target->children[0], target->children[1], value});
        default: break;
    }
    refuse("illegal assignment target");
}

Ast* Parser::parse_update(Ast* target, Operator op) {
    Ast* const value = parse_expression();
    Ast* node = nullptr;
    if (target->kind == AstKind::name)
        node = make(AstKind::update, target->at, {value}, target->text);
    else if (target->kind == AstKind::member && !target->flag)
        node = make(AstKind::update_member, target->at, {target->children[0], value}, target->text);
    else
        refuse("compound assignment works on variables and members only");
    node->op = op;
    return node;
}

Ast* Parser::parse_var() {
    Ast* const first = parse_declaration({}, false);
    if (!is_sign(",")) return first;
    if (!first->children.empty()) refuse("expected ';' before ','");
    Ast* const block = make(AstKind::block, first->at, {first});
    block->flag = true;  // its names belong to the block around
    while (take_sign(",")) {
        const std::uint32_t at = token().at;
        adopt(*block, make(AstKind::declare, at, {}, expect_name("a variable")));
    }
    return block;
}

Ast* Parser::parse_declaration(std::string_view type, bool is_array) {
    const std::uint32_t at = token().at;
    const std::string_view name = expect_name("a variable");
    std::vector<Ast*> children;
    if (is_sign("=")) {
        const Token& sign = token();
        if ((is_sign("-", 1) || is_sign("+", 1)) && token(1).at == sign.end)
            return parse_assignment(make(AstKind::name, at, {}, name));
        ++at_;
        children.push_back(parse_assigned_value());
    } else if (update_operator(token()) || is_sign("++") || is_sign("--")) {
        refuse("unexpected '" + std::string(token().text) + "'");
    }
    Ast* const node = make(AstKind::declare, at, std::move(children), name);
    node->type = type;
    node->flag = is_array;
    return node;
}

Ast* Parser::parse_if() {
    Ast* const node = make(AstKind::if_, token().at);
    do {
        ++at_;  // if
        expect_sign("(");
        adopt(*node, parse_expression());
        expect_sign(")");
        adopt(*node, parse_body());
        if (!take_word("else")) return node;
    } while (is_word("if"));
    adopt(*node, parse_body());
    return node;
}

Ast* Parser::parse_for() {
    const std::uint32_t at = token().at;
    ++at_;
    const std::size_t name = is_sign("(") && (is_word("var", 1) || is_type_name(1)) ? 2 : 1;
    if (is_sign("(") && token(name).kind == TokenKind::name && is_sign(":", name + 1)) {
        --at_;
        return parse_foreach();
    }
    expect_sign("(");
    Ast* const init = parse_simple_statement();
    expect_sign(";");
    Ast* const condition = parse_expression();
    expect_sign(";");
    if (is_sign(")")) refuse("for needs a step");
    Ast* const step = parse_simple_statement();
    expect_sign(")");
    return make(AstKind::for_, at, {init, condition, step, parse_body()});
}

Ast* Parser::parse_foreach() {
    const std::uint32_t at = token().at;
    ++at_;
    expect_sign("(");
    if (is_word("var") || (is_type_name(0) && token(1).kind == TokenKind::name)) ++at_;
    const std::string_view name = expect_name("a variable");
    expect_sign(":");
    Ast* const collection = parse_expression();
    expect_sign(")");
    return make(AstKind::foreach, at, {collection, parse_body()}, name);
}

Ast* Parser::parse_while(bool until) {
    const std::uint32_t at = token().at;
    ++at_;
    expect_sign("(");
    Ast* const condition = parse_expression();
    expect_sign(")");
    Ast* const node = make(AstKind::while_, at, {condition, parse_body()});
    node->flag = until;
    return node;
}

Ast* Parser::parse_do() {
    const std::uint32_t at = token().at;
    ++at_;
    Ast* const block = parse_block();
    const bool until = is_word("until");
    if (!until && !is_word("while")) refuse("expected 'while' or 'until'");
    ++at_;
    expect_sign("(");
    Ast* const condition = parse_expression();
    expect_sign(")");
    Ast* const node = make(AstKind::do_, at, {block, condition});
    node->flag = until;
    return node;
}

Ast* Parser::parse_switch() {
    Ast* const branches = make(AstKind::if_, token().at);
    branches->flag = true;  // a break leaves it
    ++at_;
    expect_sign("(");
    Ast* const subject = parse_expression();
    expect_sign(")");
    expect_sign("{");
    bool ends = true;
    while (is_word("case")) {
        if (!ends) refuse("a case must end with break or return");
        Ast* const condition = parse_case(subject, branches);
        if (!condition) break;  // labels that share the default's body
        adopt(*branches, condition);
        adopt(*branches, parse_case_body(ends));
    }
    if (take_word("default")) {
        if (branches->children.empty()) refuse("switch needs a case");
        if (!ends) refuse("a case must end with break or return");
        expect_sign(":");
        adopt(*branches, parse_case_body(ends));
    }
    expect_sign("}");
    if (branches->children.empty()) refuse("switch needs a case");
    return branches;
}

/// Labels in a row: one condition.
Ast* Parser::parse_case(Ast* subject, Ast* branches) {
    Ast* condition = nullptr;
    while (take_word("case")) {
        Ast* const label = parse_operand();
        expect_sign(":");
        Ast* const equal = make(AstKind::binary, label->at, {subject, label});
        equal->op = Operator::equal;
        condition = condition ? make(AstKind::or_, label->at, {condition, equal}) : equal;
    }
    if (is_word("default") && condition) {
        adopt(*branches, condition);
        ++at_;
        expect_sign(":");
        bool ends = true;
        Ast* const body = parse_case_body(ends);
        adopt(*branches, body);
        adopt(*branches, body);
        return nullptr;
    }
    return condition;
}

Ast* Parser::parse_case_body(bool& ends) {
    const Nesting nesting(*this);
    Ast* const block = make(AstKind::block, token().at);
    const std::size_t from = at_;
    const bool enclosed = is_sign("{") && !is_sign("}", 1) && !is_sign(":", 2);
    const auto is_over = [&] {
        return is_word("case") || is_word("default") || is_sign("}") ||
               token().kind == TokenKind::end;
    };
    if (enclosed) adopt(*block, parse_block());
    bool cut = false;
    while (!is_over()) {
        Ast* const statement = parse_statement();
        cut = cut || statement->kind == AstKind::break_;
        if (!cut) adopt(*block, statement);
    }
    ends = false;
    for (std::size_t i = from; i < at_; ++i) {
        const Token& each = syntax_.tokens.tokens[i];
        ends = ends || (each.kind == TokenKind::name && !each.is_member &&
                        (each.text == "break" || each.text == "return"));
    }
    return block;
}

Ast* Parser::parse_function() {
    Ast* const node = make(AstKind::function, token().at);
    ++at_;
    node->text = expect_name("a function name");
    expect_sign("(");
    while (!take_sign(")")) {
        node->names.push_back(expect_name("a parameter"));
        if (!is_sign(")")) expect_sign(",");
    }
    adopt(*node, parse_block());
    return node;
}

Ast* Parser::parse_with() {
    Ast* const node = make(AstKind::with, token().at);
    ++at_;
    expect_sign("(");
    adopt(*node, parse_expression());
    expect_sign(")");
    expect_sign("{");
    while (!take_sign("}")) {
        node->names.push_back(expect_name("a member"));
        expect_sign("=");
        adopt(*node, parse_expression());
        if (!is_sign("}")) expect_sign(",");
    }
    return node;
}

}  // namespace thingstead::script::tbel
