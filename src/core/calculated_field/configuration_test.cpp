#include "core/calculated_field/configuration.h"

#include <gtest/gtest.h>

#include "core/calculated_field/dependencies.h"

namespace thingstead::core {
namespace {

using model::CalculatedFieldType;

std::string wrong(CalculatedFieldType type, std::string_view document) {
    const auto read = field_configuration(type, *parse_json(document));
    return read ? "" : read.error().message;
}

TEST(FieldConfiguration, ReadsArgumentsAndOutput) {
    const auto read = field_configuration(CalculatedFieldType::script, *parse_json(R"({
        "type": "SCRIPT", "expression": "return {};", "arguments": {
            "t": {"refEntityKey": {"key": "temperature", "type": "TS_ROLLING"}, "limit": 5,
                  "timeWindow": 60000},
            "a": {"refEntityKey": {"key": "alpha", "type": "ATTRIBUTE", "scope": "SHARED_SCOPE"},
                  "defaultValue": "1"}},
        "output": {"type": "TIME_SERIES", "decimalsByDefault": 2,
                   "strategy": {"type": "IMMEDIATE", "ttl": 60, "sendWsUpdate": false}}})"));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->arguments.size(), 2u);
    EXPECT_EQ(read->arguments[0].name, "a");
    EXPECT_EQ(read->arguments[0].scope, model::AttributeScope::shared);
    EXPECT_EQ(read->arguments[0].otherwise, "1");
    EXPECT_EQ(read->argument("t")->points_max, 5u);
    EXPECT_EQ(read->argument("t")->window, std::chrono::minutes(1));
    EXPECT_TRUE(read->output.immediate && read->output.history && !read->output.subscribers);
    EXPECT_EQ(read->output.ttl, std::chrono::minutes(1));
    EXPECT_EQ(read->output.decimals, 2);
}

TEST(FieldConfiguration, SaysWhatIsWrong) {
    const auto simple = CalculatedFieldType::simple;
    EXPECT_EQ(wrong(simple, R"({"type":"SCRIPT"})"),
              "Calculated field of type SIMPLE has a configuration of type SCRIPT!");
    EXPECT_EQ(wrong(simple, R"({"type":"SIMPLE","arguments":{}})"),
              "Calculated field should have at least one argument!");
    const auto with_argument = [&](std::string_view name, std::string_view argument) {
        return wrong(simple, R"({"type":"SIMPLE","expression":"x","arguments":{")" +
                                 std::string(name) + "\":" + std::string(argument) +
                                 R"(},"output":{"type":"TIME_SERIES","name":"y"}})");
    };
    EXPECT_EQ(with_argument("ctx", "{}"), "Argument name 'ctx' is reserved and cannot be used.");
    EXPECT_EQ(with_argument("x", "{}"), "Argument 'x' should have refEntityKey!");
    EXPECT_EQ(with_argument("x", R"({"refEntityKey":{"key":"k","type":"ATTRIBUTE"}})"),
              "Argument 'x' should have a scope of its attribute!");
    EXPECT_EQ(
        with_argument("x", R"({"refEntityKey":{"key":"k","type":"TS_ROLLING"},"timeWindow":1})"),
        "Argument 'x' of type TS_ROLLING is not supported by type SIMPLE!");
    EXPECT_EQ(with_argument("x", R"({"refEntityKey":{"key":"k","type":"TS_LATEST"},
              "refDynamicSourceConfiguration":{"type":"RELATION_PATH_QUERY","levels":[]}})"),
              "Argument 'x' has a dynamic source of type 'RELATION_PATH_QUERY', which is not "
              "supported!");
    EXPECT_EQ(wrong(simple, R"({"type":"SIMPLE","expression":"x +","arguments":{"x":
              {"refEntityKey":{"key":"k","type":"TS_LATEST"}}},
              "output":{"type":"TIME_SERIES","name":"y"}})")
                  .substr(0, 35),
              "Expression of the calculated field:");
    EXPECT_EQ(with_argument("x", R"({"refEntityKey":{"key":"k","type":"TS_LATEST"},"refEntityId":
              {"entityType":"USER","id":"784f394c-42b6-435a-983c-b7beff2784f9"}})"),
              "Unsupported referenced entity type: 'USER'.");
    EXPECT_EQ(with_argument("x", R"({"refEntityKey":{"key":"k","type":"TS_LATEST"}})"), "");
}

