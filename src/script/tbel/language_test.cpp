// The language, section by section: what is not among the golden pairs.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <thread>

#include "script/tbel/engine.h"
#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

struct Gives {
    std::string_view script, inputs, expected;
};

void expect_all(std::span<const Gives> rows) {
    for (const Gives& row : rows)
        EXPECT_EQ(outcome(row.script, row.inputs), row.expected) << row.script;
}

/// Scripts that fail, with a part of what they say.
void expect_failures(std::span<const Gives> rows) {
    for (const Gives& row : rows) {
        const std::string got = outcome(row.script, row.inputs);
        EXPECT_TRUE(got.starts_with("error")) << row.script << " gave " << got;
        EXPECT_NE(got.find(row.expected), got.npos) << row.script << " gave " << got;
    }
}

TEST(Lexical, LiteralsCommentsAndNames) {
    constexpr Gives rows[] = {
        {"-12345678",                   "",                            "-12345678"             },
        {"-123456789",                  "",                            "-123456789 L"          },
        {"0xFFFFFFFF",                  "",                            "4294967295 L"          },
        {"0x7FFFFFFF",                  "",                            "2147483647"            },
        {"0x8000000000000000",          "",                            "-9223372036854775808 L"},
        {"5.",                          "",                            "5.0 D"                 },
        {"1 /* two */ + // three\n 3",  "",                            "4"                     },
        {"m.1a",                        R"({"m":{"1a":5}})",           "5"                     },
        {"m.if + m.class",              R"({"m":{"if":5,"class":6}})", "11"                    },
        {"\"\\uD83D\\uDE00\".length()", "",                            "2"                     },
        {"größe",                       R"({"größe":5})",              "5"                     },
        {";;5;",                        "",                            "5"                     },
    };
    expect_all(rows);
}

TEST(Lexical, RefusesWhatTheLanguageHasNot) {
    constexpr Gives rows[] = {
        {"\"\\d\"",                "",                 "malformed"          },
        {"\"\\u00e9\"",            "",                 "malformed"          },
        {"09",                     "",                 "malformed"          },
        {"99999999999999999999",   "",                 "malformed"          },
        {"a !== b",                R"({"a":1,"b":2})", "malformed"          },
        {"1 2",                    "",                 "malformed"          },
        {"\"open",                 "",                 "unterminated"       },
        {"/* open",                "",                 "unterminated"       },
        {"var if = 1;",            "",                 "reserved"           },
        {"import java.io.File; 1", "",                 "Import is forbidden"},
        {"var a = 1, b = 2;",      "",                 "malformed"          },
        {"for (;;) {}",            "",                 "malformed"          },
        {"+5",                     "",                 "malformed"          },
        {"m[\"a\"] += 1",          R"({"m":{"a":1}})", "malformed"          },
    };
    expect_failures(rows);
}

TEST(StaticTypes, DecideTheArithmetic) {
    constexpr Gives rows[] = {
        {"var a = 100000; a*a",                                                    "",                    "1410065408"   },
        {"a*a",                                                                    R"({"a":100000})",     "10000000000 L"},
        {"var s = 0x7FFFFFFF; for (var i = 0; i < 2; i = i + 1) { s = s + i; } s", "",
         "-2147483648"                                                                                                   },
        {"var i = 0x7FFFFFFF; i++; i",                                             "",                    "2147483647"   },
        {"var i = 0x7FFFFFFF; i += 1; i",                                          "",                    "2147483648 L" },
        {"int i = \"12\"; i",                                                      "",                    "\"12\""       },
        {"var x=1; x=2.5; x % 2",                                                  "",                    "0"            },
        {"def f(a) { return (a & 255)/10; } f(27)",                                "",                    "2"            },
        {"def f(a) { var v = a & 255; return v/10; } f(27)",                       "",                    "2.7 D"        },
        {"((hi << 8) | lo)/10",                                                    R"({"hi":1,"lo":19})", "27"           },
        {"((hi << 8) + lo)/10",                                                    R"({"hi":1,"lo":19})", "27.5 D"       },
        {"var n = \"abc\".length(); n*999999999",                                  "",                    "2147483647"   },
        {"var l = []; l.size()/2.0",                                               "",                    "0.0 D"        },
        {"var a = 7; var b = 1; a+b+1.5",                                          "",                    "9.5 D"        },
    };
    expect_all(rows);
    constexpr Gives failing[] = {
        {"var s = 0; foreach(v : l) { s += v; } s/2", R"({"l":[1.5]})",     "ClassCastException"},
        {"var t = m.t != null ? m.t : 0; t*2",        R"({"m":{"t":1.5}})", "ClassCastException"},
    };
    expect_failures(failing);
}

