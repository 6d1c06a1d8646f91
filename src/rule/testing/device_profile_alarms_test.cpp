// The node "device profile", with a real store of profiles and alarms.
#include <gtest/gtest.h>

#include "core/device/device_rules.h"
#include "model/alarm.h"
#include "model/field_state.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::device_profile_alarms {
namespace {

using model::Alarm;

const char* const type = "profile.TbDeviceProfileNode";

std::string filter_of(std::string_view operation, std::string_view value) {
    return R"({"key":{"type":"TIME_SERIES","key":"t"},"valueType":"NUMERIC","predicate":{
        "type":"NUMERIC","operation":")" +
           std::string(operation) + R"(","value":)" + std::string(value) + "}}";
}

std::string profile_rule(const std::string& filter, std::string_view spec = R"({"type":"SIMPLE"})",
                         std::string_view more = "") {
    return R"({"condition":{"condition":[)" + filter + R"(],"spec":)" + std::string(spec) + "}" +
           std::string(more) + "}";
}

std::string over(std::string_view value) { return filter_of("GREATER", value); }

struct ProfileHouse : EntityBench {
    ProfileHouse() {
        subject = device("d");
        begin();
        TS_ASSERT(bench->make(type, R"({"persistAlarmRulesState":true})").has_value());
    }

    ~ProfileHouse() { bench->services().calculated = nullptr; }

    /// As a worker that begins, before it makes its nodes: nothing is in memory.
    void begin() {
        bench->drop_node();
        bench->forget_states();
        fields.emplace(bench->services());
        fields->remember_in(&*bench->states);
        bench->services().calculated = &*fields;
    }

    void put_alarm(const std::string& create, const std::string& clear = "null") {
        write<int>([&](store::Transaction& transaction) -> Result<int> {
            auto profile = get<model::DeviceProfile>(subject.device_profile_id.uuid, transaction);
            profile.version = profile.version.value_or(0) + 1;
            profile.profile_data.as_object()["alarms"] =
                *parse_json(R"([{"id":"a","alarmType":"Hot","createRules":)" + create +
                            R"(,"clearRule":)" + clear + "}]");
            const Result<> written = transaction.update(profile);
            return written ? Result<int>(0) : written.error();
        });
    }
    template <class T>
    static T get(const Uuid& id, store::Transaction& transaction) {
        return **transaction.find<T>({
            {"id", id}
        });
    }

    /// Where the messages of alarms go that a value leads to.
    std::string send(std::string_view data, EpochMs ts = 0) {
        bench->house.clock.advance(std::chrono::seconds(1));
        model::Metadata metadata = metadata_of({
            {"ts", std::to_string(ts == 0 ? bench->house.clock.now_ms() : ts)}
        });
        answer = bench->send(about(subject.id, data, metadata));
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        return ways(answer.queued);
    }
    static std::string ways(const std::vector<model::QueuedMsg>& messages) {
        std::string ways;
        for (const model::QueuedMsg& each : messages) {
            EXPECT_EQ(each.msg.type, "ALARM");
            ways += (ways.empty() ? "" : " ") + each.relations.at(0);
        }
        return ways;
    }

    model::Device subject;
    std::optional<CalculatedFields> fields;
    NodeAnswer answer;
};

TEST(DeviceProfileNode, RaisesWorsensAndClearsAnAlarm) {
    ProfileHouse house;
    house.put_alarm(R"({"WARNING":)" +
                        profile_rule(over(R"({"defaultValue":20})"), R"({"type":"SIMPLE"})",
                                     R"(,"alarmDetails":"${t} is hot")") +
                        R"(,"CRITICAL":)" + profile_rule(over(R"({"defaultValue":40})")) + "}",
                    profile_rule(filter_of("LESS", R"({"defaultValue":10})")));
    EXPECT_EQ(house.send(R"({"t":20})"), "");
    EXPECT_EQ(house.send(R"({"t":21})"), "Alarm Created");
    const model::Msg created = house.answer.queued[0].msg;
    EXPECT_EQ(created.metadata.get("isNewAlarm"), "true");
    EXPECT_NE(created.metadata.get("ts"), "") << "metadata of the message is kept";
    const Alarm made = house.all<Alarm>({}).at(0);
    EXPECT_EQ(json::serialize(made.details), R"({"data":"21 is hot"})");
    EXPECT_EQ(house.send(R"({"other":1})"), "") << "nothing that concerns the rules changed";
    EXPECT_EQ(house.send(R"({"t":22})"), "Alarm Updated");
    EXPECT_EQ(house.send(R"({"t":41})"), "Alarm Severity Updated");
    EXPECT_EQ(house.send(R"({"t":22})"), "");
    EXPECT_EQ(house.send(R"({"t":9})"), "Alarm Cleared");
    EXPECT_TRUE(house.all<Alarm>({}).at(0).cleared);
}

