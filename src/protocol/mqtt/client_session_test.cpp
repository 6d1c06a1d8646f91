// ClientSession against ServerSession: the two sides of the codec, without a network.
#include "protocol/mqtt/client_session.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/server_session.h"

namespace thingstead::mqtt {
namespace {

using namespace std::chrono_literals;

struct ClientEvents final : ClientHandler {
    void on_connected(bool present) override { add(present ? "connected again" : "connected"); }
    void on_message(const Publish& publish, Receipt receipt) override {
        add("message " + std::string(publish.topic) + "=" + std::string(publish.payload));
        if (acknowledges && receipt != 0) session->acknowledge(receipt);
        last = receipt;
    }
    void on_done(std::uint64_t ticket, Result<> outcome) override {
        add(std::to_string(ticket) + " " + (outcome ? "done" : outcome.error().message));
    }
    void add(const std::string& line) { events += (events.empty() ? "" : "; ") + line; }
    std::string take() { return std::exchange(events, {}); }

    ClientSession* session = nullptr;
    std::string events;
    bool acknowledges = true;
    Receipt last = 0;
};

/// A broker that takes what it is sent, and answers when it is told to.
struct Broker final : SessionHandler {
    explicit Broker(ServerSession::TimePoint at) : session(settings, *this, at) {}
    void on_connect(const Connect& connect) override {
        user = std::string(connect.user_name.value_or("")) + ":" +
               std::string(connect.password.value_or(""));
        if (refuses)
            session.refuse(*refuses);
        else
            session.accept({{}, connack}, now);
    }
    Flow on_publish(const Publish& publish) override {
        got.push_back(std::string(publish.topic) + "=" + std::string(publish.payload) +
                      (publish.retain ? " retained" : "") + (publish.dup ? " again" : ""));
        if (answers && publish.packet_id) session.acknowledge(publish.packet_id, verdict);
        return Flow::more;
    }
    Flow on_subscribe(const Subscribe& subscribe) override {
        for (const Subscription& each : subscribe.filters)
            got.push_back("subscribe " + std::string(each.filter));
        const ReasonCode granted =
            verdict == ReasonCode::success ? ReasonCode::granted_qos_1 : ReasonCode::not_authorized;
        session.suback(subscribe.packet_id, {&granted, 1});
        return Flow::more;
    }
    Flow on_unsubscribe(const Unsubscribe& unsubscribe) override {
        got.push_back("unsubscribe");
        const ReasonCode granted = ReasonCode::success;
        session.unsuback(unsubscribe.packet_id, {&granted, 1});
        return Flow::more;
    }
    void on_delivered(std::uint16_t, ReasonCode) override { got.push_back("delivered"); }
    void on_ping() override { got.push_back("ping"); }
    void on_disconnect(const Disconnect&) override { got.push_back("bye"); }

    SessionSettings settings{};
    ServerSession::TimePoint now{};
    std::string user, connack;
    std::vector<std::string> got;
    bool answers = true;
    ReasonCode verdict = ReasonCode::success;
    std::optional<ReasonCode> refuses;
    ServerSession session;
};

struct Pair {
    explicit Pair(ClientSettings settings) : client(std::move(settings), events) {
        events.session = &client;
    }
    explicit Pair(Version version = Version::v3_1_1)
        : Pair(ClientSettings{.version = version, .client_id = "c"}) {}

    void connect() {
        broker = std::make_unique<Broker>(now);
        if (prepare) prepare(*broker);
        client.begin(now);
        exchange();
    }
    /// Bytes to and fro until nobody has any.
    void exchange() {
        for (bool any = true; any;) {
            any = false;
            std::string bytes;
            client.swap_output(bytes, now);
            if (!bytes.empty() && broker) {
                any = true;
                broker->now = now;
                broker->session.feed(bytes, now);
            }
            if (!broker) return;
            broker->session.swap_output(bytes);
            if (!bytes.empty() && !silent) {
                any = true;
                // Byte by byte: packets come in any pieces.
                for (const char c : bytes) client.feed(std::string_view(&c, 1), now);
            }
        }
    }
    void lose() {
        client.connection_lost();
        broker.reset();
    }
    std::string publish(std::uint64_t ticket, QoS qos, std::string_view payload = "x",
                        bool retain = false) {
        const Result<> taken = client.publish(
            ticket, {.topic = "t", .payload = payload, .qos = qos, .retain = retain}, now);
        if (!taken) return taken.error().message;
        exchange();
        return events.take();
    }

