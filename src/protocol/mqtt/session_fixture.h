// What the tests of ServerSession share: a handler that writes events down, and a session around
// it.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/server_session.h"

namespace thingstead::mqtt {

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

inline constexpr Version all_versions[] = {Version::v3_1, Version::v3_1_1, Version::v5};

}  // namespace thingstead::mqtt
