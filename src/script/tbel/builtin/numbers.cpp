// java.lang.Integer, Long, Short, Byte, Float, Double, Boolean and Character.
#include <bit>
#include <cmath>
#include <limits>

#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace numbers {
namespace {

template <Kind kind>
Value converted(Call& call) {
    return convert_number(call.run, call.self, kind);
}
Value to_string(Call& call) { return call.run.text(text_of(call.run, call.self)); }
Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }
Value hash_code(Call& call) {
    return make_int(static_cast<std::int32_t>(java_hash(call.run, call.self)));
}
Value compare_to(Call& call) {
    if (compare(call.run, Operator::less, call.self, call.at(0))) return make_int(-1);
    return make_int(compare(call.run, Operator::greater, call.self, call.at(0)) ? 1 : 0);
}
Value is_nan(Call& call) { return make_boolean(std::isnan(number_as_double(call.self))); }
Value is_infinite(Call& call) { return make_boolean(std::isinf(number_as_double(call.self))); }

constexpr StaticType int_type = StaticType::int_, boxed_int = StaticType::boxed_integer,
                     long_type = StaticType::long_, boxed_long = StaticType::boxed_long,
                     double_type = StaticType::double_, boxed_double = StaticType::boxed_double,
                     float_type = StaticType::float_, boxed_float = StaticType::boxed_float,
                     boolean = StaticType::boolean, string = StaticType::string;

constexpr Method methods[] = {
    // clang-format off
    {"intValue", converted<Kind::integer>, 0, 0, int_type},
    {"longValue", converted<Kind::long_>, 0, 0, long_type},
    {"doubleValue", converted<Kind::double_>, 0, 0, double_type},
    {"floatValue", converted<Kind::float_>, 0, 0, float_type},
    {"shortValue", converted<Kind::short_>, 0, 0, StaticType::short_},
    {"byteValue", converted<Kind::byte_>, 0, 0, StaticType::byte_},
    {"toString", to_string, 0, 0, string},
    {"equals", equals, 1, 1, boolean},
    {"hashCode", hash_code, 0, 0, int_type},
    {"compareTo", compare_to, 1, 1, int_type},
    {"isNaN", is_nan, 0, 0, boolean},
    {"isInfinite", is_infinite, 0, 0, boolean},
    // clang-format on
};

Value boolean_value(Call& call) { return call.self; }
constexpr Method of_booleans[] = {
    {"booleanValue", boolean_value, 0, 0, boolean },
    {"toString",     to_string,     0, 0, string  },
    {"equals",       equals,        1, 1, boolean },
    {"hashCode",     hash_code,     0, 0, int_type},
};

// --- static ones

Value parse_int(Call& call) {
    return make_int(take(java::parse_int(text_at(call, 0), int_at(call, 1, 10))));
}
Value parse_long(Call& call) {
    return make_long(take(java::parse_long(text_at(call, 0), int_at(call, 1, 10))));
}
Value parse_double(Call& call) { return make_double(take(java::parse_double(text_at(call, 0)))); }
Value parse_float(Call& call) { return make_float(take(java::parse_float(text_at(call, 0)))); }

Value int_value_of(Call& call) {
    return call.at(0).is(Kind::string) ? parse_int(call) : make_int(int_at(call, 0));
}
Value long_value_of(Call& call) {
    return call.at(0).is(Kind::string) ? parse_long(call) : make_long(long_at(call, 0));
}
Value double_value_of(Call& call) {
    return call.at(0).is(Kind::string) ? parse_double(call) : make_double(double_at(call, 0));
}
Value float_value_of(Call& call) {
    if (call.at(0).is(Kind::string)) return parse_float(call);
    return make_float(convert_to(call.run, call.at(0), Kind::float_).float_);
}

Value int_text(Call& call) {
    return call.run.text(java::radix_text(int_at(call, 0), int_at(call, 1, 10)));
}
Value long_text(Call& call) {
    return call.run.text(java::radix_text(long_at(call, 0), int_at(call, 1, 10)));
}
Value double_text(Call& call) { return call.run.text(java::number_text(double_at(call, 0))); }
Value float_text(Call& call) {
    return call.run.text(java::number_text(convert_to(call.run, call.at(0), Kind::float_).float_));
}

template <int radix>
Value int_bits_text(Call& call) {
    return call.run.text(java::unsigned_text(static_cast<std::uint32_t>(int_at(call, 0)), radix));
}
template <int radix>
Value long_bits_text(Call& call) {
    return call.run.text(java::unsigned_text(static_cast<std::uint64_t>(long_at(call, 0)), radix));
}

