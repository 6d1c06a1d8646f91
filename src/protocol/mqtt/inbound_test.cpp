#include "protocol/mqtt/session_fixture.h"

namespace thingstead::mqtt {
namespace {

TEST(ServerSession, AcknowledgesInAnyOrderAndOnce) {
    Fixture f;
    f.connect(Version::v5);
    for (std::uint16_t id = 1; id <= 3; ++id) f.publish(id, QoS::at_least_once, Version::v5);
    EXPECT_EQ(f.handler.take(), "publish t p 1; publish t p 2; publish t p 3");
    EXPECT_EQ(f.session.unacknowledged(), 3u);
    EXPECT_TRUE(f.session.acknowledge(3));
    EXPECT_TRUE(f.session.acknowledge(1, ReasonCode::payload_format_invalid));
    EXPECT_TRUE(f.session.acknowledge(2));
    EXPECT_FALSE(f.session.acknowledge(2));
    EXPECT_EQ(f.output(),
              "40020003"
              "4003000199"
              "40020002");
}

TEST(ServerSession, CannotTellAnOlderClientAnError) {
    Fixture f;
    f.connect(Version::v3_1_1);
    f.publish(1, QoS::at_least_once, Version::v3_1_1);
    EXPECT_TRUE(f.session.acknowledge(1, ReasonCode::quota_exceeded));
    EXPECT_EQ(f.output(), "40020001");
}

TEST(ServerSession, DeliversQos2ExactlyOnce) {
    for (const Version version : all_versions) {
        Fixture f;
        f.connect(version);
        const auto send = [&](bool dup) {
            f.send(Publish{.topic = "t",
                           .payload = "p",
                           .qos = QoS::exactly_once,
                           .dup = dup,
                           .packet_id = 7},
                   version);
        };
        send(false);
        EXPECT_EQ(f.handler.take(), "publish t p 7");
        send(true);  // before the owner has answered
        EXPECT_EQ(f.output(), "");
        EXPECT_TRUE(f.session.acknowledge(7));
        EXPECT_FALSE(f.session.acknowledge(7));
        EXPECT_EQ(f.output(), "50020007");
        send(true);
        EXPECT_EQ(f.output(), "50020007");
        EXPECT_EQ(f.handler.take(), "");
        EXPECT_EQ(f.session.unacknowledged(), 1u);
        f.send("62020007");
        EXPECT_EQ(f.output(), "70020007");
        EXPECT_EQ(f.session.unacknowledged(), 0u);
        f.send("62020007");  // not known any more
        EXPECT_EQ(f.output(), version == Version::v5 ? "7003000792" : "70020007");
        send(false);  // the id is free again
        EXPECT_EQ(f.handler.take(), "publish t p 7");
    }
}

TEST(ServerSession, EndsARefusedQos2WhereTheVersionDoes) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Fixture f;
        f.connect(version);
        f.publish(7, QoS::exactly_once, version);
        EXPECT_TRUE(f.session.acknowledge(7, ReasonCode::not_authorized));
        EXPECT_EQ(f.output(), version == Version::v5 ? "5003000787" : "50020007");
        EXPECT_EQ(f.session.unacknowledged(), version == Version::v5 ? 0u : 1u);
    }
}

TEST(ServerSession, TakesAPubrelBeforeItsPubrecAsAProtocolError) {
    Fixture f;
    f.connect(Version::v3_1_1);
    f.publish(7, QoS::exactly_once, Version::v3_1_1);
    f.send("62020007");
    f.expect_closed(ReasonCode::protocol_error, "");
    EXPECT_FALSE(f.session.acknowledge(7));
}

