// Part of queue/conformance.h: producers wait for the slowest group, where the driver knows it.
#pragma once
#include <optional>
#include <string>

#include "queue/conformance/fixture.h"

namespace thingstead::queue {

/// As a producer does: who is refused waits until it hears of room, and tries again. There may be
/// room for less than that.
inline std::optional<Producer::Ticket> append_when_there_is_room(Producer& producer, Ear& ear,
                                                                 const std::string& value) {
    for (int rooms = ear.rooms();; rooms = ear.rooms()) {
        if (const auto ticket = producer.append(0, {}, as_bytes(value))) return ticket;
        if (!ear.wait_for_room(rooms)) return std::nullopt;
    }
}

TEST_P(QueueConformance, HoldsProducersBackWhenAGroupLags) {
    if (!storage_->holds_back()) GTEST_SKIP() << "the driver does not wait for groups";
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

    get(*c, taken);
    c->commit(static_cast<Offset>(taken));
    const auto next = append_when_there_is_room(**producer, ear, value);
    EXPECT_EQ(next, taken + 1);  // what was refused took no ticket
    ASSERT_TRUE(ear.wait_for(taken + 1));
}

TEST_P(QueueConformance, GivesRoomWhenALaggingGroupIsForgotten) {
    if (!storage_->holds_back()) GTEST_SKIP() << "the driver does not wait for groups";
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
    c.reset();
    ASSERT_TRUE(queue_->remove_group("t", "g").has_value());
    EXPECT_TRUE(append_when_there_is_room(**producer, ear, value));
    EXPECT_EQ(queue_->remove_group("t", "g").error().code, ErrorCode::not_found);
}

}  // namespace thingstead::queue
