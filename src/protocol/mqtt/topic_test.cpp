#include "protocol/mqtt/topic.h"

#include <gtest/gtest.h>

namespace thingstead::mqtt {
namespace {

TEST(Utf8, TakesWhatUnicodeTakesButNoNul) {
    for (const std::string_view text :
         {"", "plain ascii text", "\x01", "ö", "€uro", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "12345678ö12345678"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const std::string_view text :
         {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2g", "\xE0\x9F\xBF", "\xE2\x82",
          "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFF", "12345678\xC2"})
        EXPECT_FALSE(is_utf8(text)) << text;
    for (std::size_t at = 0; at < 20; ++at) {
        std::string text(20, 'a');
        text[at] = '\0';
        EXPECT_FALSE(is_utf8(text)) << at;
    }
}

TEST(TopicName, HasNoWildcardAnywhere) {
    EXPECT_TRUE(is_topic_name("v1/devices/me/telemetry"));
    EXPECT_TRUE(is_topic_name("/"));
    EXPECT_TRUE(is_topic_name("$SYS/x"));
    EXPECT_FALSE(is_topic_name(""));
    for (std::size_t at = 0; at < 20; ++at)
        for (const char wildcard : {'+', '#'}) {
            std::string topic(20, 'a');
            topic[at] = wildcard;
            EXPECT_FALSE(is_topic_name(topic)) << topic;
        }
}

TEST(TopicFilter, HasWildcardsOnlyAsWholeLevels) {
    for (const std::string_view filter :
         {"#", "+", "/", "a", "a/#", "+/+", "/+", "+/", "a//b", "a/+/#", "$SYS/#", "$share/g/a"})
        EXPECT_TRUE(is_topic_filter(filter)) << filter;
    for (const std::string_view filter :
         {"", "a#", "#/a", "a/#/b", "a+", "+a", "a/b+/c", "##", "++"})
        EXPECT_FALSE(is_topic_filter(filter)) << filter;
}

TEST(TopicFilter, TakesTheTopicsThatTheSpecificationNames) {
    struct Row {
        std::string_view filter, topic;
        bool matches;
    };
    constexpr Row rows[] = {
        {"sport/tennis/player1/#", "sport/tennis/player1",            true },
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking",    true },
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimb", true },
        {"sport/tennis/player1/#", "sport/tennis/player10",           false},
        {"#",                      "a/b/c",                           true },
        {"#",                      "/",                               true },
        {"sport/tennis/+",         "sport/tennis/player1",            true },
        {"sport/tennis/+",         "sport/tennis/player1/ranking",    false},
        {"sport/+",                "sport",                           false},
        {"sport/+",                "sport/",                          true },
        {"+/+",                    "/finance",                        true },
        {"/+",                     "/finance",                        true },
        {"+",                      "/finance",                        false},
        {"a/b",                    "a/b",                             true },
        {"a/b",                    "a/B",                             false},
        {"a/b",                    "a/b/",                            false},
        {"a/b/",                   "a/b",                             false},
        {"a/+/c",                  "a//c",                            true },
        {"a/+/#",                  "a",                               false},
        {"a/+/#",                  "a/b",                             true },
        {"#",                      "$SYS/monitor",                    false},
        {"+/monitor/Clients",      "$SYS/monitor/Clients",            false},
        {"$SYS/#",                 "$SYS",                            true },
        {"$SYS/monitor/+",         "$SYS/monitor/Clients",            true },
        {"a/#",                    "a/$b",                            true },
    };
    for (const Row& row : rows)
        EXPECT_EQ(topic_matches(row.filter, row.topic), row.matches)
            << row.filter << " " << row.topic;
}

TEST(SharedSubscription, HasANameAndAFilter) {
    const auto parts = shared_subscription("$share/group/a/+/#");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->share_name, "group");
    EXPECT_EQ(parts->filter, "a/+/#");
    EXPECT_EQ(shared_subscription("$share/g//")->filter, "/");
    for (const std::string_view filter : {"a/b", "$share", "$share/", "$share/g", "$share/g/",
                                          "$share//a", "$share/+/a", "$share/g#/a", "$share/g/a#"})
        EXPECT_FALSE(shared_subscription(filter)) << filter;
    EXPECT_TRUE(is_shared("$share/x"));
    EXPECT_FALSE(is_shared("$shared/x"));
}

}  // namespace
}  // namespace thingstead::mqtt