TEST(DeviceProfileNode, CountsEventsOverARestart) {
    ProfileHouse house;
    house.put_alarm(R"({"MAJOR":)" +
                    profile_rule(over(R"({"defaultValue":20})"),
                                 R"({"type":"REPEATING","predicate":{"defaultValue":3}})") +
                    "}");
    EXPECT_EQ(house.send(R"([{"ts":5,"values":{"t":21}},{"ts":6,"values":{"t":21}}])"), "");
    house.begin();
    ASSERT_TRUE(house.bench->make(type, R"({"persistAlarmRulesState":true})"));
    EXPECT_EQ(house.send(R"({"t":21})"), "Alarm Created");
    EXPECT_EQ(house.all<model::FieldState>({}).size(), 1u);
    EXPECT_EQ(house.answer.queued[0].msg.metadata.get("alarmConditionRepeats"), "3");
}

TEST(DeviceProfileNode, LooksAtTimeEveryMinute) {
    ProfileHouse house;
    house.put_alarm(
        R"({"MAJOR":)" +
        profile_rule(over(R"({"defaultValue":20})"),
                     R"({"type":"DURATION","unit":"SECONDS","predicate":{"defaultValue":50}})") +
        "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(ProfileHouse::ways(house.bench->turn_and_wait(std::chrono::minutes(1))),
              "Alarm Created");
}

TEST(DeviceProfileNode, LooksAtTimeOverARestartIfAsked) {
    for (const char* const looks : {"false", "true"}) {
        ProfileHouse house;
        house.put_alarm(
            R"({"MAJOR":)" +
            profile_rule(
                over(R"({"defaultValue":20})"),
                R"({"type":"DURATION","unit":"SECONDS","predicate":{"defaultValue":50}})") +
            "}");
        EXPECT_EQ(house.send(R"({"t":21})"), "");
        const model::KeyValue value{"t", std::int64_t{21}};
        const EpochMs now = house.bench->house.clock.now_ms();
        house.bench->house.timeseries.write(
            {
                house.subject.id, now, {&value, 1}
        },
            std::nullopt);
        house.begin();
        ASSERT_TRUE(house.bench->make(
            type, R"({"persistAlarmRulesState":true,"fetchAlarmRulesStateOnStart":)" +
                      std::string(looks) + "}"));
        EXPECT_EQ(ProfileHouse::ways(house.bench->turn_and_wait(std::chrono::minutes(1))),
                  looks == std::string("true") ? "Alarm Created" : "");
    }
}

TEST(DeviceProfileNode, ComparesWithAttributesOfDeviceCustomerAndTenant) {
    ProfileHouse house;
    house.put_alarm(R"({"MAJOR":)" + profile_rule(over(R"({"defaultValue":90,"dynamicValue":{
        "sourceType":"CURRENT_DEVICE","sourceAttribute":"max","inherit":true}})")) +
                    "}");
    EXPECT_EQ(house.send(R"({"t":50})"), "") << "the default";
    const auto set = [&](model::EntityId entity, std::int64_t max) {
        core::Attributes::RuleSave save;
        save.entity = entity;
        save.values.push_back({"max", max});
        std::vector<core::Attributes::RuleSave> saves{std::move(save)};
        ASSERT_TRUE(
            house.bench->run(house.bench->services().attributes.save_many(std::move(saves))));
    };
    set(house.bench->house.tenant, 60);
    EXPECT_EQ(house.send(R"({"t":59})"), "");
    EXPECT_EQ(house.send(R"({"t":61})"), "Alarm Created");
}

TEST(DeviceProfileNode, PassesWhatItCannotRead) {
    ProfileHouse house;
    house.put_alarm(R"({"MAJOR":{"condition":{"condition":[{}]}}})");
    EXPECT_EQ(house.send(R"({"t":50})"), "");
    EXPECT_TRUE(house.bench->house.log.lines->wait_for("a filter should have a key"));
    house.put_alarm(R"({"MAJOR":)" + profile_rule(over(R"({"defaultValue":20})")) + "}");
    EXPECT_EQ(house.bench->send(house.about(house.subject.id, "[1]")).way(), "Failure");
    EXPECT_EQ(house.bench->send(house.about(house.bench->house.tenant, R"({"t":50})")).way(),
              "Success");
    EXPECT_TRUE(house.all<Alarm>({}).empty());
}

}  // namespace
}  // namespace thingstead::rule::testing::device_profile_alarms
