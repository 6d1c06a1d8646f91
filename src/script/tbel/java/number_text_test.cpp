#include "script/tbel/java/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "script/tbel/java/decimal_digits.h"

namespace thingstead::script::java {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(NumberText, IsThatOfJava) {
    const std::pair<double, std::string_view> rows[] = {
        {0,                       "0.0"                    },
        {-0.0,                    "-0.0"                   },
        {1,                       "1.0"                    },
        {100,                     "100.0"                  },
        {0.001,                   "0.001"                  },
        {0.00099,                 "9.9E-4"                 },
        {1e-5,                    "1.0E-5"                 },
        {9999999,                 "9999999.0"              },
        {1e7,                     "1.0E7"                  },
        {12345678.9,              "1.23456789E7"           },
        {6.02e23,                 "6.02E23"                },
        {2e23,                    "2.0E23"                 },
        {1.700000000999e9,        "1.700000000999E9"       },
        {0.1 + 0.7,               "0.7999999999999999"     },
        {1.4142135623730951,      "1.4142135623730951"     },
        {4.9e-324,                "4.9E-324"               },
        {2.2250738585072014e-308, "2.2250738585072014E-308"},
        {1.7976931348623157e308,  "1.7976931348623157E308" },
        {nan_value,               "NaN"                    },
        {infinity,                "Infinity"               },
        {-infinity,               "-Infinity"              },
    };
    for (const auto& [value, text] : rows) EXPECT_EQ(number_text(value), text);
    EXPECT_EQ(number_text(1.5f), "1.5");
    EXPECT_EQ(number_text(0.1f), "0.1");
    EXPECT_EQ(number_text(1.4e-45f), "1.4E-45");
    EXPECT_EQ(number_text(3.4028235e38f), "3.4028235E38");
    EXPECT_EQ(number_text(1e10f), "1.0E10");
}

TEST(NumberText, ReadsBackAsTheSameNumberAndNoShorterTextDoes) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        const Result<double> back = parse_double(number_text(value));
        ASSERT_TRUE(back) << number_text(value);
        ASSERT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
        const DecimalDigits digits = shortest_digits(value);
        if (digits.digits.size() < 3) continue;
        DecimalDigits shorter = digits;
        round_half_up(shorter,
                      static_cast<std::int32_t>(digits.digits.size()) - 2 - digits.exponent);
        const std::string text =
            (shorter.negative ? "-" : "") + shorter.digits + "E" +
            std::to_string(shorter.exponent + 1 - static_cast<std::int32_t>(shorter.digits.size()));
        ASSERT_NE(*parse_double(text), value) << number_text(value);
    }
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isfinite(value)) continue;
        ASSERT_EQ(*parse_float(number_text(value)), value) << number_text(value);
    }
}

