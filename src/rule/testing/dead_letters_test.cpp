// Records that are no messages.
#include <gtest/gtest.h>

#include "queue/dead_letter.h"
#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

constexpr const char* poison = "\xff\xff poison";

std::vector<queue::DeadLetter> letters(const Fixture& house) {
    std::vector<queue::DeadLetter> all;
    const std::string topic =
        std::string(core::main_topic) + std::string(queue::DeadLetters::suffix);
    for (const std::string& each : house.queue.records_of(topic))
        all.push_back(queue::decode_dead_letter(as_bytes(each)).value());
    return all;
}

TEST(RuleDeadLetters, KeepWhatIsNoMessage) {
    Fixture house(2);
    house.send(house.message(model::msg_type::post_telemetry, R"({"a":1})"), 1);
    house.queue.append(1, poison);
    house.queue.append(1, "");
    house.send(house.message(model::msg_type::post_telemetry, R"({"a":2})"), 1);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 2u);
    const std::vector<queue::DeadLetter> kept = letters(house);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].topic, core::main_topic);
    EXPECT_EQ(kept[0].partition, 1);
    EXPECT_EQ(kept[0].offset, 1);
    EXPECT_EQ(kept[0].value, poison);
    EXPECT_FALSE(kept[0].reason.empty());
    EXPECT_EQ(kept[1].offset, 2);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_records_undecodable_total"), 2);
    EXPECT_TRUE(house.log.lines->wait_for(
        "queue.dead_letter topic=tb_rule_engine.main partition=1 offset=1"));
}

TEST(RuleDeadLetters, HoldThePartitionUntilTheirTopicCanBeOpened) {
    Fixture house;
    house.queue.fail_others(ErrorCode::unavailable);
    house.start();
    house.queue.append(0, poison);
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.log.lines->wait_for("rule.dead_letters.not_kept"));
    EXPECT_EQ(house.queue.committed(), 0);
    house.queue.fail_others(std::nullopt);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(letters(house).size(), 1u);
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleDeadLetters, HoldThePartitionUntilTheyAreKept) {
    Fixture house;
    house.start();
    house.queue.append(0, poison);  // the topic is open from now on
    ASSERT_TRUE(house.all_committed());
    house.queue.fail_others(ErrorCode::unavailable);
    house.queue.append(0, poison);
    ASSERT_TRUE(house.log.lines->wait_for("rule.dead_letters.not_kept"));
    EXPECT_EQ(house.queue.committed(), 1);
    house.queue.fill_others(true);
    house.queue.fail_others(std::nullopt);
    EXPECT_EQ(house.queue.committed(), 1);
    house.queue.fill_others(false);
    ASSERT_TRUE(house.all_committed());
    ASSERT_EQ(letters(house).size(), 2u);
    EXPECT_EQ(letters(house)[1].offset, 1);
}

TEST(RuleDeadLetters, AreWrittenByTheNextOwnerIfTheEngineStops) {
    Fixture house;
    house.queue.fail_others(ErrorCode::unavailable);
    house.send_telemetry(R"({"a":1})");
    house.queue.append(0, poison);
    house.start();
    ASSERT_TRUE(house.log.lines->wait_for("rule.dead_letters.not_kept"));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
    EXPECT_TRUE(letters(house).empty());
    house.queue.fail_others(std::nullopt);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(letters(house).size(), 1u);
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleDeadLetters, AreSpokenOfInTheLogIfTheyAreTooLarge) {
    Fixture house;
    house.start();
    house.queue.append(0, poison);
    ASSERT_TRUE(house.all_committed());
    house.queue.fail_others(ErrorCode::too_large);
    house.queue.append(0, poison);
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for(
        "rule.record.too_large_to_keep topic=tb_rule_engine.main partition=0 offset=1"));
    EXPECT_EQ(letters(house).size(), 1u);
}

}  // namespace
}  // namespace thingstead::rule::testing
