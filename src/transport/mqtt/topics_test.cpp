#include "transport/mqtt/topics.h"

#include <gtest/gtest.h>

namespace thingstead::transport::mqtt {
namespace {

struct Classifies {
    const char* topic;
    TopicKind kind;
    Coding coding;
    std::optional<std::int32_t> id;
};

TEST(Topics, EachPublishTopicHasItsMeaning) {
    const Classifies rows[] = {
        {"v1/devices/me/telemetry",            TopicKind::telemetry,         Coding::profile,  {}},
        {"v1/devices/me/attributes",           TopicKind::attributes,        Coding::profile,  {}},
        {"v1/devices/me/attributes/request/7", TopicKind::attribute_request, Coding::profile,  7 },
        {"v1/devices/me/attributes/request/x", TopicKind::attribute_request, Coding::profile,  {}},
        {"v1/devices/me/attributes/request/",  TopicKind::attribute_request, Coding::profile,  {}},
        {"v2/t",                               TopicKind::telemetry,         Coding::profile,  {}},
        {"v2/t/j",                             TopicKind::telemetry,         Coding::json,     {}},
        {"v2/t/p",                             TopicKind::telemetry,         Coding::protobuf, {}},
        {"v2/a",                               TopicKind::attributes,        Coding::profile,  {}},
        {"v2/a/req/9",                         TopicKind::attribute_request, Coding::profile,  9 },
        {"v2/a/req/j/-9",                      TopicKind::attribute_request, Coding::json,     -9},
        {"v1/devices/me/rpc/request/7",        TopicKind::call,              Coding::profile,  7 },
        {"v1/devices/me/rpc/request/x",        TopicKind::call,              Coding::profile,  {}},
        {"v2/r/req/9",                         TopicKind::call,              Coding::profile,  9 },
        {"v2/r/req/j/9",                       TopicKind::call,              Coding::json,     9 },
        {"v2/r/req/p/9",                       TopicKind::call,              Coding::protobuf, 9 },
        {"v1/devices/me/telemetry/x",          TopicKind::unknown,           Coding::profile,  {}},
        {"anything",                           TopicKind::unknown,           Coding::profile,  {}},
    };
    for (const Classifies& row : rows) {
        SCOPED_TRACE(row.topic);
        const PublishTopic got = classify_publish(row.topic, {});
        EXPECT_EQ(got.kind, row.kind);
        EXPECT_EQ(got.coding, row.coding);
        EXPECT_EQ(got.request_id, row.id);
    }
}

TEST(Topics, AProfilesTopicTakesThePlaceOfTheStandardOne) {
    core::TransportProfile profile;
    profile.telemetry_topic = "plant/+/data/#";
    EXPECT_EQ(classify_publish("plant/7/data", profile).kind, TopicKind::telemetry);
    EXPECT_EQ(classify_publish("plant/7/data/a/b", profile).kind, TopicKind::telemetry);
    EXPECT_EQ(classify_publish("v1/devices/me/telemetry", profile).kind, TopicKind::unknown);
    EXPECT_EQ(classify_publish("v2/t", profile).kind, TopicKind::telemetry);
    profile.attributes_topic = "plant/#";
    EXPECT_EQ(classify_publish("plant/7/data", profile).kind, TopicKind::attributes);
}

TEST(Topics, OnlyTheListedFiltersAreGranted) {
    for (const char* filter : {"v1/devices/me/attributes", "v1/devices/me/rpc/request/+", "v2/a/j",
                               "v2/fw/response/+/chunk/+"})
        EXPECT_TRUE(classify_filter(filter, {}).granted) << filter;
    for (const char* filter : {"#", "+", "v1/devices/me/#", "v2/fw/response/+", "$share/g/v2/a",
                               "v1/devices/me/telemetry"})
        EXPECT_FALSE(classify_filter(filter, {}).granted) << filter;
    EXPECT_TRUE(classify_filter("v2/a", {}).attribute_updates);
    EXPECT_FALSE(classify_filter("v2/a/res/+", {}).attribute_updates);
    core::TransportProfile profile;
    profile.attributes_subscribe_topic = "my/attributes";
    EXPECT_TRUE(classify_filter("my/attributes", profile).attribute_updates);
}

TEST(Topics, ACallIsAnsweredInItsFamily) {
    for (const auto& [call, answer] : {
             std::pair{"v1/devices/me/rpc/request/7", "v1/devices/me/rpc/response/7"},
             std::pair{"v2/r/req/7",                  "v2/r/res/7"                  },
             std::pair{"v2/r/req/j/7",                "v2/r/res/j/7"                },
             std::pair{"v2/r/req/p/7",                "v2/r/res/p/7"                }
    })
        EXPECT_EQ(call_response_topic(classify_publish(call, {}).family, 7), answer);
}

}  // namespace
}  // namespace thingstead::transport::mqtt
