// The behaviour every driver of the queue port has, as GoogleTest cases.
//
// One test file of a driver includes this header and instantiates the suite:
//   INSTANTIATE_TEST_SUITE_P(Log, QueueConformance, testing::Values(&make_my_storage));
// where make_my_storage() returns a fresh, empty storage that queues are opened on.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "queue/queue_testing.h"

namespace thingstead::queue {

class QueueConformance : public testing::TestWithParam<std::unique_ptr<ConformanceStorage> (*)()> {
  protected:
    struct Item {
        Offset offset;
        EpochMs appended_ms;
        std::string key;
        std::string value;
    };

    void SetUp() override {
        storage_ = GetParam()();
        queue_ = storage_->open();
        ASSERT_NE(queue_, nullptr);
    }
    void TearDown() override { queue_.reset(); }

    void restart() {
        queue_.reset();
        queue_ = storage_->open();
        ASSERT_NE(queue_, nullptr);
    }
    void open_topic(const std::string& name = "t", PartitionIndex partitions = 2) {
        TopicSettings settings;
        settings.name = name;
        settings.partitions = partitions;
        const Result<> opened = queue_->open_topic(settings);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
    }
    /// Appends `values` to the partition and waits until they are durable.
    void put(PartitionIndex partition, const std::vector<std::string>& values,
             const std::string& topic = "t") {
        Ear ear;
        auto producer = queue_->open_producer(topic, ear.events());
        ASSERT_TRUE(producer.has_value()) << producer.error().message;
        std::optional<Producer::Ticket> last;
        for (const std::string& value : values) {
            last = (*producer)->append(partition, as_bytes("key of " + value), as_bytes(value));
            ASSERT_TRUE(last.has_value());
        }
        if (last) {
            ASSERT_TRUE(ear.wait_for(*last));
        }
        EXPECT_TRUE(ear.failed().empty());
    }
    std::unique_ptr<Consumer> consumer(const std::string& group, PartitionIndex partition = 0,
                                       const std::string& topic = "t") {
        auto opened = queue_->open_consumer(topic, group, partition);
        EXPECT_TRUE(opened.has_value()) << opened.error().message;
        return opened ? *std::move(opened) : nullptr;
    }
    /// Polls until `count` records came.
    static std::vector<Item> get(Consumer& from, std::size_t count, std::size_t records_max = 100,
                                 std::size_t bytes_max = 1u << 20) {
        std::vector<Item> items;
        while (items.size() < count) {
            const auto batch = from.poll(records_max, bytes_max, Ear::patience);
            if (!batch || !*batch) {
                ADD_FAILURE() << (batch ? "nothing came" : batch.error().message);
                return items;
            }
            EXPECT_LE((*batch)->records().size(), records_max);
            EXPECT_EQ((*batch)->partition(), from.partition());
            for (const Record& r : (*batch)->records())
                items.push_back({r.offset, r.appended_ms, std::string(as_text(r.key)),
                                 std::string(as_text(r.value))});
        }
        return items;
    }
    static bool empty_now(Consumer& from) {
        const auto batch = from.poll(10, 1024, std::chrono::milliseconds(0));
        return batch.has_value() && *batch == nullptr;
    }
    static std::vector<std::string> numbers(int from, int to) {
        std::vector<std::string> texts;
        for (int i = from; i < to; ++i) texts.push_back(std::to_string(i));
        return texts;
    }
    static std::vector<std::string> values_of(const std::vector<Item>& items) {
        std::vector<std::string> texts;
        for (const Item& item : items) texts.push_back(item.value);
        return texts;
    }