TEST(NumberText, WritesEveryRadix) {
    EXPECT_EQ(radix_text(35, 36), "z");
    EXPECT_EQ(radix_text(-255, 16), "-ff");
    EXPECT_EQ(radix_text(7, 99), "7");
    EXPECT_EQ(radix_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(unsigned_text(255, 16), "ff");
    EXPECT_EQ(unsigned_text(static_cast<std::uint32_t>(-2), 16), "fffffffe");
    EXPECT_EQ(unsigned_text(5, 2), "101");
    EXPECT_EQ(hex_float_text(1.0 / 3), "0x1.5555555555555p-2");
    EXPECT_EQ(hex_float_text(-2.0), "-0x1.0p1");
    EXPECT_EQ(hex_float_text(4.9e-324), "0x0.0000000000001p-1022");
    EXPECT_EQ(hex_float_text(1.1f), "0x1.19999ap0");
    EXPECT_EQ(hex_float_text(1e-40f), "0x0.022d84p-126");
}

TEST(ParseInt, TakesWhatJavaTakesAndSaysWhatJavaSays) {
    EXPECT_EQ(*parse_int("-2147483648"), std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(*parse_int("+7"), 7);
    EXPECT_EQ(*parse_int("1F", 16), 31);
    EXPECT_EQ(*parse_int("zz", 36), 35 * 36 + 35);
    EXPECT_EQ(*parse_int("٣٤"), 34);  // Arabic digits
    EXPECT_EQ(*parse_long("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(*parse_unsigned_int("4294967295"), 4294967295u);
    struct Fails {
        std::string_view text;
        int radix;
        std::string_view message;
    };
    const Fails rows[] = {
        {"7.5",        10, "For input string: \"7.5\""                },
        {"",           10, "For input string: \"\""                   },
        {"",           16, "For input string: \"\" under radix 16"    },
        {"+",          10, "For input string: \"+\""                  },
        {"99",         8,  "For input string: \"99\" under radix 8"   },
        {"2147483648", 10, "For input string: \"2147483648\""         },
        {"1",          1,  "radix 1 less than Character.MIN_RADIX"    },
        {"1",          40, "radix 40 greater than Character.MAX_RADIX"},
    };
    for (const Fails& row : rows)
        EXPECT_EQ(parse_int(row.text, row.radix).error().message, row.message);
    EXPECT_EQ(parse_unsigned_int("4294967296").error().message,
              "String value 4294967296 exceeds range of unsigned int.");
    EXPECT_EQ(parse_unsigned_int("-1").error().message,
              "Illegal leading minus sign on unsigned string -1.");
}

TEST(ParseDouble, TakesWhatJavaTakes) {
    const std::pair<std::string_view, double> rows[] = {
        {" 1.5 ",                     1.5      },
        {"1.",                        1        },
        {".5",                        0.5      },
        {"+.5e+2D",                   50       },
        {"1e3f",                      1000     },
        {"0x1.8p1",                   3        },
        {"0x.8p1f",                   1        },
        {"1e400",                     infinity },
        {"-1e400",                    -infinity},
        {"1e-400",                    0        },
        {"-Infinity",                 -infinity},
        {"4.9e-324",                  4.9e-324 },
        {"0e99999999999999999999",    0        },
        {"1e99999999999999999999",    infinity },
        {"0.1e-99999999999999999999", 0        },
    };
    for (const auto& [text, value] : rows) {
        const Result<double> read = parse_double(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(*read, value) << text;
    }
    EXPECT_TRUE(std::isnan(*parse_double("NaN")));
    EXPECT_TRUE(std::signbit(*parse_double("-0")));
    EXPECT_EQ(*parse_float("0.1"), 0.1f);
    EXPECT_EQ(parse_double(" ").error().message, "empty String");
    for (const std::string_view text :
         {"1e", "0x1", "0x1p", ".", "1x", "NaNd", "1_0", "inf", "--1", "e5"})
        EXPECT_EQ(parse_double(text).error().message,
                  "For input string: \"" + std::string(text) + "\"");
}

TEST(Rounding, IsThatOfJava) {
    EXPECT_EQ(round_half_up(2.5), 3);
    EXPECT_EQ(round_half_up(-2.5), -2);
    EXPECT_EQ(round_half_up(0.49999999999999994), 0);
    EXPECT_EQ(round_half_up(nan_value), 0);
    EXPECT_EQ(round_half_up(1e300), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(round_half_up(3e9f), std::numeric_limits<std::int32_t>::max());
    EXPECT_EQ(round_half_even(2.5), 2);
    EXPECT_EQ(round_half_even(3.5), 4);
    EXPECT_TRUE(std::signbit(round_half_even(-0.2)));
    EXPECT_EQ(narrow_to_int(5.9), 5);
    EXPECT_EQ(narrow_to_int(-1e20), std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(narrow_to_int(2147483648.0), std::numeric_limits<std::int32_t>::max());
    EXPECT_EQ(narrow_to_long(9.3e18), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(*floor_div(-7, 2), -4);
    EXPECT_EQ(*floor_mod(-7, 2), 1);
    EXPECT_EQ(*floor_div(std::numeric_limits<std::int64_t>::min(), -1),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(floor_div(1, 0).error().message, "/ by zero");
}

TEST(ToFixed, RoundsHalfUpOnTheDecimalText) {
    EXPECT_EQ(*to_fixed(2.345, 2), 2.35);
    EXPECT_EQ(*to_fixed(-2.5, 0), -3.0);
    EXPECT_EQ(*to_fixed(1.005, 2), 1.01);
    EXPECT_EQ(*to_fixed(9.999, 2), 10.0);
    EXPECT_EQ(*to_fixed(0.004, 2), 0.0);
    EXPECT_EQ(*to_fixed(0.005, 2), 0.01);
    EXPECT_EQ(*to_fixed(0.96, 0), 1.0);
    EXPECT_EQ(*to_fixed(1234.5, -2), 1200.0);
    EXPECT_EQ(*to_fixed(5000.0, -4), 10000.0);
    EXPECT_EQ(*to_fixed(1e300, 2), 1e300);
    EXPECT_FALSE(std::signbit(*to_fixed(-0.001, 2)));
    EXPECT_EQ(*to_fixed(2.5f, 1), 2.5f);
    EXPECT_EQ(to_fixed(nan_value, 2).error().message, "Infinite or NaN");
    EXPECT_EQ(*to_int_half_up(2.5), 3);
    EXPECT_EQ(*to_int_half_up(-0.5), -1);
    EXPECT_EQ(*to_int_half_up(0.4), 0);
    EXPECT_EQ(*to_int_half_up(4294967297.0), 1);
}

}  // namespace
}  // namespace thingstead::script::java
