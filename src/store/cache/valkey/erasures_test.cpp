#include "store/cache/valkey/erasures.h"

#include <gtest/gtest.h>

namespace thingstead::store::valkey {
namespace {

constexpr CacheRegion credentials = CacheRegion::credentials;
constexpr CacheRegion profiles = CacheRegion::profiles;

struct ErasuresTest : testing::Test {
    MetricsRegistry metrics;
    Gauge waiting{metrics, "waiting", "Waiting."};
    Erasures erasures{3, waiting};
};

TEST_F(ErasuresTest, ConcernsAKeyUntilEveryAttemptEnded) {
    EXPECT_FALSE(erasures.concerns(credentials, "k"));
    EXPECT_TRUE(erasures.begin(credentials, "k"));
    EXPECT_TRUE(erasures.begin(credentials, "k"));
    EXPECT_TRUE(erasures.concerns(credentials, "k"));
    EXPECT_FALSE(erasures.concerns(credentials, "other"));
    erasures.end(credentials, "k", true);
    EXPECT_TRUE(erasures.concerns(credentials, "k"));
    erasures.end(credentials, "k", true);
    EXPECT_FALSE(erasures.concerns(credentials, "k"));
}

TEST_F(ErasuresTest, RetriesWhatFailedUntilItIsTold) {
    erasures.begin(credentials, "k");
    EXPECT_TRUE(erasures.retry(10).empty());
    erasures.end(credentials, "k", false);
    EXPECT_TRUE(erasures.has_untold());
    EXPECT_EQ(waiting.value(), 1);
    for (const bool told : {false, true}) {
        const std::vector<Erasures::Key> some = erasures.retry(10);
        ASSERT_EQ(some.size(), 1u);
        EXPECT_EQ(some[0].key, "k");
        EXPECT_TRUE(erasures.retry(10).empty());
        EXPECT_TRUE(erasures.concerns(credentials, "k"));
        erasures.end(some[0].region, some[0].key, told);
    }
    EXPECT_FALSE(erasures.concerns(credentials, "k"));
    EXPECT_EQ(waiting.value(), 0);
}

TEST_F(ErasuresTest, AnEraseThatArrivesDoesNotHideOneThatFailed) {
    erasures.begin(credentials, "k");
    erasures.begin(credentials, "k");
    erasures.end(credentials, "k", false);
    EXPECT_TRUE(erasures.retry(10).empty());  // one is still under way
    erasures.end(credentials, "k", true);
    EXPECT_EQ(erasures.retry(10).size(), 1u);
    erasures.end(credentials, "k", true);
    EXPECT_FALSE(erasures.concerns(credentials, "k"));
}

TEST_F(ErasuresTest, BeyondTheLimitTheRegionIsToBeSwept) {
    for (const char* key : {"a", "b", "c"}) EXPECT_TRUE(erasures.begin(credentials, key));
    EXPECT_TRUE(erasures.begin(credentials, "a"));
    EXPECT_FALSE(erasures.sweep_wanted(credentials));
    EXPECT_FALSE(erasures.begin(credentials, "d"));
    EXPECT_TRUE(erasures.sweep_wanted(credentials));
    EXPECT_TRUE(erasures.concerns(credentials, "anything"));
    EXPECT_FALSE(erasures.concerns(profiles, "anything"));
    erasures.end_sweep(credentials, erasures.begin_sweep(credentials));
    EXPECT_FALSE(erasures.concerns(credentials, "anything"));
}

TEST_F(ErasuresTest, AWishDuringASweepWantsAnother) {
    erasures.want_sweep(profiles);
    const std::uint64_t ticket = erasures.begin_sweep(profiles);
    erasures.want_sweep(profiles);
    erasures.end_sweep(profiles, ticket);
    EXPECT_TRUE(erasures.sweep_wanted(profiles));
    erasures.end_sweep(profiles, erasures.begin_sweep(profiles));
    EXPECT_FALSE(erasures.sweep_wanted(profiles));
}

}  // namespace
}  // namespace thingstead::store::valkey
