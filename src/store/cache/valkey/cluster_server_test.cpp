// The driver on a cluster whose nodes die and whose slots move.
#include <gtest/gtest.h>

#include <optional>

#include "store/cache/valkey/nodes.h"
#include "store/cache/valkey/testing.h"
#include "store/cache/valkey/wire.h"

namespace thingstead::store::valkey {
namespace {

constexpr CacheRegion region = CacheRegion::credentials;

struct RedisCluster : testing::Test {
    Process process;
    Settings settings = cluster_settings();
    const std::vector<std::string> addresses = settings.addresses;

    std::uint16_t slot_of(const std::string& key) const {
        return resp::key_slot(wire_key(settings.prefix, region, key));
    }
    /// As the cluster was made: equal shares, in order.
    std::size_t node_of(const std::string& key) const {
        return slot_of(key) * 3u / resp::slot_count;
    }
    std::string key_on(std::size_t node, const std::string& name) const {
        for (int i = 0;; ++i)
            if (const std::string key = name + std::to_string(i); node_of(key) == node) return key;
    }
    static std::string id_of(Admin& node) { return node.ask("CLUSTER", "MYID").text; }
};

TEST_F(RedisCluster, SpreadsKeysOverAllNodesKnowingOne) {
    settings.addresses.resize(1);
    BlockingCache cache = process.open(settings);
    for (std::size_t node = 0; node < 3; ++node) {
        const std::string key = key_on(node, "k");
        EXPECT_TRUE(cache.fill(region, key, "v"));
        EXPECT_EQ(cache.get(region, key), "v");
        Admin admin(addresses[node]);
        EXPECT_FALSE(admin.ask("GET", wire_key(settings.prefix, region, key)).is_error());
    }
    EXPECT_EQ(process.metric("thingstead_cache_server_connections"), 6);
}

TEST_F(RedisCluster, ALostNodeTakesItsKeysAndNoOthers) {
    BlockingCache cache = process.open(settings);
    std::string keys[3];
    for (std::size_t node = 0; node < 3; ++node) {
        keys[node] = key_on(node, "k");
        ASSERT_TRUE(cache.fill(region, keys[node], "v"));
    }
    test::control_server("kill", "redis_cluster.2");
    EXPECT_TRUE(comes_true([&] { return cache.get(region, keys[1]) == nothing; }));
    for (const std::size_t node : {0u, 2u}) {
        EXPECT_EQ(cache.get(region, keys[node]), "v");
        EXPECT_TRUE(cache.fill(region, key_on(node, "while one is dead"), "v"));
    }
    EXPECT_FALSE(cache.fill(region, keys[1], "v"));
    EXPECT_FALSE(cache.erase(region, {keys[0], keys[1], keys[2]}));
    EXPECT_EQ(cache.get(region, keys[0]), nothing);
    EXPECT_TRUE(cache.fill(region, keys[0], "again"));
    // The others find out that it is dead, and go on.
    Admin first(addresses[0]);
    EXPECT_TRUE(comes_true(
        [&] { return first.ask("CLUSTER", "NODES").text.find("fail ") != std::string::npos; }));
    EXPECT_EQ(cache.get(region, keys[0]), "again");
    // A process that starts now serves what there is.
    BlockingCache other = process.open(settings);
    EXPECT_EQ(other.get(region, keys[0]), "again");

    test::control_server("start", "redis_cluster.2");
    EXPECT_TRUE(comes_true([&] { return cache.fill(region, keys[1], "back"); }));
    EXPECT_TRUE(comes_true([&] { return other.get(region, keys[1]) == "back"; }));
    EXPECT_TRUE(comes_true([&] {
        return first.ask("CLUSTER", "INFO").text.find("cluster_slots_fail:0") != std::string::npos;
    }));
}

TEST_F(RedisCluster, FollowsASlotThatMoves) {
    settings.topology_period = std::chrono::hours(1);  // so that redirections alone tell
    BlockingCache cache = process.open(settings), other = process.open(settings);
    const std::string key = key_on(0, "moves"), wire = wire_key(settings.prefix, region, key);
    const std::string slot = std::to_string(slot_of(key));
    ASSERT_TRUE(cache.fill(region, key, "v"));
    ASSERT_EQ(cache.get(region, key), "v");
    ASSERT_EQ(other.get(region, key), "v");

    Admin from(addresses[0]), to(addresses[2]), third(addresses[1]);
    const std::string from_id = id_of(from), to_id = id_of(to);
    to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from_id);
    from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to_id);
    const net::Address target = *net::parse_address(addresses[2]);
    const resp::Value migrated =
        from.ask("MIGRATE", target.host, std::to_string(target.port), wire, "0", "5000");
    ASSERT_EQ(migrated.text, "OK");
    // Under way: the old node answers ASK for what has left it.
    EXPECT_TRUE(comes_true([&] {
        return cache.get(region, key) == "v" &&
               process.metrics.expose().find("redirections_total{kind=\"ask\"} 0") ==
                   std::string::npos;
    }));
    EXPECT_TRUE(cache.erase(region, {key}));
    EXPECT_TRUE(comes_true([&] { return other.get(region, key) == nothing; }));
    EXPECT_TRUE(cache.fill(region, key, "written on the way"));

    for (Admin* each : {&to, &from, &third}) each->ask("CLUSTER", "SETSLOT", slot, "NODE", to_id);
    EXPECT_TRUE(comes_true([&] { return cache.get(region, key) == "written on the way"; }));
    EXPECT_TRUE(cache.erase(region, {key}));
    EXPECT_TRUE(comes_true([&] { return other.get(region, key) == nothing; }));
    EXPECT_TRUE(cache.fill(region, key, "written there"));
    EXPECT_EQ(other.get(region, key), "written there");
    EXPECT_EQ(process.metrics.expose().find("redirections_total{kind=\"moved\"} 0"),
              std::string::npos);
    EXPECT_TRUE(cache.erase_region(region));
    EXPECT_EQ(cache.get(region, key), nothing);

    // As it was, for the other tests.
    to.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", from_id);
    from.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", to_id);
    to.ask("FLUSHALL");
    for (Admin* each : {&from, &to, &third}) each->ask("CLUSTER", "SETSLOT", slot, "NODE", from_id);
}

TEST_F(RedisCluster, AClusterThatIsAwayAtTheStartIsAWarning) {
    test::control_server("kill", "redis_cluster");
    BlockingCache cache = process.open(settings);
    EXPECT_EQ(cache.get(region, "k"), nothing);
    EXPECT_FALSE(cache.erase_region(region));
    test::control_server("start", "redis_cluster");
    EXPECT_TRUE(comes_true([&] { return cache.fill(region, "k", "v"); }));
    EXPECT_EQ(cache.get(region, "k"), "v");
}

}  // namespace
}  // namespace thingstead::store::valkey
