#include <gtest/gtest.h>

#include <map>

#include "base/uuid.h"
#include "queue/murmur3.h"
#include "queue/queue.h"

namespace thingstead::queue {
namespace {

std::string hex_of(std::string_view text) {
    const auto halves = murmur3_128(as_bytes(text));
    std::byte out[16];
    store_little(out, halves[0]);
    store_little(out + 8, halves[1]);
    return to_hex(out);
}

TEST(Murmur3, HasThePublishedValues) {
    EXPECT_EQ(hex_of(""), "00000000000000000000000000000000");
    EXPECT_EQ(hex_of("hell"), "67f8103e694299624753ebba820bdb92");
    EXPECT_EQ(hex_of("hello"), "029bbd41b3a7d8cb191dae486a901e5b");
    EXPECT_EQ(hex_of("The quick brown fox jumps over the lazy dog"),
              "6c1b07bc7bbc4be347939ac4a93c437a");
}

TEST(PartitionOf, IsWithinRangeAndUsesAllPartitions) {
    std::map<PartitionIndex, int> used;
    for (int i = 0; i < 4000; ++i) {
        const Uuid id = new_random_uuid();
        const PartitionIndex p = partition_of(id.msb, id.lsb, 10);
        ASSERT_GE(p, 0);
        ASSERT_LT(p, 10);
        ++used[p];
    }
    EXPECT_EQ(used.size(), 10u);
    for (const auto& [p, count] : used) EXPECT_GT(count, 200) << p;
}

TEST(PartitionOf, TakesTheRemainderOfTheSignedHash) {
    // The hash of this id is negative: abs(h mod n), not (unsigned h) mod n.
    std::uint64_t negatives = 0;
    for (std::uint64_t msb = 1; msb <= 64; ++msb) {
        std::byte id[16];
        store_little(id, msb);
        store_little(id + 8, msb * 3);
        const auto halves = murmur3_128(id);
        const auto hash = static_cast<std::int32_t>(static_cast<std::uint32_t>(halves[0]));
        negatives += hash < 0;
        const std::int64_t wide = hash;
        EXPECT_EQ(partition_of(msb, msb * 3, 7), (wide < 0 ? -wide : wide) % 7);
    }
    EXPECT_GT(negatives, 10u);
}

TEST(PartitionOf, IsStableForAnId) {
    EXPECT_EQ(partition_of(0x138140001dd211b2ull, 0x8080808080808080ull, 1), 0);
    EXPECT_EQ(partition_of(1, 2, 10), partition_of(1, 2, 10));
}

}  // namespace
}  // namespace thingstead::queue
