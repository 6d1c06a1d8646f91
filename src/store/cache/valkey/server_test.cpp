// The driver on one server that is killed, paused, emptied, and guarded by a password.
#include <gtest/gtest.h>

#include <algorithm>

#include "net/timer.h"
#include "store/cache/valkey/testing.h"

namespace thingstead::store::valkey {
namespace {

constexpr CacheRegion test_region = CacheRegion::credentials;

struct Redis : testing::Test {
    Process process;
    Settings settings = single_settings();
    const std::string address = settings.addresses[0];

    static void control(const char* verb) { test::control_server(verb, "redis"); }
};

TEST_F(Redis, AnswersFromTheFrontWithoutTheServer) {
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    ASSERT_EQ(cache.get(test_region, "k"), "v");
    const double commands = process.metric("thingstead_cache_server_commands_total");
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(cache.get(test_region, "k"), "v");
    // A probe may have passed, not a thousand questions.
    EXPECT_LT(process.metric("thingstead_cache_server_commands_total"), commands + 100);
}

TEST_F(Redis, AnswersNothingWhileTheServerIsDeadAndServesAgainWhenItIsBack) {
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    ASSERT_EQ(cache.get(test_region, "k"), "v");
    control("kill");
    EXPECT_TRUE(process.log.lines->wait_for("cache.server.lost"));
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == nothing; }));
    EXPECT_EQ(cache->find_local(test_region, "k"), nullptr);
    EXPECT_FALSE(cache.fill(test_region, "k", "v"));
    EXPECT_FALSE(cache.erase(test_region, {"k"}));
    control("start");
    EXPECT_TRUE(comes_true([&] { return cache.fill(test_region, "k", "new"); }));
    EXPECT_EQ(cache.get(test_region, "k"), "new");
    EXPECT_EQ(process.log.lines->count("cache.server.ready"), 2u);
    EXPECT_EQ(process.log.lines->count("cache.server.lost"), 1u);
}

TEST_F(Redis, APausedServerCostsOneTimeoutAndThenNothing) {
    settings.command_timeout = 100ms;
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    control("pause");
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 200; ++i)
        ASSERT_EQ(cache.get(test_region, "key" + std::to_string(i)), nothing);
    // Two connections time out; two hundred questions in a row would take 20 s.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_GE(process.metric("thingstead_cache_server_timeouts_total"), 1);
    control("resume");
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == "v"; }));
}

TEST_F(Redis, AnEraseThatWasNotDeliveredIsDeliveredBeforeTheKeyIsAnsweredAgain) {
    settings.command_timeout = 100ms;
    BlockingCache cache = process.open(settings), other = process.open(settings);
    ASSERT_TRUE(cache.fill(test_region, "k", "old"));
    ASSERT_EQ(cache.get(test_region, "k"), "old");
    control("pause");
    EXPECT_FALSE(cache.erase(test_region, {"k"}));
    EXPECT_EQ(cache.get(test_region, "k"), nothing);
    control("resume");
    // Old is never answered here again, and soon nowhere.
    EXPECT_TRUE(comes_true([&] {
        const CacheFound found = cache.find(test_region, "k");
        EXPECT_EQ(found.value, nullptr);
        return bool(found.ticket);
    }));
    EXPECT_EQ(other.get(test_region, "k"), nothing);
    EXPECT_EQ(process.metric("thingstead_cache_server_erases_waiting"), 0);
}

Task<Result<>> erase_of(Cache& cache, std::vector<std::string> keys) {
    static_cast<void>(co_await cache.erase(test_region, std::move(keys)));
    co_return Result<>();
}

