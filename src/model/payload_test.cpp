#include "model/payload.h"

#include <gtest/gtest.h>

#include "model/number.h"

namespace thingstead::model {
namespace {

using namespace std::literals;

struct Maps {
    const char* literal;
    Value value;
};

TEST(Payload, EachLiteralIsStoredAsItsTextSays) {
    const Maps rows[] = {
        {"true",                 true                             },
        {"10",                   std::int64_t{10}                 },
        {"-0",                   std::int64_t{0}                  },
        {"1E+1",                 std::int64_t{10}                 },
        {"1.5e3",                std::int64_t{1500}               },
        {"15000e-1",             std::int64_t{1500}               },
        {"42.0",                 42.0                             },
        {"1.1",                  1.1                              },
        {"1.5e-3",               0.0015                           },
        {"9223372036854775807",  std::int64_t{9223372036854775807}},
        {"9223372036854775808",  "9223372036854775808"s           },
        {"99701010061400066001", "99701010061400066001"s          },
        {"1e20",                 "100000000000000000000"s         },
        {"0.12345678901234567",  "0.12345678901234567"s           },
        {"0.1234567890123456",   0.1234567890123456               },
        {"\"26\"",               std::int64_t{26}                 },
        {"\"3.0\"",              3.0                              },
        {"\"-.5\"",              -0.5                             },
        {"\"007\"",              std::int64_t{7}                  },
        {"\"1e3\"",              "1e3"s                           },
        {"\"\"",                 ""s                              },
        {"\"true\"",             "true"s                          },
        {"\"5.\"",               "5."s                            },
        {"\"+5\"",               "+5"s                            },
        {"\"a\\u00e9\\n\"",      "a\u00e9\n"s                     },
        {"{\"x\":[1, 2]}",       JsonText{"{\"x\":[1, 2]}"}       },
        {"[]",                   JsonText{"[]"}                   },
    };
    PayloadParser parser;
    for (const Maps& row : rows) {
        SCOPED_TRACE(row.literal);
        const auto entries = parser.telemetry("{\"k\":" + std::string(row.literal) + "}", 5);
        ASSERT_TRUE(entries) << entries.error().message;
        ASSERT_EQ(entries->size(), 1u);
        EXPECT_EQ((*entries)[0].ts, 5);
        EXPECT_EQ((*entries)[0].values, (std::vector<KeyValue>{
                                            {"k", row.value}
        }));
        // What is put into the message reads back to the same value.
        const std::string again = to_json_object((*entries)[0].values);
        EXPECT_EQ(parser.attributes(again).value(), (*entries)[0].values) << again;
    }
}

TEST(Payload, LargeAndSmallDoublesStayDoublesInTheMessage) {
    PayloadParser parser;
    for (const double value :
         {12345678.0, 1e19, -2e20, 1.7976931348623157e308, 1e-5, -1e-16, 0.0}) {
        const std::vector<KeyValue> values{
            {"k", value}
        };
        const std::string text = to_json_object(values);
        EXPECT_EQ(parser.attributes(text).value(), values) << text;
    }
    EXPECT_EQ(to_json_object({
                  {"k", Value(12345678.0)}
    }),
              R"({"k":12345678.0})");
}

TEST(Payload, WithoutTheCastStringsStayAndLargeNumbersAreRefused) {
    PayloadParser parser({.type_cast = false});
    EXPECT_EQ((*parser.attributes(R"({"k":"26"})"))[0].value, Value("26"s));
    EXPECT_FALSE(parser.attributes(R"({"k":99701010061400066001})"));
}

TEST(Payload, EveryTelemetryFormGivesItsEntries) {
    PayloadParser parser;
    auto entries = *parser.telemetry(R"({"ts":17,"values":{"a":1,"b":"x"},"other":1})", 5);
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].ts, 17);
    EXPECT_TRUE(entries[0].has_ts);
    EXPECT_EQ(entries[0].values, (std::vector<KeyValue>{
                                     {"a", std::int64_t{1}},
                                     {"b", "x"s           }
    }));

    entries = *parser.telemetry(
        R"([{"a":1},{"ts":"17","values":{"b":2}},{"values":{"c":3}},{"ts":1.9,"values":{}}])", 5);
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0].ts, 5);
    EXPECT_EQ(entries[1].ts, 17);
    EXPECT_EQ(entries[2].values, (std::vector<KeyValue>{
                                     {"values", JsonText{R"({"c":3})"}}
    }));
    EXPECT_EQ(entries[3].ts, 1);
    EXPECT_TRUE(entries[3].values.empty());

    EXPECT_EQ(parser.telemetry("{}", 5)->size(), 1u);
    EXPECT_EQ(parser.telemetry("[]", 5)->size(), 0u);
}

