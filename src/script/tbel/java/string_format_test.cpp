#include "script/tbel/java/string_format.h"

#include <gtest/gtest.h>

#include <limits>

namespace thingstead::script::java {
namespace {

using namespace std::string_literals;

constexpr double infinite = std::numeric_limits<double>::infinity();

// What Java 25 answers.
struct Formats {
    std::string_view format;
    std::vector<FormatArgument> arguments;
    std::string_view result;
};

const Formats formats[] = {
    {"%.2f|%04d",                     {2.345, 7},                                            "2.35|0007"                         },
    {"%5d|%-5d|%05d|%+d|% d|%,d|%(d",
     {42, 42, 42, 42, 42, 1234567, -5},
     "   42|42   |00042|+42| 42|1,234,567|(5)"                                                                                   },
    {"%x %X %o %#x %#o",              {255, 255, 8, 255, 8},                                 "ff FF 10 0xff 010"                 },
    {"%x %x %x",                      {std::int8_t{-1}, -1, std::int64_t{-1}},               "ff ffffffff ffffffffffffffff"      },
    {"%s %S %10s|%-10s|%.2s",
     {"abc"s, "abc"s, "abc"s, "abc"s, "abc"s},
     "abc ABC        abc|abc       |ab"                                                                                          },
    {"%c %C %c",                      {u'x', u'y', 65},                                      "x Y A"                             },
    {"%b %B %b",                      {true, false, std::monostate()},                       "true FALSE false"                  },
    {"%e %E %.2e",                    {12345.678, 0.000123, 0.0},                            "1.234568e+04 1.230000E-04 0.00e+00"},
    {"%g %g %g %g",
     {12345.678, 0.00001234, 0.0, 123456789.0},
     "12345.7 1.23400e-05 0.00000 1.23457e+08"                                                                                   },
    {"%f %.0f %.3f %,.2f",            {1.0, 2.5, -0.0005, 1234567.891},                      "1.000000 3 -0.001 1,234,567.89"    },
    {"%08.2f|%+.1f|%(.2f",            {3.14159, 2.0, -3.5},                                  "00003.14|+2.0|(3.50)"              },
    {"%f %f %05f",
     {std::numeric_limits<double>::quiet_NaN(), infinite, -infinite},
     "NaN Infinity -Infinity"                                                                                                    },
    {"%2$s %1$s %<s %s",              {"a"s, "b"s},                                          "b a a a"                           },
    {"%h %h",                         {"abc"s, std::int64_t{1234567890123}},                 "17862 71fb05d4"                    },
    {"%n%%|%5%",                      {},                                                    "\n%|    %"                         },
    {"%a",                            {1.0},                                                 "0x1.0p0"                           },
    {"%.1f",                          {0.25f},                                               "0.3"                               },
    {"%.10f",                         {0.1f},                                                "0.1000000015"                      },
    {"%,d",                           {-1234},                                               "-1,234"                            },
    {"%08d",                          {-42},                                                 "-0000042"                          },
    {"%#.0f",                         {3.0},                                                 "3."                                },
    {"%s",                            {std::monostate()},                                    "null"                              },
    {"%d",                            {std::monostate()},                                    "null"                              },
    {"%5c|%-5c|",                     {u'x', u'y'},                                          "    x|y    |"                      },
    {"%.3s",                          {"ЖЖЖЖ"s},                                             "ЖЖЖ"                               },
    {"%g",                            {99999.95},                                            "100000"                            },
    {"%g",                            {999999.5},                                            "1.00000e+06"                       },
    {"%.3g",                          {0.0001},                                              "0.000100"                          },
    {"%.0e",                          {15000.0},                                             "2e+04"                             },
    {"%.20f",                         {0.1},                                                 "0.10000000000000000000"            },
    {"%s %s",                         {1.0E7, 1.5f},                                         "1.0E7 1.5"                         },
    {"%-5b|",                         {true},                                                "true |"                            },
    {"%1$d %1$x",                     {255},                                                 "255 ff"                            },
    {"%d %.2f",
     {BigNumberArgument{"123456789012345678901", false}, BigNumberArgument{"12.345", true}},
     "123456789012345678901 12.35"                                                                                               },
    {"%s",                            {ObjectArgument{"[1, b]", "java.util.ArrayList", 0}},  "[1, b]"                            },
};

const Formats failures[] = {
    {"%d",    {"x"s},                                           "d != java.lang.String"            },
    {"%d",    {},                                               "Format specifier '%d'"            },
    {"%q",    {1},                                              "Conversion = 'q'"                 },
    {"%",     {},                                               "Conversion = '%'"                 },
    {"%-d",   {1},                                              "%-d"                              },
    {"%5n",   {},                                               "5"                                },
    {"%.2d",  {1},                                              "2"                                },
    {"%--5d", {1},                                              "Flags = '-'"                      },
    {"%-05d", {1},                                              "Flags = '-0'"                     },
    {"%+ d",  {1},                                              "Flags = '+ '"                     },
    {"%#d",   {1},                                              "Conversion = d, Flags = #"        },
    {"%c",    {1.5},                                            "c != java.lang.Double"            },
    {"%f",    {1},                                              "f != java.lang.Integer"           },
    {"%0$s",  {"a"s},                                           "Illegal format argument index = 0"},
    {"%+s",   {"a"s},                                           "Conversion = s, Flags = +"        },
    {"%+x",   {1},                                              "Conversion = x, Flags = +"        },
    {"%<s",   {"a"s},                                           "Format specifier '%<s'"           },
    {"%d",    {ObjectArgument{"[]", "java.util.ArrayList", 1}}, "d != java.util.ArrayList"         },
};

TEST(StringFormat, IsThatOfJava) {
    for (const Formats& row : formats) {
        const Result<std::string> text = format_string(row.format, row.arguments);
        ASSERT_TRUE(text) << row.format << ": " << text.error().message;
        EXPECT_EQ(*text, row.result) << row.format;
    }
}

TEST(StringFormat, FailsWithTheWordsOfJava) {
    for (const Formats& row : failures) {
        const Result<std::string> text = format_string(row.format, row.arguments);
        ASSERT_FALSE(text) << row.format << ": " << *text;
        EXPECT_EQ(text.error().message, row.result);
    }
}

TEST(StringFormat, HasALimit) {
    const std::vector<FormatArgument> one{1};
    EXPECT_EQ(format_string("%999999999d", one).error().code, ErrorCode::too_large);
    EXPECT_EQ(format_string("%4000000d%1$4000000d", one).error().code, ErrorCode::too_large);
    EXPECT_EQ(format_string("%99999999999d", one).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace thingstead::script::java
