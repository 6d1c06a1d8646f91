// Part of queue/conformance.h: batches, waits, positions and commits of a consumer.
#pragma once
#include <string>
#include <thread>
#include <vector>

#include "queue/conformance/fixture.h"

namespace thingstead::queue {

TEST_P(QueueConformance, LimitsABatchByRecordsAndBytes) {
    open_topic();
    put(0, std::vector<std::string>(20, std::string(100, 'x')));
    const auto c = consumer("g");
    const auto by_count = c->poll(3, 1u << 20, Ear::patience);
    ASSERT_TRUE(by_count.has_value() && *by_count);
    EXPECT_EQ((*by_count)->records().size(), 3u);
    const auto by_bytes = c->poll(100, 500, Ear::patience);
    ASSERT_TRUE(by_bytes.has_value() && *by_bytes);
    EXPECT_GE((*by_bytes)->records().size(), 1u);
    EXPECT_LE((*by_bytes)->records().size(), 5u);
    EXPECT_EQ((*by_bytes)->records().front().offset, 3);
    const auto at_least_one = c->poll(100, 1, Ear::patience);
    ASSERT_TRUE(at_least_one.has_value() && *at_least_one);
    EXPECT_EQ((*at_least_one)->records().size(), 1u);
}

TEST_P(QueueConformance, KeepsABatchReadableWhileItLives) {
    open_topic();
    put(0, {"first"});
    const auto c = consumer("g");
    const auto batch = c->poll(1, 1024, Ear::patience);
    ASSERT_TRUE(batch.has_value() && *batch);
    put(0, numbers(0, 500));
    EXPECT_EQ(get(*c, 500).size(), 500u);
    EXPECT_EQ(as_text((*batch)->records().front().value), "first");
}

TEST_P(QueueConformance, WakesAPollThatWaits) {
    open_topic();
    const auto c = consumer("g");
    c->wake();  // before the poll: the next one returns
    const auto woken = c->poll(10, 1024, Ear::patience);
    ASSERT_TRUE(woken.has_value());
    EXPECT_EQ(*woken, nullptr);
    std::thread waker([&] { c->wake(); });
    const auto again = c->poll(10, 1024, Ear::patience);
    waker.join();
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, nullptr);
}

TEST_P(QueueConformance, EndsAWaitWhenARecordComes) {
    open_topic();
    const auto c = consumer("g");
    std::thread late([&] { put(0, {"late"}); });
    EXPECT_EQ(values_of(get(*c, 1)), (std::vector<std::string>{"late"}));
    late.join();
}

TEST_P(QueueConformance, StartsAGroupWhereItCommitted) {
    open_topic();
    put(0, numbers(0, 10));
    {
        const auto c = consumer("g");
        EXPECT_EQ(get(*c, 10).size(), 10u);
        c->commit(4);
        EXPECT_EQ(c->committed(), 4);
    }
    const auto again = consumer("g");
    EXPECT_EQ(again->committed(), 4);
    EXPECT_EQ(values_of(get(*again, 6)), numbers(4, 10));
    const auto other = consumer("other");
    EXPECT_EQ(values_of(get(*other, 10)), numbers(0, 10));
}

TEST_P(QueueConformance, KeepsRecordsAndCommitsOverARestart) {
    open_topic();
    put(1, numbers(0, 30));
    {
        const auto c = consumer("g", 1);
        get(*c, 30);
        c->commit(20);
        const Result<> flushed = queue_->flush_commits();
        ASSERT_TRUE(flushed.has_value()) << flushed.error().message;
    }
    restart();
    open_topic();
    const auto c = consumer("g", 1);
    EXPECT_EQ(c->committed(), 20);
    EXPECT_EQ(c->end(), 30);
    EXPECT_EQ(values_of(get(*c, 10)), numbers(20, 30));
    put(1, {"more"});
    const std::vector<Item> more = get(*c, 1);
    ASSERT_EQ(more.size(), 1u);
    EXPECT_EQ(more[0].offset, 30);
    EXPECT_EQ(more[0].value, "more");
}

TEST_P(QueueConformance, SeeksToAnOffsetWithinWhatIsKept) {
    open_topic();
    put(0, numbers(0, 10));
    const auto c = consumer("g");
    c->seek(7);
    EXPECT_EQ(values_of(get(*c, 3)), numbers(7, 10));
    c->seek(-5);
    EXPECT_EQ(values_of(get(*c, 10)), numbers(0, 10));
    c->seek(1000);
    EXPECT_TRUE(empty_now(*c));
    put(0, {"10"});
    EXPECT_EQ(values_of(get(*c, 1)), numbers(10, 11));
}

TEST_P(QueueConformance, SeeksToATime) {
    open_topic();
    put(0, numbers(0, 5));
    if (!storage_->advance(std::chrono::seconds(10))) GTEST_SKIP() << "real time only";
    put(0, numbers(5, 10));
    storage_->advance(std::chrono::seconds(10));
    put(0, numbers(10, 15));
    const auto c = consumer("g");
    const std::vector<Item> all = get(*c, 15);
    ASSERT_EQ(all.size(), 15u);
    EXPECT_GE(all[5].appended_ms, all[4].appended_ms + 10'000);
    c->seek_time(all[5].appended_ms);
    EXPECT_EQ(values_of(get(*c, 10)), numbers(5, 15));
    c->seek_time(all[9].appended_ms + 1);
    EXPECT_EQ(values_of(get(*c, 5)), numbers(10, 15));
    c->seek_time(0);
    EXPECT_EQ(values_of(get(*c, 15)), numbers(0, 15));
    c->seek_time(all[14].appended_ms + 1);
    EXPECT_TRUE(empty_now(*c));
}

TEST_P(QueueConformance, ReadsBesideGroupsWithoutHoldingOrMovingThem) {
    open_topic();
    put(1, numbers(0, 10));
    const auto c = consumer("g", 1);
    EXPECT_EQ(get(*c, 10).size(), 10u);
    c->commit(4);
    auto reader = queue_->open_reader("t", 1);
    auto another = queue_->open_reader("t", 1);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    ASSERT_TRUE(another.has_value()) << another.error().message;
    EXPECT_EQ(values_of(get(**reader, 10)), numbers(0, 10));
    EXPECT_EQ(values_of(get(**another, 10)), numbers(0, 10));
    (*reader)->commit(10);
    EXPECT_EQ((*reader)->committed(), 0);
    EXPECT_EQ((*reader)->end(), 10);
    (*reader)->seek(7);
    EXPECT_EQ(values_of(get(**reader, 3)), numbers(7, 10));
    put(1, {"10"});
    EXPECT_EQ(values_of(get(**reader, 1)), numbers(10, 11));
    EXPECT_EQ(c->committed(), 4);
    reader->reset();
    auto again = queue_->open_reader("t", 1);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(values_of(get(**again, 11)), numbers(0, 11));
    EXPECT_EQ(queue_->open_reader("t", 2).error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->open_reader("no such topic", 0).error().code, ErrorCode::not_found);
}

}  // namespace thingstead::queue
