#include <cctype>
#include <charconv>

#include "rule/json_path/program.h"

namespace thingstead::rule::json_path {
namespace {

constexpr int nesting_max = 32;

struct FunctionName {
    std::string_view name;
    Function function;
};
constexpr FunctionName functions[] = {
    {"length", Function::length},
    {"size",   Function::length},
    {"keys",   Function::keys  },
    {"first",  Function::first },
    {"last",   Function::last  },
    {"min",    Function::min   },
    {"max",    Function::max   },
    {"sum",    Function::sum   },
    {"avg",    Function::avg   },
};

struct Operator {
    std::string_view text;
    Compare compare;
};
/// A longer one stands before its beginning.
constexpr Operator operators[] = {
    {"==",    Compare::equal    },
    {"!=",    Compare::not_equal},
    {"<=",    Compare::at_most  },
    {">=",    Compare::at_least },
    {"=~",    Compare::matches  },
    {"<",     Compare::less     },
    {">",     Compare::greater  },
    {"in",    Compare::one_of   },
    {"nin",   Compare::none_of  },
    {"size",  Compare::size     },
    {"empty", Compare::empty    },
};

/// What the parser meets that is no path; caught in JsonPath::parse().
struct Wrong {
    std::size_t at;
    const char* why;
};

bool is_name_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '$' ||
           c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    /// The whole text.
    Path whole() {
        skip_blanks();
        if (!take('$') && !at_end() && peek() != '.' && peek() != '[') {
            Path path;
            path.steps.push_back(named_step(false, path));
            steps(path, false);
            return ended(std::move(path));
        }
        Path path;
        steps(path, false);
        return ended(std::move(path));
    }