TEST_F(Redis, AnEraseWhoseCallerIsCancelledIsDeliveredAllTheSame) {
    settings.command_timeout = 200ms;
    BlockingCache cache = process.open(settings), other = process.open(settings);
    std::vector<std::string> keys;
    for (int i = 0; i < 50; ++i) {  // over both connections
        keys.push_back("k" + std::to_string(i));
        ASSERT_TRUE(cache.fill(test_region, keys.back(), "old"));
    }
    control("pause");
    EXPECT_EQ(BlockingCache::run(net::with_deadline(erase_of(*cache, keys), 10ms)).error().code,
              ErrorCode::timeout);
    control("resume");
    for (const std::string& key : keys) {
        EXPECT_TRUE(comes_true([&] {
            const CacheFound found = cache.find(test_region, key);
            EXPECT_EQ(found.value, nullptr);
            return bool(found.ticket);
        }));
        EXPECT_EQ(other.get(test_region, key), nothing);
    }
}

TEST_F(Redis, MoreUndeliveredErasesThanAreRememberedEraseTheRegion) {
    settings.command_timeout = 100ms;
    settings.erases_waiting_max = 10;
    BlockingCache cache = process.open(settings), other = process.open(settings);
    std::vector<std::string> keys;
    for (int i = 0; i < 50; ++i) {
        keys.push_back("k" + std::to_string(i));
        ASSERT_TRUE(cache.fill(test_region, keys.back(), "old"));
    }
    ASSERT_TRUE(cache.fill(CacheRegion::profiles, "k", "v"));
    control("pause");
    EXPECT_FALSE(cache.erase(test_region, keys));
    control("resume");
    for (const std::string& key : keys)
        EXPECT_TRUE(comes_true([&] {
            const CacheFound found = cache.find(test_region, key);
            EXPECT_EQ(found.value, nullptr);
            return bool(found.ticket);
        }));
    EXPECT_EQ(other.get(test_region, keys[0]), nothing);
    EXPECT_EQ(other.get(CacheRegion::profiles, "k"), "v");
    EXPECT_GE(process.metric("thingstead_cache_server_sweeps_total"), 1);
}

TEST_F(Redis, TheFrontIsNotTrustedWhenTheServerIsSilent) {
    settings.staleness_max = 300ms;
    settings.command_timeout = 10s;  // so that nothing else notices
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    ASSERT_EQ(cache.get(test_region, "k"), "v");
    // Kept trusted by probes, far beyond staleness_max.
    for (const auto end = std::chrono::steady_clock::now() + 900ms;
         std::chrono::steady_clock::now() < end;)
        std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(comes_true([&] { return cache->find_local(test_region, "k") != nullptr; }));
    control("pause");
    EXPECT_TRUE(comes_true([&] { return cache->find_local(test_region, "k") == nullptr; }));
    control("resume");
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == "v"; }));
}

TEST_F(Redis, TheFrontHearsThatTheServerWasEmptied) {
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    ASSERT_EQ(cache.get(test_region, "k"), "v");
    Admin(address).ask("FLUSHALL");
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == nothing; }));
    EXPECT_TRUE(comes_true([&] { return cache.fill(test_region, "k", "v"); }));
    EXPECT_EQ(cache.get(test_region, "k"), "v");
}

TEST_F(Redis, TheFrontHearsOfValuesThatTheServerLosesOrOthersChange) {
    BlockingCache cache = process.open(settings);
    cache.fill(test_region, "k", "v");
    ASSERT_EQ(cache.get(test_region, "k"), "v");
    Admin(address).ask("DEL", settings.prefix + "credentials:k");
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == nothing; }));
}

TEST_F(Redis, WhatWeDidNotWriteIsNoValue) {
    BlockingCache cache = process.open(settings);
    Admin admin(address);
    admin.ask("SET", settings.prefix + "credentials:foreign", "hello");
    admin.ask("RPUSH", settings.prefix + "credentials:list", "hello");
    EXPECT_EQ(cache.get(test_region, "foreign"), nothing);
    EXPECT_EQ(cache.get(test_region, "list"), nothing);
    EXPECT_TRUE(cache.erase(test_region, {"foreign", "list"}));
    EXPECT_TRUE(cache.fill(test_region, "foreign", "v"));
}

