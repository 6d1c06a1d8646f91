// What fields of zones, metrics and intervals make of what they know; without stores and clocks.
#include <gtest/gtest.h>

#include "rule/calculated/intervals.h"
#include "rule/calculated/metrics.h"
#include "rule/calculated/zones.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

using model::CalculatedFieldType;
using model::EntityId;

core::FieldConfiguration of_type(CalculatedFieldType type, std::string_view document) {
    auto read = core::field_configuration(type, *parse_json(document));
    EXPECT_TRUE(read) << read.error().message;
    return read ? *std::move(read) : core::FieldConfiguration();
}

model::Value json_perimeter(std::string text) { return model::JsonText{std::move(text)}; }

struct ZoneHouse {
    core::FieldConfiguration configuration = of_type(CalculatedFieldType::geofencing, R"({
        "type":"GEOFENCING",
        "entityCoordinates":{"latitudeKeyName":"lat","longitudeKeyName":"lon"},
        "zoneGroups":{"home":{"perimeterKeyName":"p",
            "reportStrategy":"REPORT_TRANSITION_EVENTS_AND_PRESENCE_STATUS",
            "createRelationsWithMatchedZones":true,"relationType":"In","direction":"FROM",
            "refDynamicSourceConfiguration":{"type":"RELATION_PATH_QUERY",
                "levels":[{"direction":"FROM","relationType":"Allowed"}]}}},
        "output":{"type":"TIME_SERIES"}})");
    FieldLimits limits;
    FieldValues values{configuration, limits};
    ZonesState state;
    EntityId square = model::AssetId::make(), circle = model::AssetId::make();

    ZoneHouse() {
        values.set_related(
            *configuration.position_of("home"),
            {
                {square, {1, json_perimeter("[[0,0],[0,10],[10,10],[10,0]]")}               },
                {circle, {1, json_perimeter(R"({"latitude":20,"longitude":20,"radius":100,
                                             "radiusUnit":"KILOMETER"})")}}
        });
    }
    Result<ZonesOutcome> at(double latitude, double longitude) {
        values.set(*configuration.position_of("latitude"), {1, latitude});
        values.set(*configuration.position_of("longitude"), {1, longitude});
        return evaluate_zones(configuration, values, state);
    }
};

TEST(ZonesField, TellsEventsOfChangesAndStatusAlways) {
    ZoneHouse house;
    const struct {
        double latitude, longitude;
        const char* result;
    } rows[] = {
        {5,  5,  R"({"homeStatus":"INSIDE"})"                      },
        {50, 50, R"({"homeEvent":"LEFT","homeStatus":"OUTSIDE"})"  },
        {20, 20, R"({"homeEvent":"ENTERED","homeStatus":"INSIDE"})"},
        {6,  6,  R"({"homeStatus":"INSIDE"})"                      },
    };
    for (const auto& row : rows) {
        const auto outcome = house.at(row.latitude, row.longitude);
        ASSERT_TRUE(outcome) << outcome.error().message;
        EXPECT_EQ(json_text(outcome->result), row.result) << row.latitude;
    }
}

TEST(ZonesField, RelatesTheZonesThatItIsIn) {
    ZoneHouse house;
    auto outcome = house.at(5, 5);
    ASSERT_TRUE(outcome && outcome->relations.size() == 1);
    EXPECT_EQ(outcome->relations[0].relation.type, "In");
    EXPECT_EQ(outcome->relations[0].made, std::vector{house.square});
    EXPECT_EQ(outcome->relations[0].ended, std::vector{house.circle}) << "at the first look";
    outcome = house.at(5, 6);
    EXPECT_TRUE(outcome && outcome->relations.empty());
    outcome = house.at(20, 20);
    ASSERT_TRUE(outcome && outcome->relations.size() == 1);
    EXPECT_EQ(outcome->relations[0].made, std::vector{house.circle});
    EXPECT_EQ(outcome->relations[0].ended, std::vector{house.square});
}

TEST(ZonesField, GoesOnFromWhatWasSaved) {
    EXPECT_EQ(was_inside(std::nullopt, std::nullopt), std::nullopt);
    EXPECT_EQ(was_inside(model::Value(std::string("LEFT")), std::nullopt), false);
    EXPECT_EQ(was_inside(model::Value(std::string("LEFT")), model::Value(std::string("INSIDE"))),
              true);
    ZoneHouse house;
    house.state.groups["home"].inside = false;
    const auto outcome = house.at(5, 5);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(json_text(outcome->result), R"({"homeEvent":"ENTERED","homeStatus":"INSIDE"})");
}

TEST(ZonesField, NamesTheZoneWhosePerimeterIsWrong) {
    ZoneHouse house;
    ASSERT_TRUE(house.at(5, 5));
    house.values.set_related(*house.configuration.position_of("home"),
                             {
                                 {house.square, {1, std::string("nowhere")}}
    });
    const auto outcome = house.at(50, 50);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find(house.square.uuid.to_string()), std::string::npos);
    EXPECT_EQ(house.state.groups["home"].inside, true) << "as it was";
}

TEST(Metrics, AggregateEachRow) {
    using enum core::MetricFunction;
    const std::vector<model::Value> numbers{std::int64_t{4}, 1.0, std::int64_t{4}, true};
    const struct {
        core::MetricFunction function;
        double number;
    } rows[] = {
        {min,          1  },
        {max,          4  },
        {sum,          10 },
        {avg,          2.5},
        {count,        4  },
        {count_unique, 3  }
    };
    for (const auto& row : rows) {
        const auto number = aggregated(row.function, numbers);
        ASSERT_TRUE(number && *number);
        EXPECT_EQ(**number, row.number) << enum_name(row.function);
    }
    EXPECT_FALSE(aggregated(sum, {model::Value(std::string("warm"))}));
    EXPECT_EQ(*aggregated(avg, {}), std::nullopt);
    EXPECT_EQ(*aggregated(count, {}), 0.0);
}

