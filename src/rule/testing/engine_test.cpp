// The engine as a whole: what is saved, committed, retried and replayed.
#include <gtest/gtest.h>

#include <chrono>

#include "rule/testing/fixture.h"
#include "rule/testing/nodes.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;

/// Fails every message; and one that saves what it is sent.
constexpr std::string_view failing_chain =
    R"({"firstNodeIndex":0,"connections":[],
        "nodes":[{"type":"test.Fail","name":"f","configuration":{"text":"no luck"}}]})";

/// Saves attributes: its write waits while the fake store is held.
std::string attributes_payload(int number) { return "{\"a\":" + std::to_string(number) + "}"; }

TEST(RuleEngine, SavesTelemetryThroughTheDefaultRootChain) {
    Fixture house;
    house.start();
    house.send_telemetry(R"({"temperature":21.5,"on":true})");
    ASSERT_TRUE(house.all_committed());
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 2u);
    EXPECT_EQ(points[0].value, (model::KeyValue{"temperature", 21.5}));
    EXPECT_EQ(points[0].entity, model::EntityId(house.device));
    EXPECT_EQ(points[0].ts, house.clock.now_ms());
    EXPECT_EQ(points[0].offset, 0);
    EXPECT_EQ(points[1].value, (model::KeyValue{"on", true}));
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
}

TEST(RuleEngine, RunsEachPartition) {
    Fixture house(3);
    for (queue::PartitionIndex i = 0; i < 3; ++i)
        house.send(house.message(model::msg_type::post_telemetry, R"({"a":1})"), i);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 3u);
}

TEST(RuleEngine, SkipsARecordThatIsNoMessage) {
    Fixture house;
    house.start();
    house.send_telemetry(R"({"a":1})");
    house.queue.append(0, "\xff\xff poison");
    house.send_telemetry(R"({"a":2})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 2u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_records_undecodable_total"), 1);
    EXPECT_TRUE(house.log.lines->wait_for("offset=1"));
}

TEST(RuleEngine, CommitsOnlyWhatTheStoreHasInACheckpoint) {
    Fixture house;
    house.timeseries.checkpoint_at_once(false);
    house.start();
    for (int i = 0; i < 3; ++i) house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 3; }));
    EXPECT_EQ(house.queue.committed(), 0);
    house.timeseries.checkpoint(0, 2);
    house.send_telemetry(R"({"a":1})");  // a reason to look
    ASSERT_TRUE(house.board.wait([&] { return house.queue.committed() == 2; }));
}

TEST(RuleEngine, BeginsWhereTheStoreEnds) {
    Fixture house;
    house.timeseries.checkpoint_at_once(false);
    house.start();
    for (int i = 0; i < 4; ++i) house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.processed_up_to() == 4; }));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
    // The store's last checkpoint was written after the engine's last commit.
    house.timeseries.checkpoint(0, 3);
    house.timeseries.checkpoint_at_once(true);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.sought(), 3);
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 5u);
    EXPECT_EQ(points.back().offset, 3);
}

TEST(RuleEngine, ReplaysNothingThatIsCommitted) {
    Fixture house;
    house.start();
    for (int i = 0; i < 5; ++i) house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    house.restart();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 6u);
}

TEST(RuleEngine, WaitsForAStoreThatIsFullHoweverLong) {
    Fixture house;
    house.settings.pack_timeout = 100ms;  // Time enough to come to the store, under any load.
    house.timeseries.fill_up(true);
    house.start();
    for (int i = 0; i < 3; ++i) house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_storage_waits_total") >= 3; }));
    EXPECT_EQ(house.queue.committed(), 0);
    house.timeseries.fill_up(false);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 3u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_timed_out_total"), 0);
}

TEST(RuleEngine, StopsWhileTheStoreIsFullAndReplaysAfterwards) {
    Fixture house;
    house.settings.pack_timeout = 5ms;
    house.timeseries.fill_up(true);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.refused() != 0; }));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
    EXPECT_EQ(house.timeseries.processed_up_to(), -1);
    house.timeseries.fill_up(false);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleEngine, LetsSlowMessagesRunOnButHoldsTheCommitForThem) {
    Fixture house;
    house.settings.pack_timeout = 5ms;
    house.entities.hold_writes(true);
    house.start();
    house.send(house.message(model::msg_type::post_attributes, attributes_payload(1)));
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_messages_timed_out_total") == 1; }));
    EXPECT_TRUE(house.log.lines->wait_for("rule.pack.timeout"));
    EXPECT_TRUE(house.log.lines->wait_for("Save Client Attributes"));
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.size() == 1; }));
    EXPECT_EQ(house.queue.committed(), 0);
    house.entities.hold_writes(false);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.entities.attributes(house.device, model::AttributeScope::client).size(), 1u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 2);
}