Value int_compare(Call& call) {
    const std::int32_t a = int_at(call, 0), b = int_at(call, 1);
    return make_int(a < b ? -1 : a > b);
}
Value long_compare(Call& call) {
    const std::int64_t a = long_at(call, 0), b = long_at(call, 1);
    return make_int(a < b ? -1 : a > b);
}
Value double_compare(Call& call) {
    const double a = double_at(call, 0), b = double_at(call, 1);
    if (a < b) return make_int(-1);
    if (a > b) return make_int(1);
    const auto x = std::bit_cast<std::int64_t>(a), y = std::bit_cast<std::int64_t>(b);
    return make_int(x < y ? -1 : x > y);
}

Value int_bit_count(Call& call) {
    return make_int(std::popcount(static_cast<std::uint32_t>(int_at(call, 0))));
}
Value long_bit_count(Call& call) {
    return make_int(std::popcount(static_cast<std::uint64_t>(long_at(call, 0))));
}

Value parse_unsigned_int(Call& call) {
    return make_int(static_cast<std::int32_t>(
        take(java::parse_unsigned_int(text_at(call, 0), int_at(call, 1, 10)))));
}
Value parse_unsigned_long(Call& call) {
    return make_long(static_cast<std::int64_t>(
        take(java::parse_unsigned_long(text_at(call, 0), int_at(call, 1, 10)))));
}
Value int_to_unsigned_long(Call& call) {
    return make_long(static_cast<std::uint32_t>(int_at(call, 0)));
}
Value int_to_unsigned_text(Call& call) {
    return call.run.text(
        java::unsigned_text(static_cast<std::uint32_t>(int_at(call, 0)), int_at(call, 1, 10)));
}
Value long_to_unsigned_text(Call& call) {
    return call.run.text(
        java::unsigned_text(static_cast<std::uint64_t>(long_at(call, 0)), int_at(call, 1, 10)));
}

constexpr Method of_integers[] = {
    // clang-format off
    {"parseInt", parse_int, 1, 2, int_type},
    {"parseUnsignedInt", parse_unsigned_int, 1, 2, int_type},
    {"valueOf", int_value_of, 1, 2, boxed_int},
    {"toString", int_text, 1, 2, string},
    {"toUnsignedString", int_to_unsigned_text, 1, 2, string},
    {"toUnsignedLong", int_to_unsigned_long, 1, 1, long_type},
    {"toHexString", int_bits_text<16>, 1, 1, string},
    {"toOctalString", int_bits_text<8>, 1, 1, string},
    {"toBinaryString", int_bits_text<2>, 1, 1, string},
    {"compare", int_compare, 2, 2, int_type},
    {"bitCount", int_bit_count, 1, 1, int_type},
    // clang-format on
};
constexpr Method of_longs[] = {
    // clang-format off
    {"parseLong", parse_long, 1, 2, long_type},
    {"parseUnsignedLong", parse_unsigned_long, 1, 2, long_type},
    {"valueOf", long_value_of, 1, 2, boxed_long},
    {"toString", long_text, 1, 2, string},
    {"toUnsignedString", long_to_unsigned_text, 1, 2, string},
    {"toHexString", long_bits_text<16>, 1, 1, string},
    {"toOctalString", long_bits_text<8>, 1, 1, string},
    {"toBinaryString", long_bits_text<2>, 1, 1, string},
    {"compare", long_compare, 2, 2, int_type},
    {"bitCount", long_bit_count, 1, 1, int_type},
    // clang-format on
};

Value double_is_nan(Call& call) { return make_boolean(std::isnan(double_at(call, 0))); }
Value double_is_infinite(Call& call) { return make_boolean(std::isinf(double_at(call, 0))); }
Value double_is_finite(Call& call) { return make_boolean(std::isfinite(double_at(call, 0))); }
Value double_bits(Call& call) {
    const double value = double_at(call, 0);
    if (std::isnan(value)) return make_long(0x7ff8000000000000LL);
    return make_long(std::bit_cast<std::int64_t>(value));
}
Value double_of_bits(Call& call) { return make_double(std::bit_cast<double>(long_at(call, 0))); }
Value double_hex(Call& call) { return call.run.text(java::hex_float_text(double_at(call, 0))); }
Value float_bits(Call& call) {
    const float value = convert_to(call.run, call.at(0), Kind::float_).float_;
    if (std::isnan(value)) return make_int(0x7fc00000);
    return make_int(std::bit_cast<std::int32_t>(value));
}
Value float_of_bits(Call& call) { return make_float(std::bit_cast<float>(int_at(call, 0))); }

