#include "protocol/resp/parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "protocol/resp/encode.h"

namespace thingstead::resp {
namespace {

Value text(Type type, std::string of) {
    Value value;
    value.type = type;
    value.text = std::move(of);
    return value;
}
Value bulk(std::string of) { return text(Type::bulk_string, std::move(of)); }
Value number(std::int64_t of) {
    Value value;
    value.type = Type::number;
    value.number = of;
    return value;
}
Value boolean(bool of) {
    Value value = number(of);
    value.type = Type::boolean;
    return value;
}
Value real(double of) {
    Value value;
    value.type = Type::real;
    value.real = of;
    return value;
}
Value list(Type type, std::vector<Value> items) {
    Value value;
    value.type = type;
    value.items = std::move(items);
    return value;
}
Value with_attributes(Value value, std::vector<Value> attributes) {
    value.attributes = std::move(attributes);
    return value;
}

struct Reads {
    const char* name;
    std::string wire;
    Value value;
};

std::vector<Reads> reads() {
    return {
        {"simple string", "+OK\r\n", text(Type::simple_string, "OK")},
        {"empty line", "+\r\n", text(Type::simple_string, "")},
        {"error", "-ERR no\r\n", text(Type::simple_error, "ERR no")},
        {"number", ":-42\r\n", number(-42)},
        {"signed number", ":+7\r\n", number(7)},
        {"largest number", ":9223372036854775807\r\n", number(INT64_MAX)},
        {"bulk", "$5\r\nhe\r\no\r\n", bulk("he\r\no")},
        {"empty bulk", "$0\r\n\r\n", bulk("")},
        {"binary bulk", std::string("$3\r\na\0b\r\n", 9), bulk(std::string("a\0b", 3))},
        {"RESP2 null string", "$-1\r\n", Value()},
        {"RESP2 null array", "*-1\r\n", Value()},
        {"null", "_\r\n", Value()},
        {"true", "#t\r\n", boolean(true)},
        {"false", "#f\r\n", boolean(false)},
        {"double", ",1.25\r\n", real(1.25)},
        {"double of exponent", ",1e-3\r\n", real(0.001)},
        {"infinity", ",inf\r\n", real(HUGE_VAL)},
        {"minus infinity", ",-inf\r\n", real(-HUGE_VAL)},
        {"not a number", ",nan\r\n", real(NAN)},
        {"big number", "(-34928903284092185092\r\n",
         text(Type::big_number, "-34928903284092185092")},
        {"verbatim", "=8\r\ntxt:Some\r\n", text(Type::verbatim, "txt:Some")},
        {"bulk error", "!6\r\nOOM no\r\n", text(Type::bulk_error, "OOM no")},
        {"empty array", "*0\r\n", list(Type::array, {})},
        {"array", "*2\r\n:1\r\n*1\r\n$1\r\nx\r\n",
         list(Type::array, {number(1), list(Type::array, {bulk("x")})})},
        {"map", "%1\r\n$1\r\nk\r\n~2\r\n:1\r\n:2\r\n",
         list(Type::map, {bulk("k"), list(Type::set, {number(1), number(2)})})},
        {"push", ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
         list(Type::push,
         {text(Type::simple_string, "invalidate"), list(Type::array, {bulk("k")})})},
        {"attribute", "|1\r\n+ttl\r\n:3600\r\n*1\r\n:1\r\n",
         with_attributes(list(Type::array, {number(1)}),
         {text(Type::simple_string, "ttl"), number(3600)})},
        {"attribute inside", "*2\r\n|1\r\n+a\r\n:1\r\n:5\r\n:6\r\n",
         list(Type::array, {with_attributes(number(5), {text(Type::simple_string, "a"), number(1)}),
                            number(6)})},
    };
}

TEST(RespParser, ReadsEachRowHoweverItIsCut) {
    for (const Reads& row : reads()) {
        SCOPED_TRACE(row.name);
        for (std::size_t cut = 0; cut <= row.wire.size(); ++cut) {
            Parser parser;
            std::string_view first = std::string_view(row.wire).substr(0, cut);
            std::string_view second = std::string_view(row.wire).substr(cut);
            Result<std::optional<Value>> value = parser.next(first);
            ASSERT_TRUE(value);
            ASSERT_EQ(value->has_value(), cut == row.wire.size());
            if (cut < row.wire.size()) {
                EXPECT_EQ(parser.in_value(), cut > 0);
                value = parser.next(second);
            }
            ASSERT_TRUE(value && *value);
            EXPECT_TRUE(**value == row.value);
            EXPECT_TRUE(first.empty() && (cut == row.wire.size() || second.empty()));
            EXPECT_FALSE(parser.in_value());
        }
    }
}

TEST(RespParser, ReadsRowsOneAfterTheOtherByteByByte) {
    std::string wire;
    for (const Reads& row : reads()) wire += row.wire;
    Parser parser;
    std::vector<Value> got;
    for (const char byte : wire) {
        std::string_view input(&byte, 1);
        const auto value = parser.next(input);
        ASSERT_TRUE(value);
        if (*value) got.push_back(**value);
    }
    const std::vector<Reads> rows = reads();
    ASSERT_EQ(got.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_TRUE(got[i] == rows[i].value) << i;
}

TEST(RespParser, LeavesWhatComesBehindAValue) {
    Parser parser;
    std::string_view input = "+a\r\n:1\r\n+b";
    EXPECT_EQ((*parser.next(input))->text, "a");
    EXPECT_EQ(input, ":1\r\n+b");
    EXPECT_EQ((*parser.next(input))->number, 1);
    EXPECT_FALSE(*parser.next(input));
    EXPECT_TRUE(parser.in_value());
}

struct Refuses {
    const char* name;
    std::string wire;
    ErrorCode code = ErrorCode::malformed;
};

TEST(RespParser, RefusesEachRowAndAllThatFollows) {
    const Refuses rows[] = {
        {"another protocol", "HTTP/1.1 400 Bad Request\r\n"},
        {"no carriage return", "+OK\n"},
        {"empty", "\r\n"},
        {"number", ":1x\r\n"},
        {"no digits", ":-\r\n"},
        {"number over 64 bits", ":9223372036854775808\r\n"},
        {"double", ",1.5.\r\n"},
        {"double out of range", ",1e999\r\n"},
        {"boolean", "#x\r\n"},
        {"null", "_x\r\n"},
        {"big number", "(12a\r\n"},
        {"carriage return inside", "+a\rb\r\n"},
        {"length", "$-2\r\n"},
        {"signed length", "$+2\r\nab\r\n"},
        {"streamed string", "$?\r\n"},
        {"streamed array", "*?\r\n"},
        {"null map", "%-1\r\n"},
        {"null verbatim", "=-1\r\n"},
        {"longer than its length", "$1\r\nabc"},
        {"verbatim without format", "=3\r\nabc\r\n"},
        {"push inside", "*1\r\n>1\r\n:1\r\n"},
        {"long line", "+" + std::string(100, 'x') + "\r\n", ErrorCode::too_large},
        {"long line unfinished", "+" + std::string(100, 'x'), ErrorCode::too_large},
        {"long string", "$65\r\n", ErrorCode::too_large},
        {"huge string", "$9223372036854775807\r\n", ErrorCode::too_large},
        {"many strings", "*3\r\n$50\r\n" + std::string(50, 'x') + "\r\n$60\r\n",
         ErrorCode::too_large},
        {"long array", "*9\r\n", ErrorCode::too_large},
        {"huge map", "%9223372036854775807\r\n", ErrorCode::too_large},
        {"many items", "*2\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n:1\r\n:1\r\n",
         ErrorCode::too_large},
        {"deep", "*1\r\n*1\r\n*1\r\n*1\r\n", ErrorCode::too_large},
    };
    for (const Refuses& row : rows) {
        SCOPED_TRACE(row.name);
        Parser parser({.line_bytes_max = 64,
                       .bulk_bytes_max = 64,
                       .value_bytes_max = 100,
                       .items_max = 8,
                       .depth_max = 3});
        std::string_view input = row.wire;
        const auto value = parser.next(input);
        ASSERT_FALSE(value);
        EXPECT_EQ(value.error().code, row.code) << value.error().message;
        input = "+OK\r\n";
        EXPECT_EQ(parser.next(input).error().code, row.code);
    }
}

TEST(RespParser, LimitsCountPerValue) {
    Parser parser({.items_max = 3});
    for (int i = 0; i < 10; ++i) {
        std::string_view input = "*2\r\n:1\r\n:2\r\n";
        EXPECT_TRUE(parser.next(input));
    }
}

TEST(RespEncode, WritesWhatTheParserReads) {
    for (const Reads& row : reads()) {
        SCOPED_TRACE(row.name);
        std::string wire;
        append_value(wire, row.value);
        Parser parser;
        std::string_view input = wire;
        const auto value = parser.next(input);
        ASSERT_TRUE(value && *value);
        EXPECT_TRUE(**value == row.value);
    }
}

TEST(RespEncode, WritesCommandsAsListsOfStrings) {
    std::string out;
    append_command_of(out, "SET", std::string("k\r\n"), "");
    EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n$0\r\n\r\n");
}

TEST(RespValue, FindsInMapsAndInListsOfPairs) {
    for (const Type type : {Type::map, Type::array}) {
        const Value value = list(type, {bulk("a"), number(1), bulk("b"), number(2), bulk("c")});
        ASSERT_NE(value.find("b"), nullptr);
        EXPECT_EQ(value.find("b")->number, 2);
        EXPECT_EQ(value.find("c"), nullptr);
    }
    EXPECT_EQ(bulk("a").find("a"), nullptr);
    EXPECT_EQ(text(Type::verbatim, "txt:hello").as_text(), "hello");
    EXPECT_EQ(text(Type::simple_error, "ERR").as_text(), "");
}

}  // namespace
}  // namespace thingstead::resp