TEST(Operators, ConvertAndCompareAsTheReference) {
    constexpr Gives rows[] = {
        {"7/2L",                         "",                                "3 L"                           },
        {"\"3.9\"-0",                    "",                                "3"                             },
        {"\"3\"*2.5",                    "",                                "7.5 D"                         },
        {"null+1",                       "",                                "\"null1\""                     },
        {"a & b == c",                   R"({"a":6,"b":3,"c":3})",          "0"                             },
        {"5 & 3 == 1",                   "",                                "true"                          },
        {"1 ^ 3 & 2",                    "",                                "2"                             },
        {"a + b contains c",             R"({"a":"te","b":"mp","c":"em"})", "true"                          },
        {"true == a contains b",         R"({"a":"abc","b":"b"})",          "false"                         },
        {"2147483647 + 1",               "",                                "2147483648 L"                  },
        {"true == \"yes\"",              "",                                "true"                          },
        {"false == \"off\"",             "",                                "true"                          },
        {"\"1.0\" == 1",                 "",                                "true"                          },
        {"\"x\" != 1",                   "",                                "true"                          },
        {"{} == empty",                  "",                                "false"                         },
        {"[] == empty",                  "",                                "true"                          },
        {"0 or 5",                       "",                                "0"                             },
        {"[] or 5",                      "",                                "5"                             },
        {"!!true",                       "",                                "true"                          },
        {"(byte) 200",                   "",                                "-56 By"                        },
        {"(char) 65",                    "",                                "\"A\" Character"               },
        {"(int)\"A\".charAt(0)",         "",                                "65"                            },
        {"(int) \"12\"",                 "",                                "12"                            },
        {"(String) 5",                   "",                                "\"5\""                         },
        {"(int) 5.9",                    "",                                "5"                             },
        {"~5",                           "",                                "-6"                            },
        {"hexToBytes(\"7F\")[0] / 2",    "",                                "63"                            },
        {"hexToBytes(\"FF\")[0] & 0xFF", "",                                "255"                           },
        {"9223372036854775807I + 1I",    "",                                "9223372036854775808 BigInteger"},
        {"1.25B * 2B",                   "",                                "2.50 BigDecimal"               },
        {"x convertable_to Integer",     R"({"x":"abc"})",                  "true"                          },
        {"[1] is java.util.List",        "",                                "true"                          },
        {"a ? 1 : b ? 2 : 3",            R"({"a":false,"b":true})",         "2"                             },
    };
    expect_all(rows);
    constexpr Gives failing[] = {
        {"\"x\" < 1",                    "",              "uncomparable"        },
        {"0xFF & hexToBytes(\"FF\")[0]", "",              "ClassCastException"  },
        {"1.5 & 1",                      "",              "ClassCastException"  },
        {"x || true",                    R"({"x":null})", "NullPointerException"},
        {"[1] is List",                  "",              "unresolvable"        },
        {"5 % (1-1)",                    "",              "/ by zero"           },
    };
    expect_failures(failing);
}

