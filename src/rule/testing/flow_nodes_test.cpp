// Nodes that steer a message: acknowledge, checkpoint, synchronization, deduplication, delay,
// count.
#include <gtest/gtest.h>

#include "rule/message_body.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing::flow_nodes {
namespace {

using namespace std::chrono_literals;

const char* const deduplication = "deduplication.TbMsgDeduplicationNode";
const char* const delay = "delay.TbMsgDelayNode";

model::Msg with_ts(const NodeBench& bench, std::string_view data, EpochMs ts) {
    model::Metadata metadata;
    metadata.put("ts", std::to_string(ts));
    return bench.message(data, metadata);
}

TEST(AcknowledgeNode, AcknowledgesAndGoesOn) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("flow.TbAckNode"));
    const NodeAnswer answer = bench.send("{}");
    EXPECT_EQ(answer.way(), "Success");
    EXPECT_TRUE(answer.acknowledged);
}

TEST(SynchronizationNodes, PassOn) {
    for (const char* type :
         {"transaction.TbSynchronizationBeginNode", "transaction.TbSynchronizationEndNode"}) {
        SCOPED_TRACE(type);
        NodeBench bench;
        ASSERT_TRUE(bench.make(type));
        const NodeAnswer answer = bench.send("{}");
        EXPECT_EQ(answer.way(), "Success");
        EXPECT_FALSE(answer.acknowledged);
    }
}

TEST(CheckpointNode, PutsTheMessageIntoItsQueue) {
    for (const char* queue : {"", "Main", "one that nobody runs"}) {
        SCOPED_TRACE(queue);
        NodeBench bench;
        bench.queue_name = queue;
        ASSERT_TRUE(bench.make("flow.TbCheckpointNode"));
        const model::Msg sent = bench.message(R"({"a":1})", metadata_of({
                                                                {"k", "v"}
        }));
        const NodeAnswer answer = bench.send(sent);
        EXPECT_EQ(answer.way(), "consumed");
        ASSERT_EQ(answer.queued.size(), 1u);
        const model::QueuedMsg& next = answer.queued.front();
        EXPECT_EQ(next.relations, std::vector<std::string>{"Success"});
        EXPECT_EQ(next.msg.rule_node, bench.info().rule_node);
        EXPECT_EQ(next.msg.rule_chain, bench.info().rule_chain);
        EXPECT_EQ(next.msg.data, sent.data);
        EXPECT_EQ(next.msg.metadata, sent.metadata);
        EXPECT_NE(next.msg.id, sent.id);
    }
}

TEST(CheckpointNode, GivesUpTheQueueInItsConfiguration) {
    EXPECT_EQ(upgraded("flow.TbCheckpointNode", 0, R"({"queueName":"Main"})"), "{}");
    EXPECT_EQ(upgraded(deduplication, 0, R"({"queueName":"Main","interval":5})"),
              R"({"interval":5})");
}

struct Chosen {
    const char* strategy;
    const char* data;
};
const Chosen chosen[] = {
    {"FIRST", R"({"n":2})"}, // the smallest time; the first of equal ones
    {"LAST",  R"({"n":1})"},
};

TEST(DeduplicationNode, ChoosesByTime) {
    for (const Chosen& row : chosen) {
        SCOPED_TRACE(row.strategy);
        NodeBench bench;
        ASSERT_TRUE(bench.make(
            deduplication, R"({"interval":10,"strategy":")" + std::string(row.strategy) + R"("})"));
        const EpochMs now = bench.house.clock.now_ms();
        EXPECT_EQ(bench.send(with_ts(bench, R"({"n":1})", now + 5)).way(), "consumed");
        EXPECT_EQ(bench.send(with_ts(bench, R"({"n":2})", now + 1)).way(), "consumed");
        EXPECT_EQ(bench.send(with_ts(bench, R"({"n":3})", now + 1)).way(), "consumed");
        EXPECT_TRUE(bench.turn(10s).empty());
        EXPECT_EQ(bench.held.size(), 3u);
        const std::vector<model::QueuedMsg> told = bench.turn(1s);
        ASSERT_EQ(told.size(), 1u);
        EXPECT_EQ(told[0].msg.data, row.data);
        EXPECT_EQ(told[0].relations, std::vector<std::string>{"Success"});
        EXPECT_EQ(bench.held.size(), 0u);
        EXPECT_TRUE(bench.turn(60s).empty());
    }
}

