// Part of queue/conformance.h: topics, groups and the end of a queue.
#pragma once
#include <string>
#include <thread>

#include "queue/conformance/fixture.h"

namespace thingstead::queue {

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

TEST_P(QueueConformance, OpensATopicWithoutNumbers) {
    TopicSettings settings;
    settings.name = "bare";
    settings.numbered = false;
    EXPECT_EQ(queue_->open_topic(settings).error().code, ErrorCode::invalid_argument);
    settings.partitions = 1;
    const Result<> opened = queue_->open_topic(settings);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    put(0, {"x"}, "bare");
    EXPECT_EQ(values_of(get(*consumer("g", 0, "bare"), 1)), (std::vector<std::string>{"x"}));
}

TEST_P(QueueConformance, KeepsTheNumberOfPartitionsOfATopic) {
    open_topic("t", 3);
    open_topic("t", 5);
    EXPECT_EQ(queue_->partitions("t").value(), 3);
    restart();
    open_topic("t", 7);
    EXPECT_EQ(queue_->partitions("t").value(), 3);
}

TEST_P(QueueConformance, ForgetsAGroup) {
    open_topic();
    put(0, numbers(0, 5));
    auto c = consumer("g");
    get(*c, 5);
    c->commit(3);
    EXPECT_EQ(queue_->remove_group("t", "g").error().code, ErrorCode::conflict);
    c.reset();
    const Result<> removed = queue_->remove_group("t", "g");
    ASSERT_TRUE(removed.has_value()) << removed.error().message;
    EXPECT_EQ(queue_->remove_group("t", "g").error().code, ErrorCode::not_found);
    c = consumer("g");
    EXPECT_EQ(c->committed(), 0);
    EXPECT_EQ(values_of(get(*c, 5)), numbers(0, 5));
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