TEST(Access, MembersIndexesAndTheirErrors) {
    constexpr Gives rows[] = {
        {"m.size = 3; m[\"size\"]",                                             R"({"m":{}})",      "3"                      },
        {"m.clear; m",                                                          R"({"m":{"a":1}})", "{}"                     },
        {"m[1]",                                                                R"({"m":{"1":5}})", "null"                   },
        {"\"abc\".length",                                                      "",                 "3"                      },
        {"new Date(0).time",                                                    "",                 "0 L"                    },
        {"{a:5}.a",                                                             "",                 "5"                      },
        {"[1,2][0]",                                                            "",                 "1"                      },
        {"Integer.MAX_VALUE",                                                   "",                 "2147483647"             },
        {"java.util.UUID.fromString(\"00000000-0000-0000-0000-000000000001\")", "",
         "\"00000000-0000-0000-0000-000000000001\""                                                                          },
        {"[3,1].stream().count()",                                              "",                 "2 L"                    },
        {"with (m) { a = 1, b = 2 }; m",                                        R"({"m":{}})",      R"({"a":1,"b":2})"       },
        {"var b = \"x\"; [name: b, 'k k': 2]",                                  "",                 R"({"name":"x","k k":2})"},
        {"int[] a = {1,2}; a[1]",                                               "",                 "2"                      },
    };
    expect_all(rows);
    constexpr Gives failing[] = {
        {"l[-1]",                                R"({"l":[1]})", "array index out of bounds"},
        {"l[0L]",                                R"({"l":[1]})", "ClassCastException"       },
        {"l[1] = 5",                             R"({"l":[1]})", "array index out of bounds"},
        {"m.a.b = 1",                            R"({"m":{}})",  "parent is null"           },
        {"var s = [1].stream();",                "",             "Unsupported value type"   },
        {"def f() { 1 } var g = f;",             "",             "Unsupported value type"   },
        {"[1].toUnmodifiable().add(2)",          "",             "List is unmodifiable"     },
        {"{a:1}.toUnmodifiable().put(\"b\", 2)", "",             "Map is unmodifiable"      },
        {"\"abc\".substring(5)",                 "",             "length 3"                 },
        {"[].a",                                 "",             "unresolvable"             },
        {"f(1,2); def f(a) { a }",               "",             "bad number of arguments"  },
        {"Math.max(1,2,3,4,5,6,7,8,9,10,11)",    "",             "11 > 10"                  },
    };
    expect_failures(failing);
}

TEST(Statements, ControlFlowAndScope) {
    constexpr Gives rows[] = {
        {"var x; x",                                                                      "",           "null"   },
        {"var a, b; b = 5; b",                                                            "",           "5"      },
        {"x = y = 4; x + y",                                                              "",           "8"      },
        {"b = a++; b * 10 + a",                                                           R"({"a":5})", "56"     },
        {"var i=9; for(var i=0;i<3;i++){} i",                                             "",           "3"      },
        {"var z=1; if(true){ var z=5; } z",                                               "",           "5"      },
        {"var x = 5; x=-1; x",                                                            "",           "4"      },
        {"def f() { if (true) { var q = 7; } q } f()",                                    "",           "7"      },
        {"var g = 1; def f() { var g = 2; g } f(); g",                                    "",           "1"      },
        {"def f() { h = 5; h } f()",                                                      "",           "5"      },
        {"var r = 0; foreach (x : toSet([1,2,2])) { r += x; } r",                         "",           "3"      },
        {"switch (t) { case 1: case 2: x = \"low\"; break; default: x = \"high\"; } 5",
         R"({"t":2})",                                                                                  "5"      },
        {"var x = 0; switch (t) { case 1: case 2: x = 1; break; case 3: x = 2; break; "
         "default: x = 3; } x",                                                  R"({"t":3})", "2"      },
        {"if (a == 1) return \"one\"; else if (a == 2) return \"two\"; return \"many\";",
         R"({"a":2})",                                                                                  "\"two\""},
        {"while (true) { if (a > 3) break; a += 1; } a",                                  R"({"a":1})", "4"      },
        {"if (false) { 1 }",                                                              "",           "null"   },
        {"return;",                                                                       "",           "null"   },
        {"def f(n) { if (n == 0) { return 0; } return 1 + f(n - 1); } f(200)",            "",           "200"    },
        {"def f() { 1 } def f() { 2 } f()",                                               "",           "1"      },
        {"assert 1 < 2",                                                                  "",           "true"   },
    };
    expect_all(rows);
    constexpr Gives failing[] = {
        {"foreach (x : [1]) { y = x; } y",                      "",              "unresolvable"  },
        {"foreach (x : n) {}",                                  R"({"n":null})", "non-iterable"  },
        {"var x=-1;",                                           "",              "unresolvable"  },
        {"assert 1 > 2",                                        "",              "AssertionError"},
        {"switch (t) { case 1: x = 1; case 2: x = 2; break; }", R"({"t":1})",    "malformed"     },
    };
    expect_failures(failing);
}