TEST(DeduplicationNode, PutsAllIntoOne) {
    NodeBench bench;
    ASSERT_TRUE(
        bench.make(deduplication, R"({"interval":10,"strategy":"ALL","outMsgType":"MANY"})"));
    const EpochMs now = bench.house.clock.now_ms();
    bench.send(R"({"n":1})", metadata_of({
                                 {"ts", std::to_string(now)},
                                 {"k",  "v"                }
    }));
    bench.send(with_ts(bench, "no json", now));
    const std::vector<model::QueuedMsg> told = bench.turn(11s);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].msg.type, "MANY");
    EXPECT_EQ(told[0].msg.originator, model::EntityId(bench.house.device));
    EXPECT_EQ(told[0].msg.metadata.get("ts"), std::to_string(now + 11'000));
    EXPECT_EQ(told[0].msg.metadata.size(), 1u);
    const std::string ts = std::to_string(now);
    EXPECT_EQ(told[0].msg.data, R"([{"msg":{"n":1},"metadata":{"ts":")" + ts +
                                    R"(","k":"v"}},{"msg":"no json","metadata":{"ts":")" + ts +
                                    R"("}}])");
}

TEST(DeduplicationNode, MakesOnePerInterval) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(deduplication, R"({"interval":10,"strategy":"FIRST"})"));
    const EpochMs now = bench.house.clock.now_ms();
    bench.send(with_ts(bench, "1", now - 30'000));
    bench.send(with_ts(bench, "2", now - 20'000));
    bench.send(with_ts(bench, "3", now + 5'000));
    std::vector<model::QueuedMsg> told = bench.turn(11s);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].msg.data, "1");
    EXPECT_EQ(told[1].msg.data, "2");
    EXPECT_EQ(bench.held.size(), 1u) << "its interval is not over";
    told = bench.turn(11s);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].msg.data, "3");
}

TEST(DeduplicationNode, KeepsOriginatorsApart) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(deduplication, R"({"interval":10})"));
    bench.send("1");
    model::Msg other = bench.message("2");
    other.originator = model::DeviceId::make();
    bench.send(other);
    EXPECT_EQ(bench.turn(11s).size(), 2u);
}

TEST(DeduplicationNode, HoldsSoManyMessages) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(deduplication, R"({"interval":10,"maxPendingMsgs":1})"));
    EXPECT_EQ(bench.send("1").way(), "consumed");
    NodeAnswer answer = bench.send("2");
    EXPECT_EQ(answer.way(), "Failure");
    EXPECT_EQ(answer.error, "[" + bench.house.tenant.to_string() +
                                "] Max limit of pending messages reached for deduplication id: [" +
                                bench.house.device.to_string() + "]");
    for (int i = 0; i < 2; ++i) {
        model::Msg other = bench.message("3");
        other.originator = model::DeviceId::make();
        EXPECT_EQ(bench.send(other).way(), "consumed");
    }
    model::Msg other = bench.message("4");
    other.originator = model::DeviceId::make();
    answer = bench.send(other);
    EXPECT_EQ(answer.way(), "Failure");
    EXPECT_EQ(answer.error, "Too many messages are held by rule nodes of this server!");
}

TEST(DeduplicationNode, RefusesWhatItCannotDo) {
    NodeBench bench;
    EXPECT_EQ(bench.make(deduplication, R"({"strategy":"ALL"})").error().message,
              "Output message type should be specified!");
    EXPECT_FALSE(bench.make(deduplication, R"({"strategy":"BEST"})"));
    EXPECT_FALSE(bench.make(deduplication, R"({"interval":0})"));
}

