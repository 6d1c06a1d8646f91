// Limits of one MQTT connection at a server. A plain struct: the owner describes, reads and shares
// it.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "protocol/mqtt/packet_type.h"

namespace thingstead::mqtt {

/// Must outlive the sessions that were given it; changed only where no session runs.
struct SessionSettings {
    /// Largest "remaining length" accepted, in bytes: topic, properties and payload count.
    std::uint32_t packet_bytes_max = 65'536;
    /// From the connection's start to the end of its CONNECT.
    std::chrono::milliseconds connect_timeout{10'000};
    /// Longest keep-alive, in seconds; 0 - any. Version 5 is told; older clients cannot be.
    std::uint16_t keep_alive_max_s = 0;
    /// Highest QoS of an inbound publish; version 5 is told, and ended when it sends more.
    QoS qos_max = QoS::exactly_once;
    /// Inbound QoS 1 and 2 publishes of a version 5 client that are not answered yet, 1..65535.
    std::uint16_t receive_maximum = 1'000;
    /// Inbound QoS 2 publishes of an older client between PUBLISH and PUBREL.
    std::uint16_t qos_2_open_max = 1'000;
    /// Topic aliases a client may define, and the memory that their topics may take together.
    std::uint16_t topic_alias_maximum = 16;
    std::size_t topic_alias_bytes_max = 4'096;
    /// Told to version 5 clients; an identifier from one that was told "no" ends the session.
    bool subscription_identifiers_available = false;
    bool shared_subscriptions_available = false;
    /// Bytes kept while the session is paused, beyond the chunk in which it was paused.
    std::size_t paused_bytes_max = 131'072;
    /// Outbound QoS 1 and 2 publishes in flight; a version 5 client may ask for fewer.
    std::uint16_t in_flight_max = 100;
    /// Outbound QoS 1 and 2 publishes that wait for room in flight: how many, and their bytes.
    std::size_t waiting_max = 1'000;
    std::size_t waiting_bytes_max = 1'048'576;
    /// Output not taken by the owner, in bytes, from which on publishes wait (or at QoS 0 are
    /// refused). Answers to the client's own packets are not held back.
    std::size_t output_bytes_max = 262'144;
};

}  // namespace thingstead::mqtt
