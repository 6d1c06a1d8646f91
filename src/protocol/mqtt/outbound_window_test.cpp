#include "protocol/mqtt/session_fixture.h"

namespace thingstead::mqtt {
namespace {

TEST(ServerSession, PublishesAtEveryQos) {
    Fixture f;
    EXPECT_EQ(f.push(QoS::at_most_once).status, PublishStatus::not_connected);
    f.connect(Version::v3_1_1);
    EXPECT_EQ(f.push(QoS::at_most_once).packet_id, 0);
    EXPECT_EQ(f.push(QoS::at_least_once).packet_id, 1);
    EXPECT_EQ(f.push(QoS::exactly_once).packet_id, 2);
    EXPECT_EQ(f.output(),
              "30040001"
              "6478"
              "32060001"
              "640001"
              "78"
              "34060001"
              "640002"
              "78");
    EXPECT_EQ(f.session.in_flight(), 2u);
    f.send("40020001 50020002");
    EXPECT_EQ(f.handler.take(), "delivered 1 success");
    EXPECT_EQ(f.output(), "62020002");
    f.send("50020002");  // repeated
    EXPECT_EQ(f.output(), "62020002");
    f.send("70020002");
    EXPECT_EQ(f.handler.take(), "delivered 2 success");
    EXPECT_EQ(f.session.in_flight(), 0u);
    EXPECT_EQ(f.session.publish({.topic = "a/+"}).status, PublishStatus::invalid_topic);
    f.session.connection_lost();
    EXPECT_EQ(f.push(QoS::at_most_once).status, PublishStatus::not_connected);
}

TEST(ServerSession, TellsItsOwnerWhatVersion5Refused) {
    Fixture f;
    f.connect(Version::v5);
    f.push(QoS::at_least_once);
    f.push(QoS::exactly_once);
    f.output();
    f.send("4003000187 5003000297");
    EXPECT_EQ(f.handler.take(), "delivered 1 not_authorized; delivered 2 quota_exceeded");
    EXPECT_EQ(f.output(), "");
    EXPECT_EQ(f.session.in_flight(), 0u);
}

TEST(ServerSession, AnswersAcknowledgementsOfNothing) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Fixture f;
        f.connect(version);
        f.send("40020009 70020009 50020009");
        EXPECT_EQ(f.handler.take(), "");
        EXPECT_EQ(f.output(), version == Version::v5 ? "6203000992" : "62020009");
    }
}

TEST(ServerSession, TakesAnAnswerOfAnotherQosAsAProtocolError) {
    for (const std::string_view hex : {"50020001", "70020001", "40020002", "70020002"}) {
        Fixture f;
        f.connect(Version::v3_1_1);
        f.push(QoS::at_least_once);
        f.push(QoS::exactly_once);
        f.output();
        f.send(hex);
        EXPECT_EQ(f.handler.take(), "");
        f.expect_closed(ReasonCode::protocol_error, "");
    }
}

TEST(ServerSession, KeepsToTheWindowAndQueuesTheRest) {
    SessionSettings settings;
    settings.in_flight_max = 3;
    settings.waiting_max = 2;
    std::string properties;
    append_property(properties, PropertyId::receive_maximum, 2);
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Fixture f(settings);
        f.connect(version, version == Version::v5 ? properties : "");
        if (version == Version::v3_1_1) f.push(QoS::at_least_once);
        const auto first = static_cast<std::uint16_t>(version == Version::v5 ? 1 : 2);
        EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::sent);
        EXPECT_EQ(f.push(QoS::exactly_once).status, PublishStatus::sent);
        const PublishOutcome third = f.push(QoS::at_least_once);
        EXPECT_EQ(third.status, PublishStatus::waiting);
        EXPECT_EQ(third.packet_id, first + 2);
        EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
        EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::queue_full);
        EXPECT_EQ(f.push(QoS::at_most_once).status, PublishStatus::sent);  // has no window
        f.output();
        f.send(Ack{PacketType::puback, first}, version);
        EXPECT_EQ(f.session.waiting(), 1u);
        EXPECT_NE(f.output(), "");
        f.send(Ack{PacketType::pubrec, static_cast<std::uint16_t>(first + 1)}, version);
        EXPECT_EQ(f.session.waiting(), 1u);  // QoS 2 gives its place back at PUBCOMP
        f.send(Ack{PacketType::pubcomp, static_cast<std::uint16_t>(first + 1)}, version);
        EXPECT_EQ(f.session.waiting(), 0u);
    }
}

