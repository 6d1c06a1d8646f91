// What every driver of Cache must do. A driver's test instantiates it:
//
//   class MyHarness : public CacheHarness { … };
//   INSTANTIATE_TEST_SUITE_P(My, CacheConformance, testing::Values(&make_my_harness));
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/cache.h"
#include "store/cache_testing.h"

namespace thingstead::store {

/// Gives each test keys that nobody else uses, or a server of its own.
class CacheHarness {
  public:
    virtual ~CacheHarness() = default;
    /// Opens the cache; of a shared one, another process's view of the same. Null: not shared, and
    /// this is not the first.
    virtual std::unique_ptr<Cache> open(const CacheRegions& regions) = 0;
    /// Lets `by` pass for values' lives, turning a clock or waiting.
    virtual void pass(std::chrono::milliseconds by) = 0;
};
using MakeCacheHarness = std::unique_ptr<CacheHarness> (*)();

class CacheConformance : public testing::TestWithParam<MakeCacheHarness> {
  protected:
    static constexpr CacheRegion credentials = CacheRegion::credentials;
    static constexpr CacheRegion profiles = CacheRegion::profiles;
    static constexpr const char* nothing = "(nothing)";

    std::unique_ptr<CacheHarness> harness = GetParam()();
    BlockingCache cache{harness->open({})};
};

TEST_P(CacheConformance, AnswersWhatWasPut) {
    const std::string values[] = {"v", "", std::string("a\0\r\n", 4), "L12345678",
                                  std::string(50'000, 'x')};
    for (const std::string& value : values) {
        const std::string key = "key of " + std::to_string(value.size());
        EXPECT_EQ(cache.get(credentials, key), nothing);
        ASSERT_TRUE(cache.fill(credentials, key, value));
        EXPECT_EQ(cache.get(credentials, key), value);
        EXPECT_EQ(cache.get(credentials, key), value);
    }
}

TEST_P(CacheConformance, KeepsKeysOfAnyBytesAndRegionsApart) {
    const std::string keys[] = {"k", "",        std::string("k\0\n", 3), "{k}", "}{", "a:b",
                                "*", "\xff\xfe"};
    for (const std::string& key : keys) {
        ASSERT_TRUE(cache.fill(credentials, key, "of " + key)) << key;
        EXPECT_EQ(cache.get(profiles, key), nothing) << key;
        ASSERT_TRUE(cache.fill(profiles, key, "profile " + key)) << key;
    }
    for (const std::string& key : keys) {
        EXPECT_EQ(cache.get(credentials, key), "of " + key);
        EXPECT_EQ(cache.get(profiles, key), "profile " + key);
    }
}

TEST_P(CacheConformance, AnswersTheSameObjectWhileItIsHere) {
    cache.fill(credentials, "k", "v");
    const CacheValue first = cache.find(credentials, "k").value;
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(cache.find(credentials, "k").value, first);
    EXPECT_EQ(cache->find_local(credentials, "k"), first);
    EXPECT_EQ(cache->find_local(credentials, "other"), nullptr);
}

TEST_P(CacheConformance, EraseTakesTheKeysAway) {
    std::vector<std::string> keys;
    for (int i = 0; i < 300; ++i) {
        keys.push_back("k" + std::to_string(i));
        ASSERT_TRUE(cache.fill(credentials, keys.back(), "v"));
    }
    ASSERT_TRUE(cache.fill(credentials, "kept", "v"));
    EXPECT_TRUE(cache.erase(credentials, keys));
    for (const std::string& key : keys) EXPECT_EQ(cache.get(credentials, key), nothing);
    EXPECT_EQ(cache.get(credentials, "kept"), "v");
    EXPECT_TRUE(cache.erase(credentials, {"never there"}));
    EXPECT_TRUE(cache.erase(credentials, {}));
}

TEST_P(CacheConformance, EraseRegionTakesAllOfItAway) {
    for (int i = 0; i < 300; ++i) {
        ASSERT_TRUE(cache.fill(credentials, "k" + std::to_string(i), "v"));
        ASSERT_TRUE(cache.fill(profiles, "k" + std::to_string(i), "v"));
    }
    const CacheFound before = cache.find(credentials, "asked for before");
    EXPECT_TRUE(cache.erase_region(credentials));
    EXPECT_FALSE(cache.put(credentials, "asked for before", "old", before.ticket));
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(cache.get(credentials, "k" + std::to_string(i)), nothing);
        EXPECT_EQ(cache.get(profiles, "k" + std::to_string(i)), "v");
    }
}

TEST_P(CacheConformance, WhatWasReadBeforeAnEraseCannotBePutAfterIt) {
    const CacheFound reader = cache.find(credentials, "k");
    ASSERT_TRUE(reader.ticket);
    cache.erase(credentials, {"k"});
    EXPECT_FALSE(cache.put(credentials, "k", "old", reader.ticket));
    EXPECT_EQ(cache.get(credentials, "k"), nothing);
    EXPECT_TRUE(cache.fill(credentials, "k", "new"));
    EXPECT_FALSE(cache.put(credentials, "k", "old", reader.ticket) &&
                 cache.get(credentials, "k") == "old");
    EXPECT_EQ(cache.get(credentials, "k"), "new");
}

TEST_P(CacheConformance, NothingIsPutWithoutATicket) {
    EXPECT_FALSE(cache.put(credentials, "k", "v", CacheTicket()));
    EXPECT_FALSE(cache.put(credentials, "k", "v", CacheTicket{123456789}));
    EXPECT_EQ(cache.get(credentials, "k"), nothing);
}

TEST_P(CacheConformance, TwoWhoAskAtOnceMayBothTryToPut) {
    const CacheFound one = cache.find(credentials, "k"), two = cache.find(credentials, "k");
    ASSERT_TRUE(one.ticket && two.ticket);
    EXPECT_TRUE(cache.put(credentials, "k", "v", two.ticket));
    cache.put(credentials, "k", "v", one.ticket);
    EXPECT_EQ(cache.get(credentials, "k"), "v");
}

TEST_P(CacheConformance, ValuesEndWithTheirTimeToLive) {
    using namespace std::chrono_literals;
    ASSERT_TRUE(cache.fill(credentials, "short", "v", 300ms));
    ASSERT_TRUE(cache.fill(credentials, "long", "v", 1h));
    EXPECT_EQ(cache.get(credentials, "long"), "v");
    harness->pass(400ms);
    EXPECT_EQ(cache.get(credentials, "short"), nothing);
    EXPECT_EQ(cache.get(credentials, "long"), "v");
}

TEST_P(CacheConformance, WhatIsTooLargeIsNotKept) {
    EXPECT_FALSE(cache.fill(credentials, std::string(cache_key_bytes_max + 1, 'k'), "v"));
    EXPECT_EQ(cache.get(credentials, std::string(cache_key_bytes_max + 1, 'k')), nothing);
    EXPECT_TRUE(cache.fill(credentials, std::string(cache_key_bytes_max, 'k'), "v"));
    EXPECT_FALSE(cache.fill(credentials, "k", std::string(cache_value_bytes_max + 1, 'v')));
    EXPECT_EQ(cache.get(credentials, "k"), nothing);
}

TEST_P(CacheConformance, AnotherProcessSeesPutsAndErases) {
    std::unique_ptr<Cache> second = harness->open({});
    if (!second) GTEST_SKIP() << "the driver is not shared";
    BlockingCache other(std::move(second));
    ASSERT_TRUE(cache.fill(credentials, "k", "v"));
    EXPECT_EQ(other.get(credentials, "k"), "v");
    EXPECT_EQ(other.get(credentials, "k"), "v");

    const CacheFound reader = other.find(credentials, "asked");
    EXPECT_TRUE(cache.erase(credentials, {"k", "asked"}));
    EXPECT_FALSE(other.put(credentials, "asked", "old", reader.ticket));
    // It is told; it does not ask the server about what it holds.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (other.get(credentials, "k") != nothing && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(other.get(credentials, "k"), nothing);
}

TEST_P(CacheConformance, ManyThreadsNeverSeeWhatWasErased) {
    // A store with a version, readers that cache it, one writer: after its erase nobody in this
    // process may be answered an older version.
    std::atomic<int> stored{0}, erased{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!done) {
                const int least = erased;
                const CacheFound found = cache.find(credentials, "k");
                if (found.value) {
                    ASSERT_GE(std::stoi(*found.value), least);
                } else {
                    const int read = stored;
                    std::this_thread::yield();
                    cache.put(credentials, "k", std::to_string(read), found.ticket);
                }
            }
        });
    for (int version = 1; version <= 300; ++version) {
        stored = version;
        ASSERT_TRUE(cache.erase(credentials, {"k"}));
        erased = version;
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
}

TEST_P(CacheConformance, AnswersNothingOnceStopped) {
    cache.fill(credentials, "k", "v");
    const CacheFound asked = cache.find(credentials, "other");
    cache->stop();
    cache->stop();
    EXPECT_EQ(cache.get(credentials, "k"), nothing);
    EXPECT_EQ(cache->find_local(credentials, "k"), nullptr);
    EXPECT_FALSE(cache.put(credentials, "other", "v", asked.ticket));
    EXPECT_FALSE(cache.erase(credentials, {"k"}));
    EXPECT_FALSE(cache.erase_region(credentials));
}

}  // namespace thingstead::store
