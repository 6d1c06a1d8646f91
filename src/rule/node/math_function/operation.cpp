#include "rule/node/math_function/operation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>

namespace thingstead::rule::math_function {
namespace {

Error by_zero() { return {ErrorCode::invalid_argument, "/ by zero"}; }

/// Towards zero; what does not fit becomes the nearest that does, no number becomes 0.
std::int64_t integer_of(double x) {
    constexpr double limit = 9223372036854775808.0;
    if (std::isnan(x)) return 0;
    if (x >= limit) return std::numeric_limits<std::int64_t>::max();
    if (x <= -limit) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(x);
}

Result<double> floor_div(double a, double b) {
    const std::int64_t x = integer_of(a), y = integer_of(b);
    if (y == 0) return by_zero();
    // The one quotient that does not fit wraps around.
    if (y == -1)
        return static_cast<double>(static_cast<std::int64_t>(-static_cast<std::uint64_t>(x)));
    const std::int64_t quotient = x / y;
    return static_cast<double>(x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient);
}

Result<double> floor_mod(double a, double b) {
    const std::int64_t x = integer_of(a), y = integer_of(b);
    if (y == 0) return by_zero();
    if (y == -1) return 0.0;
    const std::int64_t rest = x % y;
    return static_cast<double>(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
}

/// Of the binary form, as the interface tells it for numbers that have none.
double exponent(double x) {
    if (std::isnan(x) || std::isinf(x)) return 1024;
    if (x == 0 || std::fabs(x) < std::numeric_limits<double>::min()) return -1023;
    return std::ilogb(x);
}

double signum(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double radians(double x) { return x / 180 * std::numbers::pi; }
double degrees(double x) { return x * 180 / std::numbers::pi; }

Result<double> add(double a, double b) { return a + b; }
Result<double> subtract(double a, double b) { return a - b; }
Result<double> multiply(double a, double b) { return a * b; }
Result<double> divide(double a, double b) { return a / b; }
Result<double> atan2(double a, double b) { return std::atan2(a, b); }
Result<double> hypot(double a, double b) { return std::hypot(a, b); }
Result<double> smaller(double a, double b) { return std::isnan(a) || a < b ? a : b; }
Result<double> larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }
Result<double> power(double a, double b) { return std::pow(a, b); }

using One = double (*)(double);

constexpr Operation operations[] = {
    {"ADD",       2, false, nullptr,                      add      },
    {"SUB",       2, false, nullptr,                      subtract },
    {"MULT",      2, false, nullptr,                      multiply },
    {"DIV",       2, false, nullptr,                      divide   },
    {"ATAN2",     2, false, nullptr,                      atan2    },
    {"HYPOT",     2, false, nullptr,                      hypot    },
    {"FLOOR_DIV", 2, false, nullptr,                      floor_div},
    {"FLOOR_MOD", 2, false, nullptr,                      floor_mod},
    {"MIN",       2, false, nullptr,                      smaller  },
    {"MAX",       2, false, nullptr,                      larger   },
    {"POW",       2, false, nullptr,                      power    },
    {"SIN",       1, false, static_cast<One>(std::sin),   nullptr  },
    {"SINH",      1, false, static_cast<One>(std::sinh),  nullptr  },
    {"COS",       1, false, static_cast<One>(std::cos),   nullptr  },
    {"COSH",      1, false, static_cast<One>(std::cosh),  nullptr  },
    {"TAN",       1, false, static_cast<One>(std::tan),   nullptr  },
    {"TANH",      1, false, static_cast<One>(std::tanh),  nullptr  },
    {"ACOS",      1, false, static_cast<One>(std::acos),  nullptr  },
    {"ASIN",      1, false, static_cast<One>(std::asin),  nullptr  },
    {"ATAN",      1, false, static_cast<One>(std::atan),  nullptr  },
    {"EXP",       1, false, static_cast<One>(std::exp),   nullptr  },
    {"EXPM1",     1, false, static_cast<One>(std::expm1), nullptr  },
    {"SQRT",      1, false, static_cast<One>(std::sqrt),  nullptr  },
    {"CBRT",      1, false, static_cast<One>(std::cbrt),  nullptr  },
    {"GET_EXP",   1, true,  exponent,                     nullptr  },
    {"LOG",       1, false, static_cast<One>(std::log),   nullptr  },
    {"LOG10",     1, false, static_cast<One>(std::log10), nullptr  },
    {"LOG1P",     1, false, static_cast<One>(std::log1p), nullptr  },
    {"CEIL",      1, true,  static_cast<One>(std::ceil),  nullptr  },
    {"FLOOR",     1, true,  static_cast<One>(std::floor), nullptr  },
    {"ABS",       1, false, static_cast<One>(std::fabs),  nullptr  },
    {"SIGNUM",    1, false, signum,                       nullptr  },
    {"RAD",       1, false, radians,                      nullptr  },
    {"DEG",       1, false, degrees,                      nullptr  },
};

}  // namespace

const Operation* find_operation(std::string_view name) {
    const auto found = std::find_if(std::begin(operations), std::end(operations),
                                    [&](const Operation& each) { return each.name == name; });
    return found == std::end(operations) ? nullptr : found;
}

Result<double> apply(const Operation& operation, const std::vector<double>& arguments) {
    if (operation.of_one) return operation.of_one(arguments[0]);
    return operation.of_two(arguments[0], arguments[1]);
}

}  // namespace thingstead::rule::math_function
