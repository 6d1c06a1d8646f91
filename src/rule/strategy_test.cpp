#include "rule/strategy.h"

#include <gtest/gtest.h>

namespace thingstead::rule {
namespace {

using enum ProcessingStrategy;
using Indexes = std::vector<std::size_t>;

struct StrategyRow {
    const char* name;
    ProcessingStrategy strategy;
    std::int32_t retries;
    double failure_percentage;
    std::int32_t attempt;
    Indexes retry;
    bool invalidates;
};

// Of five messages 0 and 1 succeeded, 2 failed, 3 and 4 ran out of time.
const StrategyRow strategy_rows[] = {
    {"skip failures",           skip_all_failures,               3, 0,   1, {},              false},
    {"skip and drop",           skip_all_failures_and_timed_out, 3, 0,   1, {},              true },
    {"retry failed",            retry_failed,                    3, 0,   1, {2},             true },
    {"retry timed out",         retry_timed_out,                 3, 0,   1, {3, 4},          true },
    {"retry both",              retry_failed_and_timed_out,      3, 0,   1, {2, 3, 4},       true },
    {"retry all",               retry_all,                       3, 0,   1, {0, 1, 2, 3, 4}, true },
    {"the last retry",          retry_failed,                    3, 0,   3, {2},             true },
    {"no more retries",         retry_failed,                    3, 0,   4, {},              true },
    {"retries without end",     retry_failed,                    0, 0,   9, {2},             true },
    {"as many may fail",        retry_failed,                    3, 0.6, 1, {2},             true },
    {"more failed than may be", retry_failed,                    3, 0.5, 1, {},              true },
};

TEST(Decide, RetriesWhatTheStrategyNames) {
    for (const StrategyRow& row : strategy_rows) {
        SCOPED_TRACE(row.name);
        Settings settings;
        settings.processing_strategy = row.strategy;
        settings.retries = row.retries;
        settings.failure_percentage = row.failure_percentage;
        const Decision decision = decide(settings, row.attempt, 5,
                                         {
                                             {0, 1},
                                             {2},
                                             {3, 4}
        });
        EXPECT_EQ(decision.retry, row.retry);
        EXPECT_EQ(decision.invalidate_timed_out, row.invalidates);
    }
}

TEST(Decide, IsDoneWhenEverythingSucceeded) {
    Settings settings;
    settings.processing_strategy = retry_all;
    EXPECT_TRUE(decide(settings, 1, 2,
                       {
                           {0, 1},
                           {},
                           {}
    })
                    .retry.empty());
}

TEST(PauseAfter, DoublesUpToTheMaximum) {
    Settings settings;
    settings.pause_between_retries = std::chrono::seconds(3);
    settings.pause_between_retries_max = std::chrono::seconds(10);
    Indexes seconds;
    for (std::int32_t attempt = 1; attempt <= 4; ++attempt)
        seconds.push_back(static_cast<std::size_t>(pause_after(settings, attempt).count() / 1000));
    EXPECT_EQ(seconds, (Indexes{3, 6, 10, 10}));
    settings.pause_between_retries_max = std::chrono::seconds(0);
    EXPECT_EQ(pause_after(settings, 4), std::chrono::seconds(3));
}

Indexes ready(Submission& submission) {
    Indexes all;
    for (std::size_t each = 0; submission.next(each);) all.push_back(each);
    return all;
}

TEST(Submission, BurstsEverythingAtOnce) {
    Submission submission(Settings{}, 3, {});
    EXPECT_EQ(ready(submission), (Indexes{0, 1, 2}));
    submission.succeeded(0);
    EXPECT_EQ(ready(submission), Indexes{});
}

TEST(Submission, BatchesAdvanceWhenAllOfOneSucceeded) {
    Settings settings;
    settings.submit_strategy = SubmitStrategy::batch;
    settings.batch_size = 2;
    Submission submission(settings, 5, {});
    EXPECT_EQ(ready(submission), (Indexes{0, 1}));
    submission.succeeded(1);
    EXPECT_EQ(ready(submission), Indexes{});
    submission.succeeded(0);
    EXPECT_EQ(ready(submission), (Indexes{2, 3}));
    submission.succeeded(2);
    submission.succeeded(3);
    EXPECT_EQ(ready(submission), (Indexes{4}));
    submission.succeeded(4);
    EXPECT_EQ(ready(submission), Indexes{});
}

TEST(Submission, SequencesRunOneOfEachGroup) {
    Settings settings;
    settings.submit_strategy = SubmitStrategy::sequential_by_originator;
    Submission submission(settings, 5, {0, 1, 0, 0, 1});
    EXPECT_EQ(ready(submission), (Indexes{0, 1}));
    submission.succeeded(0);
    EXPECT_EQ(ready(submission), (Indexes{2}));
    submission.succeeded(2);
    submission.succeeded(1);
    EXPECT_EQ(ready(submission), (Indexes{3, 4}));
}

}  // namespace
}  // namespace thingstead::rule
