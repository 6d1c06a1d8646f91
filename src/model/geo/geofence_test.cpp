#include "model/geo/geofence.h"

#include <gtest/gtest.h>

namespace thingstead::model::geo {
namespace {

bool inside(double latitude, double longitude, std::string_view polygon) {
    const Result<Polygon> read = parse_polygon(polygon);
    EXPECT_TRUE(read) << polygon;
    return read && is_inside({latitude, longitude}, *read);
}

TEST(Polygon, HoldsWhatIsInside) {
    constexpr std::string_view square = "[[0,0],[0,4],[4,4],[4,0]]";
    EXPECT_TRUE(inside(2, 2, square));
    EXPECT_FALSE(inside(5, 2, square));
    EXPECT_FALSE(inside(0, 2, square));  // on an edge
    EXPECT_FALSE(inside(4, 4, square));  // on a corner
    EXPECT_TRUE(inside(2, 2, "[[0,0],[0,4],[4,4],[4,0],[0,0]]"));
    EXPECT_TRUE(inside(1, 1, "[[0,0],[4,4]]"));  // opposite corners
    EXPECT_FALSE(inside(5, 1, "[[0,0],[4,4]]"));
    EXPECT_FALSE(inside(0, 0, "[[0,0],[4,4],[0,0]]"));  // without area
    EXPECT_TRUE(inside(-0.5, 0.5, "[[-2,0],[0,2],[0,0]]"));
}

TEST(Polygon, HasHolesAndIslands) {
    constexpr std::string_view holed = "[[[0,0],[0,10],[10,10],[10,0]],[[2,2],[2,4],[4,4],[4,2]]]";
    EXPECT_TRUE(inside(1, 1, holed));
    EXPECT_FALSE(inside(3, 3, holed));
    EXPECT_FALSE(inside(2, 3, holed));  // on the hole's border
    EXPECT_TRUE(inside(5, 5, holed));
    constexpr std::string_view two = "[[[[0,0],[0,2],[2,2],[2,0]]],[[[5,5],[7,7]]]]";
    EXPECT_TRUE(inside(1, 1, two));
    EXPECT_TRUE(inside(6, 6, two));
    EXPECT_FALSE(inside(4, 4, two));
    // Rings that overlap or touch are no holes.
    constexpr std::string_view overlap = "[[[0,0],[4,4]],[[2,2],[6,6]]]";
    EXPECT_TRUE(inside(3, 3, overlap));
    EXPECT_TRUE(inside(5, 5, overlap));
    constexpr std::string_view touching = "[[[0,0],[4,4]],[[0,1],[2,2]]]";
    EXPECT_TRUE(inside(1, 1.5, touching));
}

TEST(Polygon, IsRefusedWhereItIsNone) {
    for (const std::string_view text : {"", "{}", "[]", "[1,2]", "[[1]]", "[[\"a\",1],[2,2]]",
                                        "[[1,2]]", "[[1,2],[3]]", "[[[1,2],[3,4]],5]", "[["})
        EXPECT_FALSE(parse_polygon(text)) << text;
    std::string many = "[[0,0]";
    for (int i = 0; i < 20'001; ++i) many += ",[1,1]";
    EXPECT_EQ(parse_polygon(many + "]").error().code, ErrorCode::too_large);
}

TEST(Circle, IsMeasuredOnTheSphere) {
    constexpr Coordinates kyiv{50.4501, 30.5234};
    constexpr Coordinates paris{48.8566, 2.3522};
    EXPECT_NEAR(distance(kyiv, paris, RangeUnit::kilometer), 2024.1, 3);
    EXPECT_NEAR(distance({0, 0}, {0, 1}, RangeUnit::kilometer), 111.19508, 1e-4);
    EXPECT_NEAR(distance({0, 0}, {0, 1}, RangeUnit::meter), 111195.08, 0.1);
    EXPECT_NEAR(distance({0, 0}, {0, 1}, RangeUnit::foot), 111.19508 * 3280.84, 1);
    EXPECT_NEAR(distance({0, 0}, {0, 1}, RangeUnit::mile), 111.19508 * 0.62137, 1e-3);
    EXPECT_NEAR(distance({0, 0}, {0, 1}, RangeUnit::nautical_mile), 111.19508 * 0.539957, 1e-3);
    EXPECT_EQ(distance(kyiv, kyiv, RangeUnit::meter), 0);
    EXPECT_FALSE(is_inside(kyiv, Circle{kyiv, 0}));  // strictly nearer
    EXPECT_TRUE(is_inside(kyiv, Circle{kyiv, 0.001}));
}

TEST(Circle, IsReadFromJson) {
    const Result<Circle> metres =
        parse_circle(R"({"latitude":50.0,"longitude":30.01,"radius":800})");
    ASSERT_TRUE(metres);
    EXPECT_TRUE(is_inside({50.0, 30.0}, *metres));
    EXPECT_FALSE(is_inside({50.01, 30.0}, *metres));
    const Result<Circle> miles =
        parse_circle(R"({"latitude":50.0,"longitude":30.01,"radius":1,"radiusUnit":"MILE"})");
    ASSERT_TRUE(miles);
    EXPECT_EQ(miles->unit, RangeUnit::mile);
    for (const std::string_view text :
         {"", "[]", R"({"latitude":50.0,"longitude":30.01})",
          R"({"latitude":"x","longitude":1,"radius":1})",
          R"({"latitude":1,"longitude":1,"radius":1,"radiusUnit":"YARD"})"})
        EXPECT_FALSE(parse_circle(text)) << text;
}

}  // namespace
}  // namespace thingstead::model::geo
