#include "load/packet.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace thingstead::bench {
namespace {

std::string written(const PublishTemplate& packet, const Reading& reading) {
    std::string out(packet.packet_bytes(), '?');
    packet.write(out.data(), reading);
    return out;
}

TEST(ConnectPacket, CarriesTheTokenAsUserNameAndNoPassword) {
    const std::string got = encode({.client_id = "c1", .username = "token", .keep_alive_s = 300});
    const std::string want = std::string("\x10\x15\x00\x04MQTT\x04\x82\x01\x2c\x00\x02", 14) +
                             "c1" + std::string("\x00\x05", 2) + "token";
    EXPECT_EQ(got, want);
}

TEST(ConnectPacket, IsAnonymousWithoutAUserName) {
    const std::string got = encode({.client_id = "c", .username = std::nullopt});
    EXPECT_EQ(got, std::string("\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01", 14) + "c");
}

TEST(PublishTemplate, WritesTheBarePointsAtEachQos) {
    const Reading reading{.packet_id = 0x1234, .sequence = 1, .ts_ms = 0};
    const std::string json = R"({"voltage":210.7,"current":1.31,"energy":100000001})";
    const std::string topic("\x00\x01t", 3);
    const PublishTemplate qos0({.topic = "t", .qos = 0, .client_ts = false});
    EXPECT_EQ(written(qos0, reading), std::string("\x30\x36") + topic + json);
    const PublishTemplate qos1({.topic = "t", .qos = 1, .client_ts = false});
    EXPECT_EQ(written(qos1, reading), std::string("\x32\x38") + topic + "\x12\x34" + json);
    const PublishTemplate qos2({.topic = "t", .qos = 2, .client_ts = false});
    EXPECT_EQ(written(qos2, reading), std::string("\x34\x38") + topic + "\x12\x34" + json);
}

TEST(PublishTemplate, WrapsThePointsWithTheTimeStamp) {
    const PublishTemplate packet({.topic = "t", .qos = 0, .client_ts = true});
    const std::string got =
        written(packet, {.packet_id = 1, .sequence = 899'999'999, .ts_ms = 1'700'000'000'123});
    EXPECT_NE(got.find(R"({"ts":1700000000123,"values":{"voltage":)"), std::string::npos);
    EXPECT_TRUE(got.ends_with(R"("energy":999999999}})"));
}

TEST(PublishTemplate, CodesALengthOverOneHundredTwentySevenInTwoBytes) {
    const std::string topic(200, 'x');
    const PublishTemplate packet({.topic = topic, .qos = 0, .client_ts = false});
    const std::string got = written(packet, {.packet_id = 1, .sequence = 0, .ts_ms = 0});
    const std::size_t body_bytes = 2 + 200 + 51;
    ASSERT_EQ(got.size(), 3 + body_bytes);
    EXPECT_EQ(static_cast<unsigned char>(got[1]), 0x80 | (body_bytes % 128));
    EXPECT_EQ(static_cast<unsigned char>(got[2]), body_bytes / 128);
}

TEST(PublishTemplate, StaysInRangeAndVariesWithTheSequence) {
    const PublishTemplate packet({.topic = "t", .qos = 0, .client_ts = false});
    std::set<std::string> seen;
    for (std::uint64_t sequence = 0; sequence < 1000; ++sequence) {
        const std::string got = written(packet, {.packet_id = 1, .sequence = sequence, .ts_ms = 0});
        const std::size_t voltage_at = got.find("voltage\":") + 9;
        const double voltage = std::stod(got.substr(voltage_at, 5));
        const double current = std::stod(got.substr(got.find("current\":") + 9, 4));
        EXPECT_TRUE(voltage >= 210.0 && voltage < 250.0) << voltage;
        EXPECT_TRUE(current >= 1.0 && current < 10.0) << current;
        seen.insert(got.substr(voltage_at, 5));
    }
    EXPECT_EQ(seen.size(), 400u);
}

TEST(PubrelPacket, CarriesThePacketId) { EXPECT_EQ(pubrel_packet(0xABCD), "\x62\x02\xAB\xCD"); }

}  // namespace
}  // namespace thingstead::bench