TEST(FieldConfiguration, NamesThePartThatIsWrong) {
    using enum CalculatedFieldType;
    const std::string output = R"(,"output":{"type":"TIME_SERIES"}})";
    const std::string argument =
        R"("arguments":{"t":{"refEntityKey":{"key":"k","type":"TS_LATEST"}}},)";
    const std::string relation = R"("relation":{"direction":"FROM","relationType":"Contains"},)";
    const struct {
        CalculatedFieldType type;
        std::string document, message;
    } rows[] = {
        {geofencing,                   R"({"type":"GEOFENCING","entityCoordinates":{"latitudeKeyName":"a"}})",
         "entityCoordinates should have longitudeKeyName!"                                                                                                                                 },
        {geofencing,
         R"({"type":"GEOFENCING","entityCoordinates":{"latitudeKeyName":"a","longitudeKeyName":"b"},
             "zoneGroups":{"home":{"perimeterKeyName":"p"}}})",
         "Zone group 'home' should have a reportStrategy!"                                                                                                                                 },
        {propagation,                  R"({"type":"PROPAGATION"})",
         "Propagation calculated field should have a relation!"                                                                                                                            },
        {propagation,                  R"({"type":"PROPAGATION","relation":{"direction":"UP","relationType":"x"}})",
         "relation should have a direction, FROM or TO!"                                                                                                                                   },
        {propagation,
         R"({"type":"PROPAGATION",)" + relation + R"("arguments":{"t":{"timeWindow":1,
             "refEntityKey":{"key":"k","type":"TS_ROLLING"}}})" +
             output,                                                                                                 "Argument 't' of type TS_ROLLING needs an expression that is applied!"},
        {related_entities_aggregation,
         R"({"type":"RELATED_ENTITIES_AGGREGATION",)" + relation + argument + R"("metrics":{})" +
             output,                                                                                                 "Calculated field should have at least one metric!"                   },
        {related_entities_aggregation,
         R"({"type":"RELATED_ENTITIES_AGGREGATION",)" + relation + argument +
             R"("metrics":{"m":{"function":"AVG","input":{"type":"key","key":"x"}}})" + output,
         "Metric 'm' has the input 'x', which is no argument!"                                                                                                                             },
        {entity_aggregation,
         R"({"type":"ENTITY_AGGREGATION",)" + argument +
             R"("metrics":{"m":{"function":"AVG","filter":"true","input":{"type":"key","key":"t"}}},
             "interval":{"type":"DAY","tz":"UTC"})" +
             output,                                                                                                 "Metric 'm' should have a key as input, and no filter!"               },
        {entity_aggregation,
         R"({"type":"ENTITY_AGGREGATION",)" + argument +
             R"("metrics":{"m":{"function":"AVG","input":{"type":"key","key":"t"}}},
             "interval":{"type":"DAY","tz":"Nowhere"})" +
             output,                                                                                                 "interval.tz: "                                                       },
    };
    for (const auto& row : rows)
        EXPECT_EQ(wrong(row.type, row.document).substr(0, row.message.size()), row.message);
}

FieldInCycle made_of(std::string name, std::string from, std::string to) {
    FieldInCycle field;
    field.name = std::move(name);
    FieldArgument argument;
    argument.name = "x";
    argument.key = std::move(from);
    field.configuration.arguments.push_back(std::move(argument));
    field.configuration.output.name = std::move(to);
    return field;
}

TEST(FieldDependencies, FindACycleOfSeveralFields) {
    const std::vector<FieldInCycle> others{made_of("two", "b", "c"), made_of("three", "c", "d"),
                                           made_of("other", "b", "e")};
    EXPECT_TRUE(check_no_cycle(made_of("one", "a", "b"), others));
    const Result<> cycle = check_no_cycle(made_of("one", "d", "b"), others);
    ASSERT_FALSE(cycle);
    EXPECT_EQ(cycle.error().message,
              "Calculated fields are made of each other: 'one' → 'two' → 'three' → 'one'!");
    EXPECT_TRUE(check_no_cycle(made_of("sum", "sum", "sum"), {}));
}

}  // namespace
}  // namespace thingstead::core
