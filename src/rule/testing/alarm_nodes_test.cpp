// Nodes about alarms, with a real store.
#include <gtest/gtest.h>

#include "core/device/device_rules.h"
#include "model/alarm.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::alarm_nodes {
namespace {

using model::Alarm;

const char* const create = "action.TbCreateAlarmNode";
const char* const clear = "action.TbClearAlarmNode";
const char* const filter = "filter.TbCheckAlarmStatusNode";
const char* const count = "analytics.latest.alarm.TbAlarmsCountNodeV2";

std::vector<Alarm> alarms(EntityBench& house) { return house.all<Alarm>({}); }

/// Types of the messages that a node put into the queue.
std::string told(const NodeAnswer& answer) {
    std::string types;
    for (const model::QueuedMsg& each : answer.queued)
        types += (types.empty() ? "" : " ") + each.msg.type;
    return types;
}

json::object body_of(const model::Msg& msg) { return parse_json(msg.data)->as_object(); }

TEST(CreateAlarm, CreatesThenUpdatesTheActiveOne) {
    EntityBench house;
    const auto device = house.device("d");
    const std::string script =
        "var d = metadata.prevAlarmDetails == null ? {} : JSON.parse(metadata.prevAlarmDetails);"
        "d.count = d.count == null ? 1 : d.count + 1; return d;";
    ASSERT_TRUE(house.bench->make(
        create,
        R"({"alarmType":"Hot $[room]","severity":"MAJOR","scriptLang":"TBEL","alarmDetailsBuildTbel":")" +
            script + "\"}"));
    const auto metadata = metadata_of({
        {"ts", "5000"}
    });
    const NodeAnswer first = house.bench->send(house.about(device.id, R"({"room":"A"})", metadata));
    EXPECT_EQ(first.way(), "Created") << first.error;
    EXPECT_EQ(told(first), "ENTITY_CREATED");
    EXPECT_EQ(first.msg.type, "ALARM");
    EXPECT_EQ(first.msg.metadata.get("isNewAlarm"), "true");
    EXPECT_EQ(first.queued.at(0).msg.originator, model::EntityId(device.id));
    EXPECT_NE(first.queued.at(0).msg.metadata.get("ruleNodeId"), "");
    ASSERT_EQ(alarms(house).size(), 1u);
    const Alarm made = alarms(house)[0];
    EXPECT_EQ(made.type, "Hot A");
    EXPECT_EQ(made.severity, model::AlarmSeverity::major);
    EXPECT_EQ(made.start_ts, 5000);
    EXPECT_EQ(made.end_ts, 5000);
    EXPECT_EQ(body_of(first.msg)["id"].as_object()["id"].as_string(), made.id.to_string());
    EXPECT_EQ(body_of(first.msg)["originatorName"].as_string(), "d");

    const NodeAnswer second = house.bench->send(house.about(device.id, R"({"room":"A"})"));
    EXPECT_EQ(second.way(), "Updated") << second.error;
    EXPECT_EQ(told(second), "ENTITY_UPDATED");
    EXPECT_EQ(second.msg.metadata.get("isExistingAlarm"), "true");
    ASSERT_EQ(alarms(house).size(), 1u);
    EXPECT_EQ(alarms(house)[0].id, made.id);
    EXPECT_EQ(alarms(house)[0].start_ts, 5000);
    EXPECT_GT(alarms(house)[0].end_ts, 5000);
    EXPECT_EQ(alarms(house)[0].details.as_object().at("count").to_number<int>(), 2);
}

