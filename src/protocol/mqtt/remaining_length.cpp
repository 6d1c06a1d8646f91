#include "protocol/mqtt/remaining_length.h"

#include "base/error.h"

namespace thingstead::mqtt {

Decoded<std::optional<RemainingLength>> decode_remaining_length(std::string_view input) {
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < 4; ++i) {
        if (i == input.size()) return std::optional<RemainingLength>();
        const auto byte = static_cast<std::uint8_t>(input[i]);
        value |= static_cast<std::uint32_t>(byte & 0x7F) << (7 * i);
        if (byte & 0x80) continue;
        if (i > 0 && byte == 0)
            return DecodeError{ReasonCode::malformed_packet, "length is not in its shortest form"};
        return std::optional(RemainingLength{value, i + 1});
    }
    return DecodeError{ReasonCode::malformed_packet, "length takes more than four bytes"};
}

void append_remaining_length(std::string& out, std::uint32_t value) {
    TS_ASSERT(value <= remaining_length_max);
    do {
        const std::uint32_t group = value & 0x7F;
        value >>= 7;
        out.push_back(static_cast<char>(group | (value ? 0x80u : 0u)));
    } while (value);
}

}  // namespace thingstead::mqtt
