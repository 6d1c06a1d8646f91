#include <algorithm>

#include "script/tbel/builtin/class_info.h"
#include "script/tbel/parser.h"

namespace thingstead::script::tbel {
namespace {

struct InfixOperator {
    std::string_view text;
    Operator op;
    int level;  ///< Binds tighter the higher; 0: takes the whole chain before it.
};

constexpr InfixOperator infix_operators[] = {
    // clang-format off
    {"#", Operator::append, 13},          {"~=", Operator::matches, 13},
    {"**", Operator::power, 12},
    {"*", Operator::multiply, 11},        {"/", Operator::divide, 11},
    {"%", Operator::remainder, 11},
    {"+", Operator::add, 10},             {"-", Operator::subtract, 10},
    {"<<", Operator::shift_left, 9},      {">>", Operator::shift_right, 9},
    {">>>", Operator::shift_right_unsigned, 9}, {"<<<", Operator::shift_left, 9},
    {"<", Operator::less, 8},             {"<=", Operator::less_equal, 8},
    {">", Operator::greater, 8},          {">=", Operator::greater_equal, 8},
    {"==", Operator::equal, 7},           {"===", Operator::equal, 7},
    {"!=", Operator::not_equal, 7},
    {"&", Operator::bit_and, 6},          {"^", Operator::bit_xor, 5},
    {"|", Operator::bit_or, 4},
    {"contains", Operator::contains, 0},  {"is", Operator::is, 0},
    {"instanceof", Operator::is, 0},      {"soundslike", Operator::soundslike, 0},
    {"strsim", Operator::strsim, 0},      {"convertable_to", Operator::convertable_to, 0},
    // clang-format on
};

const InfixOperator* infix_operator(const Token& token) {
    if (token.kind != TokenKind::sign && token.kind != TokenKind::name) return nullptr;
    for (const InfixOperator& each : infix_operators)
        if (each.text == token.text) return &each;
    return nullptr;
}

/// Operators that fold literals from left to right, whatever their levels.
bool folds_early(Operator op) {
    return op == Operator::bit_and || op == Operator::bit_or || op == Operator::bit_xor ||
           op == Operator::equal;
}

}  // namespace

const Token& Parser::token(std::size_t ahead) const {
    const auto& tokens = syntax_.tokens.tokens;
    return tokens[std::min(at_ + ahead, tokens.size() - 1)];
}

bool Parser::is_sign(std::string_view sign, std::size_t ahead) const {
    return token(ahead).kind == TokenKind::sign && token(ahead).text == sign;
}

bool Parser::is_word(std::string_view word, std::size_t ahead) const {
    return token(ahead).kind == TokenKind::name && token(ahead).text == word;
}

bool Parser::take_sign(std::string_view sign) {
    if (!is_sign(sign)) return false;
    ++at_;
    return true;
}

bool Parser::take_word(std::string_view word) {
    if (!is_word(word)) return false;
    ++at_;
    return true;
}

void Parser::expect_sign(std::string_view sign) {
    if (!take_sign(sign)) refuse("expected '" + std::string(sign) + "'");
}

std::string_view Parser::expect_name(std::string_view what) {
    if (token().kind != TokenKind::name) refuse("expected " + std::string(what));
    if (is_reserved(token().text) && !token().is_member)
        refuse("illegal use of reserved word: " + std::string(token().text));
    return syntax_.tokens.tokens[at_++].text;
}

void Parser::refuse(std::string text) const {
    throw Failure{ErrorCode::malformed, std::move(text), token().at};
}

Ast* Parser::make(AstKind kind, std::uint32_t at, std::vector<Ast*> children,
                  std::string_view text) {
    Ast& node = syntax_.nodes.emplace_back();
    node.kind = kind;
    node.at = at;
    node.text = text;
    for (Ast* child : children) adopt(node, child);
    node.end = at_ ? syntax_.tokens.tokens[at_ - 1].end : at;
    return &node;
}

void Parser::adopt(Ast& parent, Ast* child) {
    parent.children.push_back(child);
    parent.depth = std::max(parent.depth, child->depth + 1);
    if (parent.depth > tree_depth_max) refuse("nested too deeply");
}

Ast* Parser::parse_expression() {
    const Nesting nesting(*this);
    Ast* const condition = parse_disjunction();
    if (!take_sign("?")) return condition;
    Ast* const then = parse_expression();
    expect_sign(":");
    Ast* const otherwise = parse_expression();
    return make(AstKind::conditional, condition->at, {condition, then, otherwise});
}

Ast* Parser::parse_disjunction() {
    Ast* left = parse_conjunction();
    for (;;) {
        const bool is_present = is_word("or");
        if (!is_present && !is_sign("||")) return left;
        ++at_;
        Ast* const right = parse_conjunction();
        left = make(is_present ? AstKind::first_present : AstKind::or_, left->at, {left, right});
    }
}

Ast* Parser::parse_conjunction() {
    Ast* left = parse_chain();
    while (take_sign("&&") || take_word("and")) {
        Ast* const right = parse_chain();
        left = make(AstKind::and_, left->at, {left, right});
    }
    return left;
}

Ast* Parser::parse_chain() {
    std::vector<Ast*> operands{parse_operand()};
    std::vector<const InfixOperator*> operators;
    const auto reduce = [&](int level) {
        while (!operators.empty() && operators.back()->level >= level) {
            Ast* const right = operands.back();
            operands.pop_back();
            Ast* const node = make(AstKind::binary, operands.back()->at, {operands.back(), right});
            node->op = operators.back()->op;
            node->end = right->end;
            operators.pop_back();
            operands.back() = node;
        }
    };
    bool only_literals = operands[0]->kind == AstKind::number;
    while (const InfixOperator* next = infix_operator(token())) {
        ++at_;
        reduce(next->level);  // level 0 reduces all
        operators.push_back(next);
        operands.push_back(parse_operand());
        only_literals = only_literals && operands.back()->kind == AstKind::number;
        if (next->level == 0 || (only_literals && operands.size() == 2 && folds_early(next->op)))
            reduce(0);
    }
    reduce(0);
    return operands[0];
}

bool Parser::is_cast() const {
    if (!is_sign("(") || token(1).kind != TokenKind::name || !find_class(token(1).text))
        return false;
    const std::size_t close = is_sign("[", 2) && is_sign("]", 3) ? 4 : 2;
    if (!is_sign(")", close)) return false;
    const Token& next = token(close + 1);
    switch (next.kind) {
        case TokenKind::number:
        case TokenKind::string: return true;
        case TokenKind::name:
            return !infix_operator(next) && next.text != "in" && next.text != "and" &&
                   next.text != "or" && next.text != "if";
        case TokenKind::sign:
            return next.text == "(" || next.text == "-" || next.text == "!" || next.text == "~" ||
                   next.text == "[" || next.text == "{";
        case TokenKind::end: return false;
    }
    return false;
}

Ast* Parser::parse_operand() {
    const Nesting nesting(*this);
    const std::uint32_t at = token().at;
    if (take_sign("-")) {
        if (token().kind == TokenKind::number) return parse_postfix(parse_number(true));
        return make(AstKind::negate, at, {parse_operand()});
    }
    if (take_sign("!")) return make(AstKind::not_, at, {parse_operand()});
    if (take_sign("~")) return make(AstKind::invert, at, {parse_operand()});
    if (is_cast()) {
        ++at_;
        const std::string_view type = token().text;
        while (!is_sign(")")) ++at_;
        ++at_;
        return make(AstKind::cast, at, {parse_operand()}, type);
    }
    if (take_word("isdef")) {
        const bool enclosed = take_sign("(");
        const std::string_view name = expect_name("a name");
        if (enclosed) expect_sign(")");
        return make(AstKind::isdef, at, {}, name);
    }
    return parse_postfix(parse_primary());
}

Ast* Parser::parse_postfix(Ast* object) {
    for (;;) {
        if (is_sign(".") || is_sign(".?")) {
            const bool null_safe = is_sign(".?");
            ++at_;
            if (token().kind != TokenKind::name) refuse("expected a member name");
            const std::string_view name = token().text;
            ++at_;
            if (is_sign("(")) {
                std::vector<Ast*> children = parse_arguments();
                children.insert(children.begin(), object);
                object = make(AstKind::method, object->at, std::move(children), name);
            } else {
                object = make(AstKind::member, object->at, {object}, name);
            }
            object->flag = null_safe;
        } else if (is_sign("[")) {
            ++at_;
            Ast* const index = parse_expression();
            expect_sign("]");
            object = make(AstKind::index, object->at, {object, index});
        } else {
            return object;
        }
    }
}

std::vector<Ast*> Parser::parse_arguments() {
    expect_sign("(");
    return parse_elements(")");
}

std::vector<Ast*> Parser::parse_elements(std::string_view close) {
    std::vector<Ast*> out;
    while (!take_sign(close)) {
        out.push_back(parse_expression());
        if (!is_sign(close)) expect_sign(",");
    }
    return out;
}

Ast* Parser::parse_primary() {
    const Token& first = token();
    switch (first.kind) {
        case TokenKind::end:    refuse("unexpected end of statement");
        case TokenKind::number: return parse_number(false);
        case TokenKind::string: ++at_; return make(AstKind::string, first.at, {}, first.text);
        case TokenKind::name:   return parse_name();
        case TokenKind::sign:   break;
    }
    if (first.text == "(") return parse_parenthesis();
    if (first.text == "[") return parse_brackets();
    if (first.text == "{") return parse_braces();
    refuse("unexpected '" + std::string(first.text) + "'");
}

Ast* Parser::parse_number(bool negative) {
    const Token& number = token();
    ++at_;
    if (!negative) return make(AstKind::number, number.at, {}, number.text);
    syntax_.texts.push_back("-" + std::string(number.text));
    const std::uint32_t minus = syntax_.tokens.tokens[at_ - 2].at;
    return make(AstKind::number, minus, {}, syntax_.texts.back());
}

Ast* Parser::parse_name() {
    const Token& name = token();
    for (const std::string_view word : {"true", "false", "null", "nil", "empty"})
        if (name.text == word) {
            ++at_;
            return make(AstKind::word, name.at, {}, name.text);
        }
    if (take_word("new")) return parse_new();
    expect_name("an expression");
    if (!is_sign("(")) return make(AstKind::name, name.at, {}, name.text);
    return make(AstKind::call, name.at, parse_arguments(), name.text);
}

Ast* Parser::parse_parenthesis() {
    const std::uint32_t at = token().at;
    expect_sign("(");
    Ast* const inner = parse_expression();
    if (is_word("in")) return parse_projection(at, inner);
    expect_sign(")");
    inner->parenthesized = true;
    return inner;
}

Ast* Parser::parse_projection(std::uint32_t at, Ast* element) {
    ++at_;
    std::vector<Ast*> children{element, parse_expression()};
    if (take_word("if")) children.push_back(parse_expression());
    expect_sign(")");
    return make(AstKind::projection, at, std::move(children));
}

Ast* Parser::parse_brackets() {
    const std::uint32_t at = token().at;
    expect_sign("[");
    if (is_sign(":") || is_sign(":", 1)) return parse_map(at, "]");
    return make(AstKind::list, at, parse_elements("]"));
}

Ast* Parser::parse_braces() {
    const std::uint32_t at = token().at;
    expect_sign("{");
    const bool negative_key = is_sign("-") && is_sign(":", 2);
    if (is_sign("}") || is_sign(":") || is_sign(":", 1) || negative_key) return parse_map(at, "}");
    return make(AstKind::list, at, parse_elements("}"));
}

Ast* Parser::parse_map(std::uint32_t at, std::string_view close) {
    std::vector<Ast*> children;
    if (take_sign(":")) {
        expect_sign(close);
        return make(AstKind::map, at);
    }
    while (!take_sign(close)) {
        children.push_back(parse_map_key());
        expect_sign(":");
        children.push_back(parse_expression());
        if (!is_sign(close)) expect_sign(",");
    }
    return make(AstKind::map, at, std::move(children));
}

Ast* Parser::parse_map_key() {
    const Token& key = token();
    if (take_sign("-")) {
        if (token().kind != TokenKind::number) refuse("illegal map key");
        return parse_number(true);
    }
    if (key.kind == TokenKind::number) return parse_number(false);
    if (key.kind != TokenKind::name && key.kind != TokenKind::string) refuse("illegal map key");
    ++at_;
    return make(AstKind::string, key.at, {}, key.text);
}

std::string_view Parser::parse_path() {
    const std::uint32_t from = token().at;
    if (token().kind != TokenKind::name) refuse("expected a class");
    ++at_;
    while (is_sign(".") && token(1).kind == TokenKind::name) at_ += 2;
    const std::uint32_t to = syntax_.tokens.tokens[at_ - 1].end;
    return source_.substr(from, to - from);
}

Ast* Parser::parse_new() {
    const std::uint32_t at = syntax_.tokens.tokens[at_ - 1].at;
    const std::string_view type = parse_path();
    if (is_sign("(")) return make(AstKind::create, at, parse_arguments(), type);
    expect_sign("[");
    if (take_sign("]")) {
        expect_sign("{");
        Ast* const filled = make(AstKind::create_array, at, parse_elements("}"), type);
        filled->flag = true;
        return filled;
    }
    Ast* const size = parse_expression();
    expect_sign("]");
    if (is_sign("[")) refuse("Unsupported array type");
    return make(AstKind::create_array, at, {size}, type);
}

}  // namespace thingstead::script::tbel