TEST(DelayNode, HoldsForThePeriod) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(delay, R"({"periodInSeconds":5})"));
    const model::Msg sent = bench.message(R"({"a":1})");
    EXPECT_EQ(bench.send(sent).way(), "consumed");
    EXPECT_TRUE(bench.turn(4s).empty());
    const std::vector<model::QueuedMsg> told = bench.turn(1s);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].msg.data, sent.data);
    EXPECT_NE(told[0].msg.id, sent.id);
    EXPECT_EQ(told[0].relations, std::vector<std::string>{"Success"});
    EXPECT_EQ(bench.held.size(), 0u);
}

TEST(DelayNode, TakesThePeriodFromThePattern) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(delay, R"({"useMetadataPeriodInSecondsPatterns":true,
                                      "periodInSecondsPattern":"${wait}"})"));
    EXPECT_EQ(bench
                  .send("{}", metadata_of({
                                  {"wait", "2"}
    }))
                  .way(),
              "consumed");
    EXPECT_EQ(bench.turn(2s).size(), 1u);
    const NodeAnswer answer = bench.send("{}", metadata_of({
                                                   {"wait", "soon"}
    }));
    EXPECT_EQ(answer.way(), "Failure");
    EXPECT_EQ(answer.error, "Can't parse period in seconds from metadata using pattern: ${wait}");
}

TEST(DelayNode, HoldsSoManyMessages) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(delay, R"({"maxPendingMsgs":1})"));
    EXPECT_EQ(bench.send("{}").way(), "consumed");
    EXPECT_EQ(bench.send("{}").error, "Max limit of pending messages reached!");
    EXPECT_EQ(bench.turn(60s).size(), 1u);
    EXPECT_EQ(bench.send("{}").way(), "consumed");
}

TEST(HeldMessages, ComeBackFromANodeThatIsGone) {
    NodeBench bench;
    ASSERT_TRUE(bench.make(delay));
    bench.send(R"({"a":1})");
    EXPECT_FALSE(bench.held.any_returned());
    bench.drop_node();
    ASSERT_TRUE(bench.held.any_returned());
    EXPECT_TRUE(bench.turn(60s).empty()) << "the timer is gone with the node";
    std::vector<HeldMessages::Hold> holds = bench.held.take_returned();
    ASSERT_EQ(holds.size(), 1u);
    const model::QueuedMsg& again = HeldMessages::queued(holds[0]);
    EXPECT_EQ(again.msg.rule_node, bench.info().rule_node);
    EXPECT_TRUE(again.relations.empty()) << "it visits the node, not what is behind it";
    EXPECT_EQ(bench.held.size(), 1u);
    holds[0].finish();
    EXPECT_EQ(bench.held.size(), 0u);
}

TEST(MessageCountNode, TellsHowManyThereWere) {
    NodeBench bench;
    ASSERT_TRUE(bench.make("action.TbMsgCountNode", R"({"interval":2,"telemetryPrefix":"n"})"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bench.send("{}").way(), "consumed");
    EXPECT_TRUE(bench.turn(1s).empty());
    std::vector<model::QueuedMsg> told = bench.turn(1500ms);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].msg.type, "POST_TELEMETRY_REQUEST");
    EXPECT_EQ(told[0].msg.originator, model::EntityId(bench.house.tenant));
    EXPECT_EQ(told[0].msg.data, R"({"n_bench":3})");
    EXPECT_EQ(told[0].msg.metadata.get("delta"), "2500");
    EXPECT_EQ(told[0].relations, std::vector<std::string>{"Success"});
    told = bench.turn(2s);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].msg.data, R"({"n_bench":0})");
}

TEST(MessageCountNode, CountsWithItsTwinsInOtherWorkers) {
    SharedCounts counts;
    const auto node = model::RuleNodeId::make();
    const SharedCount::Time start{};
    const auto one = counts.of(node, start);
    EXPECT_EQ(counts.of(node, start + 1s), one);
    one->add(2);
    EXPECT_FALSE(one->take(start + 999ms, 1s));
    EXPECT_EQ(one->take(start + 1s, 1s)->count, 2);
    EXPECT_FALSE(one->take(start + 1s, 1s)) << "the twin told already";
}

}  // namespace
}  // namespace thingstead::rule::testing::flow_nodes
