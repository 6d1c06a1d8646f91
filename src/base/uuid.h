// 128-bit identifiers (RFC 4122). New ids are version 1 (time-based), as the reference platform's
// are. Thread-safe: values; UuidGenerator may be shared.
#pragma once
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thingstead {

struct Uuid {
    std::uint64_t msb = 0;  ///< time_low, time_mid, version and time_hi.
    std::uint64_t lsb = 0;  ///< variant, clock sequence, node.

    friend bool operator==(const Uuid&, const Uuid&) = default;
    /// Order of age: version-1 ids compare by their clock first, so a page sorted by id is a page
    /// sorted by creation.
    friend std::strong_ordering operator<=>(const Uuid& a, const Uuid& b);

    /// Canonical text, 36 lower-case characters.
    std::string to_string() const;
    /// The 16 bytes in network order.
    std::array<std::byte, 16> bytes() const;
    static Uuid from_bytes(const std::byte* sixteen);
    /// 16 bytes whose memcmp order is operator<=>: what stores use as a key. Reversible.
    std::array<std::byte, 16> ordered_bytes() const;
    static Uuid from_ordered_bytes(const std::byte* sixteen);
    int version() const { return static_cast<int>((msb >> 12) & 0xF); }
    /// Clock of a version-1 id; meaningless for other versions.
    std::chrono::sys_time<std::chrono::milliseconds> time() const;
};

/// The version-1 id of Unix time 0: "system tenant", "no customer".
inline constexpr Uuid null_uuid{0x138140001dd211b2ull, 0x8080808080808080ull};

/// Reads the canonical text in either case.
/// Errors: invalid_argument - "Invalid UUID string: x".
Result<Uuid> parse_uuid(std::string_view text);

/// A version-1 id that is greater than every id this process made before.
Uuid new_time_uuid();
/// A version-4 id from the system's random source.
Uuid new_random_uuid();

}  // namespace thingstead

template <>
struct std::hash<thingstead::Uuid> {
    std::size_t operator()(const thingstead::Uuid& id) const noexcept {
        std::uint64_t x = id.msb ^ (id.lsb * 0x9E3779B97F4A7C15ull);
        x ^= x >> 32;
        x *= 0xD6E8FEB86659FD93ull;
        x ^= x >> 32;
        return x;
    }
};
