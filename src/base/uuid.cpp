#include "base/uuid.h"

#include <atomic>

#include "base/hex.h"
#include "base/random.h"

namespace thingstead {
namespace {

constexpr std::uint64_t ticks_per_ms = 10'000;
// 100 ns intervals from 1582-10-15 to 1970-01-01.
constexpr std::uint64_t epoch_ticks = 0x01B21DD213814000ull;

std::uint64_t ticks(const Uuid& id) {
    return ((id.msb & 0x0FFFull) << 48) | (((id.msb >> 16) & 0xFFFFull) << 32) | (id.msb >> 32);
}

// time_hi with the version nibble kept, time_mid, time_low: most significant first.
std::uint64_t rotate_to_order(std::uint64_t msb) {
    return ((msb & 0x0FFFull) << 52) | (((msb >> 16) & 0xFFFFull) << 36) | ((msb >> 32) << 4) |
           ((msb >> 12) & 0xFull);
}

std::uint64_t rotate_from_order(std::uint64_t ordered) {
    return ((ordered >> 52) & 0x0FFFull) | ((ordered & 0xFull) << 12) |
           (((ordered >> 36) & 0xFFFFull) << 16) | (((ordered >> 4) & 0xFFFFFFFFull) << 32);
}

void put(std::byte* out, std::uint64_t value) {
    for (int i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(value >> (56 - 8 * i));
}

std::uint64_t get(const std::byte* in) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = (value << 8) | static_cast<std::uint8_t>(in[i]);
    return value;
}

std::uint64_t random64() {
    std::array<std::byte, 8> bytes;
    random_bytes(bytes);
    return get(bytes.data());
}

}  // namespace

std::strong_ordering operator<=>(const Uuid& a, const Uuid& b) {
    const std::uint64_t left = rotate_to_order(a.msb), right = rotate_to_order(b.msb);
    if (left != right) return left <=> right;
    return a.lsb <=> b.lsb;
}

std::string Uuid::to_string() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(36, '-');
    std::size_t at = 0;
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) ++at;
        const std::uint64_t half = i < 16 ? msb : lsb;
        text[at++] = digits[(half >> (60 - 4 * (i % 16))) & 0xF];
    }
    return text;
}

std::array<std::byte, 16> Uuid::bytes() const {
    std::array<std::byte, 16> out;
    put(out.data(), msb);
    put(out.data() + 8, lsb);
    return out;
}

Uuid Uuid::from_bytes(const std::byte* sixteen) { return {get(sixteen), get(sixteen + 8)}; }

std::array<std::byte, 16> Uuid::ordered_bytes() const {
    std::array<std::byte, 16> out;
    put(out.data(), rotate_to_order(msb));
    put(out.data() + 8, lsb);
    return out;
}

Uuid Uuid::from_ordered_bytes(const std::byte* sixteen) {
    return {rotate_from_order(get(sixteen)), get(sixteen + 8)};
}

std::chrono::sys_time<std::chrono::milliseconds> Uuid::time() const {
    const auto since = static_cast<std::int64_t>(ticks(*this) - epoch_ticks);
    return std::chrono::sys_time<std::chrono::milliseconds>(
        std::chrono::milliseconds(since / static_cast<std::int64_t>(ticks_per_ms)));
}

Result<Uuid> parse_uuid(std::string_view text) {
    const auto bad = [&] {
        return Error{ErrorCode::invalid_argument,
                     "Invalid UUID string: " + std::string(text.substr(0, 64))};
    };
    if (text.size() != 36) return bad();
    Uuid id;
    int digit = 0;
    for (std::size_t i = 0; i < 36; ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') return bad();
            continue;
        }
        const int value = hex_digit_value(text[i]);
        if (value < 0) return bad();
        std::uint64_t& half = digit < 16 ? id.msb : id.lsb;
        half = (half << 4) | static_cast<std::uint64_t>(value);
        ++digit;
    }
    return id;
}

Uuid new_time_uuid() {
    // A random node with the multicast bit set says "not a network card" (RFC 4122 section 4.5).
    static const std::uint64_t node_and_sequence =
        0x8000000000000000ull | (random64() & 0x3FFFFFFFFFFFFFFFull) | 0x0000010000000000ull;
    static std::atomic<std::uint64_t> last{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::uint64_t tick =
        epoch_ticks + static_cast<std::uint64_t>(
                          std::chrono::duration_cast<
                              std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>>(now)
                              .count());
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    do {
        if (tick <= seen) tick = seen + 1;
    } while (!last.compare_exchange_weak(seen, tick, std::memory_order_relaxed));
    return {
        (tick << 32) | (((tick >> 32) & 0xFFFFull) << 16) | 0x1000ull | ((tick >> 48) & 0x0FFFull),
        node_and_sequence};
}

Uuid new_random_uuid() {
    return {(random64() & 0xFFFFFFFFFFFF0FFFull) | 0x4000ull,
            (random64() & 0x3FFFFFFFFFFFFFFFull) | 0x8000000000000000ull};
}

}  // namespace thingstead