    ClientEvents events;
    ClientSession client;
    ClientSession::TimePoint now{1h};
    std::unique_ptr<Broker> broker;
    std::function<void(Broker&)> prepare;
    bool silent = false;
};

using Strings = std::vector<std::string>;

TEST(ClientSession, PublishesAtEveryQosInEveryVersion) {
    for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
        SCOPED_TRACE(static_cast<int>(version));
        Pair pair(version);
        pair.connect();
        EXPECT_EQ(pair.events.take(), "connected");
        EXPECT_EQ(pair.publish(1, QoS::at_most_once, "a"), "1 done");
        EXPECT_EQ(pair.publish(2, QoS::at_least_once, "b", true), "2 done");
        EXPECT_EQ(pair.publish(3, QoS::exactly_once, "c"), "3 done");
        EXPECT_EQ(pair.broker->got, (Strings{"t=a", "t=b retained", "t=c"}));
        EXPECT_EQ(pair.client.unacknowledged(), 0u);
    }
}

TEST(ClientSession, SaysWhoItIsAndTellsARefusal) {
    Pair pair(ClientSettings{.client_id = "c", .user_name = "u", .password = "p"});
    pair.prepare = [](Broker& broker) { broker.refuses = ReasonCode::not_authorized; };
    pair.connect();
    EXPECT_EQ(pair.broker->user, "u:p");
    EXPECT_TRUE(pair.client.closed());
    EXPECT_EQ(pair.client.close_error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(pair.client.close_error().message,
              "the MQTT broker refused the connection: not authorized");
    pair.lose();
    pair.client.set_password("other");
    pair.prepare = nullptr;
    pair.connect();
    EXPECT_EQ(pair.broker->user, "u:other");
    EXPECT_TRUE(pair.client.connected());
}

TEST(ClientSession, MessagesWaitForAConnection) {
    Pair pair;
    EXPECT_EQ(pair.publish(1, QoS::at_least_once), "");
    EXPECT_EQ(pair.publish(2, QoS::at_most_once), "not connected to the MQTT broker");
    pair.connect();
    EXPECT_EQ(pair.events.take(), "connected; 1 done");
}

TEST(ClientSession, WhatWasNotAcknowledgedIsSentAgain) {
    Pair pair(Version::v5);
    pair.prepare = [](Broker& broker) { broker.answers = false; };
    pair.connect();
    pair.publish(1, QoS::at_least_once, "a");
    pair.publish(2, QoS::exactly_once, "b");
    EXPECT_EQ(pair.broker->got, (Strings{"t=a", "t=b"}));
    pair.lose();
    EXPECT_EQ(pair.client.unacknowledged(), 2u);
    pair.prepare = nullptr;
    pair.connect();
    EXPECT_EQ(pair.events.take(), "connected; 1 done; 2 done");
    EXPECT_EQ(pair.broker->got, (Strings{"t=a", "t=b"}));
}

TEST(ClientSession, ABrokerThatKeptTheSessionIsToldThatItIsARepetition) {
    ClientSettings settings{.client_id = "c", .clean_start = false};
    Pair pair(std::move(settings));
    pair.client.begin(pair.now);
    std::string bytes;
    pair.client.feed(std::string_view("\x20\x02\x00\x00", 4), pair.now);
    ASSERT_TRUE(
        pair.client.publish(1, {.topic = "t", .payload = "x", .qos = QoS::exactly_once}, pair.now));
    ASSERT_TRUE(pair.client.publish(2, {.topic = "t", .payload = "y", .qos = QoS::at_least_once},
                                    pair.now));
    pair.client.swap_output(bytes, pair.now);
    pair.client.feed(std::string_view("\x50\x02\x00\x01", 4), pair.now);  // PUBREC
    pair.client.connection_lost();
    pair.client.begin(pair.now);
    pair.client.swap_output(bytes, pair.now);
    pair.client.feed(std::string_view("\x20\x02\x01\x00", 4), pair.now);
    pair.client.swap_output(bytes, pair.now);
    EXPECT_EQ(to_hex(as_bytes(bytes)), "620200013a06000174000279");  // PUBREL, then with DUP
    EXPECT_EQ(pair.events.take(), "connected; connected again");
    pair.client.feed(std::string_view("\x70\x02\x00\x01\x40\x02\x00\x02", 8), pair.now);
    EXPECT_EQ(pair.events.take(), "1 done; 2 done");
}

TEST(ClientSession, ABrokerThatForgotTheSessionHasWhatItSaidPubrecTo) {
    Pair pair;
    pair.client.begin(pair.now);
    pair.client.feed(std::string_view("\x20\x02\x00\x00", 4), pair.now);
    ASSERT_TRUE(
        pair.client.publish(1, {.topic = "t", .payload = "x", .qos = QoS::exactly_once}, pair.now));
    std::string bytes;
    pair.client.swap_output(bytes, pair.now);
    pair.client.feed(std::string_view("\x50\x02\x00\x01", 4), pair.now);
    pair.lose();
    pair.connect();
    EXPECT_EQ(pair.events.take(), "connected; 1 done; connected");
    EXPECT_TRUE(pair.broker->got.empty());
}

TEST(ClientSession, KeepsTheBrokersWindowAndOrder) {
    Pair pair(ClientSettings{.version = Version::v5, .client_id = "c"});
    pair.prepare = [](Broker& broker) {
        broker.answers = false;
        broker.settings.receive_maximum = 2;
    };
    pair.connect();
    for (const std::uint64_t ticket : {1u, 2u, 3u}) pair.publish(ticket, QoS::at_least_once, "x");
    EXPECT_EQ(pair.broker->got.size(), 2u);
    EXPECT_TRUE(pair.broker->session.acknowledge(1));
    pair.exchange();
    EXPECT_EQ(pair.broker->got.size(), 3u);
    EXPECT_EQ(pair.events.take(), "1 done");
}

TEST(ClientSession, RefusesWhatTheBrokerWouldRefuse) {
    Pair pair(Version::v5);
    pair.prepare = [](Broker& broker) {
        broker.settings.qos_max = QoS::at_least_once;
        broker.settings.packet_bytes_max = 50;
        append_property(broker.connack, PropertyId::retain_available, 0);
    };
    pair.connect();
    pair.events.take();
    EXPECT_EQ(pair.publish(1, QoS::exactly_once), "the MQTT broker takes no QoS above 1");
    EXPECT_EQ(pair.publish(1, QoS::at_least_once, "x", true),
              "the MQTT broker keeps no retained messages");
    EXPECT_EQ(pair.publish(1, QoS::at_least_once, std::string(60, 'x')),
              "the MQTT broker takes no packets above 50 bytes");
    EXPECT_EQ(pair.client.publish(1, {.topic = "a/+"}, pair.now).error().message,
              "not an MQTT topic: 'a/+'");
}

TEST(ClientSession, TellsTheBrokersReason) {
    Pair pair(Version::v5);
    pair.prepare = [](Broker& broker) { broker.verdict = ReasonCode::quota_exceeded; };
    pair.connect();
    pair.events.take();
    EXPECT_EQ(pair.publish(1, QoS::at_least_once),
              "1 the MQTT broker refused a message: quota exceeded");
    EXPECT_EQ(pair.publish(2, QoS::exactly_once),
              "2 the MQTT broker refused a message: quota exceeded");
    EXPECT_EQ(pair.client.unacknowledged(), 0u);
}

TEST(ClientSession, KeepsNoMoreThanItsLimits) {
    Pair pair(
        ClientSettings{.client_id = "c", .unacknowledged_max = 2, .unacknowledged_bytes_max = 100});
    EXPECT_EQ(pair.publish(1, QoS::at_least_once), "");
    EXPECT_EQ(pair.publish(2, QoS::at_least_once, std::string(99, 'x')),
              "too much waits for the MQTT broker");
    EXPECT_EQ(pair.publish(2, QoS::at_least_once), "");
    EXPECT_EQ(pair.publish(3, QoS::at_least_once), "too much waits for the MQTT broker");
    pair.client.fail_all({ErrorCode::unavailable, "down"});
    EXPECT_EQ(pair.events.take(), "1 down; 2 down");
    EXPECT_EQ(pair.publish(4, QoS::at_least_once), "");
}

TEST(ClientSession, PingsASilentBrokerAndGivesItUp) {
    Pair pair(ClientSettings{.client_id = "c", .keep_alive_s = 30});
    pair.connect();
    ASSERT_EQ(pair.client.deadline(), pair.now + 30s);
    pair.now += 30s;
    pair.client.check_deadline(pair.now);
    pair.exchange();
    EXPECT_EQ(pair.broker->got, Strings{"ping"});
    ASSERT_EQ(pair.client.deadline(), pair.now + 30s);
    pair.silent = true;
    pair.now += 30s;
    pair.client.check_deadline(pair.now);
    pair.exchange();
    ASSERT_EQ(pair.client.deadline(), pair.now + 10s);
    pair.now += 10s;
    pair.client.check_deadline(pair.now);
    EXPECT_TRUE(pair.client.closed());
    EXPECT_EQ(pair.client.close_error().message, "the MQTT broker did not answer a ping");
}

TEST(ClientSession, GivesUpABrokerThatDoesNotAnswerAPublish) {
    Pair pair;
    pair.connect();
    pair.silent = true;
    pair.events.take();
    pair.publish(1, QoS::at_least_once);
    EXPECT_EQ(pair.client.deadline(), pair.now + 10s);
    pair.now += 10s;
    pair.client.check_deadline(pair.now);
    EXPECT_EQ(pair.events.take(), "1 the MQTT broker did not answer in time");
    EXPECT_TRUE(pair.client.closed());
    pair.lose();
    pair.silent = false;
    pair.connect();
    EXPECT_EQ(pair.client.unacknowledged(), 0u);
    EXPECT_TRUE(pair.broker->got.empty());
}

TEST(ClientSession, WaitsForTheConnectionsAnswerNoLongerThanItsLimit) {
    Pair pair;
    pair.client.begin(pair.now);
    pair.now += 10s;
    pair.client.check_deadline(pair.now);
    EXPECT_EQ(pair.client.close_error().code, ErrorCode::timeout);
}

TEST(ClientSession, SubscribesAndTakesMessagesAtEveryQos) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Pair pair(version);
        pair.connect();
        ASSERT_TRUE(pair.client.subscribe(7, "a/#", QoS::exactly_once, pair.now));
        pair.exchange();
        EXPECT_EQ(pair.events.take(), "connected; 7 done");
        for (const QoS qos : {QoS::at_most_once, QoS::at_least_once, QoS::exactly_once})
            pair.broker->session.publish({.topic = "a/b", .payload = "1", .qos = qos});
        pair.exchange();
        EXPECT_EQ(pair.events.take(), "message a/b=1; message a/b=1; message a/b=1");
        EXPECT_EQ(pair.broker->got, (Strings{"subscribe a/#", "delivered", "delivered"}));
        pair.lose();
        pair.connect();  // The broker forgot.
        EXPECT_EQ(pair.broker->got, Strings{"subscribe a/#"});
        ASSERT_TRUE(pair.client.unsubscribe(8, "a/#", pair.now));
        pair.exchange();
        EXPECT_EQ(pair.events.take(), "connected; 8 done");
        pair.lose();
        pair.connect();
        EXPECT_TRUE(pair.broker->got.empty());
    }
}