    std::unique_ptr<ConformanceStorage> storage_;
    std::unique_ptr<Queue> queue_;
};

TEST_P(QueueConformance, DeliversWhatWasAppendedInOrder) {
    open_topic();
    put(0, numbers(0, 50));
    const auto c = consumer("g");
    const std::vector<Item> items = get(*c, 50);
    ASSERT_EQ(items.size(), 50u);
    for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(items[i].offset, static_cast<Offset>(i));
        EXPECT_EQ(items[i].value, std::to_string(i));
        EXPECT_EQ(items[i].key, "key of " + std::to_string(i));
        if (i > 0) {
            EXPECT_GE(items[i].appended_ms, items[i - 1].appended_ms);
        }
    }
    EXPECT_EQ(c->end(), 50);
    EXPECT_TRUE(empty_now(*c));
}

TEST_P(QueueConformance, KeepsPartitionsApart) {
    open_topic("t", 3);
    put(0, {"a"});
    put(2, {"b", "c"});
    const auto first = consumer("g", 0);
    const auto second = consumer("g", 1);
    const auto third = consumer("g", 2);
    EXPECT_EQ(values_of(get(*first, 1)), (std::vector<std::string>{"a"}));
    EXPECT_EQ(values_of(get(*third, 2)), (std::vector<std::string>{"b", "c"}));
    EXPECT_TRUE(empty_now(*second));
    EXPECT_EQ(second->end(), 0);
}

TEST_P(QueueConformance, TakesEmptyAndLargeRecords) {
    open_topic();
    const std::string large(storage_->record_bytes_max() / 2, 'x');
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    ASSERT_TRUE((*producer)->append(0, {}, {}));
    ASSERT_TRUE((*producer)->append(0, {}, as_bytes(large)));
    ASSERT_TRUE((*producer)->append(0, as_bytes("k"), {}));
    ASSERT_TRUE(ear.wait_for(3));
    const auto c = consumer("g");
    const std::vector<Item> items = get(*c, 3);
    ASSERT_EQ(items.size(), 3u);
    EXPECT_TRUE(items[0].key.empty());
    EXPECT_TRUE(items[0].value.empty());
    EXPECT_EQ(items[1].value, large);
    EXPECT_EQ(items[2].key, "k");
}

TEST_P(QueueConformance, FailsARecordThatIsTooLargeInItsTurn) {
    open_topic();
    const std::string huge(storage_->record_bytes_max() + 1, 'x');
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    ASSERT_EQ((*producer)->append(0, {}, as_bytes("before")), Producer::Ticket{1});
    ASSERT_EQ((*producer)->append(0, {}, as_bytes(huge)), Producer::Ticket{2});
    ASSERT_EQ((*producer)->append(1, {}, as_bytes("after")), Producer::Ticket{3});
    ASSERT_TRUE(ear.wait_for(3));
    EXPECT_EQ(ear.failed(), (std::map<Producer::Ticket, ErrorCode>{
                                {2, ErrorCode::too_large}
    }));
    EXPECT_TRUE(ear.in_order());
    const auto c = consumer("g");
    EXPECT_EQ(values_of(get(*c, 1)), (std::vector<std::string>{"before"}));
}

TEST_P(QueueConformance, NumbersTicketsPerProducerAcrossPartitions) {
    open_topic("t", 4);
    Ear one;
    Ear two;
    auto first = queue_->open_producer("t", one.events());
    auto second = queue_->open_producer("t", two.events());
    for (Producer::Ticket t = 1; t <= 40; ++t) {
        const auto partition = static_cast<PartitionIndex>(t % 4);
        EXPECT_EQ((*first)->append(partition, {}, as_bytes("x")), t);
        if (t <= 10) {
            EXPECT_EQ((*second)->append(partition, {}, as_bytes("y")), t);
        }
    }
    EXPECT_EQ((*first)->partitions(), 4);
    ASSERT_TRUE(one.wait_for(40));
    ASSERT_TRUE(two.wait_for(10));
    EXPECT_EQ(one.reported(), 40u);
    EXPECT_EQ(two.reported(), 10u);
    EXPECT_TRUE(one.in_order() && two.in_order());
}

