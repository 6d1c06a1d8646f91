// MQTT's variable byte integer, the size field after the first byte of every packet among others.
// Source: OASIS MQTT 5.0 sections 1.5.5 and 2.1.4; MQTT 3.1.1 section 2.2.3 codes it the same way.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/mqtt/decode_error.h"

namespace thingstead::mqtt {

/// Largest value the coding can carry, in bytes: four groups of seven bits.
inline constexpr std::uint32_t remaining_length_max = (1u << 28) - 1;

struct RemainingLength {
    std::uint32_t value;        ///< 0..remaining_length_max.
    std::uint32_t field_bytes;  ///< Taken by this field itself, 1..4.
};

/// Reads the field at the front of `input`; nothing is consumed or kept.
/// Returns nullopt while the field is incomplete: read on and call again.
/// Errors: malformed_packet - a fifth byte would be needed, or the form is longer than necessary.
Decoded<std::optional<RemainingLength>> decode_remaining_length(std::string_view input);

/// Bytes that `value` takes. REQUIRES value <= remaining_length_max.
constexpr std::uint32_t remaining_length_bytes(std::uint32_t value) {
    return value < (1u << 7) ? 1 : value < (1u << 14) ? 2 : value < (1u << 21) ? 3 : 4;
}

/// REQUIRES value <= remaining_length_max.
void append_remaining_length(std::string& out, std::uint32_t value);

}  // namespace thingstead::mqtt
