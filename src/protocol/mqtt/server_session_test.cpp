#include "protocol/mqtt/server_session.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "protocol/mqtt/encode.h"

namespace thingstead::mqtt {
namespace {

using namespace std::chrono_literals;

/// Writes every event down as one line and answers only when told to.
class Recorder final : public SessionHandler {
  public:
    void on_connect(const Connect& connect) override {
        add("connect " + std::string(connect.client_id));
        if (accepts) session->accept({}, now);
    }
    Flow on_publish(const Publish& publish) override {
        add("publish " + std::string(publish.topic) + " " + std::string(publish.payload) + " " +
            std::to_string(publish.packet_id));
        if (acknowledges && publish.packet_id) session->acknowledge(publish.packet_id);
        if (closes) session->close(ReasonCode::not_authorized);
        return pauses ? Flow::pause : Flow::more;
    }
    Flow on_subscribe(const Subscribe& subscribe) override {
        std::string line = "subscribe";
        for (const Subscription& filter : subscribe.filters)
            line += " " + std::string(filter.filter);
        add(line);
        return pauses ? Flow::pause : Flow::more;
    }
    Flow on_unsubscribe(const Unsubscribe& unsubscribe) override {
        std::string line = "unsubscribe";
        for (const Subscription& filter : unsubscribe.filters)
            line += " " + std::string(filter.filter);
        add(line);
        return Flow::more;
    }
    void on_delivered(std::uint16_t packet_id, ReasonCode reason) override {
        add("delivered " + std::to_string(packet_id) + " " + std::string(to_string(reason)));
    }
    void on_ping() override { add("ping"); }
    void on_disconnect(const Disconnect& disconnect) override {
        add("disconnect " + std::string(to_string(disconnect.reason)));
    }

    /// What happened since the last call.
    std::string take() { return std::exchange(events, {}); }

    ServerSession* session = nullptr;
    ServerSession::TimePoint now{};
    std::string events;
    bool accepts = true, acknowledges = false, pauses = false, closes = false;

  private:
    void add(const std::string& line) { events += (events.empty() ? "" : "; ") + line; }
};

struct Fixture {
    explicit Fixture(SessionSettings given = {}) : settings(given) { handler.session = &session; }

    void send(std::string_view hex) {
        const std::vector<std::byte> bytes = from_hex(hex);
        session.feed(as_text(bytes), handler.now);
    }
    void send(const Packet& packet, Version version) {
        std::string bytes;
        ASSERT_TRUE(encode(bytes, packet, version));
        session.feed(bytes, handler.now);
    }
    void connect(Version version, std::string_view properties = {}) {
        send(Connect{.version = version, .client_id = "c", .properties = Properties(properties)},
             version);
        EXPECT_TRUE(session.connected());
        handler.take();
        output();
    }
    void publish(std::uint16_t packet_id, QoS qos, Version version) {
        send(Publish{.topic = "t", .payload = "p", .qos = qos, .packet_id = packet_id}, version);
    }
    /// The output as hexadecimal, taken away.
    std::string output() {
        std::string bytes, all;
        for (session.swap_output(bytes); !bytes.empty(); session.swap_output(bytes)) all += bytes;
        return to_hex(as_bytes(all));
    }
    PublishOutcome push(QoS qos, std::string_view payload = "x") {
        return session.publish({.topic = "d", .payload = payload, .qos = qos});
    }
    void expect_closed(ReasonCode reason, std::string_view bytes) {
        EXPECT_TRUE(session.closed());
        EXPECT_EQ(to_string(session.close_reason()), to_string(reason));
        EXPECT_EQ(output(), bytes);
        EXPECT_EQ(session.deadline(), std::nullopt);
    }

