#include "base/uuid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace thingstead {
namespace {

TEST(Uuid, TextReadsBackInEitherCase) {
    const Uuid id = *parse_uuid("13814000-1DD2-11b2-8080-808080808080");
    EXPECT_EQ(id, null_uuid);
    EXPECT_EQ(id.to_string(), "13814000-1dd2-11b2-8080-808080808080");
    EXPECT_EQ(id.time().time_since_epoch().count(), 0);
}

TEST(Uuid, WrongTextIsNamed) {
    for (const char* text :
         {"", "x", "13814000-1dd2-11b2-8080-80808080808", "13814000x1dd2-11b2-8080-808080808080",
          "13814000-1dd2-11b2-8080-80808080808g", "13814000-1dd2-11b2-8080-8080808080800"}) {
        const Result<Uuid> id = parse_uuid(text);
        ASSERT_FALSE(id);
        EXPECT_EQ(id.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(id.error().message, std::string("Invalid UUID string: ") + text);
    }
}

TEST(Uuid, NewIdsGrowAndTheirKeyBytesGrowWithThem) {
    std::vector<Uuid> ids;
    for (int i = 0; i < 2000; ++i) ids.push_back(new_time_uuid());
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
    for (std::size_t i = 1; i < ids.size(); ++i) {
        ASSERT_EQ(ids[i].version(), 1);
        const auto a = ids[i - 1].ordered_bytes(), b = ids[i].ordered_bytes();
        ASSERT_LT(std::memcmp(a.data(), b.data(), 16), 0);
        ASSERT_EQ(Uuid::from_ordered_bytes(b.data()), ids[i]);
        ASSERT_EQ(Uuid::from_bytes(ids[i].bytes().data()), ids[i]);
    }
    const auto now = std::chrono::system_clock::now();
    EXPECT_LT(now - ids.back().time(), std::chrono::seconds(5));
}

TEST(Uuid, OrderedBytesAgreeWithTheOrderOfIdsOverClockCarries) {
    // The low, middle and high clock fields roll over in turn.
    const char* rising[] = {
        "ffffffff-ffff-1000-8000-000000000000", "00000000-0000-1001-8000-000000000000",
        "00000001-0000-1001-8000-000000000000", "00000000-0001-1001-8000-000000000000"};
    for (std::size_t i = 1; i < std::size(rising); ++i) {
        const Uuid a = *parse_uuid(rising[i - 1]), b = *parse_uuid(rising[i]);
        EXPECT_LT(a, b);
        EXPECT_LT(std::memcmp(a.ordered_bytes().data(), b.ordered_bytes().data(), 16), 0);
    }
}

TEST(Uuid, RandomIdsAreVersionFour) { EXPECT_EQ(new_random_uuid().version(), 4); }

}  // namespace
}  // namespace thingstead
