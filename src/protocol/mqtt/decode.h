// Bytes to packets, for either side of a connection, without copying: every view of a packet points
// into the bytes given here. Source: OASIS MQTT 5.0 and 3.1.1 chapters 2 and 3; MQTT 3.1.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/mqtt/decode_error.h"
#include "protocol/mqtt/packet.h"

namespace thingstead::mqtt {

/// The first two to five bytes of a packet.
struct FrameHeader {
    PacketType type;
    std::uint8_t flags;         ///< The low four bits of the first byte.
    std::uint8_t header_bytes;  ///< 2..5.
    std::uint32_t body_bytes;   ///< The "remaining length".
};

/// A whole packet, not looked into.
struct Frame {
    PacketType type;
    std::uint8_t flags;
    std::string_view body;
    std::size_t size;  ///< Of the whole packet, in bytes.
};

/// Reads the header at the front of `input`; nullopt while it is incomplete: read on.
/// Errors: malformed_packet - packet type 0, or an ill-formed length; packet_too_large - the body
/// is over `body_bytes_max`, known before any of it has arrived.
Decoded<std::optional<FrameHeader>> read_frame_header(std::string_view input,
                                                      std::uint32_t body_bytes_max);
/// Likewise the whole packet at the front of `input`.
Decoded<std::optional<Frame>> read_frame(std::string_view input, std::uint32_t body_bytes_max);

/// The packet in `frame`, sent by `sender` on a connection that speaks `version` (CONNECT says its
/// own; give any). Errors: malformed_packet, protocol_error and the other reasons that MQTT 5
/// names; unsupported_protocol_version - a CONNECT of another level, with the version to answer in,
/// or unknown when the protocol is not MQTT at all. `reasons` keeps the codes of SUBACK and
/// UNSUBACK, and must live as long as such a packet.
Decoded<Packet> decode(const Frame& frame, Version version, Sender sender,
                       std::vector<ReasonCode>& reasons);

/// Parts of decode for those who know the type. REQUIRES frame.type to be it.
Decoded<Connect> decode_connect(const Frame& frame);
Decoded<Publish> decode_publish(const Frame& frame, Version version, Sender sender);
Decoded<Ack> decode_ack(const Frame& frame, Version version);

}  // namespace thingstead::mqtt