  private:
    [[noreturn]] void fail(const char* why) const { throw Wrong{at_, why}; }
    bool at_end() const { return at_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool take(char c) {
        if (peek() != c || at_end()) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    void expect(char c, const char* why) {
        if (!take(c)) fail(why);
    }
    void skip_blanks() {
        while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n')) ++at_;
    }
    Path ended(Path path) {
        skip_blanks();
        if (!at_end()) fail("nothing is expected here");
        return path;
    }

    /// Everything behind the root. In a filter the path ends where no step begins.
    void steps(Path& path, bool in_filter) {
        while (!at_end() && path.function == Function::none) {
            if (take('.')) {
                const bool deep = take('.');
                if (deep && peek() == '[')
                    bracket(path, true);
                else if (take('*'))
                    path.steps.push_back({Wildcard{}, deep});
                else
                    add_named(path, deep);
            } else if (peek() == '[') {
                bracket(path, false);
            } else if (in_filter) {
                return;
            } else {
                skip_blanks();
                if (!at_end()) fail("'.' or '[' is expected");
            }
        }
    }

    void add_named(Path& path, bool deep) {
        Step step = named_step(deep, path);
        if (path.function == Function::none) path.steps.push_back(std::move(step));
    }

    /// `name`, or `name()`, which sets the function of the path.
    Step named_step(bool deep, Path& path) {
        const std::size_t from = at_;
        while (!at_end() && is_name_char(peek())) ++at_;
        std::string name(text_.substr(from, at_ - from));
        if (name.empty()) fail("a name is expected");
        if (!deep && take('(')) {
            skip_blanks();
            expect(')', "')' is expected: functions take nothing here");
            for (const FunctionName& each : functions)
                if (each.name == name) path.function = each.function;
            if (path.function == Function::none) fail("the function is unknown");
        }
        return {Names{{std::move(name)}}, deep};
    }

    void bracket(Path& path, bool deep) {
        expect('[', "'[' is expected");
        skip_blanks();
        Step step;
        step.deep = deep;
        if (take('*'))
            step.selector = Wildcard{};
        else if (take('?'))
            step.selector = std::make_shared<const Filter>(filter_in_parentheses());
        else if (peek() == '\'' || peek() == '"')
            step.selector = names();
        else
            step.selector = numbers();
        skip_blanks();
        expect(']', "']' is expected");
        path.steps.push_back(std::move(step));
    }

    Names names() {
        Names out;
        do {
            skip_blanks();
            out.names.push_back(quoted());
            skip_blanks();
        } while (take(','));
        return out;
    }

    Selector numbers() {
        const std::optional<std::int64_t> first = integer();
        skip_blanks();
        if (take(':')) {
            skip_blanks();
            return Slice{first, integer()};
        }
        if (!first) fail("an index, a name in quotes, '*' or '?' is expected");
        Indexes out{{*first}};
        while (take(',')) {
            skip_blanks();
            const std::optional<std::int64_t> next = integer();
            if (!next) fail("an index is expected");
            out.indexes.push_back(*next);
            skip_blanks();
        }
        return out;
    }

    std::optional<std::int64_t> integer() {
        std::int64_t value = 0;
        const char* const from = text_.data() + at_;
        const auto [end, failed] = std::from_chars(from, text_.data() + text_.size(), value);
        if (end == from) return std::nullopt;
        if (failed != std::errc()) fail("the index is too large");
        at_ += static_cast<std::size_t>(end - from);
        return value;
    }

    std::string quoted() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') fail("a text in quotes is expected");
        ++at_;
        std::string out;
        while (!at_end() && peek() != quote) {
            if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
            out += text_[at_++];
        }
        expect(quote, "the quote does not end");
        return out;
    }

    // --- filters ---

    struct Nested {
        explicit Nested(Parser& p) : parser(p) {
            if (++parser.nesting_ > nesting_max) parser.fail("it is nested too deeply");
        }
        ~Nested() { --parser.nesting_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;
        Parser& parser;
    };

    Filter filter_in_parentheses() {
        skip_blanks();
        expect('(', "'(' is expected");
        Filter filter = any();
        skip_blanks();
        expect(')', "')' is expected");
        return filter;
    }

    Filter any() {
        const Nested nested(*this);
        return joined("||", Filter::Kind::any, &Parser::all);
    }
    Filter all() { return joined("&&", Filter::Kind::all, &Parser::one); }

    Filter joined(std::string_view sign, Filter::Kind kind, Filter (Parser::*part)()) {
        Filter first = (this->*part)();
        skip_blanks();
        if (!text_.substr(at_).starts_with(sign)) return first;
        Filter out;
        out.kind = kind;
        out.parts.push_back(std::move(first));
        while (take(sign)) {
            out.parts.push_back((this->*part)());
            skip_blanks();
        }
        return out;
    }

    Filter one() {
        skip_blanks();
        const Nested nested(*this);
        if (peek() == '!' && !text_.substr(at_).starts_with("!=")) {
            ++at_;
            Filter out;
            out.kind = Filter::Kind::negation;
            out.parts.push_back(one());
            return out;
        }
        if (peek() == '(') return filter_in_parentheses();
        return comparison();
    }

    Filter comparison() {
        Filter out;
        out.left = operand();
        skip_blanks();
        for (const Operator& each : operators) {
            if (!take(each.text)) continue;
            out.compare = each.compare;
            skip_blanks();
            out.right = operand();
            if ((out.compare == Compare::matches) !=
                std::holds_alternative<boost::regex>(out.right))
                fail("a regular expression stands behind =~, and nowhere else");
            return out;
        }
        if (!std::holds_alternative<Path>(out.left)) fail("a comparison is expected");
        return out;
    }

    Operand operand() {
        const char c = peek();
        if (c == '@' || c == '$') return path_of_filter();
        if (c == '\'' || c == '"') return json::value(quoted());
        if (c == '/') return expression();
        if (c == '[' || c == '{') return structure();
        if (take("true")) return json::value(true);
        if (take("false")) return json::value(false);
        if (take("null")) return json::value(nullptr);
        return number();
    }

    Path path_of_filter() {
        const Nested nested(*this);
        Path path;
        path.from_root = peek() == '$';
        ++at_;
        steps(path, true);
        return path;
    }

    json::value number() {
        const std::size_t from = at_;
        while (!at_end() && (std::isdigit(static_cast<unsigned char>(peek())) || peek() == '-' ||
                             peek() == '+' || peek() == '.' || peek() == 'e' || peek() == 'E'))
            ++at_;
        const Result<json::value> parsed = parse_json(text_.substr(from, at_ - from));
        if (!parsed || !parsed->is_number()) fail("a value is expected");
        return *parsed;
    }

    /// `[1, 'x']` or an object; quotes of both kinds.
    json::value structure() {
        std::string text;
        int depth = 0;
        do {
            const char c = peek();
            if (at_end()) fail("the list does not end");
            if (c == '\'' || c == '"') {
                text += json::serialize(json::value(quoted()));
                continue;
            }
            depth += (c == '[' || c == '{') - (c == ']' || c == '}');
            text += c;
            ++at_;
        } while (depth > 0);
        const Result<json::value> parsed = parse_json(text);
        if (!parsed) fail("the list is no JSON");
        return *parsed;
    }

    boost::regex expression() {
        ++at_;
        std::string text;
        while (!at_end() && peek() != '/') {
            if (peek() == '\\' && at_ + 1 < text_.size()) text += text_[at_++];
            text += text_[at_++];
        }
        expect('/', "the regular expression does not end");
        boost::regex::flag_type flags = boost::regex::perl;
        if (take('i')) flags |= boost::regex::icase;
        try {
            return boost::regex(text, flags);
        } catch (const boost::regex_error&) {
            fail("the regular expression is wrong");
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int nesting_ = 0;
};

}  // namespace
}  // namespace thingstead::rule::json_path

namespace thingstead::rule {

Result<JsonPath> JsonPath::parse(std::string_view text) {
    if (text.empty()) return Error{ErrorCode::invalid_argument, "The path is empty"};
    try {
        auto program = std::make_shared<Program>();
        program->path = json_path::Parser(text).whole();
        return JsonPath(std::move(program));
    } catch (const json_path::Wrong& wrong) {
        return Error{ErrorCode::invalid_argument,
                     "Invalid path at " + std::to_string(wrong.at) + ": " + wrong.why};
    }
}

}  // namespace thingstead::rule
