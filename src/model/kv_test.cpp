#include "model/kv.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <limits>
#include <random>

namespace thingstead::model {
namespace {

std::string double_text(double value) {
    std::string out;
    append_double(out, value);
    return out;
}

std::string json_text(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

struct DoubleText {
    double value;
    std::string_view text;
};

constexpr DoubleText double_texts[] = {
    {0.0,                                      "0.0"                    },
    {-0.0,                                     "-0.0"                   },
    {42.0,                                     "42.0"                   },
    {-42.5,                                    "-42.5"                  },
    {0.1,                                      "0.1"                    },
    {0.001,                                    "0.001"                  },
    {0.00123,                                  "0.00123"                },
    {0.0009999,                                "9.999E-4"               },
    {1e-5,                                     "1.0E-5"                 },
    {1234567.0,                                "1234567.0"              },
    {1234567.875,                              "1234567.875"            },
    {9999999.0,                                "9999999.0"              },
    {9999999.999999998,                        "9999999.999999998"      },
    {1e6,                                      "1000000.0"              },
    {1e7,                                      "1.0E7"                  },
    {123456789.0,                              "1.23456789E8"           },
    {1e10,                                     "1.0E10"                 },
    {2e23,                                     "2.0E23"                 },
    {std::numeric_limits<double>::max(),       "1.7976931348623157E308" },
    {std::numeric_limits<double>::min(),       "2.2250738585072014E-308"},
    {std::numeric_limits<double>::infinity(),  "Infinity"               },
    {-std::numeric_limits<double>::infinity(), "-Infinity"              },
    {std::numeric_limits<double>::quiet_NaN(), "NaN"                    },
};

TEST(DoubleText, HasAFractionOrAnExponent) {
    for (const DoubleText& row : double_texts) EXPECT_EQ(double_text(row.value), row.text);
}

TEST(DoubleText, ReadsBackForAnyBits) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (value != value) continue;
        const std::string text = double_text(value);
        EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
        EXPECT_NE(text.find_first_of(".I"), std::string::npos) << text;
    }
}

TEST(JsonString, EscapesWhatJsonMayNotHold) {
    std::string out;
    append_json_string(out, std::string_view("a\"b\\c\b\f\n\r\t\0\x1F\x7F/", 14));
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0000\\u001F\x7F/\"");
}

TEST(JsonString, KeepsUtf8AndReplacesBrokenBytes) {
    struct Row {
        std::string_view in, out;
    };
    constexpr Row rows[] = {
        {"",                 "\"\""                                                },
        {"°C € 𝄞",           "\"°C € 𝄞\""                                          },
        {"\xC3",             "\"\xEF\xBF\xBD\""                                    },
        {"a\xFFz",           "\"a\xEF\xBF\xBDz\""                                  },
        {"\xC0\x80",         "\"\xEF\xBF\xBD\xEF\xBF\xBD\""                        },
        {"\xED\xA0\x80",     "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""            },
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE2\x82\"",       "\"\xEF\xBF\xBD\xEF\xBF\xBD\\\"\""                    },
    };
    for (const Row& row : rows) {
        std::string out;
        append_json_string(out, row.in);
        EXPECT_EQ(out, row.out);
    }
}

TEST(ValueText, IsBareInTextAndALiteralInJson) {
    struct Row {
        Value value;
        std::string_view text, json;
    };
    const Row rows[] = {
        {Value(true),                                     "true",                 "true"             },
        {Value(false),                                    "false",                "false"            },
        {Value(std::int64_t{-7}),                         "-7",                   "-7"               },
        {Value(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808",
         "-9223372036854775808"                                                                      },
        {Value(42.0),                                     "42.0",                 "42.0"             },
        {Value(std::numeric_limits<double>::quiet_NaN()), "NaN",                  "null"             },
        {Value(-std::numeric_limits<double>::infinity()), "-Infinity",            "null"             },
        {Value(std::string("say \"x\"")),                 "say \"x\"",            "\"say \\\"x\\\"\""},
        {Value(JsonText{"{\"a\": [1]}"}),                 "{\"a\": [1]}",         "{\"a\": [1]}"     },
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_text(row.value), row.text);
        EXPECT_EQ(json_text(row.value), row.json);
    }
}

}  // namespace
}  // namespace thingstead::model
