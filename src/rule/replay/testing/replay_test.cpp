// Whole replays: what they report, and that nothing of them reaches the house.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/device/device_rules.h"
#include "model/alarm.h"
#include "rule/replay/testing/replay_world.h"

namespace thingstead::rule::testing::replay {
namespace {

using core::ReplayStatus;

std::int64_t count_of(const std::vector<core::ReplayCount>& counts, std::string_view name) {
    for (const core::ReplayCount& each : counts)
        if (each.name == name) return each.count;
    return 0;
}

bool has(const std::vector<std::string>& texts, std::string_view part) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& each) {
        return each.find(part) != std::string::npos;
    });
}

TEST(Replay, ReportsEffectsAndReachesNothing) {
    ReplayWorld world;
    world.send(R"({"t":25})");
    world.send(R"({"t":10})");
    world.send(R"({"t":30})");
    const std::size_t records = world.house().queue.records().size();
    const core::ReplayState state = world.run(world.request());
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    const core::ReplaySums& sums = state.report->run;
    EXPECT_EQ(sums.messages, 3);
    EXPECT_EQ(sums.failures, 0);
    EXPECT_EQ(sums.points, 2);
    EXPECT_EQ(count_of(sums.ways, world.chain.name + " / hot? -> True"), 2);
    // One of them, and what is told of the alarm twice.
    EXPECT_EQ(count_of(sums.ways, world.chain.name + " / hot? -> False"), 3);
    EXPECT_EQ(count_of(sums.alarms, "Hot CREATED ACTIVE_UNACK"), 1);
    EXPECT_EQ(count_of(sums.alarms, "Hot UPDATED ACTIVE_UNACK"), 1);
    EXPECT_EQ(sums.outside_calls, 1);
    EXPECT_EQ(count_of(sums.outside, world.chain.name + " / call"), 1);
    EXPECT_GT(sums.enqueued, 0);
    EXPECT_FALSE(state.report->against.has_value());
    EXPECT_EQ(state.messages_run, 3);

    EXPECT_EQ(world.house().timeseries.size(), 0u);
    EXPECT_TRUE(world.entities.all<model::Alarm>({}).empty());
    EXPECT_EQ(world.house().queue.records().size(), records);
    EXPECT_EQ(world.house().queue.committed(), 0);
}

TEST(Replay, AnswersTheSameTwice) {
    ReplayWorld world;
    for (int i = 0; i < 50; ++i) world.send(R"({"t":)" + std::to_string(i) + "}");
    core::ReplayRequest request = world.request();
    request.compare = true;
    request.metadata = draft_of(chain_over(30));
    const core::ReplayState first = world.run(request);
    const core::ReplayState second = world.run(request);
    ASSERT_EQ(first.status, ReplayStatus::done) << first.error;
    ASSERT_EQ(second.status, ReplayStatus::done) << second.error;
    EXPECT_EQ(*first.report, *second.report);
}

TEST(Replay, TellsWhatADraftWouldDoOtherwise) {
    ReplayWorld world;
    for (const char* each : {R"({"t":10})", R"({"t":23})", R"({"t":30})", R"({"t":24})"})
        world.send(each);
    core::ReplayRequest request = world.request();
    request.compare = true;
    request.metadata = draft_of(chain_over(25));
    const core::ReplayState state = world.run(request);
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    const core::ReplayReport& report = *state.report;
    EXPECT_EQ(report.run.points, 1);
    ASSERT_TRUE(report.against.has_value());
    EXPECT_EQ(report.against->points, 3);
    // 30 makes the alarm in one version, and updates it in the other.
    EXPECT_EQ(report.different, 3);
    EXPECT_EQ(report.different_effects, 3);
    ASSERT_EQ(report.differences.size(), 3u);
    const core::ReplayDifference& first = report.differences.front();
    EXPECT_EQ(first.data, R"({"t":23})");
    EXPECT_EQ(first.originator, "DEVICE:" + world.device.id.to_string());
    EXPECT_TRUE(has(first.run, "hot? -> False")) << first.run.size();
    EXPECT_TRUE(has(first.against, "point: DEVICE:")) << first.against.size();
    EXPECT_TRUE(has(first.against, "alarm: CREATED"));
    EXPECT_FALSE(has(first.run, "point: "));
    // The stored chain is as it was.
    EXPECT_EQ(world.entities.get<model::RuleChain>(world.chain.id.uuid).metadata,
              world.chain.metadata);
}

TEST(Replay, ShowsAsManyDifferencesAsAskedFor) {
    ReplayWorld world;
    for (int i = 0; i < 10; ++i) world.send(R"({"t":22})");
    core::ReplayRequest request = world.request();
    request.compare = true;
    request.metadata = draft_of(chain_over(25));
    request.differences_max = 2;
    const core::ReplayState state = world.run(request);
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    EXPECT_EQ(state.report->different, 10);
    EXPECT_EQ(state.report->differences.size(), 2u);
}

TEST(Replay, RunsMessagesOfADeviceOrAProfileAlone) {
    ReplayWorld world;
    const model::Device other = world.entities.device("Another");
    world.send(R"({"t":25})");
    world.send(R"({"t":26})", other.id);
    core::ReplayRequest request = world.request();
    request.device_id = other.id.uuid;
    EXPECT_EQ(world.run(request).report->run.messages, 1);
    request.device_id.reset();
    request.device_profile_id = other.device_profile_id.uuid;
    EXPECT_EQ(world.run(request).report->run.messages, 2);
    request.messages_max = 1;
    const core::ReplayState cut = world.run(request);
    EXPECT_EQ(cut.report->run.messages, 1);
    EXPECT_FALSE(cut.report->all);
}

