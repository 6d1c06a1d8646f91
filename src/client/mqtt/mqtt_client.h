// A client of an MQTT broker, 3.1, 3.1.1 or 5: stays connected, publishes and waits for the
// acknowledgement, takes messages it subscribed to. The protocol is protocol/mqtt/client_session.h.
//
// Whoever publishes while there is no connection waits for the attempt that runs; when an attempt
// fails, what waits fails with its reason, and so does everything at once until one succeeds. A
// connection that is lost is replaced at once, and what was not acknowledged is sent again.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "net/connect.h"
#include "net/egress.h"
#include "protocol/mqtt/client_session.h"

namespace thingstead::client {

struct MqttMessage {
    MqttMessage(std::string to, std::string what)
        : topic(std::move(to)), payload(std::move(what)) {}

    std::string topic, payload;
    mqtt::QoS qos = mqtt::QoS::at_least_once;
    bool retain = false;
    /// Of messages that came, at QoS 1 and 2: what acknowledge() wants. Else 0.
    mqtt::Receipt receipt = 0;
};

struct MqttClientSettings {
    net::Address address{};
    net::SslContext tls{};  ///< Null: plain.
    mqtt::ClientSettings session{};
    std::chrono::milliseconds connect_timeout{10'000};  ///< TCP and TLS; CONNACK comes on top.
    /// Between attempts that failed: doubled from the first to the second.
    std::chrono::milliseconds retry_min{1'000}, retry_max{60'000};
    const net::EgressGuard* egress = nullptr;  ///< Null: any address. Outlives the client.
    /// Asked before each connection, for passwords that expire; empty: the session's is used.
    std::function<std::string()> fresh_password{};
    /// On the context's thread; must not throw. Empty: messages are dropped and acknowledged.
    std::function<void(MqttMessage)> on_message{};
};

/// Thread-safe.
class MqttClient {
  public:
    /// Called once, on the context's thread or, when too much waits, by the call itself. Must not
    /// throw. Not called, but destroyed, if the context ends first.
    using Done = std::function<void(Result<>)>;

    /// Connects. `context` is run by one thread and outlives the client.
    MqttClient(boost::asio::io_context& context, MqttClientSettings settings, Log log);
    /// close().
    ~MqttClient();
    MqttClient(const MqttClient&) = delete;
    MqttClient& operator=(const MqttClient&) = delete;

    /// Errors: unavailable - no connection, or too much waits; timeout; the broker's refusal; those
    /// of mqtt::ClientSession::publish().
    void publish(MqttMessage message, Done done);
    /// Lasts over lost connections. Errors: likewise.
    void subscribe(std::string filter, mqtt::QoS qos, Done done);
    void unsubscribe(std::string filter, Done done);
    /// The message is safe: the broker may forget it.
    void acknowledge(mqtt::Receipt receipt);

    /// Says good-bye to the broker; what waits fails. Does not block. Idempotent.
    void close();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::client