TEST(CreateAlarm, TakesSeverityAndAlarmsFromMessages) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(
        create, R"({"scriptLang":"TBEL","dynamicSeverity":true,"severity":"$[s]"})"));
    EXPECT_EQ(house.bench->send(house.about(device.id, R"({"s":"MINOR"})")).way(), "Created");
    EXPECT_EQ(alarms(house).at(0).severity, model::AlarmSeverity::minor);
    EXPECT_EQ(house.bench->send(house.about(device.id, R"({"s":"BAD"})")).way(), "Failure");

    ASSERT_TRUE(house.bench->make(
        create,
        R"({"scriptLang":"TBEL","useMessageAlarmData":true,"overwriteAlarmDetails":false})"));
    const NodeAnswer made = house.bench->send(house.about(
        device.id,
        R"({"type":"Leak","severity":"WARNING","details":{"a":1},"startTs":7,"endTs":9})"));
    EXPECT_EQ(made.way(), "Created") << made.error;
    const Alarm leak = house
                           .all<Alarm>({
                               {"type", std::string("Leak")}
    })
                           .at(0);
    EXPECT_EQ(leak.originator, model::EntityId(device.id));
    EXPECT_EQ(leak.start_ts, 7);
    EXPECT_EQ(leak.details.as_object().at("a").to_number<int>(), 1);
    EXPECT_EQ(house.bench->send(house.about(device.id, R"({"type":"Leak"})")).way(), "Failure");
    EXPECT_EQ(house.bench->send(house.about(device.id, "[]")).way(), "Failure");
}

TEST(CreateAlarm, RefusesWhatCannotWork) {
    EntityBench house;
    EXPECT_FALSE(house.bench->make(create, R"({"scriptLang":"TBEL","severity":"BAD"})"));
    EXPECT_FALSE(
        house.bench->make(create, R"({"scriptLang":"TBEL","alarmDetailsBuildTbel":"return ("})"));
    ASSERT_TRUE(house.bench->make(
        create, R"({"scriptLang":"TBEL","alarmDetailsBuildTbel":"return msg.a.b;"})"));
    const auto device = house.device("d");
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "Failure");
    EXPECT_TRUE(alarms(house).empty());
}

TEST(CreateAlarm, StaysWithinTheTenant) {
    EntityBench house;
    ASSERT_TRUE(house.bench->make(create));
    EXPECT_EQ(house.bench->send(house.about(model::DeviceId::make())).way(), "Failure");
    EXPECT_TRUE(alarms(house).empty());
}

TEST(ClearAlarm, ClearsTheActiveOneOnce) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(clear));
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "False");
    ASSERT_TRUE(house.bench->make(create));
    ASSERT_EQ(house.bench->send(house.about(device.id)).way(), "Created");
    ASSERT_TRUE(house.bench->make(clear));
    const NodeAnswer cleared = house.bench->send(house.about(device.id));
    EXPECT_EQ(cleared.way(), "Cleared") << cleared.error;
    EXPECT_EQ(told(cleared), "ALARM_CLEAR");
    EXPECT_EQ(cleared.msg.metadata.get("isClearedAlarm"), "true");
    EXPECT_EQ(body_of(cleared.msg)["status"].as_string(), "CLEARED_UNACK");
    EXPECT_EQ(house.bench->send(house.about(device.id)).way(), "False");
    // The originator may be the alarm itself.
    ASSERT_TRUE(house.bench->make(create));
    ASSERT_EQ(house.bench->send(house.about(device.id)).way(), "Created");
    const auto active = house.all<Alarm>({
        {"cleared", false}
    });
    ASSERT_TRUE(house.bench->make(clear));
    EXPECT_EQ(house.bench->send(house.about(active.at(0).id)).way(), "Cleared");
    EXPECT_EQ(house.bench->send(house.about(active.at(0).id)).way(), "False");
    EXPECT_EQ(house.bench->send(house.about(device.id, "no json")).way(), "Failure");
}