TEST(ServerSession, BoundsTheBytesThatWait) {
    SessionSettings settings;
    settings.in_flight_max = 1;
    settings.waiting_bytes_max = 16;  // two publishes of 8 bytes
    Fixture f(settings);
    f.connect(Version::v3_1_1);
    f.push(QoS::at_least_once);
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::queue_full);
    f.send("40020001");
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
}

TEST(ServerSession, HoldsPublishesBackWhileItsOutputIsNotTaken) {
    SessionSettings settings;
    settings.output_bytes_max = 20;
    Fixture f(settings);
    f.connect(Version::v3_1_1);
    EXPECT_EQ(f.push(QoS::at_least_once, "0123456789012345678901234").status, PublishStatus::sent);
    EXPECT_EQ(f.push(QoS::at_most_once).status, PublishStatus::queue_full);
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
    EXPECT_EQ(f.push(QoS::at_least_once).status, PublishStatus::waiting);
    f.send("c000");  // answers are not held back
    std::string bytes;
    f.session.swap_output(bytes);
    EXPECT_TRUE(to_hex(as_bytes(bytes)).ends_with("3334d000"));
    EXPECT_EQ(f.session.waiting(), 0u);
    EXPECT_EQ(f.output(),
              "3206000164000278"
              "3206000164000378");
}

TEST(ServerSession, KeepsToTheClientsMaximumPacketSize) {
    std::string properties;
    append_property(properties, PropertyId::maximum_packet_size, 30);
    Fixture f;
    f.connect(Version::v5, properties);
    EXPECT_EQ(f.push(QoS::at_most_once, std::string(24, 'x')).status, PublishStatus::sent);
    EXPECT_EQ(f.push(QoS::at_most_once, std::string(25, 'x')).status,
              PublishStatus::packet_too_large);
    EXPECT_FALSE(f.session.closed());
    f.output();
    EXPECT_TRUE(f.session.suback(1, std::vector<ReasonCode>(25)));
    EXPECT_FALSE(f.session.suback(2, std::vector<ReasonCode>(26)));
    EXPECT_EQ(f.session.close_reason(), ReasonCode::packet_too_large);

    std::string tiny_properties;
    append_property(tiny_properties, PropertyId::maximum_packet_size, 4);
    Fixture tiny;
    tiny.send(Connect{.client_id = "c", .properties = Properties(tiny_properties)}, Version::v5);
    tiny.expect_closed(ReasonCode::packet_too_large, "");
}

TEST(ServerSession, CountsPacketIdsFrom1To65535AndSkipsThoseInUse) {
    Fixture f;
    f.connect(Version::v3_1_1);
    EXPECT_EQ(f.push(QoS::at_least_once).packet_id, 1);
    for (std::uint32_t id = 2; id <= 65'535; ++id) {
        ASSERT_EQ(f.push(QoS::at_least_once).packet_id, id);
        f.send(Ack{PacketType::puback, static_cast<std::uint16_t>(id)}, Version::v3_1_1);
        if (id % 1'000 == 0) f.output();
    }
    EXPECT_EQ(f.push(QoS::at_least_once).packet_id, 2);
}

TEST(OutboundWindow, HasNoMoreThanAllPacketIds) {
    OutboundWindow window;
    // Every id but 3 is on its way; the next one is found, and then none.
    for (std::uint32_t i = 0; i < 65'535; ++i) {
        const auto id = static_cast<std::uint16_t>(i + 1);
        if (id != 3) window.sent(id, QoS::at_least_once);
    }
    EXPECT_EQ(window.next_packet_id(), 3);
    window.sent(3, QoS::at_least_once);
    EXPECT_EQ(window.next_packet_id(), std::nullopt);
}

}  // namespace
}  // namespace thingstead::mqtt
