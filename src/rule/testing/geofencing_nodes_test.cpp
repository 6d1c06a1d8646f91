// The nodes that ask where a message is.
#include <gtest/gtest.h>

#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {
namespace {

struct Place {
    const char* configuration;
    const char* data;
    const char* key;  ///< Of the metadata that has the perimeter.
    const char* perimeter;
    const char* way;
    const char* error = "";
};
constexpr const char* square = "[[0,0],[0,10],[10,10],[10,0]]";
constexpr const char* in_square = R"({"latitude":5,"longitude":"5.5"})";
const Place places[] = {
    {R"({"perimeterKeyName":"p"})", in_square, "p", square, "True"},
    {R"({"perimeterKeyName":"p"})", R"({"latitude":50,"longitude":5})", "p", square, "False"},
    {R"({"perimeterKeyName":"p"})", R"({"latitude":5})", "longitude", "5", "Failure",
     "Missing perimeter definition!"},
    {R"({"perimeterKeyName":"p"})", R"({"latitude":5})", "p", square, "Failure",
     "The message has no longitude"},
    {R"({"perimeterKeyName":"p"})", R"({"latitude":"north","longitude":5})", "p", square, "Failure",
     "The message's latitude is no number: north"},
    {R"({"perimeterKeyName":"p"})", "[]", "p", square, "Failure", "Message body is not an object!"},
    {R"({"perimeterKeyName":"p"})", in_square, "p", "[[0,", "Failure", "Invalid JSON"},
    {R"({})", in_square, "perimeter", square, "True"},
    {R"({})", in_square, "p", square, "Failure", "Missing perimeter definition!"},
    {R"({"perimeterType":"CIRCLE"})", in_square, "range", "1", "Failure",
     "Missing perimeter definition!"},
    {R"({"perimeterType":"CIRCLE","perimeterKeyName":"p"})", in_square, "p",
     R"({"latitude":5,"longitude":5,"radius":100,"radiusUnit":"KILOMETER"})", "True"},
    {R"({"perimeterType":"CIRCLE","perimeterKeyName":"p"})", in_square, "p",
     R"({"latitude":5,"longitude":5,"radius":100})", "False"},
    {R"({"fetchPerimeterInfoFromMessageMetadata":false,"polygonsDefinition":"[[0,0],[10,10]]","latitudeKeyName":"lat","longitudeKeyName":"lon"})",
     R"({"lat":1,"lon":2})", "x", "", "True"},
    {R"({"fetchPerimeterInfoFromMessageMetadata":false,"perimeterType":"CIRCLE","centerLatitude":5,"centerLongitude":5,"range":50,"rangeUnit":"MILE"})",
     in_square, "x", "", "True"},
    {R"({"fetchPerimeterInfoFromMessageMetadata":false,"perimeterType":"CIRCLE","centerLatitude":5,"centerLongitude":5,"range":50,"rangeUnit":"FOOT"})",
     in_square, "x", "", "False"},
};

TEST(GpsGeofencingFilter, LooksWhereTheMessageIs) {
    NodeWorld world;
    for (const Place& row : places) {
        SCOPED_TRACE(std::string(row.configuration) + row.data);
        ASSERT_TRUE(world.make("geo.TbGpsGeofencingFilterNode", row.configuration));
        const NodeAnswer answer = world.send(row.data, metadata_of({
                                                           {row.key, row.perimeter}
        }));
        EXPECT_EQ(answer.way(), row.way);
        EXPECT_TRUE(answer.error.starts_with(row.error)) << answer.error;
    }
}

TEST(GpsGeofencingFilter, ReadsTheOlderKeysOfACircle) {
    NodeWorld world;
    const char* const type = "geo.TbGpsGeofencingFilterNode";
    ASSERT_TRUE(world.make(type, R"({"perimeterType":"CIRCLE"})"));
    model::Metadata metadata = metadata_of({
        {"centerLatitude",  "5"        },
        {"centerLongitude", "5"        },
        {"range",           "60"       },
        {"rangeUnit",       "KILOMETER"}
    });
    EXPECT_EQ(world.send(in_square, metadata).way(), "True");
    metadata.put("range", "50");
    EXPECT_EQ(world.send(in_square, metadata).way(), "False");
    metadata.put("rangeUnit", "LEAGUE");
    EXPECT_EQ(world.send(in_square, metadata).error, "Unknown range unit: LEAGUE");
    EXPECT_NE(default_of(type).find(R"("perimeterKeyName":"ss_perimeter")"), std::string::npos);
}

TEST(GpsGeofencingFilter, DoesNotStartWithAWrongConfiguration) {
    NodeWorld world;
    const char* const type = "geo.TbGpsGeofencingFilterNode";
    EXPECT_FALSE(world.make(type, R"({"perimeterType":null})"));
    EXPECT_FALSE(world.make(type, R"({"fetchPerimeterInfoFromMessageMetadata":false})"));
    EXPECT_FALSE(world.make(type, R"({"fetchPerimeterInfoFromMessageMetadata":false,
                                      "polygonsDefinition":"[1]"})"));
    EXPECT_FALSE(world.make(type, R"({"fetchPerimeterInfoFromMessageMetadata":false,
                                      "perimeterType":"CIRCLE","range":1})"));
}

/// A world whose device is at a square, or not.
struct GpsGeofencingEvents : ::testing::Test {
    static constexpr const char* type = "geo.TbGpsGeofencingActionNode";

