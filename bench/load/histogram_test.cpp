#include "load/histogram.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace thingstead::bench {
namespace {

TEST(Histogram, IsZeroWhenNothingWasRecorded) {
    const Histogram empty;
    EXPECT_EQ(empty.count(), 0u);
    EXPECT_EQ(empty.max(), 0u);
    EXPECT_EQ(empty.percentile(0.99), 0u);
}

TEST(Histogram, IsExactForSmallValues) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) histogram.record(value);
    EXPECT_EQ(histogram.percentile(0.0), 1u);
    EXPECT_EQ(histogram.percentile(0.5), 50u);
    EXPECT_EQ(histogram.percentile(0.99), 99u);
    EXPECT_EQ(histogram.percentile(1.0), 100u);
}

TEST(Histogram, KeepsEveryMagnitudeWithinOnePercentAndNeverReportsLess) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        for (const std::uint64_t low : {0ull, 1ull, 12345ull}) {
            const std::uint64_t value = (std::uint64_t{1} << bit) | low;
            Histogram histogram;
            histogram.record(value);
            histogram.record(std::numeric_limits<std::uint64_t>::max());
            const std::uint64_t got = histogram.percentile(0.5);
            EXPECT_GE(got, value);
            EXPECT_LE(got - value, value / 100);
        }
    }
}

TEST(Histogram, AgreesWithSortedValues) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> latency(13.0, 1.5);
    Histogram histogram;
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 20'000; ++i) {
        values.push_back(static_cast<std::uint64_t>(latency(random)));
        histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double fraction : {0.5, 0.9, 0.99, 0.999}) {
        const auto rank = static_cast<std::size_t>(fraction * 20'000) - 1;
        const auto exact = static_cast<double>(values[rank]);
        EXPECT_NEAR(static_cast<double>(histogram.percentile(fraction)), exact, exact * 0.01);
    }
    EXPECT_EQ(histogram.percentile(1.0), values.back());
}

TEST(Histogram, MergedCountsAsIfRecordedInOne) {
    Histogram a, b, both;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        (i % 3 == 0 ? a : b).record(i * i * 1000);
        both.record(i * i * 1000);
    }
    a.merge(b);
    EXPECT_EQ(a.count(), both.count());
    EXPECT_EQ(a.max(), both.max());
    for (const double fraction : {0.1, 0.5, 0.9, 0.999})
        EXPECT_EQ(a.percentile(fraction), both.percentile(fraction));
}

}  // namespace
}  // namespace thingstead::bench
