#include "store/cache/lru.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace thingstead::store::cache {
namespace {
using namespace std::chrono_literals;

const SteadyTime start{1000s};

CacheValue value(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

bool put(Lru& lru, const std::string& key, std::string text, SteadyTime expires = start + 1h) {
    return lru.put(key, value(std::move(text)), expires, lru.generation(key));
}

TEST(Lru, AnswersTheSameObjectUntilItExpires) {
    Lru lru({1000, 1 << 20});
    const CacheValue kept = value("v");
    ASSERT_TRUE(lru.put("k", kept, start + 10s, lru.generation("k")));
    EXPECT_EQ(lru.get("k", start + 9s), kept);
    EXPECT_EQ(lru.get("k", start + 10s), nullptr);
    EXPECT_EQ(lru.size().entries, 0u);
    EXPECT_EQ(lru.size().bytes, 0u);
}

TEST(Lru, TakesNothingThatWasReadBeforeAnErasure) {
    Lru lru({1000, 1 << 20});
    const std::uint64_t before = lru.generation("k");
    lru.erase("k");
    EXPECT_FALSE(lru.put("k", value("old"), start + 1h, before));
    const std::uint64_t after = lru.generation("k");
    EXPECT_TRUE(lru.put("k", value("new"), start + 1h, after));
    lru.clear();
    EXPECT_EQ(lru.get("k", start), nullptr);
    EXPECT_FALSE(lru.put("k", value("new"), start + 1h, after));
}

TEST(Lru, AnswersNothingThatIsNotTrustedAnyMore) {
    Lru lru({1000, 1 << 20});
    const auto trust = std::make_shared<Trust>();
    const auto keep = [&] {
        return lru.put("k", value("v"), start + 1h, lru.generation("k"), trust);
    };
    ASSERT_TRUE(keep());
    EXPECT_EQ(lru.get("k", start), nullptr);
    trust->extend(start + 3s);
    trust->extend(start + 2s);
    ASSERT_TRUE(keep());
    EXPECT_NE(lru.get("k", start + 2s), nullptr);
    EXPECT_EQ(lru.get("k", start + 3s), nullptr);
    ASSERT_TRUE(keep());
    trust->end();
    trust->extend(start + 9s);
    EXPECT_EQ(lru.get("k", start), nullptr);
}

TEST(Lru, StaysWithinItsEntriesAndItsBytes) {
    Lru few({160, 1 << 30});
    for (int i = 0; i < 5000; ++i) put(few, std::to_string(i), "v");
    EXPECT_LE(few.size().entries, 160u);
    EXPECT_GE(few.size().entries, 100u);
    EXPECT_EQ(few.evictions(), 5000 - few.size().entries);

    Lru small({1'000'000, 160'000});
    for (int i = 0; i < 5000; ++i) put(small, std::to_string(i), std::string(100, 'x'));
    EXPECT_LE(small.size().bytes, 160'000u);
    EXPECT_GE(small.size().bytes, 100'000u);
    EXPECT_FALSE(put(small, "large", std::string(10'000, 'x')));
    EXPECT_NE(small.get("4999", start), nullptr);
}

TEST(Lru, ForgetsFirstWhatWasNotUsedLongest) {
    Lru lru({16, 1 << 30});  // one a shard
    put(lru, "a", "1");
    Lru pairs({32, 1 << 30});
    put(pairs, "kept", "1");
    for (int i = 0; i < 1000; ++i) {
        put(pairs, std::to_string(i), "2");
        ASSERT_NE(pairs.get("kept", start), nullptr) << i;
    }
}

TEST(Lru, CountsReplacedValuesOnce) {
    Lru lru({1000, 1 << 20});
    put(lru, "k", std::string(1000, 'x'));
    put(lru, "k", "y");
    EXPECT_EQ(lru.size().entries, 1u);
    EXPECT_EQ(lru.size().bytes, 2 + Lru::entry_overhead_bytes);
    EXPECT_EQ(*lru.get("k", start), "y");
    EXPECT_EQ(lru.evictions(), 0u);
}

TEST(Lru, HoldsWhenManyThreadsUseIt) {
    Lru lru({64, 1 << 20});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&lru, t] {
            for (int i = 0; i < 5000; ++i) {
                const std::string key = std::to_string(i % 200);
                const CacheValue found = lru.get(key, start);
                if (found) {
                    EXPECT_EQ(*found, key);
                }
                if (i % 7 == t) lru.erase(key);
                if (i % 1999 == 0) lru.clear();
                put(lru, key, key);
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(lru.size().entries, 64u);
    lru.clear();
    EXPECT_EQ(lru.size().entries, 0u);
    EXPECT_EQ(lru.size().bytes, 0u);
}

}  // namespace
}  // namespace thingstead::store::cache