TEST(Errors, SayWhereTheyAre) {
    EXPECT_EQ(outcome("var a = 1;\nvar b = o.z.y;", R"({"o":{}})"),
              "error: invalid_argument: [Error: null pointer: o.z.y]\n"
              "[Near : {... var b = o.z.y; ....}]\n"
              "                     ^\n"
              "[Line: 2, Column: 9]");
    const std::string call = outcome("  parseInt(\"99\", 8)");
    EXPECT_NE(call.find("[Error: parseInt(\"99\", 8): Failed radix [8] for value: \"99\", must be "
                        "[-1] !]"),
              call.npos)
        << call;
    EXPECT_NE(call.find("[Line: 1, Column: 3]"), call.npos) << call;
    EXPECT_NE(outcome("\n\n var = 5").find("[Line: 3, Column: 6]"), std::string::npos);
}

TEST(Arguments, OfCalculatedFields) {
    TbelEngine engine;
    const auto context = engine.make_context();
    const RollingArgument t{
        0, 100, {{10, 20.0}, {20, 30.0}, {30, std::nan("")}}
    };
    const RollingArgument h{
        0, 100, {{15, 1.0}, {20, 2.0}}
    };
    const json::value five(5);
    const ArgumentsContext ctx{
        30, {{"t", &t}, {"one", SingleArgument{7, &five}}}
    };
    const std::vector<std::string> names{"ctx", "t", "h"};
    const std::vector<Input> inputs{&ctx, &t, &h};
    const auto run = [&](std::string_view body) {
        const auto script = engine.compile(body, names);
        if (!script) return script.error().message;
        const auto result = context->run(**script, inputs);
        return result ? json::serialize(*result) : result.error().message;
    };
    EXPECT_EQ(run("t.mean() == 25.0 && t.max == 30.0 && t.count(false) == 3 && t.std() == 5.0"),
              "true");
    EXPECT_EQ(run("t.sum(false)"), "\"NaN\"");
    EXPECT_EQ(run("ctx.latestTs + ctx.args.one.value + ctx.args.one.ts"), "42");
    EXPECT_EQ(run("var s = 0; foreach (p : t) { s += p.ts; } s"), "60");
    EXPECT_EQ(run("foreach (p : t.merge(h).values) { return [p.ts, p.v1 == 20.0, p.v2 == 1.0]; }"),
              "[15,true,true]");
    EXPECT_EQ(run("t.values.add(1)").find("[Error: t.values.add(1): List is unmodifiable]"), 0u);
}

