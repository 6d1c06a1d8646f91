// The math function node: its formulas, its operations, where numbers come from and go to.
#include <gtest/gtest.h>

#include <cmath>

#include "core/calculated_field/expression.h"
#include "rule/decimals.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing::math {
namespace {

const char* const math = "math.TbMathNode";

struct Formula {
    const char* text;
    double value;
};
/// x = 3, y = 4, xx = 5.
const Formula formulas[] = {
    {"1 + 2 * 3",              7       },
    {"(1 + 2) * 3",            9       },
    {"-2^2",                   -4      },
    {"2^-1",                   0.5     },
    {"2^3^2",                  512     },
    {"- -x",                   3       },
    {"7 % 4",                  3       },
    {"2x",                     6       },
    {"2(x + 1)",               8       },
    {"(x)(y)",                 12      },
    {"xy",                     12      },
    {"xx",                     5       },
    {"1/2x",                   1.5     },
    {"2^2x",                   12      },
    {"x y",                    12      },
    {"1.5e2",                  150     },
    {".5x",                    1.5     },
    {"2e",                     2 * M_E },
    {"π",                      M_PI    },
    {"2 pi",                   2 * M_PI},
    {"sqrt(x^2 + y^2)",        5       },
    {"logab(2, 8)",            3       },
    {"pow(2, 10)",             1024    },
    {"log(e)",                 1       },
    {"ln(e) + lg(100)",        3       },
    {"log10(100) - log2(8)",   -1      },
    {"abs(-x) + signum(-y)",   2       },
    {"floor(1.9) + ceil(1.1)", 3       },
    {"cot(1) * tan(1)",        1       },
    {"cbrt(27)2",              6       },
    {"exp(0) + expm1(0)",      1       },
};

TEST(MathExpression, ComputesEachFormula) {
    for (const Formula& row : formulas) {
        SCOPED_TRACE(row.text);
        const auto parsed = core::Expression::parse(row.text, {"x", "y", "xx"});
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_NEAR(*parsed->evaluate({3, 4, 5}), row.value, 1e-12);
    }
}

TEST(MathExpression, RefusesWhatIsNoFormula) {
    for (const char* text : {"", " ", "1 +", "(1", "1)", "1 2", "sin 1", "sin()", "pow(1)",
                             "pow(1, 2, 3)", "unknown", "x +* y", ".", "1..2", "a$"})
        EXPECT_FALSE(core::Expression::parse(text, {"x", "y"})) << text;
    EXPECT_FALSE(core::Expression::parse(std::string(257, '('), {}));
    EXPECT_TRUE(core::Expression::parse(std::string(127, '(') + "1" + std::string(127, ')'), {}));
}

TEST(MathExpression, DoesNotDivideByZero) {
    for (const char* text : {"1 / x", "1 % x", "cot(x)"})
        EXPECT_EQ(core::Expression::parse(text, {"x"})->evaluate({0}).error().message,
                  "Division by zero!");
}

struct Computed {
    const char* operation;
    const char* a;
    const char* b;  ///< Null: of one argument.
    const char* result;
};
const Computed computed[] = {
    {"ADD",       "2",    "3",     "5.0"   },
    {"SUB",       "2",    "3",     "-1.0"  },
    {"MULT",      "2",    "3",     "6.0"   },
    {"DIV",       "3",    "2",     "1.5"   },
    {"ATAN2",     "1",    "1",     "0.785" },
    {"HYPOT",     "3",    "4",     "5.0"   },
    {"FLOOR_DIV", "-7.9", "2",     "-4.0"  },
    {"FLOOR_MOD", "-7.9", "2",     "1.0"   },
    {"MIN",       "2",    "3",     "2.0"   },
    {"MAX",       "2",    "3",     "3.0"   },
    {"POW",       "2",    "3",     "8.0"   },
    {"SIN",       "1",    nullptr, "0.841" },
    {"SINH",      "1",    nullptr, "1.175" },
    {"COS",       "1",    nullptr, "0.54"  },
    {"COSH",      "1",    nullptr, "1.543" },
    {"TAN",       "1",    nullptr, "1.557" },
    {"TANH",      "1",    nullptr, "0.762" },
    {"ACOS",      "0.5",  nullptr, "1.047" },
    {"ASIN",      "0.5",  nullptr, "0.524" },
    {"ATAN",      "1",    nullptr, "0.785" },
    {"EXP",       "1",    nullptr, "2.718" },
    {"EXPM1",     "1",    nullptr, "1.718" },
    {"SQRT",      "2",    nullptr, "1.414" },
    {"CBRT",      "27",   nullptr, "3.0"   },
    {"GET_EXP",   "10",   nullptr, "3"     },
    {"LOG",       "10",   nullptr, "2.303" },
    {"LOG10",     "1000", nullptr, "3.0"   },
    {"LOG1P",     "1",    nullptr, "0.693" },
    {"CEIL",      "1.2",  nullptr, "2"     },
    {"FLOOR",     "-1.2", nullptr, "-2"    },
    {"ABS",       "-1.5", nullptr, "1.5"   },
    {"SIGNUM",    "-9",   nullptr, "-1.0"  },
    {"RAD",       "180",  nullptr, "3.142" },
    {"DEG",       "1",    nullptr, "57.296"},
};

std::string constant(const char* number) {
    return R"({"type":"CONSTANT","key":")" + std::string(number) + R"("})";
}

TEST(MathNode, DoesEachOperation) {
    for (const Computed& row : computed) {
        SCOPED_TRACE(row.operation);
        NodeBench bench;
        const std::string arguments =
            constant(row.a) + (row.b ? "," + constant(row.b) : std::string());
        const Result<> made =
            bench.make(math, R"({"operation":")" + std::string(row.operation) +
                                 R"(","arguments":[)" + arguments +
                                 R"(],"result":{"type":"MESSAGE_METADATA","key":"r",
                                     "resultValuePrecision":3}})");
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(bench.send("{}").msg.metadata.get("r"), row.result);
        EXPECT_FALSE(bench.make(
            math, R"({"operation":")" + std::string(row.operation) + R"(","result":{"key":"r"}})"))
            << "without arguments";
    }
}