TEST_F(Redis, AForgottenScriptIsLoadedAgain) {
    BlockingCache cache = process.open(settings);
    Admin(address).ask("SCRIPT", "FLUSH");
    EXPECT_TRUE(cache.fill(test_region, "k", "v"));
    EXPECT_EQ(cache.get(test_region, "k"), "v");
}

TEST_F(Redis, AFullServerIsNoError) {
    BlockingCache cache = process.open(settings);
    Admin admin(address);
    admin.ask("CONFIG", "SET", "maxmemory-policy", "noeviction");
    admin.ask("CONFIG", "SET", "maxmemory", "1");
    EXPECT_FALSE(cache.fill(test_region, "k", "v"));
    EXPECT_TRUE(cache.erase(test_region, {"k"}));
    admin.ask("CONFIG", "SET", "maxmemory", "64mb");
    admin.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    EXPECT_TRUE(cache.fill(test_region, "k", "v"));
}

TEST_F(Redis, AnExpiredLeaseIsVoid) {
    settings.lease_life = 100ms;
    BlockingCache cache = process.open(settings);
    const CacheFound found = cache.find(test_region, "k");
    std::this_thread::sleep_for(150ms);
    EXPECT_FALSE(cache.put(test_region, "k", "v", found.ticket));
}

TEST_F(Redis, ManyThreadsShareTheConnections) {
    BlockingCache cache = process.open(settings);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 200; ++i) {
                const std::string key = std::to_string(t) + "/" + std::to_string(i);
                EXPECT_TRUE(cache.fill(test_region, key, key));
                EXPECT_EQ(cache.get(test_region, key), key);
            }
        });
    for (std::thread& thread : threads) thread.join();
}

TEST_F(Redis, StopEndsWhoWaits) {
    settings.command_timeout = 30s;
    BlockingCache cache = process.open(settings);
    control("pause");
    std::thread waits([&] { EXPECT_EQ(cache.get(test_region, "k"), nothing); });
    EXPECT_TRUE(
        comes_true([&] { return process.metric("thingstead_cache_server_commands_total") >= 1; }));
    cache->stop();
    waits.join();
    control("resume");
    EXPECT_EQ(process.log.lines->count("cache.server.lost"), 0u);
}

