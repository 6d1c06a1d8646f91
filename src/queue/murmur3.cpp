#include "queue/murmur3.h"

namespace thingstead::queue {
namespace {

constexpr std::uint64_t c1 = 0x87c37b91114253d5ull;
constexpr std::uint64_t c2 = 0x4cf5ad432745937full;

std::uint64_t mix_k1(std::uint64_t k) { return std::rotl(k * c1, 31) * c2; }
std::uint64_t mix_k2(std::uint64_t k) { return std::rotl(k * c2, 33) * c1; }

std::uint64_t finish(std::uint64_t k) {
    k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdull;
    k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ull;
    return k ^ (k >> 33);
}

}  // namespace

std::array<std::uint64_t, 2> murmur3_128(ByteSpan bytes, std::uint64_t seed) {
    std::uint64_t h1 = seed;
    std::uint64_t h2 = seed;
    const std::size_t length = bytes.size();
    for (; bytes.size() >= 16; bytes = bytes.subspan(16)) {
        h1 ^= mix_k1(load_little<std::uint64_t>(bytes.data()));
        h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= mix_k2(load_little<std::uint64_t>(bytes.data() + 8));
        h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
    }
    std::byte tail[16] = {};
    if (!bytes.empty()) std::memcpy(tail, bytes.data(), bytes.size());
    h2 ^= mix_k2(load_little<std::uint64_t>(tail + 8));  // zero bytes mix to zero
    h1 ^= mix_k1(load_little<std::uint64_t>(tail));

    h1 ^= length;
    h2 ^= length;
    h1 += h2;
    h2 += h1;
    h1 = finish(h1);
    h2 = finish(h2);
    h1 += h2;
    h2 += h1;
    return {h1, h2};
}

}  // namespace thingstead::queue
