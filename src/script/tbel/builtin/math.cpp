// java.lang.Math. Overloads are chosen by score as the language reference says: exact 8, boxed to
// its primitive 7, the next wider 5, any other number 4; the first of int, long, float, double wins
// a tie.
#include <cmath>
#include <limits>
#include <numbers>

#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/number_text.h"

namespace thingstead::script::tbel {
namespace math {
namespace {

int score(Kind given, Kind wanted) {
    if (given == wanted) return 7;
    const bool next =
        (given == Kind::byte_ && wanted == Kind::short_) ||
        ((given == Kind::short_ || given == Kind::character) && wanted == Kind::integer) ||
        (given == Kind::integer && wanted == Kind::long_) ||
        (given == Kind::long_ && wanted == Kind::float_) ||
        (given == Kind::float_ && wanted == Kind::double_);
    return next ? 5 : Value::of(given).is_number() ? 4 : 1;
}

Kind overload(Call& call, std::initializer_list<Kind> overloads) {
    Kind best = *overloads.begin();
    int best_score = -1;
    for (const Kind each : overloads) {
        int total = 0;
        for (std::uint32_t i = 0; i < call.count; ++i) total += score(call.at(i).kind, each);
        if (total > best_score) {
            best = each;
            best_score = total;
        }
    }
    return best;
}

Kind any_number(Call& call) {
    return overload(call, {Kind::integer, Kind::long_, Kind::float_, Kind::double_});
}

Value argument(Call& call, std::uint32_t i, Kind kind) {
    return convert_to(call.run, call.at(i), kind);
}

std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

Value absolute(Call& call) {
    const Kind kind = any_number(call);
    const Value value = argument(call, 0, kind);
    switch (kind) {
        case Kind::integer: return make_int(static_cast<std::int32_t>(magnitude(value.integer)));
        case Kind::long_:   return make_long(static_cast<std::int64_t>(magnitude(value.long_)));
        case Kind::float_:  return make_float(std::fabs(value.float_));
        default:            return make_double(std::fabs(value.double_));
    }
}

double larger(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
    if (a == 0 && b == 0) return std::signbit(a) ? b : a;
    return a > b ? a : b;
}

Value extreme(Call& call, bool is_max) {
    const Kind kind = any_number(call);
    const Value a = argument(call, 0, kind), b = argument(call, 1, kind);
    if (kind == Kind::integer || kind == Kind::long_) {
        const bool first = number_as_long(a) >= number_as_long(b);
        return first == is_max ? a : b;
    }
    const double x = number_as_double(a), y = number_as_double(b);
    const double result = is_max ? larger(x, y) : -larger(-x, -y);
    return kind == Kind::float_ ? make_float(static_cast<float>(result)) : make_double(result);
}
Value max(Call& call) { return extreme(call, true); }
Value min(Call& call) { return extreme(call, false); }

Value round(Call& call) {
    const Kind kind = overload(call, {Kind::float_, Kind::double_});
    const Value value = argument(call, 0, kind);
    if (kind == Kind::float_) return make_int(java::round_half_up(value.float_));
    return make_long(java::round_half_up(value.double_));
}

template <double (*function)(double)>
Value of_one(Call& call) {
    return make_double(function(double_at(call, 0)));
}
template <double (*function)(double, double)>
Value of_two(Call& call) {
    return make_double(function(double_at(call, 0), double_at(call, 1)));
}

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double to_radians(double degrees) { return degrees * (std::numbers::pi / 180); }
double to_degrees(double radians) { return radians * (180 / std::numbers::pi); }
double power(double x, double y) {
    // Java: 1 to an infinite or NaN power is NaN.
    if (std::isnan(y) || (std::fabs(x) == 1 && std::isinf(y)))
        return std::numeric_limits<double>::quiet_NaN();
    return std::pow(x, y);
}

double floor(double x) { return std::floor(x); }
double ceil(double x) { return std::ceil(x); }
double sqrt(double x) { return std::sqrt(x); }
double cbrt(double x) { return std::cbrt(x); }
double exp(double x) { return std::exp(x); }
double expm1(double x) { return std::expm1(x); }
double log(double x) { return std::log(x); }
double log10(double x) { return std::log10(x); }
double log1p(double x) { return std::log1p(x); }
double sin(double x) { return std::sin(x); }
double cos(double x) { return std::cos(x); }
double tan(double x) { return std::tan(x); }
double asin(double x) { return std::asin(x); }
double acos(double x) { return std::acos(x); }
double atan(double x) { return std::atan(x); }
double sinh(double x) { return std::sinh(x); }
double cosh(double x) { return std::cosh(x); }
double tanh(double x) { return std::tanh(x); }
double atan2(double y, double x) { return std::atan2(y, x); }
double hypot(double x, double y) { return std::hypot(x, y); }
double remainder(double x, double y) { return std::remainder(x, y); }

Value random(Call& call) {
    return make_double(static_cast<double>(call.run.random_bits() >> 11) * 0x1.0p-53);
}

Value integral(Kind kind, std::int64_t value) {
    return kind == Kind::integer ? int_value(value) : make_long(value);
}

Value floor_divide(Call& call) {
    const Kind kind = overload(call, {Kind::integer, Kind::long_});
    return integral(kind, take(java::floor_div(long_at(call, 0), long_at(call, 1))));
}
Value floor_modulo(Call& call) {
    const Kind kind = overload(call, {Kind::integer, Kind::long_});
    return integral(kind, take(java::floor_mod(long_at(call, 0), long_at(call, 1))));
}

/// addExact and the like: fail where the type overflows.
template <bool (*overflows)(std::int64_t, std::int64_t, std::int64_t*)>
Value exact(Call& call) {
    const Kind kind = overload(call, {Kind::integer, Kind::long_});
    std::int64_t result = 0;
    const std::int64_t a = number_as_long(argument(call, 0, kind));
    const std::int64_t b = number_as_long(argument(call, 1, kind));
    if (overflows(a, b, &result) && kind == Kind::long_) fail("long overflow");
    if (kind == Kind::integer && result != static_cast<std::int32_t>(result))
        fail("integer overflow");
    return integral(kind, result);
}
bool add(std::int64_t a, std::int64_t b, std::int64_t* out) {
    return __builtin_add_overflow(a, b, out);
}
bool subtract(std::int64_t a, std::int64_t b, std::int64_t* out) {
    return __builtin_sub_overflow(a, b, out);
}
bool multiply(std::int64_t a, std::int64_t b, std::int64_t* out) {
    return __builtin_mul_overflow(a, b, out);
}

Value to_int_exact(Call& call) {
    const std::int64_t value = long_at(call, 0);
    if (value != static_cast<std::int32_t>(value)) fail("integer overflow");
    return int_value(value);
}

Value clamp(Call& call) {
    const Kind kind = any_number(call);
    const Value value = argument(call, 0, kind), low = argument(call, 1, kind),
                high = argument(call, 2, kind);
    if (compare(call.run, Operator::greater, low, high))
        fail(text_of(call.run, low) + " > " + text_of(call.run, high));
    if (compare(call.run, Operator::less, value, low)) return low;
    return compare(call.run, Operator::greater, value, high) ? high : value;
}

constexpr StaticType real = StaticType::double_;

constexpr Method methods[] = {
    // clang-format off
    {"abs", absolute, 1, 1, StaticType::unknown, "N"},
    {"max", max, 2, 2, StaticType::unknown, "N"},
    {"min", min, 2, 2, StaticType::unknown, "N"},
    {"round", round, 1, 1, StaticType::long_},
    {"floor", of_one<floor>, 1, 1, real},
    {"ceil", of_one<ceil>, 1, 1, real},
    {"rint", of_one<java::round_half_even>, 1, 1, real},
    {"sqrt", of_one<sqrt>, 1, 1, real},
    {"cbrt", of_one<cbrt>, 1, 1, real},
    {"pow", of_two<power>, 2, 2, real},
    {"exp", of_one<exp>, 1, 1, real},
    {"expm1", of_one<expm1>, 1, 1, real},
    {"log", of_one<log>, 1, 1, real},
    {"log10", of_one<log10>, 1, 1, real},
    {"log1p", of_one<log1p>, 1, 1, real},
    {"sin", of_one<sin>, 1, 1, real},
    {"cos", of_one<cos>, 1, 1, real},
    {"tan", of_one<tan>, 1, 1, real},
    {"asin", of_one<asin>, 1, 1, real},
    {"acos", of_one<acos>, 1, 1, real},
    {"atan", of_one<atan>, 1, 1, real},
    {"atan2", of_two<atan2>, 2, 2, real},
    {"sinh", of_one<sinh>, 1, 1, real},
    {"cosh", of_one<cosh>, 1, 1, real},
    {"tanh", of_one<tanh>, 1, 1, real},
    {"hypot", of_two<hypot>, 2, 2, real},
    {"IEEEremainder", of_two<remainder>, 2, 2, real},
    {"toRadians", of_one<to_radians>, 1, 1, real},
    {"toDegrees", of_one<to_degrees>, 1, 1, real},
    {"signum", of_one<sign>, 1, 1, real},
    {"random", random, 0, 0, real},
    {"floorDiv", floor_divide, 2, 2, StaticType::unknown, "N"},
    {"floorMod", floor_modulo, 2, 2, StaticType::unknown, "N"},
    {"addExact", exact<add>, 2, 2, StaticType::unknown, "N"},
    {"subtractExact", exact<subtract>, 2, 2, StaticType::unknown, "N"},
    {"multiplyExact", exact<multiply>, 2, 2, StaticType::unknown, "N"},
    {"toIntExact", to_int_exact, 1, 1, StaticType::int_},
    {"clamp", clamp, 3, 3, StaticType::unknown, "N"},
    // clang-format on
};

const Constant constants[] = {
    {"PI", make_double(std::numbers::pi)},
    {"E",  make_double(std::numbers::e) }
};

}  // namespace
}  // namespace math

std::span<const Method> math_statics() { return math::methods; }
std::span<const Constant> math_constants() { return math::constants; }

}  // namespace thingstead::script::tbel