TEST(AlarmStatusFilter, AsksTheStore) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(create));
    const NodeAnswer made = house.bench->send(house.about(device.id));
    ASSERT_EQ(made.way(), "Created");
    ASSERT_TRUE(house.bench->make(filter));
    EXPECT_EQ(house.bench->send(house.about(device.id, made.msg.data)).way(), "True");
    ASSERT_TRUE(house.bench->make(clear));
    ASSERT_EQ(house.bench->send(house.about(device.id)).way(), "Cleared");
    ASSERT_TRUE(house.bench->make(filter));
    EXPECT_EQ(house.bench->send(house.about(device.id, made.msg.data)).way(), "False");
    ASSERT_TRUE(house.bench->make(filter, R"({"alarmStatusList":["CLEARED_UNACK"]})"));
    EXPECT_EQ(house.bench->send(house.about(device.id, made.msg.data)).way(), "True");
    const NodeAnswer gone = house.bench->send(house.about(
        device.id, R"({"id":{"entityType":"ALARM","id":"5f5e1000-1dd2-11b2-8000-0123456789ab"}})"));
    EXPECT_EQ(gone.error, "No such alarm found.");
    EXPECT_EQ(house.bench->send(house.about(device.id, "{}")).way(), "Failure");
    EXPECT_EQ(house.bench->send(house.about(device.id, "no json")).way(), "Failure");
}

TEST(AlarmsCount, TellsOfEachEntityHowMany) {
    EntityBench house;
    const auto device = house.device("d"), parent = house.device("p");
    house.relate(parent.id, device.id);
    ASSERT_TRUE(house.bench->make(create, R"({"scriptLang":"TBEL","propagate":true})"));
    NodeAnswer made = house.bench->send(house.about(device.id));
    ASSERT_EQ(made.way(), "Created");
    ASSERT_TRUE(house.bench->make(count, R"({"countAlarmsForPropagationEntities":true,
        "propagationEntityTypes":["DEVICE"],"alarmsCountMappings":[{"target":"active","statusList":["ACTIVE"]},
        {"target":"minor","severityList":["MINOR"]},{"target":"all","typesList":["General Alarm"]}]})"));
    const NodeAnswer answer = house.bench->send(made.msg);
    EXPECT_EQ(answer.way(), "consumed") << answer.error;
    ASSERT_EQ(answer.queued.size(), 2u);
    for (const model::QueuedMsg& each : answer.queued) {
        EXPECT_EQ(each.msg.type, "POST_TELEMETRY_REQUEST");
        EXPECT_EQ(each.relations, std::vector<std::string>{"Success"});
        EXPECT_EQ(body_of(each.msg)["active"].to_number<int>(), 1);
        EXPECT_EQ(body_of(each.msg)["minor"].to_number<int>(), 0);
        EXPECT_EQ(body_of(each.msg)["all"].to_number<int>(), 1);
    }
    EXPECT_EQ(answer.queued[0].msg.originator, model::EntityId(device.id));
    EXPECT_EQ(answer.queued[1].msg.originator, model::EntityId(parent.id));
    EXPECT_EQ(house.bench->send(house.about(device.id, made.msg.data)).way(), "Failure");
    EXPECT_FALSE(house.bench->make(count, R"({"alarmsCountMappings":[{"statusList":["BAD"]}]})"));
}

TEST(ChangeOriginator, TakesThatOfAnAlarm) {
    EntityBench house;
    const auto device = house.device("d");
    ASSERT_TRUE(house.bench->make(create));
    ASSERT_EQ(house.bench->send(house.about(device.id)).way(), "Created");
    ASSERT_TRUE(house.bench->make("transform.TbChangeOriginatorNode",
                                  R"({"originatorSource":"ALARM_ORIGINATOR"})"));
    const NodeAnswer answer = house.bench->send(house.about(alarms(house).at(0).id));
    EXPECT_EQ(answer.way(), "Success") << answer.error;
    EXPECT_EQ(answer.msg.originator, model::EntityId(device.id));
    EXPECT_EQ(house.bench->send(house.about(model::AlarmId::make())).way(), "Failure");
}

}  // namespace
}  // namespace thingstead::rule::testing::alarm_nodes
