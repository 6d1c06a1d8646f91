// A publisher to an AMQP 0-9-1 broker (RabbitMQ), over librabbitmq, which blocks: it has a thread
// of its own. With publisher confirms: a message is done when the broker has it.
//
// Whoever publishes while there is no connection waits for the attempt that runs; when an attempt
// fails, what waits fails with its reason, and so does everything at once until one succeeds. A
// connection that is lost is replaced at once, and what was not confirmed is published again.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "net/connect.h"
#include "net/egress.h"

namespace thingstead::client {

struct AmqpMessage {
    std::string exchange, routing_key, body;
    std::optional<std::string> content_type{};
    std::optional<std::uint8_t> delivery_mode{};  ///< 1: in memory, 2: persistent.
    std::optional<std::uint8_t> priority{};
};

struct AmqpPublisherSettings {
    net::Address address{};
    std::string virtual_host = "/", user = "guest", password = "guest";
    std::chrono::milliseconds connect_timeout{60'000};
    std::chrono::milliseconds handshake_timeout{10'000};
    /// A message that was not handed to the broker within this time fails.
    std::chrono::milliseconds publish_timeout{10'000};
    /// Between attempts to connect that failed: doubled from the first to the second.
    std::chrono::milliseconds retry_min{1'000}, retry_max{60'000};
    std::vector<std::pair<std::string, std::string>> client_properties{};
    std::size_t messages_max = 1'000;  ///< Not confirmed yet, and their bytes.
    std::size_t bytes_max = 16u << 20;
    const net::EgressGuard* egress = nullptr;  ///< Null: any address. Outlives the publisher.
};

/// Thread-safe.
class AmqpPublisher {
  public:
    /// Called once, on the publisher's thread or by the call itself. Must not throw.
    using Done = std::function<void(Result<>)>;

    /// Connects, on its thread.
    AmqpPublisher(AmqpPublisherSettings settings, Log log);
    /// close(), and waits for the thread; a name that is being resolved is waited for.
    ~AmqpPublisher();
    AmqpPublisher(const AmqpPublisher&) = delete;
    AmqpPublisher& operator=(const AmqpPublisher&) = delete;

    /// Errors: unavailable - no connection, too much waits, or the broker did not take it;
    /// unauthenticated; forbidden; not_found - no such exchange or virtual host; timeout.
    void publish(AmqpMessage message, Done done);
    /// What is not confirmed fails. Does not block. Idempotent.
    void close();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::client
