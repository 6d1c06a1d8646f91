// The node that aggregates over intervals of time.
#include <gtest/gtest.h>

#include "rule/aggregate.h"
#include "rule/node/aggregate_stream/interval.h"
#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

using namespace std::chrono_literals;
using aggregate_stream::IntervalType;

EpochMs at(std::chrono::sys_days day, std::chrono::milliseconds time = 0ms) {
    return std::chrono::sys_time<std::chrono::milliseconds>(day + time).time_since_epoch().count();
}

TEST(AggregationIntervals, FollowTheCalendar) {
    using namespace std::chrono;
    const EpochMs thursday = at(2024y / February / 29, 13h + 14min);
    struct Row {
        IntervalType type;
        sys_days start, end;
    };
    const Row rows[] = {
        {IntervalType::day,          2024y / February / 29, 2024y / March / 1  },
        {IntervalType::week,         2024y / February / 26, 2024y / March / 4  },
        {IntervalType::week_sun_sat, 2024y / February / 25, 2024y / March / 3  },
        {IntervalType::month,        2024y / February / 1,  2024y / March / 1  },
        {IntervalType::year,         2024y / January / 1,   2025y / January / 1},
    };
    for (const Row& row : rows) {
        const auto got = interval_of(row.type, 0ms, thursday);
        EXPECT_EQ(got.start, at(row.start));
        EXPECT_EQ(got.end, at(row.end));
        EXPECT_EQ(interval_of(row.type, 0ms, got.start).start, got.start);
        EXPECT_EQ(interval_of(row.type, 0ms, got.end).start, got.end);
        EXPECT_EQ(interval_of(row.type, 0ms, got.end - 1).start, got.start);
    }
    const auto hour = interval_of(IntervalType::hour, 0ms, thursday);
    EXPECT_EQ(hour.start, at(2024y / February / 29, 13h));
    EXPECT_EQ(hour.end, at(2024y / February / 29, 14h));
    EXPECT_EQ(interval_of(IntervalType::custom, 300ms, 1'000).start, 900);
    EXPECT_EQ(interval_of(IntervalType::custom, 300ms, -1).start, -300);
}

TEST(Aggregates, AreWhatTheFunctionSays) {
    const auto result = [](AggregateFunction function, std::initializer_list<json::value> values) {
        Aggregate aggregate;
        for (const json::value& each : values) EXPECT_TRUE(add(aggregate, function, each));
        return json::serialize(result_of(aggregate, function));
    };
    EXPECT_EQ(result(AggregateFunction::min, {3, -1.5, "2"}), "-1.5E0");
    EXPECT_EQ(result(AggregateFunction::max, {-3, -1.5, "-2"}), "-1.5E0");
    EXPECT_EQ(result(AggregateFunction::sum, {1, 2.25}), "3.25E0");
    EXPECT_EQ(result(AggregateFunction::avg, {1, 2, 4.5}), "2.5E0");
    EXPECT_EQ(result(AggregateFunction::count, {1, "x", true}), "3");
    EXPECT_EQ(result(AggregateFunction::count_unique, {"x", "y", "x", 1, 1}), "3");
    Aggregate aggregate;
    EXPECT_EQ(add(aggregate, AggregateFunction::sum, "x").error().message,
              "The value is no number: x");
    EXPECT_EQ(aggregate.count, 0);
}

struct AggregateStream : ::testing::Test {
    static constexpr const char* type = "analytics.incoming.TbSimpleAggMsgNode";
    static constexpr std::string_view common =
        R"({"mathFunction":"SUM","aggIntervalType":"CUSTOM","aggIntervalValue":10,)"
        R"("aggIntervalTimeUnit":"MINUTES","inputValueKey":"v","outputValueKey":"sum",)"
        R"("intervalCheckValue":1)";

    void make(const std::string& more) {
        const Result<> made = world.make(type, std::string(common) + more + "}");
        ASSERT_TRUE(made) << made.error().message;
    }
    /// A moment after the beginning of an interval.
    void begin_interval() {
        const EpochMs length = 600'000;
        world.turn(std::chrono::milliseconds(length - world.house.clock.now_ms() % length + 1));
        start = world.house.clock.now_ms() - 1;
    }
    NodeAnswer send(const std::string& value, std::chrono::milliseconds ago = 0ms) {
        const EpochMs ts = world.house.clock.now_ms() - ago.count();
        return world.send(R"({"v":)" + value + "}", metadata_of({
                                                        {"ts", std::to_string(ts)}
        }));
    }
    std::string told(const std::vector<model::QueuedMsg>& queued) {
        std::string text;
        for (const model::QueuedMsg& each : queued) {
            EXPECT_EQ(each.msg.originator, model::EntityId(world.house.device));
            EXPECT_EQ(each.relations, std::vector<std::string>{"Success"});
            text += each.msg.type + each.msg.data + ";";
        }
        return text;
    }
    std::string result(const char* value, EpochMs of) {
        return R"(POST_TELEMETRY_REQUEST{"ts":)" + std::to_string(of) + R"(,"values":{"sum":)" +
               value + "}};";
    }

    NodeWorld world;
    EpochMs start = 0;
};

TEST_F(AggregateStream, TellsWhenTheIntervalIsOver) {
    make("");
    begin_interval();
    EXPECT_EQ(send("1").way(), "consumed");
    EXPECT_EQ(send("2.5").way(), "consumed");
    EXPECT_EQ(told(world.turn(8min)), "");
    EXPECT_EQ(told(world.turn(2min)), result("3.5", start));
    EXPECT_EQ(send("7", 5min).way(), "consumed");  // too late
    EXPECT_EQ(told(world.turn(1min)), "");
}

TEST_F(AggregateStream, TellsAtEachCheckWhatIsNew) {
    make(R"(,"intervalPersistencePolicy":"ON_EACH_CHECK")");
    begin_interval();
    send("1");
    EXPECT_EQ(told(world.turn(1min)), result("1.0", start));
    EXPECT_EQ(told(world.turn(1min)), "");
    send("1");
    EXPECT_EQ(told(world.turn(1min)), result("2.0", start));
}

TEST_F(AggregateStream, TellsWithEachMessage) {
    make(R"(,"intervalPersistencePolicy":"ON_EACH_MESSAGE","outMsgType":"SUMS")");
    begin_interval();
    send("1");
    const NodeAnswer answer = send("2");
    EXPECT_EQ(answer.way(), "consumed");
    ASSERT_EQ(answer.queued.size(), 1u);
    EXPECT_EQ(answer.queued[0].msg.type, "SUMS");
    EXPECT_NE(answer.queued[0].msg.data.find(R"("sum":3.0)"), std::string::npos);
    EXPECT_EQ(told(world.turn(11min)), "");
}

TEST_F(AggregateStream, GoesOnAfterItsEnd) {
    make("");
    begin_interval();
    send("1");
    world.drop_node();
    make("");
    send("2");
    EXPECT_EQ(told(world.turn(10min)), result("3.0", start));
    world.drop_node();
    make("");
    send("4");
    EXPECT_EQ(told(world.turn(10min)), result("4.0", start + 600'000));
}

TEST_F(AggregateStream, StoresNowAndThenAndAtItsEnd) {
    make(R"(,"statePersistencePolicy":"PERIODICALLY","statePersistenceValue":2)");
    begin_interval();
    send("1");
    world.turn(2min);
    send("2");
    world.drop_node();
    world.run_ready();
    make("");
    send("4");
    EXPECT_EQ(told(world.turn(8min)), result("7.0", start));
}

TEST_F(AggregateStream, FailsWithWhatItCannotCount) {
    make("");
    begin_interval();
    EXPECT_EQ(send("\"x\"").error, "The value is no number: x");
    EXPECT_EQ(world.send(R"({"w":1})").error, "The message has no value of v!");
    EXPECT_EQ(world.send("[]").error, "Message body is not an object!");
    EXPECT_EQ(told(world.turn(11min)), "");
}

TEST_F(AggregateStream, DoesNotStartWithWhatItCannotDo) {
    const auto refusal = [&](const char* configuration) {
        return world.make(type, configuration).error().message;
    };
    EXPECT_EQ(refusal(R"({"inputValueKey":" "})"), "inputValueKey can't be blank!");
    EXPECT_EQ(refusal(R"({"outputValueKey":""})"), "outputValueKey can't be blank!");
    EXPECT_EQ(refusal(R"({"autoCreateIntervals":true})"),
              "Intervals without messages are not made by this server!");
    EXPECT_EQ(refusal(R"({"timeZoneId":"Europe/Kyiv"})"),
              "Intervals are in UTC here, not in Europe/Kyiv!");
    EXPECT_FALSE(world.make(type, R"({"aggIntervalValue":0})"));
    EXPECT_TRUE(world.make(type, R"({"timeZoneId":"Europe/Kyiv","aggIntervalType":"CUSTOM"})"));
}

}  // namespace
}  // namespace thingstead::rule::testing