TEST(ServerSession, HoldsVersion5ToItsReceiveMaximum) {
    SessionSettings settings;
    settings.receive_maximum = 2;
    Fixture f(settings);
    f.connect(Version::v5);
    f.publish(1, QoS::at_least_once, Version::v5);
    f.publish(2, QoS::exactly_once, Version::v5);
    f.session.acknowledge(2);
    f.publish(2, QoS::exactly_once, Version::v5);  // repeated: takes no more room
    f.publish(0, QoS::at_most_once, Version::v5);
    f.session.acknowledge(1);
    f.publish(3, QoS::at_least_once, Version::v5);
    EXPECT_FALSE(f.session.closed());
    f.output();
    f.handler.take();
    f.publish(4, QoS::at_least_once, Version::v5);
    EXPECT_EQ(f.handler.take(), "");
    f.expect_closed(ReasonCode::receive_maximum_exceeded, "e00193");
}

TEST(ServerSession, BoundsOpenQos2OfOlderClientsButNotQos1) {
    SessionSettings settings;
    settings.receive_maximum = settings.qos_2_open_max = 2;
    Fixture f(settings);
    f.connect(Version::v3_1_1);
    for (std::uint16_t id = 1; id <= 10; ++id) f.publish(id, QoS::at_least_once, Version::v3_1_1);
    f.publish(11, QoS::exactly_once, Version::v3_1_1);
    f.publish(12, QoS::exactly_once, Version::v3_1_1);
    EXPECT_FALSE(f.session.closed());
    f.publish(13, QoS::exactly_once, Version::v3_1_1);
    f.expect_closed(ReasonCode::quota_exceeded, "");
}

TEST(ServerSession, RefusesAQosThatItDoesNotServe) {
    SessionSettings settings;
    settings.qos_max = QoS::at_least_once;
    Fixture f(settings);
    f.connect(Version::v5);
    f.publish(1, QoS::exactly_once, Version::v5);
    EXPECT_EQ(f.handler.take(), "");
    f.expect_closed(ReasonCode::qos_not_supported, "e0019b");

    Fixture g(settings);
    g.send(
        Connect{
            .client_id = "c", .will = Will{.qos = QoS::exactly_once, .topic = "w"}
    },
        Version::v5);
    g.expect_closed(ReasonCode::qos_not_supported, "2003009b00");
}

TEST(ServerSession, ResolvesTopicAliases) {
    SessionSettings settings;
    settings.topic_alias_maximum = 2;
    Fixture f(settings);
    f.connect(Version::v5);
    f.send("3007000161 03230001");
    f.send("3007000162 03230002");
    f.send("30060000 03230001 30060000 03230002");
    f.send("3007000163 03230001");  // defined anew
    f.send("30060000 03230001");
    EXPECT_EQ(f.handler.take(),
              "publish a  0; publish b  0; publish a  0; publish b  0; publish c  0; publish c  0");
}

TEST(ServerSession, ClosesOnATopicAliasThatItCannotKnow) {
    struct Row {
        std::string_view name, hex;
        ReasonCode reason;
    };
    constexpr Row rows[] = {
        {"0",            "3007000161 03230000", ReasonCode::topic_alias_invalid},
        {"over maximum", "3007000161 03230003", ReasonCode::topic_alias_invalid},
        {"not defined",  "30060000 03230002",   ReasonCode::topic_alias_invalid},
        {"long topics",
         "300a000461616161 03230001 30070001620323"
         "0002",                                ReasonCode::quota_exceeded     },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        SessionSettings settings;
        settings.topic_alias_maximum = 2;
        settings.topic_alias_bytes_max = 4;
        Fixture f(settings);
        f.connect(Version::v5);
        f.send(row.hex);
        EXPECT_TRUE(f.session.closed());
        EXPECT_EQ(to_string(f.session.close_reason()), to_string(row.reason));
        EXPECT_TRUE(f.output().starts_with("e0"));
    }
}

