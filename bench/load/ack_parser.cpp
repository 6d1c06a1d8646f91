#include "load/ack_parser.h"

#include <algorithm>

namespace thingstead::bench {

AckParser::Step AckParser::next(std::string_view& input, ServerPacket& packet) {
    while (!input.empty()) {
        const auto byte = static_cast<std::uint8_t>(input.front());
        switch (state_) {
            case State::first_byte:
                input.remove_prefix(1);
                *this = AckParser{};
                first_byte_ = byte;
                state_ = State::length;
                break;
            case State::length:
                input.remove_prefix(1);
                if (length_shift_ == 28) return Step::malformed;
                remaining_ |= std::uint32_t{byte & 0x7Fu} << length_shift_;
                length_shift_ = static_cast<std::uint8_t>(length_shift_ + 7);
                if ((byte & 0x80) != 0) break;
                state_ = State::body;
                if (remaining_ == 0) return finish(packet);
                break;
            case State::body: {
                // The first two bytes are the value; the rest of a longer body is skipped.
                if (body_seen_ < 2) value_ = static_cast<std::uint16_t>((value_ << 8) | byte);
                const std::size_t taken =
                    body_seen_ < 2 ? 1 : std::min<std::size_t>(remaining_, input.size());
                input.remove_prefix(taken);
                body_seen_ += static_cast<std::uint32_t>(taken);
                remaining_ -= static_cast<std::uint32_t>(taken);
                if (remaining_ == 0) return finish(packet);
                break;
            }
        }
    }
    return Step::need_more;
}

AckParser::Step AckParser::finish(ServerPacket& packet) {
    state_ = State::first_byte;
    packet = {.type = static_cast<ServerPacketType>(first_byte_ >> 4), .value = value_};
    const std::uint32_t needed = packet.type == ServerPacketType::pingresp ? 0 : 2;
    switch (packet.type) {
        case ServerPacketType::connack:
        case ServerPacketType::publish:
        case ServerPacketType::puback:
        case ServerPacketType::pubrec:
        case ServerPacketType::pubcomp:
        case ServerPacketType::pingresp:
            return body_seen_ >= needed ? Step::packet : Step::malformed;
    }
    return Step::malformed;
}

}  // namespace thingstead::bench
