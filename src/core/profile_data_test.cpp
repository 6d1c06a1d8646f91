#include "core/profile_data.h"

#include <gtest/gtest.h>

#include "model/document.h"

namespace thingstead::core {
namespace {

std::string refused(const model::TenantProfile& profile) {
    model::TenantProfile copy = profile;
    const Result<> done = complete_profile_data(copy);
    return done ? std::string() : done.error().message;
}

model::TenantProfile isolated(std::initializer_list<const char*> names) {
    model::TenantProfile profile;
    profile.isolated_rule_engine = true;
    profile.profile_data = default_profile_data();
    json::array queues;
    for (const char* const name : names) {
        json::value queue = main_queue_configuration();
        queue.get_object()["name"] = name;
        queues.push_back(std::move(queue));
    }
    profile.profile_data.get_object()["queueConfiguration"] = std::move(queues);
    return profile;
}

TEST(ProfileData, HasEveryLimitAndTheRightShape) {
    const json::value data = default_profile_data();
    EXPECT_TRUE(model::check_document("TenantProfileData", data));
    const json::object& configuration = data.at("configuration").get_object();
    EXPECT_EQ(configuration.at("maxDevices"), 0);
    EXPECT_EQ(configuration.at("maxCalculatedFieldsPerEntity"), 5);
    EXPECT_TRUE(configuration.at("transportTenantMsgRateLimit").is_null());
    EXPECT_TRUE(configuration.at("smsEnabled").is_null());
    EXPECT_EQ(configuration.at("warnThreshold").to_number<double>(), 0);
}

TEST(ProfileData, KeepsWhatIsSetAndWhatItDoesNotKnow) {
    model::TenantProfile profile;
    profile.profile_data = json::object{
        {"configuration", {{"type", "DEFAULT"}, {"maxDevices", 7}, {"ofTomorrow", true}}}
    };
    ASSERT_TRUE(complete_profile_data(profile));
    const json::object& configuration = profile.profile_data.at("configuration").get_object();
    EXPECT_EQ(configuration.at("maxDevices"), 7);
    EXPECT_EQ(configuration.at("ofTomorrow"), true);
    EXPECT_EQ(configuration.at("maxAssets"), 0);
}

TEST(RateLimit, IsCountsAndSeconds) {
    for (const char* const text : {"", "1:1", "100:1,2000:60", "5:3600"})
        EXPECT_TRUE(check_rate_limit("X", text)) << text;
    for (const char* const text : {"1", "1:", ":1", "1:0", "0:1", "-1:1", "1:1,", ",1:1", "1:1;2:2",
                                   "a:b", "1:1,,2:2", "99999999999999999999:1"})
        EXPECT_FALSE(check_rate_limit("X", text)) << text;
    EXPECT_EQ(check_rate_limit("Edge events", "1:60,2:60").error().message,
              "Edge events rate limit has duplicate 'Per seconds' configuration.");
}

TEST(ProfileData, NamesAllWrongRateLimits) {
    model::TenantProfile profile;
    profile.profile_data = default_profile_data();
    json::object& configuration = profile.profile_data.at("configuration").get_object();
    configuration["edgeEventRateLimits"] = "1:60,2:60";
    configuration["transportDeviceMsgRateLimit"] = "1:60,2:60";
    EXPECT_EQ(
        refused(profile),
        "Validation error: Edge events rate limit has duplicate 'Per seconds' configuration., "
        "Transport device messages rate limit has duplicate 'Per seconds' configuration.");
}

TEST(ProfileData, OfAnIsolatedRuleEngineNamesItsQueues) {
    EXPECT_EQ(refused(isolated({"Main", "Other"})), "");
    EXPECT_EQ(refused(isolated({})),
              "Tenant profile data queue configuration should be specified!");
    EXPECT_EQ(refused(isolated({"Other"})), "Main queue configuration should be specified!");
    EXPECT_EQ(refused(isolated({"Main", "Main"})),
              "Queue configuration name 'Main' already present!");
    model::TenantProfile none = isolated({"Main"});
    none.profile_data.get_object()
        .at("queueConfiguration")
        .get_array()[0]
        .get_object()["partitions"] = 0;
    EXPECT_EQ(refused(none), "Queue partitions should be more then 0!");
}

}  // namespace
}  // namespace thingstead::core