TEST(Payload, KeysMayTakeTheWholePayload) {
    for (const std::size_t size : {255u, 256u, 300u, 4'000u, 60'000u}) {
        const std::string key(size, 'x');
        PayloadParser parser;
        for (const std::string& form : {"{\"" + key + "\":1}", "[{\"" + key + "\":1}]",
                                        "{\"ts\":17,\"values\":{\"" + key + "\":1}}"}) {
            const auto entries = parser.telemetry(form, 17);
            ASSERT_TRUE(entries) << entries.error().message;
            EXPECT_EQ((*entries)[0].ts, 17);
            EXPECT_EQ((*entries)[0].values, (std::vector<KeyValue>{
                                                {key, std::int64_t{1}}
            }));
        }
    }
}

TEST(Payload, TheMembersOfTheTimedFormMayBeEscaped) {
    PayloadParser parser;
    const auto entries = *parser.telemetry(
        R"({"\u0074\u0073":17,"\u0076\u0061\u006c\u0075\u0065\u0073":{"a":1}})", 5);
    EXPECT_EQ(entries[0].ts, 17);
    EXPECT_EQ(entries[0].values[0].key, "a");
    EXPECT_FALSE(parser.telemetry(R"({"t\q":17,"values":{"a":1}})", 5));
}

TEST(Payload, NullsAreSkippedForDevicesAndRefusedElsewhere) {
    PayloadParser parser;
    EXPECT_EQ(parser.attributes(R"({"a":null,"b":1})")->size(), 1u);
    EXPECT_FALSE(parser.attributes(R"({"a":null,"b":1})", NullValue::refuse));
}

TEST(Payload, TheLastOfDuplicateKeysWins) {
    PayloadParser parser;
    EXPECT_EQ(*parser.attributes(R"({"a":1,"b":2,"a":3})"),
              (std::vector<KeyValue>{
                  {"a", std::int64_t{3}},
                  {"b", std::int64_t{2}}
    }));
    std::string many = "{";
    for (int i = 0; i < 200; ++i)
        many += "\"k" + std::to_string(i % 100) + "\":" + std::to_string(i) + ",";
    many.back() = '}';
    const auto values = *parser.attributes(many);
    ASSERT_EQ(values.size(), 100u);
    EXPECT_EQ(values[7].value, Value(std::int64_t{107}));
}

struct Refused {
    const char* payload;
    ErrorCode code;
};

TEST(Payload, WhatIsNotAPayloadIsRefused) {
    const Refused rows[] = {
        {"",                             ErrorCode::malformed       },
        {"   ",                          ErrorCode::malformed       },
        {"null",                         ErrorCode::invalid_argument},
        {"3",                            ErrorCode::invalid_argument},
        {"\"x\"",                        ErrorCode::invalid_argument},
        {"[1]",                          ErrorCode::invalid_argument},
        {"[[]]",                         ErrorCode::invalid_argument},
        {"{",                            ErrorCode::malformed       },
        {"{\"a\":1",                     ErrorCode::malformed       },
        {"{\"a\":1}}",                   ErrorCode::malformed       },
        {"{\"a\":1} x",                  ErrorCode::malformed       },
        {"{\"a\":01}",                   ErrorCode::malformed       },
        {"{\"a\":1.}",                   ErrorCode::malformed       },
        {"{\"a\":tru}",                  ErrorCode::malformed       },
        {"{\"a\":nul}",                  ErrorCode::malformed       },
        {"{\"a\":{\"b\":tru}}",          ErrorCode::malformed       },
        {"{\"a\":\"\xff\"}",             ErrorCode::malformed       },
        {"{a:1}",                        ErrorCode::malformed       },
        {"{\"ts\":true,\"values\":{}}",  ErrorCode::invalid_argument},
        {"{\"ts\":\"x\",\"values\":{}}", ErrorCode::invalid_argument},
        {"{\"ts\":null,\"values\":{}}",  ErrorCode::invalid_argument},
        {"{\"ts\":1,\"values\":[]}",     ErrorCode::invalid_argument},
        {"{\"a\":1e999999999}",          ErrorCode::invalid_argument},
        {"{\"a\":1e-999999999}",         ErrorCode::invalid_argument},
    };
    PayloadParser parser;
    for (const Refused& row : rows) {
        SCOPED_TRACE(row.payload);
        const auto entries = parser.telemetry(row.payload, 5);
        ASSERT_FALSE(entries);
        EXPECT_EQ(entries.error().code, row.code) << entries.error().message;
    }
    EXPECT_EQ(parser.attributes("[]").error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace thingstead::model
