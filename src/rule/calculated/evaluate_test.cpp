#include "rule/calculated/evaluate.h"

#include <gtest/gtest.h>

#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

using model::CalculatedFieldType;

core::FieldConfiguration configuration(CalculatedFieldType type, std::string_view document) {
    auto read = core::field_configuration(type, *parse_json(document));
    EXPECT_TRUE(read) << read.error().message;
    return read ? *std::move(read) : core::FieldConfiguration();
}

/// One argument `x` of the key "k", as SIMPLE.
core::FieldConfiguration simple(const std::string& expression, const std::string& output,
                                const std::string& more = {}) {
    return configuration(CalculatedFieldType::simple,
                         R"({"type":"SIMPLE","expression":")" + expression +
                             R"(","arguments":{"x":{"refEntityKey":{"key":"k","type":"TS_LATEST"}}},
        "output":{"type":"TIME_SERIES","name":"y")" +
                             output + "}" + more + "}");
}

ChangedValue point(EpochMs ts, model::Value value) {
    return {false, model::AttributeScope::server, "k", ts, std::move(value)};
}

std::string evaluated(const core::FieldConfiguration& configuration, const model::Value& value) {
    const FieldLimits limits;
    FieldValues values(configuration, limits);
    values.apply(0, point(1000, value));
    const auto formula = core::Expression::parse(configuration.expression, {"x"});
    const auto result = evaluate_simple(configuration, *formula, values);
    return result ? json_text(*result) : result.error().message;
}

struct Evaluates {
    const char *name, *expression, *output, *more;
    model::Value value;
    const char* result;
};

TEST(SimpleField, EvaluatesEachRow) {
    const Evaluates rows[] = {
        {"not rounded", "x / 3",  "",                          "",                       std::int64_t{1},    R"({"y":0.3333333333333333})"       },
        {"integer",     "x / 3",  R"(,"decimalsByDefault":0)", "",                       std::int64_t{5},    R"({"y":2})"                        },
        {"half up",     "x",      R"(,"decimalsByDefault":2)", "",                       1.005,              R"({"y":1.01})"                     },
        {"boolean",     "x + 1",  "",                          "",                       true,               R"({"y":2.0})"                      },
        {"text",        "x + 1",  "",                          "",                       std::string("1.5"), R"({"y":2.5})"                      },
        {"no number",   "x",      "",                          "",                       std::string("a"),   "Argument 'x' is not a number."     },
        {"not finite",  "log(x)", "",                          "",                       std::int64_t{0},    "The result is not a finite number."},
        {"with time",   "x",      R"(,"decimalsByDefault":0)", R"(,"useLatestTs":true)", std::int64_t{7},
         R"({"ts":1000,"values":{"y":7}})"                                                                                                       },
    };
    for (const Evaluates& row : rows)
        EXPECT_EQ(evaluated(simple(row.expression, row.output, row.more), row.value), row.result)
            << row.name;
}

TEST(FieldValues, AnOlderValueIsLeftOut) {
    const auto field = simple("x", "");
    const FieldLimits limits;
    FieldValues values(field, limits);
    EXPECT_FALSE(values.complete());
    EXPECT_TRUE(values.apply(0, point(2000, std::int64_t{2})));
    EXPECT_FALSE(values.apply(0, point(1999, std::int64_t{1})));
    EXPECT_EQ(values.value(0), model::Value(std::int64_t{2}));
    EXPECT_TRUE(values.apply(0, point(2000, std::int64_t{3})));
    EXPECT_EQ(values.latest_ts(), 2000);
    EXPECT_TRUE(values.apply(0, {false, model::AttributeScope::server, "k", 3000, std::nullopt}));
    EXPECT_FALSE(values.complete());
}

TEST(FieldValues, ADefaultHoldsUntilThereIsAValue) {
    const std::pair<const char*, model::Value> rows[] = {
        {"5",    std::int64_t{5}    },
        {"1.5",  1.5                },
        {"true", true               },
        {"text", std::string("text")},
    };
    for (const auto& [text, value] : rows) EXPECT_EQ(default_value(text), value) << text;
    const auto field =
        configuration(CalculatedFieldType::simple,
                      R"({"type":"SIMPLE","expression":"x","arguments":{"x":{"defaultValue":"5",
        "refEntityKey":{"key":"k","type":"TS_LATEST"}}},"output":{"type":"TIME_SERIES","name":"y"}})");
    const FieldLimits limits;
    FieldValues values(field, limits);
    EXPECT_TRUE(values.complete());
    EXPECT_EQ(values.latest_ts(), 0);
    values.apply(0, point(1, std::int64_t{6}));
    EXPECT_EQ(values.value(0), model::Value(std::int64_t{6}));
}

TEST(FieldValues, AreWithinTheLimitsOfTheProfile) {
    const auto field = simple("x", "");
    FieldLimits limits;
    limits.value_bytes_max = 4;
    FieldValues values(field, limits);
    values.apply(0, point(1, std::string("1234")));
    EXPECT_FALSE(values.over_limit());
    values.apply(0, point(2, std::string("12345")));
    EXPECT_EQ(values.over_limit(), "Argument 'x' is larger than 4 bytes!");
}

core::FieldConfiguration rolling(const std::string& expression) {
    return configuration(CalculatedFieldType::script,
                         R"({"type":"SCRIPT","expression":")" + expression +
                             R"(","arguments":{"x":{"refEntityKey":{"key":"k","type":"TS_ROLLING"},
        "limit":3,"timeWindow":1000}},"output":{"type":"TIME_SERIES"}})");
}

TEST(FieldValues, RollingPointsAreTheNewestOfTheWindow) {
    const auto field = rolling("return {};");
    const FieldLimits limits;
    FieldValues values(field, limits);
    for (const EpochMs ts : {400, 100, 300, 200}) values.apply(0, point(ts, std::int64_t{ts}));
    values.apply(0, point(300, std::int64_t{7}));
    using Points = std::vector<std::pair<EpochMs, double>>;
    const Points newest{
        {200, 200.0},
        {300, 7.0  },
        {400, 400.0}
    };
    EXPECT_EQ(values.at(0).points, newest);
    values.roll(1301);
    const Points last{
        {400, 400.0}
    };
    EXPECT_EQ(values.at(0).points, last);
}

}  // namespace
}  // namespace thingstead::rule
