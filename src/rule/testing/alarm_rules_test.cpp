// Calculated fields of type ALARM, with a real store of alarms.
#include <gtest/gtest.h>

#include "core/device/device_rules.h"
#include "core/entity/remove.h"
#include "model/alarm.h"
#include "model/calculated_field.h"
#include "model/field_state.h"
#include "rule/calculated/calculated_fields.h"
#include "rule/testing/entity_bench.h"

namespace thingstead::rule::testing::alarm_rules {
namespace {

using model::Alarm;
using model::AlarmSeverity;

constexpr std::string_view simple = R"("type":"SIMPLE")";

std::string comparison(std::string_view operation, std::string_view value) {
    return R"({"type":"SIMPLE","filters":[{"argument":"t","valueType":"NUMERIC","predicates":[
        {"type":"NUMERIC","operation":")" +
           std::string(operation) + R"(","value":)" + std::string(value) + "}]}]}";
}

std::string rule_when(std::string_view expression, std::string_view condition = simple,
                      std::string_view more = "") {
    return R"({"condition":{)" + std::string(condition) + R"(,"expression":)" +
           std::string(expression) + "}" + std::string(more) + "}";
}

std::string over(int limit, std::string_view condition = simple, std::string_view more = "") {
    return rule_when(comparison("GREATER", R"({"staticValue":)" + std::to_string(limit) + "}"),
                     condition, more);
}

struct AlarmHouse : EntityBench {
    AlarmHouse() {
        subject = device("d");
        make_fields();
        TS_ASSERT(bench->make("telemetry.TbCalculatedFieldsNode").has_value());
    }
    ~AlarmHouse() { bench->services().calculated = nullptr; }

    /// As a worker that begins: nothing is in memory.
    void make_fields() {
        fields.reset();
        bench->forget_states();
        fields.emplace(bench->services());
        fields->remember_in(&*bench->states);
        bench->services().calculated = &*fields;
        if (!stored.empty()) fields->set_tenant(bench->house.tenant, stored, {});
    }

    void put_rules(const std::string& create, const std::string& clear = "null",
                   const std::string& more = "") {
        model::CalculatedField field;
        field.id = stored.empty() ? model::CalculatedFieldId::make() : stored[0].id;
        field.tenant_id = bench->house.tenant;
        field.entity_id = subject.id;
        field.type = model::CalculatedFieldType::alarm;
        field.name = "Hot";
        field.version = ++version;
        write<int>([&](store::Transaction& transaction) -> Result<int> {
            const Result<> written = transaction.put(field);
            return written ? Result<int>(0) : written.error();
        });
        field.configuration = *parse_json(
            R"({"type":"ALARM","propagateToTenant":true,"arguments":{
            "t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}},
            "limit":{"refEntityKey":{"key":"limit","type":"ATTRIBUTE","scope":"SERVER_SCOPE"},
                     "defaultValue":"30"}},"createRules":)" +
            create + R"(,"clearRule":)" + clear + more + "}");
        stored = {field};
        fields->set_tenant(bench->house.tenant, stored, {});
    }

    /// A restart after which no message comes: what it leads to.
    std::string restart() {
        make_fields();
        const std::size_t before = bench->house.queue.records().size();
        EXPECT_TRUE(bench->run(fields->take_up()));
        bench->turn_and_wait(std::chrono::seconds(0));
        return types(bench->house.messages_from(before));
    }
    std::vector<model::FieldState> states() { return all<model::FieldState>({}); }
    /// Server attributes but those that a device has from the beginning.
    std::vector<model::Attribute> attributes() {
        auto found = write<std::vector<model::Attribute>>([&](store::Transaction& transaction) {
            return transaction.attributes(subject.id, model::AttributeScope::server, {});
        });
        std::erase_if(found, [](const auto& each) { return !each.key.starts_with("alarmRule"); });
        return found;
    }

    /// Types of the messages that a value leads to.
    std::string send(std::string_view data) {
        bench->house.clock.advance(std::chrono::seconds(1));
        // The bench's node saves nothing, but whoever begins finds the values in the store.
        const EpochMs now = bench->house.clock.now_ms();
        const auto entries = bench->services().parser.telemetry(data, now);
        TS_ASSERT(entries.has_value());
        for (const model::TelemetryEntry& each : *entries)
            bench->house.timeseries.write({subject.id, each.ts, each.values}, std::nullopt);
        answer = bench->send(about(subject.id, data));
        EXPECT_EQ(answer.way(), "Success") << answer.error;
        return types(answer.queued);
    }
    static std::string types(const std::vector<model::QueuedMsg>& messages) {
        std::string types;
        for (const model::QueuedMsg& each : messages)
            types += (types.empty() ? "" : " ") + each.msg.type;
        return types;
    }
    std::vector<Alarm> alarms() { return all<Alarm>({}); }

    model::Device subject;
    std::vector<model::CalculatedField> stored;
    std::int64_t version = 0;
    std::optional<CalculatedFields> fields;
    NodeAnswer answer;
};

