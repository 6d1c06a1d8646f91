#include "core/alarm_rules/alarm_rule.h"

#include <gtest/gtest.h>

#include <map>

namespace thingstead::core {
namespace {

using Values = std::map<std::string, Operand, std::less<>>;

Operands in(const Values& values) {
    return [&values](std::string_view name) {
        const auto it = values.find(name);
        return it == values.end() ? Operand() : it->second;
    };
}

/// In winter.
Result<ZoneOffset> zones(std::string_view id) {
    if (id != "UTC" && id != "Europe/Berlin")
        return Error{ErrorCode::invalid_argument, "Unknown time zone"};
    const std::int32_t seconds = id == "UTC" ? 0 : 3600;
    return ZoneOffset([seconds](std::int64_t) { return seconds; });
}

struct Fits {
    const char *predicate, *value;
    bool fits;
};

TEST(Predicate, ComparesEachRow) {
    const Fits rows[] = {
        {R"({"type":"NUMERIC","operation":"GREATER","value":{"staticValue":5}})",                         "5.5",      true },
        {R"({"type":"NUMERIC","operation":"GREATER","value":{"staticValue":5}})",                         "5",        false},
        {R"({"type":"NUMERIC","operation":"LESS_OR_EQUAL","value":{"staticValue":5}})",                   "5",        true },
        {R"({"type":"NUMERIC","operation":"LESS","value":{"dynamicValueArgument":"limit"}})",             "8",
         true                                                                                                              },
        {R"({"type":"NUMERIC","operation":"LESS","value":{"dynamicValueArgument":"nothing"}})",           "8",
         false                                                                                                             },
        {R"({"type":"NUMERIC","operation":"EQUAL","value":{"staticValue":5}})",                           "\"five\"", false},
        {R"({"type":"STRING","operation":"STARTS_WITH","ignoreCase":true,"value":{"staticValue":"HO"}})",
         "\"hot\"",                                                                                                   true },
        {R"({"type":"STRING","operation":"STARTS_WITH","value":{"staticValue":"HO"}})",                   "\"hot\"",
         false                                                                                                             },
        {R"({"type":"STRING","operation":"IN","value":{"staticValue":"cold, hot"}})",                     "\"hot\"",
         true                                                                                                              },
        {R"({"type":"STRING","operation":"NOT_IN","value":{"staticValue":"cold, hot"}})",
         "\"warm\"",                                                                                                  true },
        {R"({"type":"BOOLEAN","operation":"NOT_EQUAL","value":{"staticValue":true}})",                    "false",
         true                                                                                                              },
        {R"({"type":"BOOLEAN","operation":"EQUAL","value":{"staticValue":true}})",                        "1",        false},
        {R"({"type":"COMPLEX","operation":"OR","predicates":[
            {"type":"NUMERIC","operation":"LESS","value":{"staticValue":0}},
            {"type":"NUMERIC","operation":"GREATER","value":{"staticValue":9}}]})",
         "10",                                                                                                        true },
    };
    const Values others{
        {"limit", {0, model::Value(std::int64_t{9})}}
    };
    for (const Fits& row : rows) {
        const auto predicate = Predicate::read(*parse_json(row.predicate));
        ASSERT_TRUE(predicate) << row.predicate << predicate.error().message;
        const json::value value = *parse_json(row.value);
        Operand operand;
        if (value.is_bool()) operand.value = value.get_bool();
        if (value.is_string()) operand.value = std::string(value.get_string());
        if (value.is_int64()) operand.value = value.get_int64();
        if (value.is_double()) operand.value = value.get_double();
        EXPECT_EQ(predicate->fits(operand, in(others), 0), row.fits) << row.predicate << row.value;
        if (row.fits) {
            EXPECT_FALSE(predicate->fits({}, in(others), 0)) << row.predicate;
        }
    }
}

