#include "core/profile/device_profile_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

using model::DeviceProfile;
using model::ProvisionType;
using model::TransportType;
using testing::HasSubstr;

json::value document(std::string_view text) { return *parse_json(text); }

/// Of nobody, made for these tests: EC, valid for a hundred years.
constexpr std::string_view pem =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBeDCCAR+gAwIBAgIUdJH96wDO10h/"
    "hfuJ+"
    "jYGpAfZVQowCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyOTE4NDYxOVoYDzIxMjYxMTA1MTg0NjE"
    "5WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARON6fzB7Vl3oAhoX6McLTUexzad7lt8"
    "8bqIX08l4XnLsn8SfYaU4KtE9F3q5uJU+"
    "4KhBrXW0pUntQVqCcWIhN0o1MwUTAdBgNVHQ4EFgQUR72rzLoMUvHGeEDLMueMheYT91cwHwYDVR0jBBgwFoAUR72rzLoM"
    "UvHGeEDLMueMheYT91cwDwYDVR0TAQH/BAUwAwEB/"
    "zAKBggqhkjOPQQDAgNHADBEAiB17V72ZUFqW5rrW2Ac7zl3307bW9GBoVZdgyQIAlX4jAIgMqWcp6AgRQDX6Mcd9Dk1Z5z"
    "btfJIexfbcVIgAHIDvH8=\n"
    "-----END CERTIFICATE-----\n";

TEST(DeviceProfileData, WhatIsLeftOutIsFilledIn) {
    DeviceProfile profile;
    profile.transport_type = TransportType::mqtt;
    ASSERT_TRUE(complete_profile_data(profile));
    const json::object& data = profile.profile_data.as_object();
    EXPECT_EQ(data.at("configuration").at("type"), "DEFAULT");
    EXPECT_EQ(data.at("transportConfiguration").at("deviceTelemetryTopic"),
              "v1/devices/me/telemetry");
    EXPECT_EQ(data.at("provisionConfiguration").at("type"), "DISABLED");
    EXPECT_TRUE(data.at("provisionConfiguration").at("provisionDeviceSecret").is_null());
    EXPECT_TRUE(data.at("alarms").is_null());
}

TEST(DeviceProfileData, WhatIsThereIsKept) {
    DeviceProfile profile;
    profile.provision_type = ProvisionType::allow_create_new_devices;
    profile.provision_device_key = " ";
    profile.profile_data = document(
        R"({"transportConfiguration":{"type":"DEFAULT","x":1},"alarms":[{"alarmType":"Hot"}],)"
        R"("provisionConfiguration":{"type":"DISABLED","provisionDeviceSecret":"s"}})");
    ASSERT_TRUE(complete_profile_data(profile));
    const json::object& data = profile.profile_data.as_object();
    EXPECT_EQ(data.at("transportConfiguration").at("x"), 1);
    EXPECT_EQ(data.at("provisionConfiguration").at("type"), "ALLOW_CREATE_NEW_DEVICES");
    EXPECT_EQ(data.at("provisionConfiguration").at("provisionDeviceSecret"), "s");
    EXPECT_EQ(data.at("alarms").at(0).at("alarmType"), "Hot");
    EXPECT_FALSE(profile.provision_device_key);
}

TEST(DeviceProfileData, WhatIsWrongIsSaid) {
    const struct {
        const char *data, *message;
    } rows[] = {
        {R"({"transportConfiguration":{"type":"MQTT"}})",
         "Device profile transport configuration should be of type DEFAULT!"                          },
        {R"({"alarms":[{"alarmType":" "}]})",                   "Alarm rule type should be specified!"},
        {R"({"alarms":[{"alarmType":"x"},{"alarmType":"x"}]})",
         "Can't create device profile with the same alarm rule types: \"x\"!"                         },
    };
    for (const auto& row : rows) {
        DeviceProfile profile;
        profile.profile_data = document(row.data);
        const Result<> done = complete_profile_data(profile);
        ASSERT_FALSE(done) << row.data;
        EXPECT_EQ(done.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(done.error().message, row.message);
    }
}

TEST(DeviceProfileData, TheKeyOfAChainIsTheHashOfItsFirstCertificate) {
    DeviceProfile profile;
    profile.provision_type = ProvisionType::x509_certificate_chain;
    EXPECT_FALSE(complete_profile_data(profile));
    json::object provision;
    provision["provisionDeviceSecret"] = std::string(pem) + std::string(pem);
    profile.profile_data.get_object()["provisionConfiguration"] = provision;
    ASSERT_TRUE(complete_profile_data(profile));
    EXPECT_EQ(
        profile.provision_device_key,
        sha3_256_hex("MIIBeDCCAR+gAwIBAgIUdJH96wDO10h/"
                     "hfuJ+"
                     "jYGpAfZVQowCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyOTE4NDYxOVoYDz"
                     "IxMjYxMTA1MTg0NjE5WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwN"
                     "CAARON6fzB7Vl3oAhoX6McLTUexzad7lt88bqIX08l4XnLsn8SfYaU4KtE9F3q5uJU+"
                     "4KhBrXW0pUntQVqCcWIhN0o1MwUTAdBgNVHQ4EFgQUR72rzLoMUvHGeEDLMueMheYT91cwHwYDVR0"
                     "jBBgwFoAUR72rzLoMUvHGeEDLMueMheYT91cwDwYDVR0TAQH/BAUwAwEB/"
                     "zAKBggqhkjOPQQDAgNHADBEAiB17V72ZUFqW5rrW2Ac7zl3307bW9GBoVZdgyQIAlX4jAIgMqWcp6"
                     "AgRQDX6Mcd9Dk1Z5zbtfJIexfbcVIgAHIDvH8="));
}

}  // namespace
}  // namespace thingstead::core