TEST_P(QueueConformance, TakesRecordsOfManyThreads) {
    open_topic("t", 4);
    constexpr int threads = 4;
    constexpr int each = 2000;
    std::vector<Ear> ears(threads);
    std::vector<std::thread> running;
    for (int n = 0; n < threads; ++n)
        running.emplace_back([&, n] {
            Ear& ear = ears[static_cast<std::size_t>(n)];
            auto producer = queue_->open_producer("t", ear.events());
            for (int i = 0; i < each; ++i) {
                const std::string value = std::to_string(n) + ":" + std::to_string(i);
                int rooms = ear.rooms();
                while (!(*producer)->append(i % 4, {}, as_bytes(value))) {
                    if (!ear.wait_for_room(rooms)) return;
                    rooms = ear.rooms();
                }
            }
            EXPECT_TRUE(ear.wait_for(each));
        });
    for (std::thread& thread : running) thread.join();

    for (PartitionIndex p = 0; p < 4; ++p) {
        const auto c = consumer("g", p);
        std::map<std::string, int> last;
        const std::vector<Item> items = get(*c, threads * each / 4, 500);
        ASSERT_EQ(items.size(), static_cast<std::size_t>(threads * each / 4));
        for (std::size_t i = 0; i < items.size(); ++i) {
            EXPECT_EQ(items[i].offset, static_cast<Offset>(i));
            const std::size_t colon = items[i].value.find(':');
            const std::string thread = items[i].value.substr(0, colon);
            const int number = std::stoi(items[i].value.substr(colon + 1));
            const auto [it, first] = last.try_emplace(thread, number);
            if (!first) {
                EXPECT_GT(number, it->second) << "thread " << thread;
            }
            it->second = number;
        }
    }
}

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

TEST_P(QueueConformance, RefusesASecondConsumerOfAGroupsPartition) {
    open_topic();
    auto first = consumer("g");
    const auto second = queue_->open_consumer("t", "g", 0);
    ASSERT_TRUE(second.has_error());
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    const auto elsewhere = consumer("g", 1);
    const auto other_group = consumer("other");
    first.reset();
    EXPECT_TRUE(queue_->open_consumer("t", "g", 0).has_value());
}

TEST_P(QueueConformance, KnowsOnlyTopicsThatAreOpen) {
    open_topic();
    EXPECT_EQ(queue_->open_producer("other", {}).error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->open_consumer("other", "g", 0).error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->open_consumer("t", "g", 2).error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->open_consumer("t", "g", -1).error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->partitions("other").error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->remove_group("other", "g").error().code, ErrorCode::not_found);
    EXPECT_EQ(queue_->partitions("t").value(), 2);
}

TEST_P(QueueConformance, RefusesBadTopics) {
    TopicSettings settings;
    for (const std::string& name :
         {std::string(), std::string("."), std::string(".."), std::string("a/b"),
          std::string("a b"), std::string("caf\xc3\xa9"), std::string(201, 'a')}) {
        settings.name = name;
        const Result<> opened = queue_->open_topic(settings);
        ASSERT_TRUE(opened.has_error()) << name;
        EXPECT_EQ(opened.error().code, ErrorCode::invalid_argument) << name;
    }
    settings.name = "fine";
    settings.partitions = 0;
    EXPECT_EQ(queue_->open_topic(settings).error().code, ErrorCode::invalid_argument);
}

TEST_P(QueueConformance, KeepsTheNumberOfPartitionsOfATopic) {
    open_topic("t", 3);
    open_topic("t", 5);
    EXPECT_EQ(queue_->partitions("t").value(), 3);
    restart();
    open_topic("t", 7);
    EXPECT_EQ(queue_->partitions("t").value(), 3);
}

TEST_P(QueueConformance, FailsARecordForAPartitionThatIsNotThere) {
    open_topic();
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    ASSERT_EQ((*producer)->append(2, {}, as_bytes("x")), Producer::Ticket{1});
    ASSERT_EQ((*producer)->append(-1, {}, as_bytes("x")), Producer::Ticket{2});
    ASSERT_TRUE(ear.wait_for(2));
    EXPECT_EQ(ear.failed(),
              (std::map<Producer::Ticket, ErrorCode>{
                  {1, ErrorCode::invalid_argument},
                  {2, ErrorCode::invalid_argument}
    }));
}