TEST(Replay, SeesAlarmsAsTheyWereBeforeTheWindow) {
    ReplayWorld world;
    world.send(R"({"t":25})");
    model::Alarm alarm;
    alarm.id = model::AlarmId::make();
    alarm.tenant_id = world.house().tenant;
    alarm.originator = world.device.id;
    alarm.type = "Hot";
    alarm.created_time = world.begun_ms + 1;
    world.entities.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        if (Result<> made = transaction.insert(alarm); !made) return made.error();
        return true;
    });
    const core::ReplayState state = world.run(world.request());
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    EXPECT_EQ(count_of(state.report->run.alarms, "Hot CREATED ACTIVE_UNACK"), 1);
    EXPECT_EQ(world.entities.all<model::Alarm>({}).size(), 1u);
}

TEST(Replay, LetsCallsFailIfAskedTo) {
    ReplayWorld world;
    world.send(R"({"t":25})");
    core::ReplayRequest request = world.request();
    request.outside_fails = true;
    const core::ReplayState state = world.run(request);
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    EXPECT_EQ(state.report->run.failures, 1);
    EXPECT_EQ(count_of(state.report->run.ways, world.chain.name + " / call -> Failure"), 1);
}

TEST(Replay, RunsDelayedMessagesAtTheirTime) {
    ReplayWorld world;
    world.put_chain(R"({"firstNodeIndex":0,"nodes":[
      {"type":"org.thingsboard.rule.engine.delay.TbMsgDelayNode","name":"wait",
       "configuration":{"periodInSeconds":3600,"maxPendingMsgs":1000}},
      {"type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode","name":"save",
       "configurationVersion":1,"configuration":{"defaultTTL":0,"useServerTs":false,
       "processingSettings":{"type":"ON_EVERY_MESSAGE"}}}],
      "connections":[{"fromIndex":0,"toIndex":1,"type":"Success"}]})");
    world.send(R"({"t":25})");
    world.send(R"({"t":26})");
    const core::ReplayState state = world.run(world.request());
    ASSERT_EQ(state.status, ReplayStatus::done) << state.error;
    EXPECT_EQ(state.report->run.messages, 2);
    EXPECT_EQ(state.report->run.points, 2);
}

TEST(Replay, IsCancelledAndForgotten) {
    ReplayWorld world;
    for (int i = 0; i < 20'000; ++i) world.send(R"({"t":25})");
    const auto id = answer_of_task(world.replays->start(world.caller(), world.request()));
    ASSERT_TRUE(id.has_value()) << id.error().message;
    const auto second = answer_of_task(world.replays->start(world.caller(), world.request()));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::rate_limited);
    ASSERT_TRUE(world.replays->remove(world.caller(), *id));
    const core::ReplayState state = world.wait_for_end(*id);
    EXPECT_EQ(state.status, ReplayStatus::cancelled);
    EXPECT_FALSE(state.report.has_value());
    EXPECT_EQ(world.replays->list(world.caller()).size(), 1u);
    const core::Caller stranger = tenant_caller(world.entities.other_tenant);
    EXPECT_TRUE(world.replays->list(stranger).empty());
    EXPECT_EQ(world.replays->find(stranger, *id).error().code, ErrorCode::not_found);
    EXPECT_EQ(world.replays->remove(stranger, *id).error().code, ErrorCode::not_found);
    ASSERT_TRUE(world.replays->remove(world.caller(), *id));
    EXPECT_EQ(world.replays->find(world.caller(), *id).error().code, ErrorCode::not_found);
}

TEST(Replay, NamesWhatIsWrongWithARequest) {
    ReplayWorld world;
    const auto refusal = [&](auto change) {
        core::ReplayRequest request = world.request();
        change(request);
        const auto id = answer_of_task(world.replays->start(world.caller(), std::move(request)));
        return id ? std::string("started") : id.error().message;
    };
    using R = core::ReplayRequest;
    EXPECT_EQ(refusal([](R& r) { r.end_ts = r.start_ts; }), "endTs should be after startTs!");
    EXPECT_EQ(refusal([](R& r) { r.messages_max = 0; }).substr(0, 11), "messagesMax");
    EXPECT_EQ(refusal([](R& r) { r.compare = true; }),
              "metadata or compareMetadata should be specified to compare!");
    EXPECT_EQ(refusal([](R& r) { r.rule_chain_id = model::RuleChainId::make(); }).substr(0, 11),
              "ruleChainId");
    EXPECT_EQ(refusal([](R& r) { r.device_id = new_random_uuid(); }).substr(0, 8), "deviceId");
    EXPECT_EQ(refusal([](R& r) { r.device_profile_id = new_random_uuid(); }).substr(0, 15),
              "deviceProfileId");
    EXPECT_EQ(refusal([](R& r) {
                  r.metadata = draft_of(chain_over(25));
                  r.metadata->connections.push_back({0, 99, "True"});
              }).substr(0, 8),
              "metadata");
}

}  // namespace
}  // namespace thingstead::rule::testing::replay