TEST(ClientSession, ARefusedSubscriptionIsToldAndNotRepeated) {
    Pair pair(Version::v5);
    pair.prepare = [](Broker& broker) { broker.verdict = ReasonCode::not_authorized; };
    pair.connect();
    ASSERT_TRUE(pair.client.subscribe(7, "a", QoS::at_least_once, pair.now));
    pair.exchange();
    EXPECT_EQ(pair.events.take(),
              "connected; 7 the MQTT broker refused the topic filter 'a': not authorized");
    pair.lose();
    pair.connect();
    EXPECT_TRUE(pair.broker->got.empty());
}

TEST(ClientSession, AMessageIsAcknowledgedWhenItsOwnerSaysSo) {
    Pair pair(ClientSettings{.client_id = "c", .incoming_max = 1});
    pair.events.acknowledges = false;
    pair.connect();
    pair.broker->session.publish({.topic = "t", .payload = "x", .qos = QoS::at_least_once});
    EXPECT_TRUE(pair.client.wants_input());
    pair.exchange();
    EXPECT_FALSE(pair.client.wants_input());
    EXPECT_TRUE(pair.broker->got.empty());
    const Receipt receipt = pair.events.last;
    EXPECT_TRUE(pair.client.acknowledge(receipt));
    EXPECT_FALSE(pair.client.acknowledge(receipt));
    pair.exchange();
    EXPECT_EQ(pair.broker->got, Strings{"delivered"});
    EXPECT_TRUE(pair.client.wants_input());
    pair.broker->session.publish({.topic = "t", .payload = "y", .qos = QoS::at_least_once});
    pair.exchange();
    pair.lose();
    pair.connect();
    EXPECT_FALSE(pair.client.acknowledge(pair.events.last)) << "of a connection that is gone";
}

TEST(ClientSession, ClosesOnWhatIsNoMqtt) {
    // A line of HTTP, a packet before CONNACK, a CONNACK with flags that do not exist.
    for (const std::string_view hex : {"485454502f312e31", "40020001", "20020700"}) {
        SCOPED_TRACE(hex);
        Pair pair;
        pair.client.begin(pair.now);
        const std::vector<std::byte> bytes = from_hex(hex);
        pair.client.feed(as_text(bytes), pair.now);
        EXPECT_TRUE(pair.client.closed());
        EXPECT_EQ(pair.client.close_error().code, ErrorCode::malformed);
    }
}

TEST(ClientSession, SaysGoodBye) {
    Pair pair;
    pair.connect();
    pair.client.disconnect();
    pair.exchange();
    EXPECT_EQ(pair.broker->got, Strings{"bye"});
    EXPECT_TRUE(pair.client.closed());
}

}  // namespace
}  // namespace thingstead::mqtt
