#include "core/alarm_rules/alarm_rules.h"

#include <gtest/gtest.h>

#include "core/alarm_rules/zones.h"

namespace thingstead::core {
namespace {

std::string over(int limit, std::string_view condition = R"("type":"SIMPLE")") {
    return R"({"condition":{)" + std::string(condition) +
           R"(,"expression":{"type":"SIMPLE","filters":[{"argument":"t","valueType":"NUMERIC",
        "predicates":[{"type":"NUMERIC","operation":"GREATER","value":{"staticValue":)" +
           std::to_string(limit) + "}}]}]}}}";
}

AlarmRules rules_of(const std::string& create, const std::string& clear = "null") {
    const auto read = AlarmRules::read(
        parse_json(R"({"createRules":)" + create + R"(,"clearRule":)" + clear + "}")->as_object(),
        &schedule_zone);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : AlarmRules();
}

Operands value_at(std::int64_t t, EpochMs ts) {
    return [t, ts](std::string_view) { return Operand{ts, model::Value(t)}; };
}

/// Judges a value that came at a time.
AlarmDecision come(const AlarmRules& rules, AlarmRulesState& state, bool active, std::int64_t t,
                   EpochMs now) {
    const Operands operands = value_at(t, now);
    const JudgeRule judge = [&](const AlarmRule& rule,
                                RuleState& of) -> Result<std::optional<RuleVerdict>> {
        const RuleMoment moment{now, now, true};
        return std::optional(rule.judge(rule.filters_hold(operands, now), moment, operands, of));
    };
    const auto decision = decide(rules, state, active, judge);
    EXPECT_TRUE(decision);
    return decision ? *decision : AlarmDecision();
}

using Kind = AlarmDecision::Kind;

TEST(AlarmRules, AskTheWorstSeverityFirst) {
    const AlarmRules rules =
        rules_of(R"({"WARNING":)" + over(10) + R"(,"CRITICAL":)" + over(20) + "}");
    ASSERT_EQ(rules.create.size(), 2u);
    EXPECT_EQ(rules.create[0].severity, model::AlarmSeverity::critical);
    AlarmRulesState state;
    EXPECT_EQ(come(rules, state, false, 5, 1).kind, Kind::nothing);
    const AlarmDecision warning = come(rules, state, false, 15, 2);
    EXPECT_EQ(warning.kind, Kind::raise);
    EXPECT_EQ(warning.rule, 1u);
    EXPECT_EQ(come(rules, state, true, 25, 3).rule, 0u);
    EXPECT_EQ(rules.arguments(), std::set<std::string>{"t"});
    EXPECT_FALSE(rules.depends_on_time());
}

TEST(AlarmRules, ClearOnlyWhatIsActiveAndBeginAnew) {
    const std::string twice = R"("type":"REPEATING","count":{"staticValue":2})";
    const AlarmRules rules = rules_of(R"({"MAJOR":)" + over(10, twice) + "}", over(-100));
    AlarmRulesState state;
    EXPECT_EQ(come(rules, state, false, 5, 1).kind, Kind::nothing);
    EXPECT_EQ(come(rules, state, false, 11, 2).kind, Kind::nothing);
    const AlarmDecision raised = come(rules, state, false, 11, 3);
    EXPECT_EQ(raised.kind, Kind::raise);
    EXPECT_EQ(raised.met.events, 2);
    EXPECT_FALSE(state.empty());
    EXPECT_EQ(come(rules, state, true, 5, 4).kind, Kind::clear);
    EXPECT_TRUE(state.empty());
}

TEST(AlarmRules, KeepTheirStateAsADocument) {
    const std::string lasting = R"("type":"DURATION","unit":"SECONDS","value":{"staticValue":9})";
    const AlarmRules rules = rules_of(R"({"MINOR":)" + over(10, lasting) + "}", over(99, lasting));
    AlarmRulesState state;
    come(rules, state, false, 11, 1000);
    EXPECT_EQ(due_ms(rules, state, value_at(11, 1000), 2000), 10'000);
    const json::object document = to_document(rules, state);
    EXPECT_EQ(json::serialize(document),
              R"({"createRuleStates":{"MINOR":{"lastEventTs":1000,"duration":0,"eventCount":1}},)"
              R"("clearRuleState":null})");
    EXPECT_EQ(state_of(rules, document), state);
    const auto other = *parse_json(
        R"({"createRuleStates":{"MINOR":{"lastEventTs":5000,"duration":3000,"eventCount":2}}})");
    EXPECT_EQ(state_of(rules, other).create[0].since_ms, 2000);
    EXPECT_TRUE(state_of(rules, json::value("damaged")).empty());
}

TEST(AlarmRules, KnowWhetherTimeAloneDecides) {
    EXPECT_TRUE(rules_of(R"({"MAJOR":)" +
                         over(1, R"("type":"SIMPLE","schedule":{"staticValue":{"type":
                         "SPECIFIC_TIME","timezone":"Europe/Berlin","daysOfWeek":[1]}})") +
                         "}")
                    .depends_on_time());
    EXPECT_TRUE(rules_of(R"({"MAJOR":{"condition":{"type":"SIMPLE","expression":{"type":"SIMPLE",
        "filters":[{"argument":"t","valueType":"NUMERIC","predicates":[{"type":"NO_DATA",
        "unit":"HOURS","duration":{"dynamicValueArgument":"h"}}]}]}}}})")
                    .depends_on_time());
}

}  // namespace
}  // namespace thingstead::core