constexpr Method of_doubles[] = {
    // clang-format off
    {"parseDouble", parse_double, 1, 1, double_type},
    {"valueOf", double_value_of, 1, 1, boxed_double},
    {"toString", double_text, 1, 1, string},
    {"toHexString", double_hex, 1, 1, string},
    {"isNaN", double_is_nan, 1, 1, boolean},
    {"isInfinite", double_is_infinite, 1, 1, boolean},
    {"isFinite", double_is_finite, 1, 1, boolean},
    {"compare", double_compare, 2, 2, int_type},
    {"doubleToLongBits", double_bits, 1, 1, long_type},
    {"doubleToRawLongBits", double_bits, 1, 1, long_type},
    {"longBitsToDouble", double_of_bits, 1, 1, double_type},
    // clang-format on
};
constexpr Method of_floats[] = {
    // clang-format off
    {"parseFloat", parse_float, 1, 1, float_type},
    {"valueOf", float_value_of, 1, 1, boxed_float},
    {"toString", float_text, 1, 1, string},
    {"isNaN", double_is_nan, 1, 1, boolean},
    {"isInfinite", double_is_infinite, 1, 1, boolean},
    {"isFinite", double_is_finite, 1, 1, boolean},
    {"compare", double_compare, 2, 2, int_type},
    {"floatToIntBits", float_bits, 1, 1, int_type},
    {"floatToRawIntBits", float_bits, 1, 1, int_type},
    {"intBitsToFloat", float_of_bits, 1, 1, float_type},
    // clang-format on
};

/// parseByte, parseShort: an int in range.
template <Kind kind, std::int32_t lowest, std::int32_t highest>
Value parse_narrow(Call& call) {
    const std::int32_t value = take(java::parse_int(text_at(call, 0), int_at(call, 1, 10)));
    if (value < lowest || value > highest)
        fail("Value out of range. Value:\"" + std::string(text_at(call, 0)) +
             "\" Radix:" + std::to_string(int_at(call, 1, 10)));
    return make_int(value, kind);
}
template <Kind kind>
Value narrow_value_of(Call& call) {
    return convert_to(call.run, call.at(0), kind);
}
template <std::int32_t mask>
Value unsigned_of(Call& call) {
    return make_int(int_at(call, 0) & mask);
}
Value narrow_text(Call& call) { return call.run.text(std::to_string(int_at(call, 0))); }

constexpr Method of_bytes[] = {
    {"parseByte", parse_narrow<Kind::byte_, -128, 127>, 1, 2, StaticType::byte_},
    {"valueOf", narrow_value_of<Kind::byte_>, 1, 1, StaticType::boxed_byte},
    {"toUnsignedInt", unsigned_of<0xFF>, 1, 1, int_type},
    {"toString", narrow_text, 1, 1, string},
    {"compare", int_compare, 2, 2, int_type},
};
constexpr Method of_shorts[] = {
    {"parseShort", parse_narrow<Kind::short_, -32768, 32767>, 1, 2, StaticType::short_},
    {"valueOf", narrow_value_of<Kind::short_>, 1, 1, StaticType::boxed_short},
    {"toUnsignedInt", unsigned_of<0xFFFF>, 1, 1, int_type},
    {"toString", narrow_text, 1, 1, string},
    {"compare", int_compare, 2, 2, int_type},
};

Value parse_boolean(Call& call) {
    const auto text = optional_text_at(call, 0);
    return make_boolean(text && java::equals_ignore_case(*text, "true"));
}
Value boolean_value_of(Call& call) {
    return call.at(0).is(Kind::boolean) ? call.at(0) : parse_boolean(call);
}
Value text_of_argument(Call& call) { return call.run.text(text_of(call.run, call.at(0))); }

constexpr Method boolean_static_methods[] = {
    {"parseBoolean", parse_boolean,    1, 1, boolean},
    {"valueOf",      boolean_value_of, 1, 1, boolean},
    {"toString",     text_of_argument, 1, 1, string },
};

std::int32_t code_point(Call& call) {
    const Value& value = call.at(0);
    if (value.is_number()) return int_at(call, 0);
    return convert_to(call.run, value, Kind::character).character;
}
template <bool (*is)(std::int32_t)>
Value character_is(Call& call) {
    return make_boolean(is(code_point(call)));
}
Value numeric_value(Call& call) { return make_int(java::numeric_value(code_point(call))); }
Value character_text(Call& call) {
    return call.run.text(java::unit_text(static_cast<char16_t>(code_point(call))));
}
Value character_upper(Call& call) {
    const std::string text =
        java::to_upper_case(java::unit_text(static_cast<char16_t>(code_point(call))));
    return make_character(take(java::char_at(text, 0)));
}
Value character_lower(Call& call) {
    const std::string text =
        java::to_lower_case(java::unit_text(static_cast<char16_t>(code_point(call))));
    return make_character(take(java::char_at(text, 0)));
}
Value character_value_of(Call& call) {
    return make_character(static_cast<char16_t>(code_point(call)));
}