    SessionSettings settings;
    Recorder handler;
    ServerSession session{settings, handler, handler.now};
};

constexpr Version all_versions[] = {Version::v3_1, Version::v3_1_1, Version::v5};

// --- CONNECT ---

TEST(ServerSession, AcceptsEveryVersion) {
    for (const Version version : all_versions) {
        Fixture f;
        f.handler.accepts = false;
        f.send(Connect{.version = version, .keep_alive_s = 30, .client_id = "c"}, version);
        EXPECT_EQ(f.handler.take(), "connect c");
        EXPECT_EQ(f.output(), "");
        EXPECT_TRUE(f.session.paused());
        EXPECT_EQ(f.session.version(), version);
        EXPECT_EQ(f.session.deadline(), std::nullopt);
        EXPECT_TRUE(f.session.accept({}, f.handler.now));
        EXPECT_FALSE(f.session.accept({}, f.handler.now));
        EXPECT_FALSE(f.session.refuse(ReasonCode::banned));
        // Version 5: receive maximum 1000, packet 65536, 16 aliases, no identifiers, not shared.
        EXPECT_EQ(f.output(),
                  version == Version::v5 ? "201200000f2103e8270001000022001029002a00" : "20020000");
    }
}

TEST(ServerSession, TellsVersion5WhatItsSettingsSay) {
    SessionSettings settings;
    settings.receive_maximum = 65'535;
    settings.qos_max = QoS::at_least_once;
    settings.topic_alias_maximum = 0;
    settings.subscription_identifiers_available = settings.shared_subscriptions_available = true;
    settings.keep_alive_max_s = 60;
    Fixture f(settings);
    f.handler.accepts = false;
    f.send(Connect{.version = Version::v5, .keep_alive_s = 61, .client_id = ""}, Version::v5);
    std::string more;
    ASSERT_TRUE(append_user_property(more, "k", "v"));
    f.session.accept({.assigned_client_id = "id", .properties = more}, f.handler.now);
    EXPECT_EQ(f.session.keep_alive_s(), 60);
    EXPECT_EQ(f.output(),
              "2019000016"
              "2401"
              "2700010000"
              "13003c"
              "1200026964"
              "2600016b000176");
}

TEST(ServerSession, RefusesInTheWordsOfTheVersion) {
    struct Row {
        ReasonCode reason;
        std::string_view v3, v5;
    };
    constexpr Row rows[] = {
        {ReasonCode::bad_user_name_or_password,   "20020004", "2003008600"},
        {ReasonCode::not_authorized,              "20020005", "2003008700"},
        {ReasonCode::client_identifier_not_valid, "20020002", "2003008500"},
        {ReasonCode::server_unavailable,          "20020003", "2003008800"},
        {ReasonCode::connection_rate_exceeded,    "20020003", "2003009f00"},
    };
    for (const Row& row : rows)
        for (const Version version : all_versions) {
            Fixture f;
            f.handler.accepts = false;
            f.send(Connect{.version = version, .client_id = "c"}, version);
            EXPECT_TRUE(f.session.refuse(row.reason));
            f.expect_closed(row.reason, version == Version::v5 ? row.v5 : row.v3);
            EXPECT_FALSE(f.session.accept({}, f.handler.now));
        }
}

TEST(ServerSession, ClosesWithoutAConnect) {
    struct Row {
        std::string_view name, hex;
        ReasonCode reason;
        std::string_view output;
    };
    constexpr Row rows[] = {
        {"PINGREQ first",           "c000",                                         ReasonCode::protocol_error,               ""          },
        {"HTTP",
         "474554202f20485454502f312e310d0a0d0a"
         "00000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000000000000",                                ReasonCode::protocol_error,               ""          },
        {"type 0",                  "0000",                                         ReasonCode::malformed_packet,             ""          },
        {"too large",               "10818004",                                     ReasonCode::packet_too_large,             ""          },
        {"another protocol",        "100d00044854545004 02003c 0001 63",
         ReasonCode::unsupported_protocol_version,                                                                            ""          },
        {"level 6",                 "100d00044d51545406 02003c 0001 63",            ReasonCode::unsupported_protocol_version,
         "2003008400"                                                                                                                     },
        {"level 3 named MQTT",      "100d00044d51545403 02003c 0001 63",
         ReasonCode::unsupported_protocol_version,                                                                            "20020001"  },
        {"malformed in 3.1.1",      "100d00044d51545404 03003c 0001 63",            ReasonCode::malformed_packet,
         ""                                                                                                                               },
        {"malformed in 5",          "100e00044d51545405 03003c 00 0001 63",         ReasonCode::malformed_packet,
         "2003008100"                                                                                                                     },
        {"receive maximum 0 in 5",  "101100044d51545405 02003c 03210000 0001 63",
         ReasonCode::protocol_error,                                                                                          "2003008200"},
        {"3.1 without a client id", "100e00064d514973647003 02003c 0000",
         ReasonCode::client_identifier_not_valid,                                                                             "20020002"  },
        {"3.1, client id over 23",
         "102600064d514973647003 02003c 0018"
         "616161616161616161616161616161616161616161616161",                        ReasonCode::client_identifier_not_valid,  "20020002"  },
        {"5 with authentication",   "101200044d51545405 02003c 041500016d 0001 63",
         ReasonCode::bad_authentication_method,                                                                               "2003008c00"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Fixture f;
        f.send(row.hex);
        EXPECT_EQ(f.handler.take(), "");
        f.expect_closed(row.reason, row.output);
        EXPECT_EQ(f.session.take_will(), nullptr);
        EXPECT_EQ(f.session.kept_bytes(), 0u);
    }
}

TEST(ServerSession, TakesASecondConnectAsAProtocolError) {
    for (const Version version : all_versions) {
        Fixture f;
        f.connect(version);
        f.send(Connect{.version = version, .client_id = "c"}, version);
        EXPECT_EQ(f.handler.take(), "");
        EXPECT_TRUE(f.session.closed());
        EXPECT_TRUE(version == Version::v5 ? f.output().starts_with("e0") : f.output().empty());
        EXPECT_EQ(f.session.close_reason(), ReasonCode::protocol_error);
    }
}

TEST(ServerSession, EndsWhenNoConnectComesInTime) {
    Fixture f;
    f.send("10");
    EXPECT_EQ(f.session.deadline(), f.handler.now + 10s);
    EXPECT_FALSE(f.session.check_deadline(f.handler.now + 9'999ms));
    EXPECT_TRUE(f.session.check_deadline(f.handler.now + 10s));
    f.expect_closed(ReasonCode::keep_alive_timeout, "");
}

TEST(ServerSession, LetsPacketsWaitUntilItIsAccepted) {
    Fixture f;
    f.handler.accepts = false;
    f.send("100d00044d51545404 02003c 0001 63  3003000174  c000 30");
    EXPECT_EQ(f.handler.take(), "connect c");
    f.send("03000175");
    EXPECT_EQ(f.session.kept_bytes(), 12u);
    f.session.accept({}, f.handler.now);
    EXPECT_EQ(f.handler.take(), "publish t  0; ping; publish u  0");
    EXPECT_EQ(f.output(), "20020000d000");
    EXPECT_EQ(f.session.kept_bytes(), 0u);
}

TEST(ServerSession, KeepsOnlySoMuchWhileItIsPaused) {
    SessionSettings settings;
    settings.paused_bytes_max = 8;
    Fixture f(settings);
    f.handler.accepts = false;
    f.send("100d00044d51545404 02003c 0001 63");
    f.send("c000c000c000c000");
    EXPECT_FALSE(f.session.closed());
    f.send("c0");
    f.expect_closed(ReasonCode::quota_exceeded, "");
    EXPECT_EQ(f.session.kept_bytes(), 0u);
}

// --- chunks, pauses, time ---

TEST(ServerSession, SaysTheSameHoweverItsInputIsCut) {
    const std::vector<std::byte> input = from_hex(
        "100d00044d51545404 02003c 0001 63  3208 0001 61 0005 78797a  8206 0002 0001 62 01"
        "3403 0001 63"  // ends within the packet id: malformed
    );
    const std::string_view events = "connect c; publish a xyz 5; subscribe b";
    for (std::size_t first = 0; first <= input.size(); ++first)
        for (std::size_t second = first; second <= input.size(); ++second) {
            Fixture f;
            f.handler.acknowledges = true;
            const std::string bytes(as_text(input));
            for (const std::string& part :
                 {bytes.substr(0, first), bytes.substr(first, second - first),
                  bytes.substr(second)})
                f.session.feed(std::string(part), f.handler.now);
            ASSERT_EQ(f.handler.take(), events) << first << " " << second;
            ASSERT_EQ(f.session.close_reason(), ReasonCode::malformed_packet);
            ASSERT_EQ(f.output(), "2002000040020005");
        }
}

TEST(ServerSession, StopsInTheMiddleOfAChunkAndGoesOn) {
    Fixture f;
    f.connect(Version::v3_1_1);
    f.handler.pauses = true;
    f.send("3003000161 3003000162 3003000163 30");
    EXPECT_EQ(f.handler.take(), "publish a  0");
    EXPECT_TRUE(f.session.paused());
    EXPECT_EQ(f.session.kept_bytes(), 11u);
    f.session.resume(f.handler.now);
    EXPECT_EQ(f.handler.take(), "publish b  0");
    f.handler.pauses = false;
    f.session.resume(f.handler.now);
    EXPECT_EQ(f.handler.take(), "publish c  0");
    EXPECT_FALSE(f.session.paused());
    EXPECT_EQ(f.session.kept_bytes(), 1u);
    f.send("03000164");
    EXPECT_EQ(f.handler.take(), "publish d  0");
    f.session.resume(f.handler.now);  // not paused: nothing happens
    EXPECT_EQ(f.handler.take(), "");
}

TEST(ServerSession, ReadsNothingAfterItsOwnerClosedItInAnEvent) {
    Fixture f;
    f.connect(Version::v5);
    f.handler.closes = f.handler.pauses = true;
    f.send("300400017400 300400017400");
    EXPECT_EQ(f.handler.take(), "publish t  0");
    EXPECT_FALSE(f.session.paused());
    f.expect_closed(ReasonCode::not_authorized, "e00187");
    f.send("c000");
    EXPECT_EQ(f.handler.take(), "");
}

TEST(ServerSession, EndsASilentClientAfterOneAndAHalfKeepAlives) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Fixture f;
        f.send(Connect{.version = version, .keep_alive_s = 10, .client_id = "c"}, version);
        f.output();
        EXPECT_EQ(f.session.deadline(), f.handler.now + 15s);
        f.handler.now += 14s;
        EXPECT_FALSE(f.session.check_deadline(f.handler.now));
        f.send("c0");  // half a packet is no sign of life
        EXPECT_EQ(f.session.deadline(), f.handler.now + 1s);
        f.send("00");
        EXPECT_EQ(f.session.deadline(), f.handler.now + 15s);
        EXPECT_EQ(f.output(), "d000");
        EXPECT_TRUE(f.session.check_deadline(f.handler.now + 15s));
        f.expect_closed(ReasonCode::keep_alive_timeout, version == Version::v5 ? "e0018d" : "");
    }
}

TEST(ServerSession, DoesNotCountTheTimeInWhichItsOwnerDoesNotRead) {
    Fixture f;
    f.send(Connect{.version = Version::v3_1_1, .keep_alive_s = 10, .client_id = "c"},
           Version::v3_1_1);
    f.session.stop_reading();
    EXPECT_EQ(f.session.deadline(), std::nullopt);
    f.handler.now += 1h;
    EXPECT_FALSE(f.session.check_deadline(f.handler.now));
    f.session.start_reading(f.handler.now);
    EXPECT_EQ(f.session.deadline(), f.handler.now + 15s);

    f.handler.pauses = true;
    f.send("3003000161");
    EXPECT_EQ(f.session.deadline(), std::nullopt);
    f.handler.now += 1h;
    f.session.resume(f.handler.now);
    EXPECT_EQ(f.session.deadline(), f.handler.now + 15s);
}

TEST(ServerSession, RunsNoKeepAliveWhenTheClientWantsNone) {
    SessionSettings settings;
    settings.keep_alive_max_s = 60;
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Fixture f(settings);
        f.connect(version);
        EXPECT_EQ(f.session.keep_alive_s(), version == Version::v5 ? 60 : 0);
        EXPECT_EQ(f.session.deadline().has_value(), version == Version::v5);
    }
}

// --- inbound publishes ---

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

// --- subscriptions, pings, the end ---

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

constexpr std::string_view will_connect =  // delay 9, content type "c", QoS 1, retained
    "102500044d51545405 2e0000 051100000078 0001 63 09180000000903000163 0001 77 0003 627965";

TEST(ServerSession, KeepsTheWillForEveryEndButTheGoodOne) {
    struct Row {
        std::string_view name, hex;
        bool due;
    };
    constexpr Row rows[] = {
        {"normal disconnect",    "e000",   false},
        {"disconnect with will", "e00104", true },
        {"client's error",       "e00180", true },
        {"malformed packet",     "0000",   true },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Fixture f;
        f.send(will_connect);
        ASSERT_TRUE(f.session.connected());
        EXPECT_EQ(f.session.session_expiry_s(), 120u);
        EXPECT_EQ(f.session.take_will(), nullptr);
        f.send(row.hex);
        const std::unique_ptr<StoredWill> will = f.session.take_will();
        ASSERT_EQ(will != nullptr, row.due);
        if (!will) continue;
        EXPECT_EQ(will->topic, "w");
        EXPECT_EQ(will->payload, "bye");
        EXPECT_EQ(will->qos, QoS::at_least_once);
        EXPECT_TRUE(will->retain);
        EXPECT_EQ(will->delay_s, 9u);
        EXPECT_EQ(to_hex(as_bytes(will->properties)), "03000163");
        EXPECT_EQ(f.session.take_will(), nullptr);
    }
}

TEST(ServerSession, KeepsTheWillWhenTheConnectionIsLostOrTakenOver) {
    Fixture lost;
    lost.send(will_connect);
    lost.output();
    lost.session.connection_lost();
    lost.expect_closed(ReasonCode::unspecified_error, "");
    EXPECT_NE(lost.session.take_will(), nullptr);

    Fixture taken_over;
    taken_over.send(will_connect);
    taken_over.output();
    taken_over.session.close(ReasonCode::session_taken_over);
    taken_over.session.close(ReasonCode::protocol_error);  // the first reason stays
    taken_over.expect_closed(ReasonCode::session_taken_over, "e0018e");
    EXPECT_NE(taken_over.session.take_will(), nullptr);

    Fixture refused;
    refused.handler.accepts = false;
    refused.send(will_connect);
    refused.session.refuse(ReasonCode::not_authorized);
    EXPECT_EQ(refused.session.take_will(), nullptr);
}

TEST(ServerSession, EndsPlainlyOnDisconnect) {
    for (const Version version : all_versions) {
        Fixture f;
        f.connect(version);
        f.send("e000c000");
        EXPECT_EQ(f.handler.take(), "disconnect success");
        f.expect_closed(ReasonCode::normal_disconnection, "");
    }
}

TEST(ServerSession, LetsDisconnectChangeTheSessionExpiryUnlessItWasZero) {
    Fixture f;
    f.send(will_connect);
    f.send("e00700051100000007");
    EXPECT_EQ(f.session.session_expiry_s(), 7u);
    EXPECT_EQ(f.session.close_reason(), ReasonCode::normal_disconnection);

    Fixture zero;
    zero.connect(Version::v5);
    zero.send("e00700051100000007");
    EXPECT_EQ(zero.handler.take(), "");
    EXPECT_EQ(zero.session.close_reason(), ReasonCode::protocol_error);
}

TEST(ServerSession, SaysWhyItClosesWhenTheTextFits) {
    Fixture f;
    f.connect(Version::v5);
    f.session.close(ReasonCode::administrative_action, "bye");
    f.expect_closed(ReasonCode::administrative_action, "e00898061f0003627965");
    std::string properties;
    append_property(properties, PropertyId::maximum_packet_size, 30);
    Fixture small;
    small.connect(Version::v5, properties);
    small.session.close(ReasonCode::administrative_action, "longer than the client takes");
    small.expect_closed(ReasonCode::administrative_action, "e00198");
}

// --- outbound ---

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