TEST(RuleEngine, HoldsTheCommitForASlowMessageOnlySoLong) {
    Fixture house;
    house.settings.pack_timeout = 5ms;
    house.settings.lingering_age_max = 20ms;
    house.entities.hold_writes(true);
    house.start();
    house.send(house.message(model::msg_type::post_attributes, attributes_payload(1)));
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.entities.writes_waiting(), 1u);
    house.entities.hold_writes(false);
    EXPECT_TRUE(house.board.wait([&] {
        return house.entities.attributes(house.device, model::AttributeScope::client).size() == 1;
    }));
}

TEST(RuleEngine, TakesNothingNewWhileTooManyMessagesLinger) {
    Fixture house;
    house.settings.pack_timeout = 5ms;
    house.settings.lingering_messages_max = 1;
    house.entities.hold_writes(true);
    for (int i = 0; i < 2; ++i)
        house.send(house.message(model::msg_type::post_attributes, attributes_payload(i)));
    house.start();
    ASSERT_TRUE(house.board.wait([&] { return house.entities.writes_waiting() == 2; }));
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_messages_timed_out_total") == 2; }));
    house.send_telemetry(R"({"a":1})");
    EXPECT_EQ(house.timeseries.size(), 0u);
    house.entities.hold_writes(false);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.size(), 1u);
}

TEST(RuleEngine, SkipsFailuresByDefault) {
    Fixture house(1, test_nodes());
    house.put_chain(failing_chain);
    house.start();
    house.send(house.message("ANY", "{}"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 1);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_retried_total"), 0);
}

TEST(RuleEngine, RetriesFailuresAsOftenAsItIsTold) {
    Fixture house(1, test_nodes());
    house.settings.processing_strategy = ProcessingStrategy::retry_failed;
    house.settings.retries = 2;
    house.settings.pause_between_retries = 1ms;
    house.settings.pause_between_retries_max = 1ms;
    house.put_chain(failing_chain);
    house.send(house.message("ANY", "{}"));
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 3);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_retried_total"), 2);
}

TEST(RuleEngine, RetriesTheNodeItselfBehindWhichAMessageFailed) {
    Fixture house(1, test_nodes());
    house.settings.processing_strategy = ProcessingStrategy::retry_failed;
    house.settings.retries = 1;
    house.settings.pause_between_retries = 1ms;
    const model::RuleNodeId node = model::RuleNodeId::make();
    house.put_chain(R"({"firstNodeIndex":0,"connections":[],
        "nodes":[{"id":{"entityType":"RULE_NODE","id":")" +
                    node.to_string() + R"("},"type":"test.Save","name":"s"}]})");
    model::QueuedMsg sent = house.message("ANY", "{}");
    sent.msg.rule_chain = house.root.id;
    sent.msg.rule_node = node;
    sent.relations = {"Failure"};
    sent.failure = "no luck";
    house.send(sent);
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleEngine, StopsDuringThePauseBetweenRetriesAndReplays) {
    Fixture house(1, test_nodes());
    house.settings.processing_strategy = ProcessingStrategy::retry_failed;
    house.settings.pause_between_retries = std::chrono::hours(1);
    house.put_chain(failing_chain);
    house.send(house.message("ANY", "{}"));
    house.start();
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_messages_retried_total") == 1; }));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
}

TEST(RuleEngine, DropsWhatTimedOutBeforeItIsRetried) {
    Fixture house;
    house.settings.processing_strategy = ProcessingStrategy::retry_timed_out;
    house.settings.pack_timeout = 5ms;
    house.settings.retries = 2;
    house.settings.pause_between_retries = 1ms;
    house.settings.pause_between_retries_max = 1ms;
    house.entities.hold_writes(true);
    house.send(house.message(model::msg_type::post_attributes, attributes_payload(1)));
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_timed_out_total"), 3);
    house.entities.hold_writes(false);
    ASSERT_TRUE(house.board.wait([&] { return house.entities.writes_waiting() == 0; }));
    house.engine.reset();
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 0);
}