TEST(MathNode, ConvertsFahrenheitByDefault) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(math));
    const NodeAnswer answer = bench.send(R"({"temperature":77,"on":true})");
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"temperature":77,"on":true,"temperatureCelsius":25.0})");
    EXPECT_TRUE(answer.msg.metadata.empty());
}

struct Read {
    const char* argument;
    const char* result;
    const char* error;
};
const Read reads[] = {
    {R"({"type":"MESSAGE_BODY","key":"${name}"})",                        "7.0", ""                                      },
    {R"({"type":"MESSAGE_BODY","key":"text"})",                           "2.5", ""                                      },
    {R"({"type":"MESSAGE_BODY","key":"none"})",                           "",    "Message body has no 'none'!"           },
    {R"({"type":"MESSAGE_BODY","key":"none","defaultValue":4})",          "4.0", ""                                      },
    {R"({"type":"MESSAGE_BODY","key":"null"})",                           "",    "Message body has null 'null'!"         },
    {R"({"type":"MESSAGE_BODY","key":"blank"})",                          "",    "Message value is empty for 'blank'!"   },
    {R"({"type":"MESSAGE_BODY","key":"word"})",                           "",    "Can't convert value 'x' to double!"    },
    {R"({"type":"MESSAGE_BODY","key":"flag"})",                           "",    "Can't convert value 'true' to double!" },
    {R"({"type":"MESSAGE_METADATA","key":"m"})",                          "1.5", ""                                      },
    {R"({"type":"MESSAGE_METADATA","key":"none"})",                       "",    "Message metadata has no 'none'!"       },
    {R"({"type":"MESSAGE_METADATA","key":"none","defaultValue":1})",      "1.0", ""                                      },
    {R"({"type":"MESSAGE_METADATA","key":"name"})",                       "",    "Can't convert value 'seven' to double!"},
    {R"({"type":"ATTRIBUTE","key":"a","attributeScope":"SERVER_SCOPE"})", "9.0", ""                                      },
    {R"({"type":"ATTRIBUTE","key":"t","attributeScope":"SERVER_SCOPE"})", "3.5", ""                                      },
    {R"({"type":"ATTRIBUTE","key":"a","attributeScope":"CLIENT_SCOPE",
         "defaultValue":2})",
     "2.0",                                                                      ""                                      },
    {R"({"type":"TIME_SERIES","key":"none","defaultValue":2})",           "2.0", ""                                      },
};

TEST(MathNode, ReadsNumbersWhereverTheyAre) {
    for (const Read& row : reads) {
        SCOPED_TRACE(row.argument);
        NodeBench bench;
        const auto put = [&](store::Transaction& transaction) {
            return transaction.save_attributes({
                bench.house.device,
                model::AttributeScope::server,
                {{"a", std::int64_t{9}}, {"t", std::string("3.5")}},
                1
            });
        };
        ASSERT_TRUE(bench.house.entities.write_now(put));
        const Result<> made =
            bench.make(math, R"({"operation":"ABS","arguments":[)" + std::string(row.argument) +
                                 R"(],"result":{"type":"MESSAGE_METADATA","key":"r"}})");
        ASSERT_TRUE(made) << made.error().message;
        const NodeAnswer answer =
            bench.send(R"({"seven":7,"text":" 2.5 ","null":null,"blank":" ","word":"x",
                           "flag":true})",
                       metadata_of({
                           {"m",    "1.5"  },
                           {"name", "seven"}
        }));
        EXPECT_EQ(answer.error, row.error);
        EXPECT_EQ(answer.way(), *row.error ? "Failure" : "Success");
        EXPECT_EQ(answer.msg.metadata.get("r"), row.result);
    }
}