TEST_P(QueueConformance, HoldsProducersBackWhenAGroupLags) {
    TopicSettings settings;
    settings.name = "t";
    settings.partitions = 1;
    settings.lag_bytes_max = 64u << 10;
    ASSERT_TRUE(queue_->open_topic(settings).has_value());
    const auto c = consumer("g");
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    const std::string value(1000, 'x');
    Producer::Ticket taken = 0;
    while (taken < 1000 && (*producer)->append(0, {}, as_bytes(value))) ++taken;
    ASSERT_GT(taken, 20u);
    ASSERT_LT(taken, 70u) << "the limit was not kept";
    ASSERT_TRUE(ear.wait_for(taken));
    EXPECT_FALSE((*producer)->append(0, {}, as_bytes(value)));

    const int rooms = ear.rooms();
    get(*c, taken);
    c->commit(static_cast<Offset>(taken));
    ASSERT_TRUE(ear.wait_for_room(rooms));
    const auto next = (*producer)->append(0, {}, as_bytes(value));
    EXPECT_EQ(next, taken + 1);  // what was refused took no ticket
    ASSERT_TRUE(ear.wait_for(taken + 1));
}

TEST_P(QueueConformance, ForgetsAGroup) {
    TopicSettings settings;
    settings.name = "t";
    settings.partitions = 1;
    settings.lag_bytes_max = 64u << 10;
    ASSERT_TRUE(queue_->open_topic(settings).has_value());
    auto c = consumer("g");
    c->commit(0);
    EXPECT_EQ(queue_->remove_group("t", "g").error().code, ErrorCode::conflict);
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    const std::string value(1000, 'x');
    Producer::Ticket taken = 0;
    while (taken < 1000 && (*producer)->append(0, {}, as_bytes(value))) ++taken;
    ASSERT_LT(taken, 70u);
    const int rooms = ear.rooms();
    c.reset();
    ASSERT_TRUE(queue_->remove_group("t", "g").has_value());
    ASSERT_TRUE(ear.wait_for_room(rooms));
    EXPECT_TRUE((*producer)->append(0, {}, as_bytes(value)));
    EXPECT_EQ(queue_->remove_group("t", "g").error().code, ErrorCode::not_found);
}

TEST_P(QueueConformance, StopsOnceAndForAll) {
    open_topic();
    put(0, {"x"});
    const auto c = consumer("g");
    get(*c, 1);
    c->commit(1);
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    Producer::Ticket taken = 0;
    for (int i = 0; i < 100; ++i)
        if (const auto ticket = (*producer)->append(0, {}, as_bytes("last"))) taken = *ticket;
    queue_->stop();
    queue_->stop();
    EXPECT_EQ(ear.reported(), taken);  // every ticket was answered, one way or the other
    EXPECT_FALSE((*producer)->append(0, {}, as_bytes("too late")));
    const auto after = c->poll(1, 1, Ear::patience);
    ASSERT_TRUE(after.has_error());
    EXPECT_EQ(after.error().code, ErrorCode::unavailable);
    const auto failed = ear.failed();
    *producer = nullptr;

    restart();
    open_topic();
    const auto again = consumer("other");
    EXPECT_EQ(again->end(), static_cast<Offset>(1 + taken - failed.size()));
}

TEST_P(QueueConformance, StopEndsAPollThatWaits) {
    open_topic();
    const auto c = consumer("g");
    std::thread stopper([&] { queue_->stop(); });
    const auto polled = c->poll(1, 1, Ear::patience);
    stopper.join();
    ASSERT_TRUE(polled.has_error());
    EXPECT_EQ(polled.error().code, ErrorCode::unavailable);
}

}  // namespace thingstead::queue