TEST(RelatedField, MakesMetricsOfTheEntitiesThatHaveAValue) {
    const auto configuration = of_type(CalculatedFieldType::related_entities_aggregation, R"({
        "type":"RELATED_ENTITIES_AGGREGATION","useLatestTs":true,
        "relation":{"direction":"FROM","relationType":"Contains"},
        "arguments":{"t":{"refEntityKey":{"key":"t","type":"TS_LATEST"}}},
        "metrics":{"mean":{"function":"AVG","input":{"type":"key","key":"t"}},
                   "number":{"function":"COUNT","input":{"type":"key","key":"t"}}},
        "output":{"type":"TIME_SERIES","decimalsByDefault":1}})");
    const FieldLimits limits;
    FieldValues values(configuration, limits);
    const EntityId first = model::DeviceId::make(), second = model::DeviceId::make();
    values.set_related(
        0, {
               {first,                   {7, std::int64_t{20}}},
               {second,                  {9, 21.5}            },
               {model::DeviceId::make(), {}                   }
    });
    ASSERT_TRUE(values.complete());
    FieldProgram program;
    program.metrics.resize(2);
    Scripts scripts({}, {});
    const auto result = evaluate_related(configuration, program, values, limits, 10, scripts);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(json_text(*result), R"({"ts":9,"values":{"mean":20.8,"number":2}})");
    const auto late =
        evaluate_related(configuration, program, values, limits, 10, scripts, [] { return true; });
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    EXPECT_EQ(values.apply_related(0, first, {false, {}, "t", 6, std::int64_t{1}}), false);
    EXPECT_EQ(values.apply_related(0, first, {false, {}, "t", 8, std::int64_t{1}}), true);
    EXPECT_EQ(values.apply_related(0, model::DeviceId::make(), {false, {}, "t", 8, 1.0}),
              std::nullopt);
}

struct PlanHouse {
    core::EntityAggregation part;
    FieldLimits limits;
    static constexpr EpochMs hour = 3'600'000;
    std::vector<core::TimeSpan> spans(IntervalPlan& plan, EpochMs now) {
        std::vector<core::TimeSpan> out;
        for (const DueInterval& each : plan.due(now)) out.push_back(each.span);
        return out;
    }
};

TEST(IntervalPlan, TellsEachIntervalWhenItEnds) {
    PlanHouse house;
    constexpr EpochMs hour = PlanHouse::hour;
    IntervalPlan plan(house.part, house.limits, 10 * hour + 5);
    EXPECT_EQ(plan.due(10 * hour + 5), (std::vector<DueInterval>{
                                           {{9 * hour, 10 * hour}, true}
    }));
    EXPECT_EQ(plan.next(), 11 * hour);
    EXPECT_TRUE(house.spans(plan, 11 * hour - 1).empty());
    EXPECT_EQ(house.spans(plan, 12 * hour), (std::vector<core::TimeSpan>{
                                                {10 * hour, 11 * hour},
                                                {11 * hour, 12 * hour}
    }));
}

TEST(IntervalPlan, TellsAgainOfLateValuesUntilTheWatermark) {
    PlanHouse house;
    constexpr EpochMs hour = PlanHouse::hour;
    house.part.watermark = std::chrono::minutes(30);
    IntervalPlan plan(house.part, house.limits, 10 * hour);
    (void)plan.due(10 * hour);
    plan.take(9 * hour + 1, 10 * hour + 1);
    EXPECT_EQ(plan.next(), 10 * hour + 1 + 60'000);
    EXPECT_EQ(house.spans(plan, 10 * hour + 60'001), (std::vector<core::TimeSpan>{
                                                         {9 * hour, 10 * hour}
    }));
    plan.take(9 * hour + 1, 10 * hour + hour / 2);
    EXPECT_EQ(plan.next(), 11 * hour) << "too late";
}

TEST(IntervalPlan, GoesOnFromItsDocument) {
    PlanHouse house;
    constexpr EpochMs hour = PlanHouse::hour;
    house.part.watermark = std::chrono::hours(2);
    house.part.intermediate = true;
    IntervalPlan plan(house.part, house.limits, 10 * hour + 5);
    plan.take(9 * hour + 7, 10 * hour + 6);
    plan.take(10 * hour + 7, 10 * hour + 8);
    const auto same = IntervalPlan::restored(house.part, house.limits, plan.document());
    ASSERT_TRUE(same);
    EXPECT_EQ(*same, plan);
    (void)plan.due(11 * hour);
    EXPECT_EQ(IntervalPlan::restored(house.part, house.limits, plan.document()), plan);
    EXPECT_FALSE(IntervalPlan::restored(house.part, house.limits, {}));
}

TEST(IntervalPlan, TellsOfTheOneThatRunsIfAsked) {
    PlanHouse house;
    constexpr EpochMs hour = PlanHouse::hour;
    house.part.intermediate = true;
    IntervalPlan plan(house.part, house.limits, 10 * hour);
    (void)plan.due(10 * hour);
    plan.take(10 * hour + 1, 10 * hour + 1);
    EXPECT_EQ(plan.next(), 10 * hour + 1 + 300'000);
    EXPECT_EQ(house.spans(plan, plan.next()), (std::vector<core::TimeSpan>{
                                                  {10 * hour, 11 * hour}
    }));
    EXPECT_EQ(plan.next(), 11 * hour);
}

}  // namespace
}  // namespace thingstead::rule
