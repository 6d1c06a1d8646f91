#include "store/cache/valkey/wire.h"

#include <gtest/gtest.h>

#include "store/cache/valkey/settings.h"

namespace thingstead::store::valkey {
namespace {

TEST(WireKey, IsReadBack) {
    for (const std::string key : {"", "k", "a:b", "ts:credentials:k"}) {
        const std::string wire = wire_key("ts:", CacheRegion::profiles, key);
        EXPECT_EQ(wire, "ts:profiles:" + key);
        const auto read = read_wire_key("ts:", wire);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->region, CacheRegion::profiles);
        EXPECT_EQ(read->key, key);
    }
    for (const char* foreign : {"", "ts:", "ts:profiles", "ts:others:k", "tx:profiles:k"})
        EXPECT_FALSE(read_wire_key("ts:", foreign)) << foreign;
}

TEST(RegionPattern, TakesThePrefixAsItIs) {
    EXPECT_EQ(region_pattern("a*b?[c]\\:", CacheRegion::devices), "a\\*b\\?\\[c\\]\\\\:devices:*");
}

TEST(HeldValue, TellsValuesFromLeases) {
    using namespace std::chrono_literals;
    for (std::string text :
         {std::string(), std::string("v"), wire_lease(7), std::string("\0L", 2)}) {
        std::string wire = text;
        append_value_mark(wire, 1500ms);
        const Held held = read_held(wire);
        ASSERT_NE(held.value, nullptr);
        EXPECT_EQ(*held.value, text);
        EXPECT_EQ(held.ttl, 1500ms);
        EXPECT_EQ(held.lease, 0u);
    }
    const Held lease = read_held(wire_lease(0x8877665544332211));
    EXPECT_EQ(lease.value, nullptr);
    EXPECT_EQ(lease.lease, 0x8877665544332211);
    for (const char* foreign : {"", "V", "L", "something longer", "12345678901L"}) {
        const Held held = read_held(foreign);
        EXPECT_EQ(held.value, nullptr) << foreign;
        EXPECT_EQ(held.lease, 0u) << foreign;
    }
}

TEST(PutScript, HasTheNameThatTheServerGivesIt) { EXPECT_EQ(put_script_name().size(), 40u); }

}  // namespace
}  // namespace thingstead::store::valkey
