#include "core/resource/checksum.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <bit>
#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"
#include "queue/murmur3.h"

namespace thingstead::core {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
    std::array<std::byte, EVP_MAX_MD_SIZE> out;
    unsigned length = 0;
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
                   &length, algorithm, nullptr);
    TS_ASSERT(done == 1);
    return to_hex(ByteSpan(out).first(length));
}

template <class Integer>
std::string little_hex(Integer value) {
    std::array<std::byte, sizeof(Integer)> out;
    store_little(out.data(), value);
    return to_hex(out);
}

/// MurmurHash3, x86 variant, 32 bits. Source: Austin Appleby's public-domain algorithm.
std::uint32_t small_murmur3(std::string_view text) {
    constexpr std::uint32_t c1 = 0xcc9e2d51, c2 = 0x1b873593;
    const auto mix = [](std::uint32_t k) { return std::rotl(k * c1, 15) * c2; };
    ByteSpan bytes = as_bytes(text);
    std::uint32_t h = 0;
    for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
        h ^= mix(load_little<std::uint32_t>(bytes.data()));
        h = std::rotl(h, 13) * 5 + 0xe6546b64;
    }
    std::array<std::byte, 4> tail{};
    for (std::size_t i = 0; i < bytes.size(); ++i) tail[i] = bytes[i];
    h ^= mix(load_little<std::uint32_t>(tail.data()));  // zero bytes mix to zero
    h ^= static_cast<std::uint32_t>(text.size());
    h = (h ^ (h >> 16)) * 0x85ebca6b;
    h = (h ^ (h >> 13)) * 0xc2b2ae35;
    return h ^ (h >> 16);
}

std::uint32_t crc32_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

std::string checksum(model::ChecksumAlgorithm algorithm, std::string_view bytes) {
    using enum model::ChecksumAlgorithm;
    switch (algorithm) {
        case md5:         return digest(EVP_md5(), bytes);
        case sha256:      return digest(EVP_sha256(), bytes);
        case sha384:      return digest(EVP_sha384(), bytes);
        case sha512:      return digest(EVP_sha512(), bytes);
        case crc32:       return little_hex(crc32_of(bytes));
        case murmur3_32:  return little_hex(small_murmur3(bytes));
        case murmur3_128: {
            const auto halves = queue::murmur3_128(as_bytes(bytes));
            return little_hex(halves[0]) + little_hex(halves[1]);
        }
    }
    return {};
}

}  // namespace thingstead::core
