#include "transport/session/uplink.h"

#include <gtest/gtest.h>

namespace thingstead::transport {
namespace {

core::DeviceIdentity device(model::TransportType type) {
    core::DeviceIdentity identity;
    identity.tenant = model::TenantId::make();
    identity.device = model::DeviceId::make();
    identity.name = "Meter 7";
    identity.type = "meter";
    core::TransportProfile profile;
    profile.transport_type = type;
    profile.rule_chain = model::RuleChainId::make();
    identity.profile = std::make_shared<const core::TransportProfile>(profile);
    return identity;
}

TEST(Uplink, EachTelemetryEntryBecomesAMessageOfItsOwnTime) {
    const core::DeviceIdentity meter = device(model::TransportType::standard);
    model::PayloadParser parser;
    const auto messages = telemetry_messages(
        meter, parser, R"([{"a":1,"n":null},{"ts":17,"values":{"b":"x"}}])", 5, "t");
    ASSERT_TRUE(messages);
    ASSERT_EQ(messages->size(), 2u);
    const model::Msg& first = (*messages)[0].msg;
    EXPECT_EQ((*messages)[0].tenant, meter.tenant);
    EXPECT_EQ(first.type, "POST_TELEMETRY_REQUEST");
    EXPECT_EQ(first.originator, model::EntityId(meter.device));
    EXPECT_EQ(first.rule_chain, meter.profile->rule_chain);
    EXPECT_FALSE(first.customer);
    EXPECT_EQ(first.data, R"({"a":1})");
    EXPECT_EQ(first.metadata.get("deviceName"), "Meter 7");
    EXPECT_EQ(first.metadata.get("deviceType"), "meter");
    EXPECT_EQ(first.metadata.get("ts"), "5");
    EXPECT_EQ(first.metadata.find("mqttTopic"), nullptr);
    EXPECT_EQ((*messages)[1].msg.metadata.get("ts"), "17");
    EXPECT_EQ((*messages)[1].msg.data, R"({"b":"x"})");
}

TEST(Uplink, AnEmptyArrayGivesNoMessageAndAnEmptyObjectOne) {
    model::PayloadParser parser;
    EXPECT_EQ(telemetry_messages(device(model::TransportType::standard), parser, "[]", 5)->size(),
              0u);
    EXPECT_EQ(telemetry_messages(device(model::TransportType::standard), parser, "{}", 5)->size(),
              1u);
}

TEST(Uplink, AttributesAreOneMessageThatDoesNotNotifyTheDevice) {
    model::PayloadParser parser;
    const auto messages = attribute_messages(device(model::TransportType::mqtt), parser,
                                             R"({"fw":"1.2"})", 5, "v1/x");
    ASSERT_TRUE(messages);
    ASSERT_EQ(messages->size(), 1u);
    const model::Msg& msg = (*messages)[0].msg;
    EXPECT_EQ(msg.type, "POST_ATTRIBUTES_REQUEST");
    EXPECT_EQ(msg.metadata.get("notifyDevice"), "false");
    EXPECT_EQ(msg.metadata.get("mqttTopic"), "v1/x");
    EXPECT_EQ(msg.data, R"({"fw":1.2})");
    EXPECT_FALSE(attribute_messages(device(model::TransportType::mqtt), parser, "[]", 5));
}

TEST(Uplink, ACallTellsWhereItsAnswerIsToGo) {
    const CallOrigin origin{"host-mqtt-1883", new_random_uuid(), 12};
    const core::DeviceIdentity meter = device(model::TransportType::mqtt);
    auto messages =
        call_messages(meter, R"({"method":"getTime","params":{"zone":"UTC"},"x":1})", 5, origin);
    ASSERT_TRUE(messages);
    ASSERT_EQ(messages->size(), 1u);
    const model::Msg& msg = (*messages)[0].msg;
    EXPECT_EQ(msg.type, "TO_SERVER_RPC_REQUEST");
    EXPECT_EQ(msg.rule_chain, meter.profile->rule_chain);
    EXPECT_EQ(msg.data, R"({"method":"getTime","params":{"zone":"UTC"}})");
    EXPECT_EQ(msg.metadata.get("deviceName"), "Meter 7");
    EXPECT_EQ(msg.metadata.get("requestId"), "12");
    EXPECT_EQ(msg.metadata.get("serviceId"), "host-mqtt-1883");
    EXPECT_EQ(msg.metadata.get("sessionId"), origin.session.to_string());
    messages = call_messages(meter, R"({"method":"m"})", 5, origin);
    EXPECT_EQ(messages->at(0).msg.data, R"({"method":"m","params":null})");
    for (const char* wrong : {"", "[]", "{", R"({"params":1})", R"({"method":7})"})
        EXPECT_FALSE(call_messages(meter, wrong, 5, origin)) << wrong;
}

}  // namespace
}  // namespace thingstead::transport
