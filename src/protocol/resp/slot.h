// Where a key lives in a cluster. Source: "Redis cluster specification", key distribution model.
#pragma once
#include <cstdint>
#include <string_view>

namespace thingstead::resp {

inline constexpr std::uint16_t slot_count = 16'384;

/// CRC-16/XMODEM: polynomial 0x1021, from 0, not reflected.
std::uint16_t crc16(std::string_view bytes);

/// The slot of `key`, 0..slot_count-1. If it has a part {in braces} that is not empty, the first
/// such part counts alone: keys that share it live together.
std::uint16_t key_slot(std::string_view key);

}  // namespace thingstead::resp
