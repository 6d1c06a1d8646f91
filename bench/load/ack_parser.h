// Reads what a server answers, in whatever pieces the socket hands out, without keeping a buffer.
// Source: OASIS MQTT 3.1.1 section 2.2.
#pragma once
#include <cstdint>
#include <string_view>

namespace thingstead::bench {

enum class ServerPacketType : std::uint8_t {
    connack = 2,
    publish = 3,
    puback = 4,
    pubrec = 5,
    pubcomp = 7,
    pingresp = 13,
};

struct ServerPacket {
    ServerPacketType type;
    std::uint16_t value;  ///< Packet id; of a CONNACK the session flag and the return code.
};

class AckParser {
  public:
    enum class Step : std::uint8_t { packet, need_more, malformed };

    /// Consumes from the front of `input` up to the end of one packet and fills `packet`. On
    /// need_more all of `input` is consumed; after malformed the parser is of no more use.
    Step next(std::string_view& input, ServerPacket& packet);

  private:
    enum class State : std::uint8_t { first_byte, length, body };
    Step finish(ServerPacket& packet);

    State state_ = State::first_byte;
    std::uint8_t first_byte_ = 0;
    std::uint8_t length_shift_ = 0;
    std::uint16_t value_ = 0;
    std::uint32_t remaining_ = 0;  ///< Bytes of the body not consumed yet.
    std::uint32_t body_seen_ = 0;
};

}  // namespace thingstead::bench
