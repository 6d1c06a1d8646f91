#include "core/calculated_field/expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <numbers>
#include <optional>

namespace thingstead::core {
namespace {

struct Function {
    std::string_view name;
    double (*of_one)(double);
    double (*of_two)(double, double);
};

double cot(double x) { return 1 / std::tan(x); }
double sign_of(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double log_of(double base, double x) { return std::log(x) / std::log(base); }

using One = double (*)(double);
using Two = double (*)(double, double);

constexpr Function functions[] = {
    {"sin",    static_cast<One>(std::sin),   nullptr                   },
    {"cos",    static_cast<One>(std::cos),   nullptr                   },
    {"tan",    static_cast<One>(std::tan),   nullptr                   },
    {"cot",    cot,                          nullptr                   },
    {"asin",   static_cast<One>(std::asin),  nullptr                   },
    {"acos",   static_cast<One>(std::acos),  nullptr                   },
    {"atan",   static_cast<One>(std::atan),  nullptr                   },
    {"sinh",   static_cast<One>(std::sinh),  nullptr                   },
    {"cosh",   static_cast<One>(std::cosh),  nullptr                   },
    {"tanh",   static_cast<One>(std::tanh),  nullptr                   },
    {"abs",    static_cast<One>(std::fabs),  nullptr                   },
    {"log",    static_cast<One>(std::log),   nullptr                   },
    {"ln",     static_cast<One>(std::log),   nullptr                   },
    {"log2",   static_cast<One>(std::log2),  nullptr                   },
    {"log10",  static_cast<One>(std::log10), nullptr                   },
    {"lg",     static_cast<One>(std::log10), nullptr                   },
    {"log1p",  static_cast<One>(std::log1p), nullptr                   },
    {"logab",  nullptr,                      log_of                    },
    {"sqrt",   static_cast<One>(std::sqrt),  nullptr                   },
    {"cbrt",   static_cast<One>(std::cbrt),  nullptr                   },
    {"floor",  static_cast<One>(std::floor), nullptr                   },
    {"ceil",   static_cast<One>(std::ceil),  nullptr                   },
    {"pow",    nullptr,                      static_cast<Two>(std::pow)},
    {"exp",    static_cast<One>(std::exp),   nullptr                   },
    {"expm1",  static_cast<One>(std::expm1), nullptr                   },
    {"signum", sign_of,                      nullptr                   },
};

struct Constant {
    std::string_view name;
    double value;
};
constexpr Constant constants[] = {
    {"pi", std::numbers::pi },
    {"π",  std::numbers::pi },
    {"e",  std::numbers::e  },
    {"φ",  std::numbers::phi},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Of names; beyond ASCII every byte.
bool is_in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

Error division_by_zero() { return {ErrorCode::invalid_argument, "Division by zero!"}; }

}  // namespace

class ExpressionParser {
  public:
    ExpressionParser(std::string_view text, const std::vector<std::string>& names)
        : text_(text), names_(names) {}

    Result<Expression> parse() {
        if (!sum() || !at_end()) return wrong();
        return std::move(out_);
    }

  private:
    using Step = Expression::Step;
    using Kind = Expression::Kind;

    Error wrong() const {
        return {ErrorCode::invalid_argument, "Invalid expression at position " +
                                                 std::to_string(at_ + 1) +
                                                 (why_.empty() ? "" : ": " + why_)};
    }
    bool fail(std::string why) {
        if (why_.empty()) why_ = std::move(why);
        return false;
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool at_end() {
        skip_blanks();
        return at_ == text_.size();
    }
    char next() {
        skip_blanks();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char wanted) {
        if (next() != wanted) return false;
        ++at_;
        return true;
    }
    void add(Kind kind, std::size_t index = 0, double number = 0) {
        out_.steps_.push_back({kind, number, index});
    }

    bool sum() {
        if (!product()) return false;
        for (;;) {
            const char sign = next();
            if (sign != '+' && sign != '-') return true;
            ++at_;
            if (!product()) return false;
            add(Kind::binary, static_cast<std::size_t>(sign));
        }
    }

    bool product() {
        if (!signed_power()) return false;
        for (;;) {
            const char sign = next();
            if (sign == '*' || sign == '/' || sign == '%') {
                ++at_;
                if (!signed_power()) return false;
                add(Kind::binary, static_cast<std::size_t>(sign));
            } else if (sign == '(' || is_in_name(sign) || sign == '.') {
                if (ended_with_number_ && (is_digit(sign) || sign == '.'))
                    return fail("two numbers side by side");
                if (!power()) return false;
                add(Kind::binary, '*');
            } else {
                return true;
            }
        }
    }

    bool signed_power() {
        bool negative = false;
        for (char sign = next(); sign == '+' || sign == '-'; sign = next()) {
            negative ^= sign == '-';
            ++at_;
        }
        if (!power()) return false;
        if (negative) add(Kind::negate);
        return true;
    }

    bool power() {
        if (!primary()) return false;
        if (!take('^')) return true;
        if (!signed_power()) return false;
        add(Kind::binary, '^');
        return true;
    }

    bool primary() {
        const char first = next();
        ended_with_number_ = false;
        if (first == '(') {
            ++at_;
            if (!sum()) return false;
            if (!take(')')) return fail("')' is missing");
            ended_with_number_ = false;
            return true;
        }
        if (is_digit(first) || first == '.') return number();
        if (is_in_name(first)) return name();
        return fail(first == '\0' ? "it ends too early" : "unexpected character");
    }

    bool number() {
        double value = 0;
        const char* const begin = text_.data() + at_;
        const auto [end, failed] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (failed != std::errc()) return fail("not a number");
        at_ += static_cast<std::size_t>(end - begin);
        add(Kind::number, 0, value);
        ended_with_number_ = true;
        return true;
    }

    /// The longest name that is known: "xy" is x times y if there is no xy.
    bool name() {
        std::size_t length = 0;
        while (at_ + length < text_.size() && is_in_name(text_[at_ + length])) ++length;
        for (; length > 0; --length) {
            const std::string_view word = text_.substr(at_, length);
            const auto own = std::find(names_.begin(), names_.end(), word);
            if (own != names_.end()) {
                add(Kind::variable, static_cast<std::size_t>(own - names_.begin()));
                at_ += length;
                return true;
            }
            const auto function = std::find_if(std::begin(functions), std::end(functions),
                                               [&](const auto& each) { return each.name == word; });
            if (function != std::end(functions)) {
                at_ += length;
                return call(static_cast<std::size_t>(function - std::begin(functions)));
            }
            const auto constant = std::find_if(std::begin(constants), std::end(constants),
                                               [&](const auto& each) { return each.name == word; });
            if (constant != std::end(constants)) {
                add(Kind::number, 0, constant->value);
                at_ += length;
                return true;
            }
        }
        return fail("unknown name");
    }

    bool call(std::size_t function) {
        if (!take('(')) return fail("'(' is missing");
        if (!sum()) return false;
        if (functions[function].of_two)
            if (!take(',') || !sum()) return fail("a second argument is missing");
        if (!take(')')) return fail("')' is missing");
        ended_with_number_ = false;
        add(Kind::function, function);
        return true;
    }

    std::string_view text_;
    const std::vector<std::string>& names_;
    std::size_t at_ = 0;
    std::string why_;
    bool ended_with_number_ = false;  ///< The last thing that was read.
    Expression out_;
};

Result<Expression> Expression::parse(std::string_view text, const std::vector<std::string>& names) {
    if (text.size() > formula_bytes_max)
        return Error{ErrorCode::invalid_argument,
                     "Expression is longer than " + std::to_string(formula_bytes_max) + " bytes"};
    return ExpressionParser(text, names).parse();
}

Result<double> Expression::evaluate(const std::vector<double>& values) const {
    std::vector<double> stack;
    const auto pop = [&] {
        const double top = stack.back();
        stack.pop_back();
        return top;
    };
    for (const Step& step : steps_) {
        if (step.kind == Kind::number) {
            stack.push_back(step.number);
        } else if (step.kind == Kind::variable) {
            stack.push_back(values[step.index]);
        } else if (step.kind == Kind::negate) {
            stack.back() = -stack.back();
        } else if (step.kind == Kind::function && functions[step.index].of_one) {
            if (functions[step.index].of_one == cot && std::tan(stack.back()) == 0)
                return division_by_zero();
            stack.back() = functions[step.index].of_one(stack.back());
        } else {
            const double right = pop();
            double& left = stack.back();
            if (step.kind == Kind::function) {
                left = functions[step.index].of_two(left, right);
                continue;
            }
            switch (static_cast<char>(step.index)) {
                case '+': left += right; break;
                case '-': left -= right; break;
                case '*': left *= right; break;
                case '^': left = std::pow(left, right); break;
                case '/':
                    if (right == 0) return division_by_zero();
                    left /= right;
                    break;
                case '%':
                    if (right == 0) return division_by_zero();
                    left = std::fmod(left, right);
                    break;
                default: TS_ASSERT(false);
            }
        }
    }
    return stack.back();
}

}  // namespace thingstead::core