TEST(Predicate, SaysThatThereWasNoData) {
    const auto predicate = Predicate::read(
        *parse_json(R"({"type":"NO_DATA","unit":"SECONDS","duration":{"staticValue":10}})"));
    ASSERT_TRUE(predicate);
    const Operand operand{1000, model::Value(true)};
    EXPECT_FALSE(predicate->fits(operand, in({}), 10'999));
    EXPECT_TRUE(predicate->fits(operand, in({}), 11'000));
    EXPECT_TRUE(predicate->fits({}, in({}), 0));
}

TEST(Predicate, RefusesWhatItDoesNotKnow) {
    for (const char* text :
         {R"({"type":"DATE"})", R"({"type":"NUMERIC","operation":"IN","value":{"staticValue":1}})",
          R"({"type":"STRING","operation":"LESS","value":{"staticValue":"a"}})",
          R"({"type":"NUMERIC","operation":"LESS"})",
          R"({"type":"NO_DATA","unit":"EONS","duration":{"staticValue":1}})"})
        EXPECT_FALSE(Predicate::read(*parse_json(text))) << text;
}

struct Active {
    const char* schedule;
    EpochMs now;
    bool active;
};
/// Monday 2024-01-01 00:00 UTC.
constexpr EpochMs monday = 1'704'067'200'000;
constexpr EpochMs hour = 3'600'000;

TEST(Schedule, IsActiveAsEachRowSays) {
    const char* const working =
        R"({"type":"SPECIFIC_TIME","timezone":"UTC","daysOfWeek":[1],"startsOn":3600000,"endsOn":7200000})";
    const char* const night = R"({"daysOfWeek":[1,2],"startsOn":79200000,"endsOn":3600000})";
    const char* const custom = R"({"type":"CUSTOM","timezone":"Europe/Berlin","items":[
        {"enabled":true,"dayOfWeek":2,"startsOn":0,"endsOn":0},
        {"enabled":false,"dayOfWeek":1,"startsOn":0,"endsOn":0}]})";
    const Active rows[] = {
        {"{}",                     monday,             true },
        {R"({"type":"ANY_TIME"})", monday,             true },
        {working,                  monday + hour - 1,  false},
        {working,                  monday + hour,      true },
        {working,                  monday + 2 * hour,  false},
        {working,                  monday + 25 * hour, false},
        {night,                    monday + 23 * hour, true },
        {night,                    monday + hour / 2,  true },
        {night,                    monday + hour,      false},
        {custom,                   monday + 22 * hour, false},
        {custom,                   monday + 23 * hour, true },
    };
    for (const Active& row : rows) {
        const auto schedule = Schedule::read(*parse_json(row.schedule), zones);
        ASSERT_TRUE(schedule) << schedule.error().message;
        EXPECT_EQ(schedule->is_active(row.now), row.active) << row.schedule << row.now - monday;
    }
    EXPECT_FALSE(Schedule::read(*parse_json(R"({"daysOfWeek":[8]})"), zones));
    EXPECT_FALSE(Schedule::read(*parse_json(R"({"daysOfWeek":[1],"timezone":"Nowhere"})"), zones));
}

AlarmRule rule(const std::string& condition) {
    const auto read = AlarmRule::read(*parse_json(R"({"alarmDetails":"${t} is over ${?}",
        "dashboardId":{"entityType":"DASHBOARD","id":"d"},"condition":{)" +
                                                  condition + R"(,"expression":{"type":"SIMPLE",
        "filters":[{"argument":"t","valueType":"NUMERIC","predicates":[
        {"type":"NUMERIC","operation":"GREATER","value":{"staticValue":5}}]}]}}})"),
                                      zones);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : AlarmRule();
}

/// Judges an event of this value at this time.
RuleVerdict event(const AlarmRule& rule, RuleState& state, EpochMs now, std::int64_t t) {
    const Values values{
        {"t", {now, model::Value(t)}}
    };
    return rule.judge(rule.filters_hold(in(values), now), {now, now, true}, in(values), state);
}

TEST(AlarmRule, CountsEventsUntilTheyAreEnough) {
    const AlarmRule often = rule(R"("type":"REPEATING","count":{"staticValue":2})");
    RuleState state;
    EXPECT_EQ(event(often, state, 1, 6), RuleVerdict::not_yet);
    EXPECT_EQ(event(often, state, 2, 5), RuleVerdict::no);
    EXPECT_EQ(state, RuleState());
    EXPECT_EQ(event(often, state, 3, 6), RuleVerdict::not_yet);
    EXPECT_EQ(event(often, state, 4, 7), RuleVerdict::yes);
    EXPECT_EQ(state.events, 2);
}

TEST(AlarmRule, WaitsAsLongAsItSays) {
    const AlarmRule lasting =
        rule(R"("type":"DURATION","unit":"SECONDS","value":{"staticValue":10})");
    RuleState state;
    const Values values{
        {"t", {1000, model::Value(6.5)}}
    };
    EXPECT_FALSE(lasting.due_ms(in(values), state));
    EXPECT_EQ(event(lasting, state, 1000, 6), RuleVerdict::not_yet);
    EXPECT_EQ(lasting.due_ms(in(values), state), 11'000);
    const RuleMoment early{10'999, 0, false}, due{11'000, 0, false};
    EXPECT_EQ(lasting.judge(true, early, in(values), state), RuleVerdict::not_yet);
    EXPECT_EQ(lasting.judge(true, due, in(values), state), RuleVerdict::yes);
    EXPECT_EQ(state.events, 1);
}

TEST(AlarmRule, BeginsAnewOutsideOfItsSchedule) {
    const AlarmRule scheduled = rule(R"("type":"REPEATING","count":{"staticValue":2},
        "schedule":{"staticValue":{"daysOfWeek":[1],"startsOn":3600000,"endsOn":7200000}})");
    RuleState state;
    EXPECT_EQ(event(scheduled, state, monday + hour, 6), RuleVerdict::not_yet);
    EXPECT_EQ(event(scheduled, state, monday + 2 * hour, 6), RuleVerdict::no);
    EXPECT_EQ(state, RuleState());
}

TEST(AlarmRule, FillsInItsDetails) {
    const AlarmRule simple = rule(R"("type":"SIMPLE")");
    const Values values{
        {"t", {1, model::Value(6.5)}}
    };
    EXPECT_EQ(json::serialize(simple.details(in(values))),
              R"({"data":"6.5 is over ${?}","dashboardId":"d"})");
}

}  // namespace
}  // namespace thingstead::core
