// The small words of MQTT: protocol versions, qualities of service and the fifteen packets.
// Source: OASIS MQTT 3.1.1 and 5.0 section 2.1.2; MQTT 3.1 (IBM) for level 3.
#pragma once
#include <cstdint>

namespace thingstead::mqtt {

/// The numbers are the protocol levels of CONNECT.
enum class Version : std::uint8_t { unknown = 0, v3_1 = 3, v3_1_1 = 4, v5 = 5 };

enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// The numbers are the high four bits of a packet's first byte.
enum class PacketType : std::uint8_t {
    connect = 1,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    pingreq,
    pingresp,
    disconnect,
    auth,
};

/// Which side of the connection wrote a packet: some packets and fields belong to one side only.
enum class Sender : std::uint8_t { client, server };

/// A set of packets, one bit each; bit 0, which no packet has, stands for the will of CONNECT.
using PacketSet = std::uint16_t;

inline constexpr PacketSet will_bit = 1;
constexpr PacketSet bit(PacketType type) {
    return static_cast<PacketSet>(1u << static_cast<unsigned>(type));
}

}  // namespace thingstead::mqtt
