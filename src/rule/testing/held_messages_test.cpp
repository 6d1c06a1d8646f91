// Messages that nodes hold, and acknowledge early, in the whole engine: what is committed, what
// comes back.
#include <gtest/gtest.h>

#include <thread>

#include "rule/testing/fixture.h"
#include "rule/testing/nodes.h"

namespace thingstead::rule::testing::held_messages {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view delaying_chain =
    R"({"firstNodeIndex":0,"connections":[{"fromIndex":0,"toIndex":1,"type":"Success"}],
        "nodes":[{"type":"org.thingsboard.rule.engine.delay.TbMsgDelayNode","name":"delay",
                  "configuration":{"periodInSeconds":60}},
                 {"type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode","name":"save",
                  "configurationVersion":1,
                  "configuration":{"processingSettings":{"type":"ON_EVERY_MESSAGE"}}}]})";

double held(const Fixture& house) { return metric(house.metrics, "thingstead_rule_messages_held"); }

bool holds(Fixture& house, double messages) {
    return house.board.wait([&] { return held(house) == messages; });
}

TEST(HeldMessage, HoldsBackTheCommitUntilItGoesOn) {
    Fixture house;
    house.put_chain(delaying_chain);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(holds(house, 1));
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_messages_processed_total") == 1; }));
    std::this_thread::sleep_for(50ms);
    EXPECT_LE(house.queue.committed(), 0);
    house.clock.advance(60s);
    ASSERT_TRUE(house.all_committed());
    EXPECT_EQ(house.queue.records().size(), 2u);
    EXPECT_EQ(house.timeseries.points().size(), 1u);
    EXPECT_EQ(held(house), 0);
}

TEST(HeldMessage, GoesBackIntoTheQueueWhenThePartitionIsGivenBack) {
    Fixture house;
    house.put_chain(delaying_chain);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(holds(house, 1));
    house.engine.reset();
    ASSERT_EQ(house.queue.records().size(), 2u);
    EXPECT_EQ(house.queue.committed(), 1) << "the next owner begins behind what was held";
    EXPECT_EQ(held(house), 0);
    house.start();
    ASSERT_TRUE(holds(house, 1));
    house.clock.advance(60s);
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.points().size() == 1; }));
}

TEST(HeldMessage, VisitsTheNodeThatTookThePlaceOfItsOwn) {
    Fixture house;
    house.put_chain(delaying_chain);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(holds(house, 1));
    std::string quicker(delaying_chain);
    quicker.replace(quicker.find("60"), 2, "1");
    house.put_chain(quicker);
    house.send_telemetry(R"({"a":2})");
    ASSERT_TRUE(house.board.wait([&] { return house.queue.records().size() == 3; }));
    // The third counts as processed when it is held anew.
    ASSERT_TRUE(house.board.wait(
        [&] { return metric(house.metrics, "thingstead_rule_messages_processed_total") == 3; }));
    ASSERT_TRUE(holds(house, 2));
    house.clock.advance(1s);
    ASSERT_TRUE(house.board.wait([&] { return house.timeseries.points().size() == 2; }));
    ASSERT_TRUE(house.all_committed());
}

TEST(HeldMessage, FailsAtItsNodeOverTheLimit) {
    Fixture house;
    house.settings.held_messages_max = 1;
    house.put_chain(delaying_chain);
    house.start();
    house.send_telemetry(R"({"a":1})");
    house.send_telemetry(R"({"a":2})");
    EXPECT_TRUE(house.log.lines->wait_for("Too many messages are held"));
    EXPECT_EQ(held(house), 1);
}

/// Acknowledges, then makes two copies that fail.
constexpr std::string_view acknowledging_chain =
    R"({"firstNodeIndex":0,
        "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"},
                       {"fromIndex":0,"toIndex":2,"type":"Success"}],
        "nodes":[{"type":"org.thingsboard.rule.engine.flow.TbAckNode","name":"ack",
                  "configuration":{"version":0}},
                 {"type":"test.Fail","name":"f","configuration":{"text":"too late"}},
                 {"type":"test.Fail","name":"g","configuration":{"text":"too late"}}]})";

TEST(AcknowledgedMessage, IsProcessedWhateverBecomesOfIt) {
    Fixture house(1, test_nodes());
    house.settings.processing_strategy = ProcessingStrategy::retry_failed;
    house.put_chain(acknowledging_chain);
    house.start();
    house.send_telemetry(R"({"a":1})");
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.log.lines->wait_for("too late"));
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_failed_total"), 0);
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_retried_total"), 0);
}

/// Acknowledges, then saves attributes, which waits for the store.
constexpr std::string_view acknowledging_early =
    R"({"firstNodeIndex":0,
        "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"}],
        "nodes":[{"type":"org.thingsboard.rule.engine.flow.TbAckNode","name":"ack",
                  "configuration":{"version":0}},
                 {"type":"org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode","name":"s",
                  "configurationVersion":3,
                  "configuration":{"processingSettings":{"type":"ON_EVERY_MESSAGE"}}}]})";

TEST(AcknowledgedMessage, IsCommittedBeforeItEnds) {
    Fixture house;
    house.entities.hold_writes(true);
    house.put_chain(acknowledging_early);
    house.start();
    house.send(house.message(model::msg_type::post_attributes, R"({"a":1})"));
    ASSERT_TRUE(house.all_committed());
    EXPECT_TRUE(house.entities.attributes(house.device, model::AttributeScope::server).empty());
    house.entities.hold_writes(false);
    EXPECT_TRUE(house.board.wait([&] {
        return !house.entities.attributes(house.device, model::AttributeScope::server).empty();
    }));
}

/// Says to the log which queue it was given.
class QueueTeller final : public Node {
  public:
    QueueTeller(EmptyConfig, const NodeInfo& info, NodeServices& services) {
        services.log.info("test.queue", {
                                            {"name", info.queue_name}
        });
    }
    Step on_message(Visit&) override { return Outcome(Consumed()); }
};

Result<> without_queue(std::int32_t, json::object& configuration) {
    configuration.erase("queueName");
    return {};
}

const NodeDescriptor queue_teller{.type = "test.QueueTeller",
                                  .name = "queue teller",
                                  .summary = "Says to the log which queue it has",
                                  .configuration_version = 1,
                                  .has_queue_name = true,
                                  .default_configuration = &default_configuration<EmptyConfig>,
                                  .make = &make_node<QueueTeller, EmptyConfig>,
                                  .upgrade = &without_queue};

TEST(NodeWithAQueue, KeepsTheQueueThatItsConfigurationHadOnce) {
    Fixture house(1, {&queue_teller});
    house.put_chain(R"({"firstNodeIndex":0,"connections":[],
        "nodes":[{"type":"test.QueueTeller","name":"c","configurationVersion":0,
                  "configuration":{"queueName":"HighPriority"}}]})");
    house.start();
    house.send_telemetry(R"({"a":1})");
    EXPECT_TRUE(house.log.lines->wait_for("test.queue name=HighPriority"));
}

}  // namespace
}  // namespace thingstead::rule::testing::held_messages