TEST(AlarmFields, RaiseWorsenAndClearAnAlarm) {
    AlarmHouse house;
    house.put_rules(R"({"MINOR":)" + over(20, simple, R"(,"alarmDetails":"t is ${t}")") +
                        R"(,"CRITICAL":)" + over(40) + "}",
                    rule_when(comparison("LESS", R"({"staticValue":10})")));
    EXPECT_EQ(house.send(R"({"t":20})"), "");
    EXPECT_EQ(house.send(R"({"t":21})"), "ALARM_CREATED");
    const model::Msg created = house.answer.queued[0].msg;
    EXPECT_EQ(created.originator, model::EntityId(house.subject.id));
    EXPECT_EQ(created.metadata.get("isNewAlarm"), "true");
    EXPECT_EQ(created.metadata.get("calculatedFieldName"), "Hot");
    EXPECT_EQ(created.calculated_by, std::vector{house.stored[0].id});
    ASSERT_EQ(house.alarms().size(), 1u);
    const Alarm made = house.alarms()[0];
    EXPECT_EQ(made.type, "Hot");
    EXPECT_EQ(made.severity, AlarmSeverity::minor);
    EXPECT_TRUE(made.propagate_to_tenant);
    EXPECT_EQ(json::serialize(made.details), R"({"data":"t is 21"})");

    EXPECT_EQ(house.send(R"({"t":22})"), "ALARM_UPDATED");
    EXPECT_EQ(house.send(R"({"t":41})"), "ALARM_SEVERITY_UPDATED");
    EXPECT_EQ(house.answer.queued[0].msg.metadata.get("isSeverityUpdated"), "true");
    EXPECT_EQ(house.send(R"({"t":25})"), "") << "an alarm becomes no less bad";
    EXPECT_EQ(house.alarms()[0].severity, AlarmSeverity::critical);
    EXPECT_EQ(house.send(R"({"t":15})"), "");
    EXPECT_EQ(house.send(R"({"t":9})"), "ALARM_CLEAR");
    EXPECT_EQ(house.answer.queued[0].msg.metadata.get("isClearedAlarm"), "true");
    ASSERT_EQ(house.alarms().size(), 1u);
    EXPECT_TRUE(house.alarms()[0].cleared);
    EXPECT_EQ(house.send(R"({"t":8})"), "");
    EXPECT_EQ(house.send(R"({"t":50})"), "ALARM_CREATED");
    EXPECT_EQ(house.alarms().size(), 2u);
}

TEST(AlarmFields, CountEventsOverARestart) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, R"("type":"REPEATING","count":{"staticValue":3})") +
                    "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(house.send(R"({"t":22})"), "");
    house.make_fields();
    EXPECT_EQ(house.send(R"({"t":23})"), "ALARM_CREATED");
    EXPECT_EQ(house.answer.queued[0].msg.metadata.get("alarmConditionRepeats"), "3");
    EXPECT_EQ(house.send(R"({"t":1})"), "");
    EXPECT_TRUE(house.states().empty()) << "there is nothing to remember";
    house.make_fields();
    EXPECT_EQ(house.send(R"({"t":21})"), "") << "it begins anew";
    EXPECT_EQ(house.states().size(), 1u);
    EXPECT_TRUE(house.attributes().empty()) << "users see nothing of it";
}

constexpr std::string_view lasts_ten =
    R"("type":"DURATION","unit":"SECONDS","value":{"staticValue":10})";

