#include "core/entity_view/entity_view_rules.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

using model::AttributeScope;
using model::EntityView;
using Keys = std::vector<std::string>;

TEST(EntityViewRules, AListThatIsNotThereHasEveryKey) {
    EntityView view;
    EXPECT_FALSE(telemetry_keys(view));
    EXPECT_FALSE(attribute_keys(view, AttributeScope::client));
    view.keys =
        *parse_json(R"({"timeseries":["t"],"attributes":{"cs":[],"ss":["a","b"],"sh":null}})");
    EXPECT_EQ(telemetry_keys(view), KeyList(Keys{"t"}));
    EXPECT_EQ(attribute_keys(view, AttributeScope::client), KeyList(Keys{}));
    EXPECT_EQ(attribute_keys(view, AttributeScope::server), KeyList(Keys{"a", "b"}));
    EXPECT_FALSE(attribute_keys(view, AttributeScope::shared));
}

TEST(EntityViewRules, TheTimeOfAViewMayBeOpen) {
    EntityView view;
    EXPECT_TRUE(is_within(view, 5));
    view.start_time_ms = 5;
    EXPECT_FALSE(is_within(view, 4));
    EXPECT_TRUE(is_within(view, 5));
    view.end_time_ms = 7;
    EXPECT_TRUE(is_within(view, 7));
    EXPECT_FALSE(is_within(view, 8));
}

}  // namespace
}  // namespace thingstead::core
