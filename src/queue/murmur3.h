// MurmurHash3, x64 variant, 128 bits: the hash that spreads entities over partitions.
// Source: Austin Appleby's public-domain algorithm; values agree with every other implementation,
// so a mixed cluster would agree on the owner of an entity.
#pragma once
#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace thingstead::queue {

/// Both halves; written little endian one after the other they are the hash's 16 bytes.
std::array<std::uint64_t, 2> murmur3_128(ByteSpan bytes, std::uint64_t seed = 0);

}  // namespace thingstead::queue
