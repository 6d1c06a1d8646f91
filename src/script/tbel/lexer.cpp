#include "script/tbel/lexer.h"

#include <algorithm>
#include <cctype>

#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

/// Longest first, so that the first match is the right one.
constexpr std::string_view signs[] = {
    ">>>=", "===", ">>>", "<<<", "<<=", ">>=", "==", "!=", "<=", ">=", "&&", "||", "++",
    "--",   "+=",  "-=",  "*=",  "/=",  "%=",  "&=", "|=", "^=", "<<", ">>", "**", "~=",
    ".?",   "(",   ")",   "[",   "]",   "{",   "}",  ";",  ",",  ":",  "?",  ".",  "=",
    "<",    ">",   "+",   "-",   "*",   "/",   "%",  "&",  "|",  "^",  "~",  "!",  "#"};

constexpr std::string_view reserved[] = {
    "and",    "assert",     "break",    "case",       "contains",  "convertable_to",
    "def",    "default",    "do",       "else",       "empty",     "false",
    "for",    "foreach",    "function", "if",         "import",    "import_static",
    "in",     "instanceof", "is",       "isdef",      "new",       "nil",
    "null",   "or",         "return",   "soundslike", "stacklang", "strsim",
    "switch", "true",       "until",    "var",        "while",     "with"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {}

    Tokens all();

  private:
    [[noreturn]] void refuse(std::size_t at, std::string text) const {
        throw Failure{ErrorCode::malformed, std::move(text), static_cast<std::uint32_t>(at)};
    }
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }
    bool skip_blanks();
    bool is_after_operand() const;
    void add(TokenKind kind, std::size_t from, std::string_view text);
    void read_name();
    void read_number();
    void read_string(char quote);
    void read_escape(std::string& text);
    unsigned read_hex4(std::size_t escape);
    void read_sign();

    std::string_view source_;
    std::size_t at_ = 0;
    bool after_blank_ = true;
    std::deque<std::string> strings_;
    std::vector<Token> tokens_;
};

bool Lexer::skip_blanks() {
    const std::size_t from = at_;
    for (;;) {
        if (is_white(peek()) && at_ < source_.size()) {
            ++at_;
        } else if (source_.substr(at_, 2) == "//") {
            at_ = std::min(source_.find('\n', at_), source_.size());
        } else if (source_.substr(at_, 2) == "/*") {
            const std::size_t end = source_.find("*/", at_ + 2);
            if (end == source_.npos) refuse(at_, "unterminated block comment");
            at_ = end + 2;
        } else {
            return at_ != from || from == 0;
        }
    }
}

void Lexer::add(TokenKind kind, std::size_t from, std::string_view text) {
    Token token;
    token.kind = kind;
    token.after_blank = after_blank_;
    token.is_member = kind == TokenKind::name && !tokens_.empty() &&
                      tokens_.back().kind == TokenKind::sign &&
                      (tokens_.back().text == "." || tokens_.back().text == ".?");
    token.at = static_cast<std::uint32_t>(from);
    token.end = static_cast<std::uint32_t>(at_);
    token.text = text;
    tokens_.push_back(token);
}

/// Whether a point here is a member access and not the start of a fraction.
bool Lexer::is_after_operand() const {
    if (tokens_.empty()) return false;
    const Token& last = tokens_.back();
    if (last.kind == TokenKind::name) return last.is_member || !is_reserved(last.text);
    if (last.kind == TokenKind::sign)
        return last.text == ")" || last.text == "]" || last.text == "}";
    return true;
}

void Lexer::read_name() {
    const std::size_t from = at_;
    while (at_ < source_.size() && is_name_part(source_[at_])) ++at_;
    add(TokenKind::name, from, source_.substr(from, at_ - from));
}

