#include "protocol/mqtt/session_fixture.h"

namespace thingstead::mqtt {
namespace {

using namespace std::chrono_literals;

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

// --- the end ---

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

}  // namespace
}  // namespace thingstead::mqtt