TEST(ServerSession, TellsVersion5WhatIsWrongAndLeavesTheOthers) {
    struct Row {
        std::string_view name, hex;
        ReasonCode reason;
    };
    constexpr Row rows[] = {
        {"wildcard in the topic", "300300012b",   ReasonCode::malformed_packet},
        {"packet type 0",         "0000",         ReasonCode::malformed_packet},
        {"length of five bytes",  "30ffffffff7f", ReasonCode::malformed_packet},
        {"body over the maximum", "30818004",     ReasonCode::packet_too_large},
        {"a server's packet",     "20020000",     ReasonCode::protocol_error  },
    };
    for (const Row& row : rows)
        for (const Version version : all_versions) {
            SCOPED_TRACE(row.name);
            Fixture f;
            f.connect(version);
            f.send(row.hex);
            EXPECT_EQ(f.handler.take(), "");
            EXPECT_EQ(to_string(f.session.close_reason()), to_string(row.reason));
            const std::string output = f.output();
            if (version != Version::v5) {
                EXPECT_EQ(output, "");
                continue;
            }
            const std::vector<std::byte> bytes = from_hex(output);
            const Frame frame = **read_frame(as_text(bytes), 1'000);
            std::vector<ReasonCode> reasons;
            const Packet packet = *decode(frame, version, Sender::server, reasons);
            EXPECT_EQ(std::get<Disconnect>(packet).reason, row.reason);
            EXPECT_TRUE(std::get<Disconnect>(packet).properties.text(PropertyId::reason_string));
        }
}

TEST(ServerSession, TakesABodyOfTheMaximumSize) {
    Fixture f;
    f.connect(Version::v3_1_1);
    const std::string payload(f.settings.packet_bytes_max - 3, 'x');
    f.send(Publish{.topic = "t", .payload = payload}, Version::v3_1_1);
    EXPECT_EQ(f.handler.take(), "publish t " + payload + " 0");
    f.send("30818004");
    f.expect_closed(ReasonCode::packet_too_large, "");
}

TEST(ServerSession, HandsSubscriptionsToItsOwner) {
    const ReasonCode granted[] = {ReasonCode::granted_qos_1, ReasonCode::topic_filter_invalid};
    const ReasonCode removed[] = {ReasonCode::success, ReasonCode::no_subscription_existed};
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        const bool v5 = version == Version::v5;
        Fixture f;
        f.connect(version);
        f.send(v5 ? "820d 0003 00 0001 61 01 0003 622f23 02"
                  : "820c 0003 0001 61 01 0003 622f23 02");
        EXPECT_EQ(f.handler.take(), "subscribe a b/#");
        EXPECT_TRUE(f.session.suback(3, granted));
        EXPECT_EQ(f.output(), v5 ? "9005000300018f" : "900400030180");
        f.send(v5 ? "a209 0004 00 0001 61 0001 62" : "a208 0004 0001 61 0001 62");
        EXPECT_EQ(f.handler.take(), "unsubscribe a b");
        EXPECT_TRUE(f.session.unsuback(4, removed));
        EXPECT_EQ(f.output(), v5 ? "b0050004000011" : "b0020004");
    }
}

TEST(ServerSession, RefusesSubscriptionIdentifiersUnlessTheyAreServed) {
    for (const bool served : {false, true}) {
        SessionSettings settings;
        settings.subscription_identifiers_available = served;
        Fixture f(settings);
        f.connect(Version::v5);
        f.send("8209 0003 020b01 0001 61 01");
        EXPECT_EQ(f.handler.take(), served ? "subscribe a" : "");
        if (!served) f.expect_closed(ReasonCode::subscription_identifiers_not_supported, "e001a1");
    }
}

TEST(ServerSession, AnswersPings) {
    Fixture f;
    f.connect(Version::v3_1_1);
    f.send("c000c000");
    EXPECT_EQ(f.handler.take(), "ping; ping");
    EXPECT_EQ(f.output(), "d000d000");
}

TEST(ServerSession, DoesNotOfferEnhancedAuthentication) {
    Fixture f;
    f.connect(Version::v5);
    f.send("f006 18 041500016d");
    f.expect_closed(ReasonCode::bad_authentication_method, "e0018c");
}

}  // namespace
}  // namespace thingstead::mqtt