TEST_F(Redis, WhatIsWrongAtTheStartEndsItAndNamesTheSetting) {
    Admin admin(address);
    // What docs/reference/cache-keys.md says is enough.
    admin.ask("ACL", "SETUSER", "platform", "on", ">right", "~" + settings.prefix + "*", "+hello",
              "+auth", "+select", "+client|tracking", "+client|setname", "+script|load", "+evalsha",
              "+ping", "+get", "+set", "+unlink", "+scan");
    admin.ask("ACL", "SETUSER", "limited", "on", ">right", "~*", "+get");
    struct Row {
        const char* name;
        std::function<void(Settings&)> change;
        const char* setting;
    };
    const std::string cluster = cluster_settings().addresses[0];
    const Row rows[] = {
        {"password",      [](Settings& s) { s.user = "platform", s.password = "wrong"; },           "password"       },
        {"user",          [](Settings& s) { s.user = "nobody", s.password = "right"; },             "user"           },
        {"rights",        [](Settings& s) { s.user = "limited", s.password = "right"; },            "cache.user"     },
        {"database",      [](Settings& s) { s.database = 5000; },                                   "cache.database" },
        {"no cluster",    [](Settings& s) { s.cluster = true; },                                    "cache.cluster"  },
        {"a cluster",     [&](Settings& s) { s.addresses = {cluster}; },                            "cache.cluster"  },
        {"address",       [](Settings& s) { s.addresses = {"nowhere"}; },                           "cache.addresses"},
        {"no address",    [](Settings& s) { s.addresses.clear(); },                                 "cache.addresses"},
        {"two addresses", [&](Settings& s) { s.addresses.push_back(cluster); },                     "cache.addresses"},
        {"user alone",    [](Settings& s) { s.user = "platform"; },                                 "cache.password" },
        {"authority",     [](Settings& s) { s.tls = true, s.tls_authority_file = "/nowhere.pem"; },
         "cache.tls"                                                                                                 },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Settings changed = settings;
        row.change(changed);
        const auto cache = process.try_open(changed);
        ASSERT_FALSE(cache);
        EXPECT_EQ(cache.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(cache.error().message.find(row.setting), std::string::npos)
            << cache.error().message << " / " << cache.error().detail;
    }
    Settings right = settings;
    right.user = "platform";
    right.password = "right";
    right.database = 3;
    BlockingCache cache = process.open(right);
    EXPECT_TRUE(cache.fill(test_region, "k", "v"));
    EXPECT_EQ(cache.get(test_region, "k"), "v");
    EXPECT_TRUE(cache.erase(test_region, {"k"}));
    EXPECT_TRUE(cache.erase_region(test_region));
    admin.ask("ACL", "DELUSER", "platform", "limited");
}

TEST_F(Redis, AMissingPasswordIsNamed) {
    Admin admin(address);
    admin.ask("CONFIG", "SET", "requirepass", "secret");
    const auto refused = process.try_open(settings);
    settings.password = "secret";
    auto cache = process.try_open(settings);
    admin.ask("CONFIG", "SET", "requirepass", "");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("store.cache.password"), std::string::npos);
    ASSERT_TRUE(cache);
    EXPECT_TRUE(BlockingCache(*std::move(cache)).fill(test_region, "k", "v"));
}

TEST_F(Redis, APasswordThatBecomesWrongIsOneErrorLineUntilItIsRight) {
    BlockingCache cache = process.open(settings);
    Admin admin(address);
    admin.ask("CONFIG", "SET", "requirepass", "secret");
    admin.ask("CLIENT", "KILL", "TYPE", "normal");
    EXPECT_TRUE(process.log.lines->wait_for("cache.server.refused"));
    EXPECT_TRUE(comes_true([&] { return cache.get(test_region, "k") == nothing; }));
    EXPECT_FALSE(cache.fill(test_region, "k", "v"));
    admin.ask("CONFIG", "SET", "requirepass", "");
    EXPECT_TRUE(comes_true([&] { return cache.fill(test_region, "k", "v"); }));
    EXPECT_EQ(process.log.lines->count("cache.server.refused"), 1u);
}

TEST_F(Redis, AServerThatIsAwayAtTheStartIsAWarning) {
    control("kill");
    BlockingCache cache = process.open(settings);
    EXPECT_EQ(cache.get(test_region, "k"), nothing);
    EXPECT_FALSE(cache.erase(test_region, {"k"}));
    EXPECT_EQ(process.log.lines->count("WARN"), 1u);
    control("start");
    EXPECT_TRUE(comes_true([&] { return cache.fill(test_region, "k", "v"); }));
}

TEST_F(Redis, NoMoreCommandsWaitThanAllowed) {
    settings.connections_per_node = 1;
    settings.commands_waiting_max = 5;
    settings.command_timeout = 20s;
    BlockingCache cache = process.open(settings);
    control("pause");
    std::vector<std::thread> waiting;
    for (int i = 0; i < 5; ++i)
        waiting.emplace_back([&, i] { cache.get(test_region, "waits" + std::to_string(i)); });
    EXPECT_TRUE(comes_true([&] {
        return process.metric("thingstead_cache_server_commands_total") >= 5 &&
               cache.get(test_region, "over the limit") == nothing;
    }));
    EXPECT_GE(process.metric("thingstead_cache_server_unavailable_total"), 1);
    control("resume");
    for (std::thread& thread : waiting) thread.join();
}

}  // namespace
}  // namespace thingstead::store::valkey
