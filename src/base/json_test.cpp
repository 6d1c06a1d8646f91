#include "base/json.h"

#include <gtest/gtest.h>

#include <array>

namespace thingstead::json_test {
namespace {

enum class Colour { red, green };
constexpr auto enum_names(Colour) {
    using namespace std::literals;
    return std::array{
        std::pair{Colour::red,   "RED"sv  },
        std::pair{Colour::green, "GREEN"sv}
    };
}

struct Inner {
    std::string text;
    int number = 5;
    friend bool operator==(const Inner&, const Inner&) = default;
};
constexpr auto describe(const Inner*) {
    return fields(field("text", &Inner::text), field("number", &Inner::number, "", between(1, 9)));
}

struct Outer {
    Inner inner;
    std::optional<std::string> label;
    std::vector<Inner> list;
    Colour colour = Colour::red;
    std::int64_t version = 0;
    std::optional<bool> hidden;
    friend bool operator==(const Outer&, const Outer&) = default;
};
constexpr auto describe(const Outer*) {
    return fields(field("inner", &Outer::inner), field("label", &Outer::label),
                  field("list", &Outer::list), field("colour", &Outer::colour),
                  field("version", &Outer::version, "", server_owned),
                  field("hidden", &Outer::hidden, "", omit_null));
}

TEST(Json, ADescribedStructReadsBackWhatItWrites) {
    const Outer value{
        {"a",      3       },
        "label", {{"b", 1}, {"c", 2}},
        Colour::green, 7, true
    };
    const json::value written = to_json(value);
    EXPECT_EQ(*from_json<Outer>(written, Binding::stored), value);
}

TEST(Json, NullIsWrittenUnlessTheFieldOmitsIt) {
    EXPECT_EQ(
        json::serialize(to_json(Outer{})),
        R"({"inner":{"text":"","number":5},"label":null,"list":[],"colour":"RED","version":0})");
}

TEST(Json, InputNeverBindsServerOwnedFields) {
    EXPECT_EQ(from_json<Outer>(*parse_json(R"({"version":9})"))->version, 0);
    EXPECT_EQ(from_json<Outer>(*parse_json(R"({"version":9})"), Binding::stored)->version, 9);
}

struct Refused {
    const char* text;
    const char* message;
};

TEST(Json, ErrorsNameTheMember) {
    const Refused rows[] = {
        {R"(3)",                                  "expected an object"                        },
        {R"({"inner":3})",                        "inner: expected an object"                 },
        {R"({"inner":{"text":3}})",               "inner.text: expected a string"             },
        {R"({"inner":{"number":12}})",            "inner.number: must be between 1 and 9"     },
        {R"({"list":[{"text":"a"},{"text":1}]})", "list.[1].text: expected a string"          },
        {R"({"colour":"BLUE"})",                  "colour: expected one of RED, GREEN"        },
        {R"({"inner":{"number":1.5}})",           "inner.number: expected an integer in range"},
    };
    for (const Refused& row : rows) {
        const Result<Outer> read = from_json<Outer>(*parse_json(row.text));
        ASSERT_FALSE(read) << row.text;
        EXPECT_EQ(read.error().message, row.message);
    }
}

struct WithId {
    Uuid id;
};
constexpr auto describe(const WithId*) { return fields(field("id", &WithId::id)); }

TEST(Json, ASentenceWithAColonIsNotTakenForAPath) {
    EXPECT_EQ(from_json<WithId>(*parse_json(R"({"id":"x"})")).error().message,
              "id: Invalid UUID string: x");
    EXPECT_EQ(from_json<std::vector<WithId>>(*parse_json(R"([{"id":"x"}])")).error().message,
              "[0].id: Invalid UUID string: x");
}

TEST(Json, NumbersThatNoDoubleHoldsAreRefused) {
    EXPECT_TRUE(parse_json(R"({"a":[1e308,-1e-400]})"));
    for (const char* text : {"1e999", R"({"a":[0,{"b":-1e999}]})"})
        EXPECT_EQ(parse_json(text).error().message, "Invalid JSON: a number is out of range");
}

TEST(Json, ParsingHasALimitOfDepthAndNamesThePlace) {
    EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
    const Result<json::value> deep = parse_json(std::string(65, '[') + std::string(65, ']'));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().code, ErrorCode::malformed);
    const Result<json::value> wrong = parse_json(R"({"a":1,})");
    ASSERT_FALSE(wrong);
    EXPECT_TRUE(wrong.error().message.starts_with("Invalid JSON at byte 7"))
        << wrong.error().message;
}

}  // namespace
}  // namespace thingstead::json_test
