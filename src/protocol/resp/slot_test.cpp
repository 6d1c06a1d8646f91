#include "protocol/resp/slot.h"

#include <gtest/gtest.h>

namespace thingstead::resp {
namespace {

TEST(Slot, HasTheCheckValueOfItsCrc) { EXPECT_EQ(crc16("123456789"), 0x31C3); }

TEST(Slot, IsThatOfTheServer) {
    // As CLUSTER KEYSLOT answers.
    EXPECT_EQ(key_slot("foo"), 12182);
    EXPECT_EQ(key_slot("bar"), 5061);
    EXPECT_EQ(key_slot(""), 0);
}

TEST(Slot, CountsTheFirstPartInBracesAloneUnlessItIsEmpty) {
    EXPECT_EQ(key_slot("{user1000}.following"), key_slot("user1000"));
    EXPECT_EQ(key_slot("a{foo}{bar}"), key_slot("foo"));
    EXPECT_EQ(key_slot("foo{{bar}}zap"), key_slot("{bar"));
    EXPECT_EQ(key_slot("foo{}{bar}"), crc16("foo{}{bar}") % slot_count);
    EXPECT_EQ(key_slot("foo{bar"), crc16("foo{bar") % slot_count);
}

}  // namespace
}  // namespace thingstead::resp