constexpr Method of_characters[] = {
    // clang-format off
    {"isDigit", character_is<java::is_digit>, 1, 1, boolean},
    {"isLetter", character_is<java::is_letter>, 1, 1, boolean},
    {"isLetterOrDigit", character_is<java::is_letter_or_digit>, 1, 1, boolean},
    {"isWhitespace", character_is<java::is_whitespace>, 1, 1, boolean},
    {"isUpperCase", character_is<java::is_upper_case>, 1, 1, boolean},
    {"isLowerCase", character_is<java::is_lower_case>, 1, 1, boolean},
    {"getNumericValue", numeric_value, 1, 1, int_type},
    {"toUpperCase", character_upper, 1, 1, StaticType::character},
    {"toLowerCase", character_lower, 1, 1, StaticType::character},
    {"valueOf", character_value_of, 1, 1, StaticType::character},
    {"toString", character_text, 1, 1, string},
    // clang-format on
};

const Constant int_limits[] = {
    {"MAX_VALUE", make_int(std::numeric_limits<std::int32_t>::max())},
    {"MIN_VALUE", make_int(std::numeric_limits<std::int32_t>::min())},
    {"SIZE",      make_int(32)                                      },
    {"BYTES",     make_int(4)                                       }
};
const Constant long_limits[] = {
    {"MAX_VALUE", make_long(std::numeric_limits<std::int64_t>::max())},
    {"MIN_VALUE", make_long(std::numeric_limits<std::int64_t>::min())},
    {"SIZE",      make_int(64)                                       },
    {"BYTES",     make_int(8)                                        }
};
const Constant double_limits[] = {
    {"MAX_VALUE",         make_double(std::numeric_limits<double>::max())       },
    {"MIN_VALUE",         make_double(std::numeric_limits<double>::denorm_min())},
    {"NaN",               make_double(std::numeric_limits<double>::quiet_NaN()) },
    {"POSITIVE_INFINITY", make_double(std::numeric_limits<double>::infinity())  },
    {"NEGATIVE_INFINITY", make_double(-std::numeric_limits<double>::infinity()) }
};
const Constant float_limits[] = {
    {"MAX_VALUE",         make_float(std::numeric_limits<float>::max())       },
    {"MIN_VALUE",         make_float(std::numeric_limits<float>::denorm_min())},
    {"NaN",               make_float(std::numeric_limits<float>::quiet_NaN()) },
    {"POSITIVE_INFINITY", make_float(std::numeric_limits<float>::infinity())  },
    {"NEGATIVE_INFINITY", make_float(-std::numeric_limits<float>::infinity()) }
};
const Constant byte_limits[] = {
    {"MAX_VALUE", make_int(127,  Kind::byte_)},
    {"MIN_VALUE", make_int(-128, Kind::byte_)}
};
const Constant short_limits[] = {
    {"MAX_VALUE", make_int(32767,  Kind::short_)},
    {"MIN_VALUE", make_int(-32768, Kind::short_)}
};

}  // namespace
}  // namespace numbers

std::span<const Method> number_methods() { return numbers::methods; }
std::span<const Method> boolean_methods() { return numbers::of_booleans; }
std::span<const Method> integer_statics() { return numbers::of_integers; }
std::span<const Method> long_statics() { return numbers::of_longs; }
std::span<const Method> double_statics() { return numbers::of_doubles; }
std::span<const Method> float_statics() { return numbers::of_floats; }
std::span<const Method> byte_statics() { return numbers::of_bytes; }
std::span<const Method> short_statics() { return numbers::of_shorts; }
std::span<const Method> boolean_statics() { return numbers::boolean_static_methods; }
std::span<const Method> character_statics() { return numbers::of_characters; }
std::span<const Constant> integer_constants() { return numbers::int_limits; }
std::span<const Constant> long_constants() { return numbers::long_limits; }
std::span<const Constant> double_constants() { return numbers::double_limits; }
std::span<const Constant> float_constants() { return numbers::float_limits; }
std::span<const Constant> byte_constants() { return numbers::byte_limits; }
std::span<const Constant> short_constants() { return numbers::short_limits; }

namespace {

void require_one(Call& call) {
    if (call.count != 1) fail("a constructor with one argument is needed");
}

}  // namespace

Value new_boxed_integer(Call& call) {
    require_one(call);
    return numbers::int_value_of(call);
}
Value new_boxed_long(Call& call) {
    require_one(call);
    return numbers::long_value_of(call);
}
Value new_boxed_double(Call& call) {
    require_one(call);
    return numbers::double_value_of(call);
}
Value new_boxed_float(Call& call) {
    require_one(call);
    return numbers::float_value_of(call);
}
Value new_boxed_boolean(Call& call) {
    require_one(call);
    return numbers::boolean_value_of(call);
}

}  // namespace thingstead::script::tbel