void Lexer::read_number() {
    const std::size_t from = at_;
    const auto digits = [&] {
        while (is_digit(peek())) ++at_;
    };
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
        at_ += 2;
        while (std::isxdigit(static_cast<unsigned char>(peek()))) ++at_;
    } else {
        digits();
        const char next = peek(1);
        const bool is_exponent =
            (next == 'e' || next == 'E') && (is_digit(peek(2)) || peek(2) == '-');
        const bool is_suffix = std::string_view("dDfFB").find(next) != std::string_view::npos &&
                               !is_name_part(peek(2));
        if (peek() == '.' && (is_exponent || is_suffix || !is_name_start(next))) {
            ++at_;
            digits();
        }
        if ((peek() == 'e' || peek() == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))))) {
            at_ += 2;
            digits();
        }
        if (std::string_view("lLdDfFIB").find(peek()) != std::string_view::npos && peek()) ++at_;
    }
    if (is_name_part(peek())) refuse(from, "invalid number literal");
    add(TokenKind::number, from, source_.substr(from, at_ - from));
}

unsigned Lexer::read_hex4(std::size_t escape) {
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = peek();
        if (!is_digit(c) && !(c >= 'A' && c <= 'F')) refuse(escape, "illegal unicode escape");
        unit = unit * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'A' + 10);
    }
    return unit;
}

void Lexer::read_escape(std::string& text) {
    const std::size_t escape = at_ - 1;
    const char c = peek();
    if (c == 'u') {
        ++at_;
        java::append_unit(text, static_cast<char16_t>(read_hex4(escape)));
        return;
    }
    if (c >= '0' && c <= '7') {
        unsigned value = 0;
        for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i, ++at_) {
            const unsigned more = value * 8 + static_cast<unsigned>(peek() - '0');
            if (more > 0377) break;
            value = more;
        }
        java::append_unit(text, static_cast<char16_t>(value));
        return;
    }
    constexpr std::string_view from = "\\'\"bftrn", to = "\\'\"\b\f\t\r\n";
    const std::size_t known = from.find(c);
    if (at_ >= source_.size() || known == from.npos)
        refuse(escape, "illegal escape sequence: " + std::string(1, c));
    text += to[known];
    ++at_;
}

void Lexer::read_string(char quote) {
    const std::size_t from = at_++;
    const std::size_t end = source_.find_first_of(quote == '"' ? "\"\\" : "'\\", at_);
    if (end != source_.npos && source_[end] == quote) {
        const std::string_view plain = source_.substr(at_, end - at_);
        at_ = end + 1;
        add(TokenKind::string, from, plain);
        return;
    }
    std::string text;
    for (;;) {
        if (at_ >= source_.size()) refuse(from, "unterminated string literal");
        const char c = source_[at_++];
        if (c == quote) break;
        if (c == '\\')
            read_escape(text);
        else
            text += c;
    }
    strings_.push_back(std::move(text));
    add(TokenKind::string, from, strings_.back());
}

void Lexer::read_sign() {
    for (const std::string_view sign : signs) {
        if (source_.substr(at_, sign.size()) != sign) continue;
        const std::size_t from = at_;
        at_ += sign.size();
        if (sign == "!=" && peek() == '=') refuse(from, "unknown operator: !==");
        add(TokenKind::sign, from, source_.substr(from, sign.size()));
        return;
    }
    refuse(at_, "unexpected character");
}

Tokens Lexer::all() {
    for (;;) {
        after_blank_ = skip_blanks();
        if (at_ >= source_.size()) break;
        const char c = source_[at_];
        const bool member = !tokens_.empty() && tokens_.back().kind == TokenKind::sign &&
                            (tokens_.back().text == "." || tokens_.back().text == ".?");
        if (is_name_start(c) || (member && is_digit(c))) {
            read_name();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)) && !is_after_operand())) {
            read_number();
        } else if (c == '"' || c == '\'') {
            read_string(c);
        } else {
            read_sign();
        }
    }
    add(TokenKind::end, source_.size(), {});
    Tokens out;
    out.tokens = std::move(tokens_);
    out.strings = std::move(strings_);  // of a deque: the texts stay where they are
    return out;
}

}  // namespace

Tokens tokenize(std::string_view source) { return Lexer(source).all(); }

bool is_reserved(std::string_view name) {
    return std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved);
}

}  // namespace thingstead::script::tbel