TEST(Context, GivesJsonAndKeepsToItsLimits) {
    Environment environment = patient();
    environment.limits.result_characters_max = 1000;
    TbelEngine engine(environment);
    const auto context = engine.make_context();
    model::Metadata metadata;
    metadata.put("unit", "C");
    const json::value msg = json::parse(R"({"a":1,"none":null,"big":9007199254740993})");
    const std::vector<std::string> names{"msg", "metadata", "msgType"};
    const std::vector<Input> inputs{&msg, &metadata, std::string_view("POST")};
    const auto run = [&](std::string_view body) {
        const auto script = engine.compile(body, names);
        if (!script) return script.error();
        const auto result = context->run(**script, inputs);
        return result ? Error{ErrorCode::internal, json::serialize(*result)} : result.error();
    };
    EXPECT_EQ(run("return {msg: msg, metadata: metadata, msgType: msgType};").message,
              R"({"msg":{"a":1,"big":9007199254740993},"metadata":{"unit":"C"},"msgType":"POST"})");
    EXPECT_EQ(run("[1.0/0, (char) 65, toSet([1]), new byte[2], 0.1f]").message,
              R"(["Infinity","A",[1],[0,0],1E-1])");
    EXPECT_EQ(run("\"x\".repeat(2000)").code, ErrorCode::too_large);
    EXPECT_EQ(run("var l = [1]; for (var i = 0; i < 60; i++) { l = [l, l]; } l").code,
              ErrorCode::too_large);
    EXPECT_EQ(run("def f() { 1 }").code, ErrorCode::invalid_argument);
    EXPECT_EQ(run("   ").code, ErrorCode::malformed);
    EXPECT_EQ(run(std::string(50'001, ' ') + "1").code, ErrorCode::too_large);
}

TEST(Context, StopsWhenItIsTold) {
    Environment environment;
    environment.limits.time_max = std::chrono::hours(1);
    TbelEngine engine(environment);
    const auto context = engine.make_context();
    const auto script = engine.compile("while (true) { }", {});
    ASSERT_TRUE(script);
    std::atomic<bool> stop = false;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        stop = true;
    });
    const auto result = context->run(**script, {}, &stop);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::timeout);
    EXPECT_NE(result.error().message.find("Script execution is stopped!"), std::string::npos);
}

TEST(Script, RunsOnManyThreadsAtATime) {
    TbelEngine engine;
    const auto script = engine.compile(
        "var out = \"\"; foreach (c : \"shared\") { out = c + out; } out + {k: \"v\"}.k", {});
    ASSERT_TRUE(script);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto context = engine.make_context();
            for (int k = 0; k < 200; ++k)
                EXPECT_EQ(context->run(**script, {})->as_string(), "derahsv");
        });
}

TEST(Language, TextsOfNumbersBeyondDoublesAreInfinite) {
    EXPECT_EQ(outcome("\"9\".repeat(400) - 1.0"), "Infinity D");
    EXPECT_EQ(outcome("(\"-\" + \"9\".repeat(400)) * 2.0"), "-Infinity D");
    EXPECT_EQ(outcome("(\"0.\" + \"0\".repeat(400) + \"1\") * 2.0"), "0.0 D");
}

TEST(Language, BigDecimalsHaveExponentsAsInJava) {
    EXPECT_EQ(outcome("0.0000001B"), "1E-7 BigDecimal");
    EXPECT_EQ(outcome("1e5B"), "1E+5 BigDecimal");
    EXPECT_EQ(outcome("1e5B + 1B"), "100001 BigDecimal");
    EXPECT_EQ(outcome("100B / 0.5B"), "2.0E+2 BigDecimal");
    EXPECT_EQ(outcome("(int) 1e5B"), "100000");
    EXPECT_EQ(outcome("(long) 0.0000001B"), "0 L");
    EXPECT_EQ(outcome("(double) 1.5e40B"), "1.5E40 D");
    EXPECT_EQ(outcome("String.format(\"%.8f\", 0.0000001B)"), "\"0.00000010\"");
    EXPECT_EQ(outcome("1e3B == 1000B"), "true");
}

}  // namespace
}  // namespace thingstead::script::tbel
