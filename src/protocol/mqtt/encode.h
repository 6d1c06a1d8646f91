// Packets to bytes, for either side of a connection; all append to the caller's buffer.
// Versions before 5 get the packet without properties, and reason codes in their older form.
#pragma once
#include <cstdint>
#include <string>

#include "protocol/mqtt/packet.h"

namespace thingstead::mqtt {

/// Returns false, and appends nothing, when a field is longer than MQTT can carry: a text over
/// 65,535 bytes or a packet over remaining_length_max. The contents of texts, topics and filters
/// are the caller's to check. A CONNECT is written in its own version.
[[nodiscard]] bool encode(std::string& out, const Packet& packet, Version version);

[[nodiscard]] bool encode(std::string& out, const Connect& packet);
[[nodiscard]] bool encode(std::string& out, const Connack& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Publish& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Ack& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Subscribe& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Suback& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Unsubscribe& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Unsuback& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Disconnect& packet, Version version);
[[nodiscard]] bool encode(std::string& out, const Auth& packet);
void encode(std::string& out, Pingreq);
void encode(std::string& out, Pingresp);

/// Bytes that encode() would append for `packet`, or 0 when it would return false.
std::size_t encoded_size(const Publish& packet, Version version);

/// PUBACK, PUBREC, PUBREL or PUBCOMP without properties: the hot path's answer, 4 or 5 bytes.
void encode_ack(std::string& out, PacketType type, std::uint16_t packet_id, ReasonCode reason,
                Version version);

/// Adds one filter to the list of a SUBSCRIBE; false, and nothing added, when it is too long.
/// The options of version 5 are written as they are: leave them unset before it.
[[nodiscard]] bool append_subscription(std::string& list, const Subscription& subscription);
/// Likewise for an UNSUBSCRIBE.
[[nodiscard]] bool append_filter(std::string& list, std::string_view filter);

}  // namespace thingstead::mqtt
