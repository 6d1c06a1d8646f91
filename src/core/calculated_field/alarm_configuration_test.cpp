#include "core/calculated_field/alarm_configuration.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

/// `more` comes after the one argument, `limit`, a comma before it.
std::string document_of(std::string_view condition, std::string_view more = "") {
    return R"({"type":"ALARM","arguments":{
        "t":{"refEntityKey":{"key":"temperature","type":"TS_LATEST"}},
        "r":{"refEntityKey":{"key":"temperature","type":"TS_ROLLING"},"timeWindow":1000}},
        "createRules":{"MAJOR":{"condition":)" +
           std::string(condition) + "}}" + std::string(more) + "}";
}

std::string simple_on(std::string_view argument, std::string_view value = R"({"staticValue":1})") {
    return R"({"type":"SIMPLE","expression":{"type":"SIMPLE","filters":[{"argument":")" +
           std::string(argument) + R"(","valueType":"NUMERIC","predicates":[
        {"type":"NUMERIC","operation":"GREATER","value":)" +
           std::string(value) + "}]}]}}";
}

std::string wrong_alarm_field(const std::string& document) {
    const auto read = field_configuration(model::CalculatedFieldType::alarm, *parse_json(document));
    return read ? "" : read.error().message;
}

TEST(AlarmConfiguration, NeedsNoOutputAndNoExpression) {
    EXPECT_EQ(wrong_alarm_field(document_of(simple_on("t"))), "");
    EXPECT_EQ(wrong_alarm_field(document_of(
                  R"({"type":"SIMPLE","expression":{"type":"TBEL","expression":"r.max() > 5"}})")),
              "");
}

TEST(AlarmConfiguration, NamesWhatIsWrong) {
    const std::string good = simple_on("t");
    EXPECT_EQ(wrong_alarm_field(document_of(simple_on("u"))),
              "Alarm rules name the argument 'u', which there is not!");
    EXPECT_EQ(wrong_alarm_field(
                  document_of(simple_on("t", R"({"staticValue":1,"dynamicValueArgument":"v"})"))),
              "Alarm rules name the argument 'v', which there is not!");
    EXPECT_EQ(wrong_alarm_field(document_of(simple_on("r"))),
              "Argument 'r' of type TS_ROLLING can be used by scripts of alarm rules alone!");
    EXPECT_EQ(wrong_alarm_field(document_of(R"({"type":"SOMETIMES"})")),
              "createRules.MAJOR: Alarm rule: unknown type of condition 'SOMETIMES'!");
    EXPECT_EQ(wrong_alarm_field(document_of(good, R"(,"clearRule":{})")),
              "clearRule: Alarm rule: a condition is missing!");
    EXPECT_EQ(wrong_alarm_field(document_of(good, R"(,"propagate":"yes")")),
              "propagate should be true or false!");
    EXPECT_EQ(wrong_alarm_field(
                  R"({"type":"ALARM","createRules":{},"arguments":{
                  "t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}}})"),
              "createRules should have at least one rule!");
    EXPECT_EQ(wrong_alarm_field(
                  R"({"type":"ALARM","createRules":{"AWFUL":{}},"arguments":{
                  "t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}}})"),
              "createRules: unknown severity 'AWFUL'!");
    EXPECT_EQ(wrong_alarm_field(document_of(
                  R"({"type":"SIMPLE","schedule":{"staticValue":{"type":"SPECIFIC_TIME",
                  "timezone":"Mars/Olympus","daysOfWeek":[1]}},"expression":{"type":"TBEL",
                  "expression":"true"}})")),
              "createRules.MAJOR: Schedule: Unknown time-zone ID: Mars/Olympus");
}

}  // namespace
}  // namespace thingstead::core