TEST(MathNode, TellsWhatTheStoresDoNotHave) {
    NodeBench bench;
    const std::string device = bench.house.device.to_string();
    ASSERT_TRUE(bench.make(math, R"({"operation":"ABS","result":{"type":"MESSAGE_BODY","key":"r"},
        "arguments":[{"type":"ATTRIBUTE","key":"x","attributeScope":"SHARED_SCOPE"}]})"));
    EXPECT_EQ(bench.send("{}").error,
              "Attribute: x with scope: SHARED_SCOPE not found for entity: " + device);
    ASSERT_TRUE(bench.make(math, R"({"operation":"ABS","result":{"type":"MESSAGE_BODY","key":"r"},
        "arguments":[{"type":"TIME_SERIES","key":"x"}]})"));
    EXPECT_EQ(bench.send("{}").error, "Time-series: x not found for entity: " + device);
}

TEST(MathNode, WritesTheResultWhereItIsTold) {
    NodeBench bench;
    const std::string third = R"({"operation":"DIV","arguments":[)" + constant("2") + "," +
                              constant("3") + R"(],"result":{"key":"${k}","addToBody":true,
                              "resultValuePrecision":2,)";
    const auto metadata = metadata_of({
        {"k", "key"}
    });
    ASSERT_TRUE(bench.make(
        math,
        third + R"("type":"ATTRIBUTE","attributeScope":"SERVER_SCOPE","addToMetadata":true}})"));
    NodeAnswer answer = bench.send("{}", metadata);
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.data, R"({"key":0.67})");
    EXPECT_EQ(answer.msg.metadata.get("key"), "0.67");
    const auto saved =
        bench.house.entities.attributes(bench.house.device, model::AttributeScope::server);
    ASSERT_EQ(saved.size(), 1u);
    EXPECT_EQ(saved[0].key, "${k}") << "the key is not filled in";
    EXPECT_EQ(saved[0].value, model::Value(0.67));

    ASSERT_TRUE(bench.make(math, third + R"("type":"TIME_SERIES"}})"));
    answer = bench.send("{}", metadata);
    EXPECT_EQ(answer.msg.data, R"({"key":0.67})");
    const std::vector<SavedPoint> points = bench.house.timeseries.points();
    ASSERT_EQ(points.size(), 1u);
    EXPECT_EQ(points[0].value, (model::KeyValue{"${k}", 2.0 / 3})) << "it is not rounded";
}

TEST(MathNode, MakesAnIntegerWithoutDecimals) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(math, R"({"operation":"DIV","arguments":[)" + constant("-8") + "," +
                                     constant("3") +
                                     R"(],"result":{"key":"r","resultValuePrecision":0}})"));
    EXPECT_EQ(bench.send("{}").msg.data, R"({"r":-2})") << "cut off, not rounded";
}

TEST(MathNode, FailsWithoutANumber) {
    NodeBench bench;
    const std::string result = R"(],"result":{"key":"r"}})";
    ASSERT_TRUE(bench.make(math, R"({"operation":"DIV","arguments":[)" + constant("1") + "," +
                                     constant("0") + result));
    EXPECT_EQ(bench.send("{}").error, "Infinite or NaN");
    ASSERT_TRUE(bench.make(math, R"({"operation":"FLOOR_DIV","arguments":[)" + constant("1") + "," +
                                     constant("0") + result));
    EXPECT_EQ(bench.send("{}").error, "/ by zero");
    EXPECT_EQ(bench.send("[]").error, "Message body is not an object!");
    EXPECT_EQ(bench.send("no json").error, "Failed to process pattern!");
}

struct Refused {
    const char* configuration;
    const char* text;
};
const Refused refused_settings[] = {
    {R"({"operation":"ROOT","result":{"key":"r"}})",                      "Unknown operation: ROOT"                    },
    {R"({"operation":"ADD","result":{"key":"r"}})",                       "Args count: 0 does not match operation: ADD"},
    {R"({"customFunction":" ","result":{"key":"r"}})",                    "Custom function is blank!"                  },
    {R"({"customFunction":"x","result":{"key":"r"}})",
     "Invalid expression at position 1: unknown name"                                                                  },
    {R"({"customFunction":"1","result":{"key":""}})",                     "Key of the result should be specified!"     },
    {R"({"customFunction":"1","result":{"key":"r","type":"CONSTANT"}})",
     "The result can't be a constant!"                                                                                 },
    {R"({"customFunction":"1","result":{"key":"r","type":"ATTRIBUTE"}})",
     "Unknown attribute scope: "                                                                                       },
    {R"({"operation":"ABS","arguments":[{"type":"CONSTANT","key":"x"}],
         "result":{"key":"r"}})",
     "Can't convert value 'x' to double!"                                                                              },
};

TEST(MathNode, RefusesWhatItCannotCompute) {
    for (const Refused& row : refused_settings) {
        NodeBench bench;
        const Result<> made = bench.make(math, row.configuration);
        ASSERT_FALSE(made) << row.configuration;
        EXPECT_EQ(made.error().message, row.text);
    }
}

TEST(Rounding, TakesTheHalfAwayFromZero) {
    EXPECT_EQ(rounded(1.005, 2), 1.01);
    EXPECT_EQ(rounded(-2.5, 0), -3);
    EXPECT_EQ(rounded(9.996, 2), 10.0);
    EXPECT_EQ(rounded(1e300, 3), 1e300);
}

}  // namespace
}  // namespace thingstead::rule::testing::math