TEST(AlarmFields, WaitOverARestartWithoutAMessage) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, lasts_ten) + "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    const auto kept = house.states();
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept[0].due_ts, house.bench->house.clock.now_ms() + 10'000);
    EXPECT_EQ(house.send(R"({"t":22})"), "");
    EXPECT_EQ(to_json(house.states()), to_json(kept)) << "a further value changes nothing of it";
    EXPECT_EQ(house.restart(), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::seconds(8))), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::seconds(1))),
              "ALARM_CREATED");
    EXPECT_EQ(house.restart(), "") << "it was told";
}

TEST(AlarmFields, AreMetWhileNothingRuns) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, lasts_ten) + "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    house.fields.reset();
    house.bench->house.clock.advance(std::chrono::minutes(5));
    EXPECT_EQ(house.restart(), "ALARM_CREATED");
    EXPECT_EQ(house.send(R"({"t":2})"), "");
    EXPECT_TRUE(house.states().empty());
}

TEST(AlarmFields, LookAtTimeAfterARestart) {
    AlarmHouse house;
    house.put_rules(
        R"({"WARNING":{"condition":{"type":"SIMPLE","expression":{"type":"SIMPLE","filters":[
        {"argument":"t","valueType":"NUMERIC","predicates":[{"type":"NO_DATA","unit":"MINUTES",
        "duration":{"staticValue":3}}]}]}}}})");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(house.restart(), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(2))), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(1))),
              "ALARM_CREATED");
}

TEST(AlarmFields, TakeOverWhatAnOlderServerKept) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, R"("type":"REPEATING","count":{"staticValue":3})") +
                    "}");
    const std::string key = "alarmRule_" + house.stored[0].id.to_string();
    house.write<int>([&](store::Transaction& transaction) -> Result<int> {
        store::AttributesWrite write{house.subject.id, model::AttributeScope::server, {}, 5};
        write.values.push_back({key, model::JsonText{R"({"createRuleStates":{"MAJOR":{
            "lastEventTs":5,"duration":0,"eventCount":2}},"clearRuleState":null,"version":1})"}});
        const Result<> written = transaction.save_attributes(write);
        return written ? Result<int>(0) : written.error();
    });
    EXPECT_EQ(house.send(R"({"t":21})"), "ALARM_CREATED");
    EXPECT_TRUE(house.attributes().empty());
    EXPECT_EQ(house.states().size(), 1u);
}

TEST(AlarmFields, AreForgottenWithWhatTheyAreOf) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, lasts_ten) + "}");
    const auto forget = [&](model::EntityId entity) {
        house.send(R"({"t":21})");
        EXPECT_EQ(house.states().size(), 1u);
        house.write<int>([&](store::Transaction& transaction) -> Result<int> {
            const Result<> gone =
                core::forget_entity(transaction, house.bench->house.tenant, entity, 1);
            return gone ? Result<int>(0) : gone.error();
        });
        EXPECT_TRUE(house.states().empty());
        house.send(R"({"t":2})");
    };
    forget(house.stored[0].id);
    forget(house.subject.id);
    // The field went with its device: what still runs keeps nothing.
    house.send(R"({"t":21})");
    EXPECT_TRUE(house.states().empty());
}

TEST(AlarmFields, TooLargeForTheTenantAreForgottenAndTold) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, lasts_ten) + "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(house.states().size(), 1u);
    EXPECT_EQ(house.send(R"({"t":")" + std::string(3000, 'x') + R"("})"), "");
    EXPECT_TRUE(house.bench->house.log.lines->wait_for("Argument 't' is larger than 2048 bytes!"));
    EXPECT_TRUE(house.states().empty());
}

TEST(AlarmFields, WaitWithoutAMessage) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" +
                    over(20, R"("type":"DURATION","unit":"SECONDS","value":{"staticValue":10})") +
                    "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::seconds(9))), "");
    const auto made = house.bench->turn_and_wait(std::chrono::seconds(1));
    ASSERT_EQ(AlarmHouse::types(made), "ALARM_CREATED");
    EXPECT_EQ(made[0].msg.metadata.get("alarmConditionDuration"), "10000");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(5))), "");
    EXPECT_EQ(house.send(R"({"t":22})"), "ALARM_UPDATED");
    EXPECT_EQ(house.send(R"({"t":2})"), "");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::seconds(9))), "");
}

