#include "load/schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace thingstead::bench {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

TEST(Schedule, HasNothingDueInAClosedLoopOrBeforeItsStart) {
    EXPECT_EQ(Schedule{}.due_count(second_ns), 0u);
    const Schedule schedule{.rate_per_s = 100, .connections = 3};
    EXPECT_EQ(schedule.due_count(-1), 0u);
    EXPECT_EQ(schedule.due_count(0), 1u);
}

TEST(Schedule, CountsAMessageFromTheNanosecondItIsDue) {
    for (const double rate : {0.5, 3.0, 7.7, 1000.0, 33'333.0, 1'000'000.0}) {
        const Schedule schedule{.rate_per_s = rate, .connections = 1};
        for (const std::uint64_t k : {1ull, 2ull, 10ull, 999ull, 123'457ull, 9'999'999ull}) {
            EXPECT_EQ(schedule.due_count(schedule.due_ns(k) - 1), k) << rate;
            EXPECT_EQ(schedule.due_count(schedule.due_ns(k)), k + 1) << rate;
        }
    }
}

TEST(Schedule, KeepsItsRateOverAnHour) {
    const Schedule schedule{.rate_per_s = 61'234, .connections = 1000};
    EXPECT_EQ(schedule.due_count(3600 * second_ns), 3600ull * 61'234 + 1);
}

TEST(Schedule, DealsEveryMessageToExactlyOneConnectionInOrder) {
    const Schedule schedule{.rate_per_s = 10, .connections = 7};
    for (const std::uint64_t due : {0ull, 1ull, 6ull, 7ull, 8ull, 100ull}) {
        std::vector<int> times_sent(due, 0);
        for (std::uint32_t connection = 0; connection < 7; ++connection) {
            const std::uint64_t share = schedule.share(due, connection);
            for (std::uint64_t nth = 0; nth < share; ++nth) {
                const std::uint64_t number = schedule.number(nth, connection);
                ASSERT_LT(number, due);
                ++times_sent[number];
            }
        }
        EXPECT_EQ(times_sent, std::vector<int>(due, 1));
    }
}

}  // namespace
}  // namespace thingstead::bench