    void make(const char* more) {
        const Result<> made = world.make(
            type, std::string(R"({"fetchPerimeterInfoFromMessageMetadata":false,)") +
                      R"("polygonsDefinition":"[[0,0],[0,10],[10,10],[10,0]]",)" + more + "}");
        ASSERT_TRUE(made) << made.error().message;
    }
    NodeAnswer come(bool inside) { return world.send(inside ? in_square : far_away); }
    std::string stored() {
        std::vector<model::Attribute> found;
        const Result<> read =
            world.house.entities.write_now([&](store::Transaction& reader) -> Result<> {
                auto attributes =
                    reader.attributes(world.house.device, model::AttributeScope::server, {"bench"});
                if (!attributes) return attributes.error();
                found = *std::move(attributes);
                return {};
            });
        EXPECT_TRUE(read);
        return found.empty() ? "" : std::get<std::string>(found.front().value);
    }

    static constexpr const char* far_away = R"({"latitude":50,"longitude":5})";
    NodeWorld world;
};

TEST_F(GpsGeofencingEvents, TellsComingGoingAndEveryMessageBetween) {
    make(R"("reportPresenceStatusOnEachMessage":true)");
    EXPECT_EQ(come(true).way(), "Entered");
    EXPECT_EQ(come(true).way(), "Inside");
    EXPECT_EQ(come(false).way(), "Left");
    EXPECT_EQ(come(false).way(), "Outside");
    EXPECT_EQ(come(true).way(), "Entered");
    EXPECT_EQ(world.send(R"({"latitude":5})").way(), "Failure");
}

TEST_F(GpsGeofencingEvents, TellsOnceThatTheOriginatorStayed) {
    make(R"("reportPresenceStatusOnEachMessage":false,"minInsideDuration":10,
            "minInsideDurationTimeUnit":"SECONDS","minOutsideDuration":1)");
    EXPECT_EQ(come(true).way(), "Entered");
    world.turn(std::chrono::seconds(10));
    EXPECT_EQ(come(true).way(), "Success");
    world.turn(std::chrono::milliseconds(1));
    EXPECT_EQ(come(true).way(), "Inside");
    EXPECT_EQ(come(true).way(), "Success");
    EXPECT_EQ(come(false).way(), "Left");
    world.turn(std::chrono::seconds(60));
    EXPECT_EQ(come(false).way(), "Success");
    world.turn(std::chrono::seconds(1));
    EXPECT_EQ(come(false).way(), "Outside");
}

TEST_F(GpsGeofencingEvents, RemembersBeyondItsEnd) {
    make(R"("reportPresenceStatusOnEachMessage":false)");
    EXPECT_EQ(come(true).way(), "Entered");
    const std::string since = std::to_string(world.house.clock.now_ms());
    EXPECT_EQ(stored(), R"({"inside":true,"stateSwitchTime":)" + since + R"(,"stayed":false})");
    world.turn(std::chrono::minutes(2));
    make(R"("reportPresenceStatusOnEachMessage":false)");
    EXPECT_EQ(come(true).way(), "Inside");
    EXPECT_EQ(stored(), R"({"inside":true,"stateSwitchTime":)" + since + R"(,"stayed":true})");
    make(R"("reportPresenceStatusOnEachMessage":true)");
    EXPECT_EQ(come(false).way(), "Left");
}

TEST_F(GpsGeofencingEvents, TakesMessagesThatComeTogetherOneAfterTheOther) {
    make(R"("reportPresenceStatusOnEachMessage":true)");
    std::vector<model::Msg> msgs{world.message(in_square), world.message(in_square),
                                 world.message(far_away), world.message(in_square)};
    std::string ways;
    for (const NodeAnswer& each : world.send_together(std::move(msgs))) ways += each.way() + " ";
    EXPECT_EQ(ways, "Entered Inside Left Entered ");
}

TEST_F(GpsGeofencingEvents, IsBroughtUpToDate) {
    EXPECT_EQ(upgraded(type, 0, R"({"latitudeKeyName":"lat"})"),
              R"({"latitudeKeyName":"lat","reportPresenceStatusOnEachMessage":false})");
    EXPECT_FALSE(world.make(type, R"({"perimeterType":null})"));
    EXPECT_FALSE(world.make(type, R"({"minInsideDurationTimeUnit":"FORTNIGHTS"})"));
}

}  // namespace
}  // namespace thingstead::rule::testing
