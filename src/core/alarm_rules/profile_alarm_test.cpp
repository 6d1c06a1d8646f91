#include "core/alarm_rules/profile_alarm.h"

#include <gtest/gtest.h>

#include "core/alarm_rules/zones.h"

namespace thingstead::core {
namespace {

std::string filter_on(std::string_view key, std::string_view value) {
    return R"({"key":{"type":"TIME_SERIES","key":")" + std::string(key) +
           R"("},"valueType":"NUMERIC","predicate":{"type":"NUMERIC","operation":"GREATER","value":)" +
           std::string(value) + "}}";
}

std::string alarm_with(const std::string& filter, std::string_view spec,
                       std::string_view more = "") {
    return R"({"id":"a","alarmType":"Hot","createRules":{"MAJOR":{"condition":{"condition":[)" +
           filter + R"(],"spec":)" + std::string(spec) + "}" + std::string(more) + "}}}";
}

Result<ProfileAlarm> read(const std::string& document) {
    return ProfileAlarm::read(*parse_json(document), &schedule_zone);
}

Operands one_value(std::string name, model::Value value) {
    return [name = std::move(name), value = std::move(value)](std::string_view asked) {
        return asked == name ? Operand{1, value} : Operand();
    };
}

TEST(ProfileAlarm, IsReadIntoTheRulesOfFields) {
    const auto alarm = read(alarm_with(
        filter_on("t", R"({"defaultValue":5,"userValue":null,"dynamicValue":null})"),
        R"({"type":"SIMPLE"})", R"(,"alarmDetails":"${t}","schedule":{"type":"ANY_TIME"})"));
    ASSERT_TRUE(alarm) << alarm.error().message;
    EXPECT_EQ(alarm->type, "Hot");
    ASSERT_EQ(alarm->keys.size(), 1u);
    EXPECT_EQ(alarm->keys.begin()->second.from, ProfileKey::From::time_series);
    const std::string name = alarm->keys.begin()->first;
    const AlarmRule& rule = alarm->rules.create.at(0).rule;
    EXPECT_TRUE(rule.filters_hold(one_value(name, std::int64_t{6}), 1));
    EXPECT_FALSE(rule.filters_hold(one_value(name, std::int64_t{5}), 1));
    EXPECT_FALSE(alarm->rules.depends_on_time());
}

TEST(ProfileAlarm, NamesWhereDynamicValuesAre) {
    const auto alarm = read(alarm_with(
        filter_on("t", R"({"defaultValue":5,"dynamicValue":{"sourceType":"CURRENT_CUSTOMER",
        "sourceAttribute":"max","inherit":true}})"),
        R"({"type":"REPEATING","predicate":{"defaultValue":3,"dynamicValue":{
        "sourceType":"CURRENT_DEVICE","sourceAttribute":"times"}}})"));
    ASSERT_TRUE(alarm) << alarm.error().message;
    const auto customer = alarm->keys.find("CURRENT_CUSTOMER+:max");
    ASSERT_NE(customer, alarm->keys.end());
    EXPECT_EQ(customer->second.source, ProfileKey::Source::customer);
    EXPECT_TRUE(customer->second.inherit);
    EXPECT_TRUE(alarm->keys.contains("CURRENT_DEVICE:times"));
}

TEST(ProfileAlarm, WaitsLongerThanItSays) {
    const auto alarm =
        read(alarm_with(filter_on("t", R"({"defaultValue":5})"),
                        R"({"type":"DURATION","unit":"SECONDS","predicate":{"defaultValue":10}})"));
    ASSERT_TRUE(alarm) << alarm.error().message;
    const AlarmRule& rule = alarm->rules.create.at(0).rule;
    const Operands operands = one_value("TIME_SERIES:t", std::int64_t{6});
    RuleState state;
    const RuleMoment first{1000, 1000, true}, even{11'000, 11'000, true}, more{11'001, 0, false};
    EXPECT_EQ(rule.judge(true, first, operands, state), RuleVerdict::not_yet);
    EXPECT_EQ(rule.judge(true, even, operands, state), RuleVerdict::not_yet);
    EXPECT_EQ(rule.judge(true, more, operands, state), RuleVerdict::yes);
}

TEST(ProfileAlarm, NamesWhatIsWrong) {
    EXPECT_EQ(read("{}").error().message, "Alarm rule type should be specified!");
    EXPECT_EQ(read(R"({"alarmType":"Hot","createRules":{"MAJOR":{}}})").error().message,
              "Alarm 'Hot': createRules.MAJOR: a condition is missing!");
    EXPECT_EQ(read(alarm_with(R"({"key":{"type":"MOON","key":"k"}})", "null")).error().message,
              "Alarm 'Hot': createRules.MAJOR: unknown type of key 'MOON'!");
    EXPECT_EQ(read(alarm_with(filter_on("t", R"({"defaultValue":5,"dynamicValue":{
        "sourceType":"CURRENT_USER","sourceAttribute":"a"}})"),
                              "null"))
                  .error()
                  .message,
              "Alarm 'Hot': createRules.MAJOR: unknown source of a dynamic value 'CURRENT_USER'!");
}

}  // namespace
}  // namespace thingstead::core
