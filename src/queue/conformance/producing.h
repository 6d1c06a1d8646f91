// Part of queue/conformance.h: records and tickets: what a producer appends, and what it hears of
// it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "queue/conformance/fixture.h"

namespace thingstead::queue {

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

}  // namespace thingstead::queue
