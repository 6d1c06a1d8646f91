#include "net/url.h"

#include <gtest/gtest.h>

namespace thingstead::net {
namespace {

TEST(Url, PercentDecodesOrSaysThatItCannot) {
    struct Row {
        std::string_view text;
        std::optional<std::string> decoded;
    };
    const Row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"a%20b", "a b"},
        {"%c3%A4", "\xc3\xa4"},
        {"a+b", "a+b"},
        {"%00", std::string(1, '\0')},
        {"%2Fv1%2f", "/v1/"},
        {"%", std::nullopt},
        {"%4", std::nullopt},
        {"100%", std::nullopt},
        {"%zz", std::nullopt},
        {"%-1", std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(percent_decode(row.text), row.decoded) << row.text;
}

TEST(Url, EncodesEveryByteSoThatItDecodesBack) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
    EXPECT_EQ(percent_encode("a-b.c_d~e f/\xff"), "a-b.c_d~e%20f%2F%FF");
}

TEST(Query, KeepsOrderAndRepeatedKeys) {
    const Query query = Query::parse("keys=a,b&x=1&x=2&&flag&empty=&=odd&a%20b=c+d%2B");
    const std::vector<Query::Parameter> expected = {
        {"keys",  "a,b" },
        {"x",     "1"   },
        {"x",     "2"   },
        {"flag",  ""    },
        {"empty", ""    },
        {"",      "odd" },
        {"a b",   "c d+"}
    };
    EXPECT_EQ(query.parameters(), expected);
    EXPECT_EQ(query.find("x"), "1");
    EXPECT_EQ(query.all("x"), (std::vector<std::string_view>{"1", "2"}));
    EXPECT_EQ(query.find("flag"), "");
    EXPECT_EQ(query.find("none"), std::nullopt);
    EXPECT_TRUE(query.all("none").empty());
}

TEST(Query, ABadPercentSequenceStaysAsItIs) {
    EXPECT_EQ(Query::parse("x=100%&y=%zz").parameters(), (std::vector<Query::Parameter>{
                                                             {"x", "100%"},
                                                             {"y", "%zz" }
    }));
}

TEST(Query, WhatIsNoTextIsNamed) {
    const struct {
        const char *path, *query, *message;
    } rows[] = {
        {"/a\xc3\xa4",    "x=%C3%A4&y=%00",  ""                                          },
        {"/a\xc3",        "",                "The path is not UTF-8"                     },
        {"/\xed\xa0\x80", "",                "The path is not UTF-8"                     },
        {"/a",            "x=1&y=%ED%A0%80", "Query parameter 'y' is not UTF-8"          },
        {"/a",            "%ff=1",           "The name of a query parameter is not UTF-8"},
    };
    for (const auto& row : rows) {
        const Result<> text = check_text(row.path, Query::parse(row.query));
        EXPECT_EQ(text ? "" : text.error().message, row.message);
    }
}

TEST(Query, AnEqualsSignMayStandInAValue) { EXPECT_EQ(Query::parse("a=b=c").find("a"), "b=c"); }

}  // namespace
}  // namespace thingstead::net