TEST(AlarmFields, WaitForNoEntityThatIsGone) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" +
                    over(20, R"("type":"DURATION","unit":"SECONDS","value":{"staticValue":10})") +
                    "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    const Uuid id = house.subject.id.uuid;
    const auto removed = house.write<std::int64_t>([&](store::Transaction& transaction) {
        return transaction.remove<model::Device>({
            {"id", id}
        });
    });
    ASSERT_EQ(removed, 1);
    house.fields->forget_entities({id});
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(5))), "");
    EXPECT_TRUE(house.alarms().empty());
}

TEST(AlarmFields, CompareWithArgumentsAndByScripts) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" +
                        rule_when(comparison("GREATER", R"({"dynamicValueArgument":"limit"})")) +
                        "}",
                    rule_when(R"({"type":"TBEL","expression":"return t < limit / 2;"})"));
    EXPECT_EQ(house.send(R"({"t":29})"), "");
    EXPECT_EQ(house.send(R"({"t":31})"), "ALARM_CREATED");
    EXPECT_EQ(house.send(R"({"t":16})"), "");
    EXPECT_EQ(house.send(R"({"t":14})"), "ALARM_CLEAR");
    house.put_rules(R"({"MAJOR":)" + rule_when(R"({"type":"TBEL","expression":"return t;"})") +
                    "}");
    EXPECT_EQ(house.send(R"({"t":99})"), "");
    EXPECT_TRUE(house.bench->house.log.lines->wait_for("should return true or false"));
}

TEST(AlarmFields, FollowTheirSchedule) {
    AlarmHouse house;
    // The clock stands on a Tuesday, 22:13 UTC.
    house.put_rules(R"({"MAJOR":)" +
                    over(20, R"("type":"SIMPLE","schedule":{"staticValue":{"type":"SPECIFIC_TIME",
        "timezone":"UTC","daysOfWeek":[2],"startsOn":82800000,"endsOn":0}})") +
                    "}");
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(1))), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::hours(1))),
              "ALARM_CREATED");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(1))), "");
}

TEST(AlarmFields, SeeThatNoDataComes) {
    AlarmHouse house;
    house.put_rules(
        R"({"WARNING":{"condition":{"type":"SIMPLE","expression":{"type":"SIMPLE","filters":[
        {"argument":"t","valueType":"NUMERIC","predicates":[{"type":"NO_DATA","unit":"MINUTES",
        "duration":{"staticValue":3}}]}]}}}})",
        over(0));
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(2))), "");
    EXPECT_EQ(AlarmHouse::types(house.bench->turn_and_wait(std::chrono::minutes(1))),
              "ALARM_CREATED");
    EXPECT_EQ(house.send(R"({"t":22})"), "ALARM_CLEAR");
}

TEST(AlarmFields, BeginAnewWhenUsersEndTheAlarm) {
    AlarmHouse house;
    house.put_rules(R"({"MAJOR":)" + over(20, R"("type":"REPEATING","count":{"staticValue":2})") +
                    "}");
    house.send(R"({"t":21})");
    ASSERT_EQ(house.send(R"({"t":21})"), "ALARM_CREATED");
    const Alarm made = house.alarms().at(0);
    house.write<int>([&](store::Transaction& transaction) -> Result<int> {
        Alarm cleared = made;
        cleared.cleared = true;
        const Result<> written = transaction.update(cleared);
        return written ? Result<int>(0) : written.error();
    });
    model::QueuedMsg told;
    told.tenant = house.bench->house.tenant;
    told.msg = house.about(house.subject.id, json::serialize(to_json(made)));
    told.msg.type = "ALARM_CLEAR";
    EXPECT_TRUE(house.fields->takes(told.tenant, told.msg));
    ASSERT_TRUE(house.bench->run(house.fields->take(told)));
    EXPECT_EQ(house.send(R"({"t":21})"), "");
    EXPECT_EQ(house.send(R"({"t":21})"), "ALARM_CREATED");
    EXPECT_EQ(house.alarms().size(), 2u);
}

}  // namespace
}  // namespace thingstead::rule::testing::alarm_rules
