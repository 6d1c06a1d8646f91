#include "protocol/cql/token.h"

#include <bit>
#include <limits>

#include "base/bytes.h"
#include "protocol/cql/wire_writer.h"

namespace thingstead::cql {
namespace {

constexpr std::uint64_t c1 = 0x87c37b91114253d5ull;
constexpr std::uint64_t c2 = 0x4cf5ad432745937full;

std::uint64_t finish(std::uint64_t k) {
    k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdull;
    k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ull;
    return k ^ (k >> 33);
}

/// Eight bytes of the tail, each widened as a signed number and added by exclusive or.
std::uint64_t signed_tail(std::string_view bytes) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 8; ++i)
        out ^= static_cast<std::uint64_t>(
                   static_cast<std::int64_t>(static_cast<signed char>(bytes[i])))
               << (8 * i);
    return out;
}

}  // namespace

Token murmur3_token(std::string_view key) {
    std::uint64_t h1 = 0, h2 = 0;
    const std::uint64_t length = key.size();
    for (; key.size() >= 16; key.remove_prefix(16)) {
        const std::byte* block = as_bytes(key).data();
        h1 ^= std::rotl(load_little<std::uint64_t>(block) * c1, 31) * c2;
        h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= std::rotl(load_little<std::uint64_t>(block + 8) * c2, 33) * c1;
        h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
    }
    if (key.size() > 8) h2 ^= std::rotl(signed_tail(key.substr(8)) * c2, 33) * c1;
    if (!key.empty()) h1 ^= std::rotl(signed_tail(key) * c1, 31) * c2;

    h1 ^= length;
    h2 ^= length;
    h1 += h2;
    h2 += h1;
    h1 = finish(h1);
    h2 = finish(h2);
    h1 += h2;
    const Token token = static_cast<Token>(h1);
    return token == std::numeric_limits<Token>::min() ? std::numeric_limits<Token>::max() : token;
}

void append_key_component(std::string& partition_key, std::string_view component) {
    append_text(partition_key, component);
    partition_key.push_back('\0');
}

}  // namespace thingstead::cql
