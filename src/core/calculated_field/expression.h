// Formulas over named numbers: `(x - 32) / 1.8`.
//
// Grammar: + - * / % ^, signs, parentheses, numbers, names, functions f(a) and f(a, b). `^` binds
// closest and from the right, a sign less (-2^2 is -4), then * / %, then + -. What stands side by
// side is multiplied: 2x, 3(a + b), a b. Constants: pi π e φ; a name of the caller's goes first.
// Functions: sin cos tan cot asin acos atan sinh cosh tanh abs log ln (natural) log2 log10 lg log1p
// logab(base, of) sqrt cbrt floor ceil pow exp expm1 signum.
// Source: the interface's math function node, whose formulas have this grammar.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::core {

/// Longest formula, in bytes.
inline constexpr std::size_t formula_bytes_max = 256;

class Expression {
  public:
    /// Errors: invalid_argument - what is wrong, and where.
    static Result<Expression> parse(std::string_view text, const std::vector<std::string>& names);

    /// `values` in the order of the names. Errors: invalid_argument - "Division by zero!".
    Result<double> evaluate(const std::vector<double>& values) const;

  private:
    friend class ExpressionParser;
    enum class Kind : std::uint8_t { number, variable, negate, binary, function };
    /// Of a machine with a stack, in order.
    struct Step {
        Kind kind;
        double number = 0;
        std::size_t index = 0;  ///< Of the variable or function; the sign of the operation.
    };
    std::vector<Step> steps_;
};

}  // namespace thingstead::core
