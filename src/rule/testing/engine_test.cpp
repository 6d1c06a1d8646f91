#include <gtest/gtest.h>

#include "rule/testing/fixture.h"

namespace thingstead::rule::testing {
namespace {

TEST(RuleEngine, SavesTelemetryThroughTheDefaultRootChain) {
    Fixture house;
    house.start();
    house.send_telemetry(R"({"temperature":21.5,"on":true})");
    ASSERT_TRUE(house.all_committed());
    const std::vector<SavedPoint> points = house.timeseries.points();
    ASSERT_EQ(points.size(), 2u);
    EXPECT_EQ(points[0].value, (model::KeyValue{"temperature", 21.5}));
    EXPECT_EQ(points[0].entity, model::EntityId(house.device));
    EXPECT_EQ(points[0].ts, house.clock.now_ms());
    EXPECT_EQ(points[0].offset, 0);
    EXPECT_EQ(points[1].value, (model::KeyValue{"on", true}));
    EXPECT_EQ(metric(house.metrics, "thingstead_rule_messages_processed_total"), 1);
}

}  // namespace
}  // namespace thingstead::rule::testing