TEST(RuleEngine, RunsOneMessageOfAnOriginatorAfterTheOther) {
    Fixture house;
    house.settings.submit_strategy = SubmitStrategy::sequential_by_originator;
    house.entities.hold_writes(true);
    for (int i = 0; i < 3; ++i)
        house.send(house.message(model::msg_type::post_attributes, attributes_payload(i)));
    model::QueuedMsg other = house.message(model::msg_type::post_attributes, "{\"b\":1}");
    other.msg.originator = model::DeviceId::make();
    house.send(other);
    house.start();
    ASSERT_TRUE(house.board.wait([&] { return house.entities.writes_waiting() == 2; }));
    house.entities.hold_writes(false);
    ASSERT_TRUE(house.all_committed());
    const auto saved = house.entities.attributes(house.device, model::AttributeScope::client);
    ASSERT_EQ(saved.size(), 1u);
    EXPECT_EQ(model::to_text(saved[0].value), "2");
}

TEST(RuleEngine, RunsChangedChainsFromTheNextPollOn) {
    Fixture house(1, test_nodes());
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    house.put_chain(failing_chain);
    house.send_telemetry(R"({"a":2})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 1u);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 1);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_chains_loaded_total"), 2);
}

TEST(RuleEngine, KeepsWhatANodeRemembersWhenItsChainChangesElsewhere) {
    Fixture house;
    const auto chain = [](std::string_view name) {
        return R"({"firstNodeIndex":0,"connections":[],"nodes":[
            {"type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode","name":"save",
             "configurationVersion":1,"configuration":{"processingSettings":
                 {"type":"DEDUPLICATE","deduplicationIntervalSecs":86400}}},
            {"type":"org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode","name":")" +
               std::string(name) + R"("}]})";
    };
    house.put_chain(chain("before"));
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    house.put_chain(chain("after"));
    house.send_telemetry(R"({"a":2})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_chains_loaded_total"), 2);
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleEngine, ForgetsTheChainsUsedLeast) {
    Fixture house;
    house.settings.tenants_max = 1;
    house.start();
    for (int i = 0; i < 2; ++i) {
        house.send_telemetry(R"({"a":1})");
        ASSERT_TRUE(house.all_committed());
        model::QueuedMsg stranger = house.message(model::msg_type::post_telemetry, "{}");
        stranger.tenant = model::TenantId::make();
        house.send(stranger);
        ASSERT_TRUE(house.all_committed());
    }
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_chains_loaded_total"), 4);
}

TEST(RuleEngine, WaitsWhileChainsCannotBeLoaded) {
    Fixture house;
    house.entities.fail_reads(ErrorCode::unavailable);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.log.lines->wait_for("rule.chains.not_loaded"));
    EXPECT_EQ(house.queue.committed(), 0);
    house.entities.fail_reads(std::nullopt);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleEngine, FailsTheMessagesOfATenantWhoseChainsAreDamaged) {
    Fixture house;
    house.entities.fail_reads(ErrorCode::internal);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("Rule Chain is not active!  Failed to initialize."));
}

TEST(RuleEngine, StopsWhileChainsCannotBeLoaded) {
    Fixture house;
    house.entities.fail_reads(ErrorCode::unavailable);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.log.lines->wait_for("rule.chains.not_loaded"));
    house.engine.reset();
    EXPECT_EQ(house.queue.committed(), 0);
}

TEST(RuleEngine, GoesOnWhenTheQueueWorksAgain) {
    Fixture house;
    house.queue.break_down(true);
    house.start();
    ASSERT_TRUE(house.log.lines->wait_for("rule.queue.poll_failed"));
    house.queue.break_down(false);
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

TEST(RuleEngine, BeginsAtTheCommitWhenTheQueueIsShorterThanTheStore) {
    Fixture house;
    house.timeseries.checkpoint(0, 100);
    house.send_telemetry(R"({"a":1})");
    house.start();
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("rule.queue.shorter_than_store"));
    EXPECT_EQ(house.timeseries.points().size(), 1u);
}

}  // namespace
}  // namespace thingstead::rule::testing
