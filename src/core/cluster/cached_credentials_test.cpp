#include "core/cluster/cached_credentials_testing.h"
#include "core/crypto.h"
#include "store/cache/local/local_cache.h"
#include "store/cache_testing.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;
using store::CacheRegion;

/// Says when it was told to erase, and does it when it may.
class WatchedCache final : public store::Cache {
  public:
    explicit WatchedCache(store::Cache& cache) : cache_(cache) {}
    store::CacheValue find_local(CacheRegion region, std::string_view key) override {
        return cache_.find_local(region, key);
    }
    Task<store::CacheFound> get(CacheRegion region, std::string key) override {
        return cache_.get(region, std::move(key));
    }
    Task<bool> put(CacheRegion region, std::string key, std::string value,
                   store::CacheTicket ticket, std::chrono::milliseconds ttl) override {
        return cache_.put(region, std::move(key), std::move(value), ticket, ttl);
    }
    Task<bool> erase(CacheRegion region, std::vector<std::string> keys) override {
        wait();
        bool erased = co_await cache_.erase(region, std::move(keys));
        done.change([&] { ++erased_; });
        co_return erased;
    }
    Task<bool> erase_region(CacheRegion region) override {
        wait();
        bool erased = co_await cache_.erase_region(region);
        done.change([&] { ++swept_; });
        co_return erased;
    }
    void stop() override { cache_.stop(); }

    void hold(bool held) {
        may.change([&] { held_ = held; });
    }
    bool erased(int times) {
        return done.wait([&] { return erased_ >= times; });
    }
    bool swept(int times) {
        return done.wait([&] { return swept_ >= times; });
    }

  private:
    void wait() {
        EXPECT_TRUE(may.wait([&] { return !held_; }));
    }

    store::Cache& cache_;
    Condition may;
    Condition done;
    bool held_ = false;
    int erased_ = 0;
    int swept_ = 0;
};

struct CachedCredentialsTest : testing::Test {
    CachedCredentialsTest() { store.put("token", pump); }

    std::string stored(CacheRegion region, const std::string& key) {
        const store::CacheValue value = local->find_local(region, key);
        return value ? *value : "(nothing)";
    }

    SystemClock clock;
    MetricsRegistry metrics;
    net::IoThreads io{2};
    FakeStore store;
    DeviceIdentityPtr pump = some_device(some_profile());
    store::BlockingCache local{store::cache::open_local_cache({}, clock, metrics)};
    WatchedCache cache{*local};
};

TEST_F(CachedCredentialsTest, WhatOneProcessAskedAnotherKnows) {
    CachingProcess one(store, cache, io), other(store, cache, io);
    EXPECT_EQ(one.name("token"), "Pump");
    EXPECT_EQ(other.name("token"), "Pump") << "the profile is put once it is known which one";
    const int asked = store.asked();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(one.name("token"), "Pump");
        EXPECT_EQ(other.name("token"), "Pump");
    }
    EXPECT_EQ(store.asked(), asked);
    const auto entry = *other.run(other.credentials.find("token"));
    EXPECT_EQ(entry->identity->device, pump->device);
    EXPECT_EQ(entry->identity->tenant, pump->tenant);
    EXPECT_EQ(entry->identity->customer, pump->customer);
    EXPECT_EQ(entry->identity->type, pump->type);
    EXPECT_EQ(*entry->identity->profile, *pump->profile);
    const auto again = *other.run(other.credentials.find("token"));
    EXPECT_EQ(again->identity->profile, entry->identity->profile) << "one profile, one copy";
}

TEST_F(CachedCredentialsTest, NobodyIsAnAnswerToo) {
    CachingProcess process(store, cache, io);
    EXPECT_EQ(process.name("guess"), "nobody");
    EXPECT_EQ(process.name("guess"), "nobody");
    EXPECT_EQ(store.asked(), 1);
    const DeviceIdentityPtr fan = some_device(pump->profile);
    store.put("guess", fan);
    process.tell(ChangeKind::created, fan, {"guess"});
    EXPECT_EQ(process.name("guess"), "Pump");
}

TEST_F(CachedCredentialsTest, ATokenIsNotPartOfAKey) {
    CachingProcess process(store, cache, io);
    EXPECT_EQ(process.name("token"), "Pump");
    EXPECT_EQ(stored(CacheRegion::credentials, "token"), "(nothing)");
    const std::string value = stored(CacheRegion::credentials, sha3_256_hex("token"));
    EXPECT_EQ(value.front(), '\x01');
    EXPECT_EQ(value.find("token"), std::string::npos);
}

TEST_F(CachedCredentialsTest, IdentitiesAreKeptAsWell) {
    CachingProcess process(store, cache, io);
    EXPECT_EQ(process.identity(model::DeviceId::make()), nullptr);
    for (int i = 0; i < 3; ++i) {
        const DeviceIdentityPtr found = process.identity(pump->device);
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->name, "Pump");
        EXPECT_EQ(*found->profile, *pump->profile);
    }
    EXPECT_EQ(store.asked(), 3) << "of nobody, of the device, and for its profile";
}

TEST_F(CachedCredentialsTest, FailuresAreNotKept) {
    CachingProcess process(store, cache, io);
    store.fail(true);
    EXPECT_EQ(process.name("token"), "error");
    store.fail(false);
    EXPECT_EQ(process.name("token"), "Pump");
}

TEST_F(CachedCredentialsTest, AChangeIsSeenAtOnceWhileItIsNotErasedYet) {
    CachingProcess process(store, cache, io);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(process.name("token"), "Pump");
    EXPECT_NE(process.identity(pump->device), nullptr);
    cache.hold(true);
    store.put("token", renamed(pump, "Fan"));
    process.tell(ChangeKind::updated, pump, {"token"});
    EXPECT_EQ(process.name("token"), "Fan");
    EXPECT_EQ(process.identity(pump->device)->name, "Fan");
    cache.hold(false);
    ASSERT_TRUE(cache.erased(2));
    EXPECT_EQ(process.name("token"), "Fan");
    EXPECT_EQ(process.identity(pump->device)->name, "Fan");
}

TEST_F(CachedCredentialsTest, WhoListensEarlierIsToldLater) {
    EntityEvents events;
    std::vector<std::string> order;
    events.listen([&](const EntityChange&) { order.push_back("session"); });
    events.listen_first([&](const EntityChange&) { order.push_back("store"); });
    events.listen_first([&](const EntityChange&) { order.push_back("cache"); });
    events.publish(EntityChange{ChangeKind::updated, pump->tenant, pump->device});
    EXPECT_EQ(order, (std::vector<std::string>{"store", "cache", "session"}));
}

TEST_F(CachedCredentialsTest, ADeletedDeviceIsGoneForOthersAfterTheErase) {
    CachingProcess one(store, cache, io), other(store, cache, io);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(other.name("token"), "Pump");
    store.remove("token");
    one.tell(ChangeKind::deleted, pump, {"token"});
    ASSERT_TRUE(cache.erased(2));
    EXPECT_EQ(other.name("token"), "nobody");
}

TEST_F(CachedCredentialsTest, ChangedCredentialsAreErasedUnderTheOldIdAndTheNew) {
    CachingProcess process(store, cache, io);
    EXPECT_EQ(process.name("token"), "Pump");
    EXPECT_EQ(process.name("new"), "nobody");
    store.remove("token");
    store.put("new", pump);
    process.tell(ChangeKind::credentials_updated, pump, {"token", "new"});
    EXPECT_EQ(process.name("token"), "nobody");
    EXPECT_EQ(process.name("new"), "Pump");
}

TEST_F(CachedCredentialsTest, AProfileThatChangesIsSeenThroughAllItsDevices) {
    CachingProcess one(store, cache, io), other(store, cache, io);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(other.name("token"), "Pump");
    store.put("token", with_topic(pump, "t"));
    one.tell_of_profile(pump);
    ASSERT_TRUE(cache.erased(1));
    for (int i = 0; i < 2; ++i) {
        const auto entry = *other.run(other.credentials.find("token"));
        EXPECT_EQ(entry->identity->profile->telemetry_topic, "t");
    }
}

TEST_F(CachedCredentialsTest, WhatWasReadBeforeAChangeIsNotPutAfterIt) {
    CachingProcess one(store, cache, io), other(store, cache, io);
    // The store is read, then changed and the change erased, all before the answer is put.
    one.source.after_read = [&] {
        store.put("token", renamed(pump, "Fan"));
        other.tell(ChangeKind::updated, pump, {"token"});
        EXPECT_TRUE(cache.erased(2));
    };
    EXPECT_EQ(one.name("token"), "Pump") << "what it read; who asked is told of the change";
    EXPECT_EQ(stored(CacheRegion::credentials, sha3_256_hex("token")), "(nothing)");
    EXPECT_EQ(one.name("token"), "Fan");
    EXPECT_EQ(other.name("token"), "Fan");
}

TEST_F(CachedCredentialsTest, ValuesThatCannotBeReadAreReplaced) {
    CachingProcess process(store, cache, io);
    const std::string key = sha3_256_hex("token");
    const std::string profile = pump->profile->id.uuid.to_string();
    for (const std::string& junk :
         {std::string("junk"), std::string("\x01junk"), std::string("\x02"), std::string("\x01")}) {
        local.erase(CacheRegion::credentials, {key});
        local.erase(CacheRegion::profiles, {profile});
        ASSERT_TRUE(local.fill(CacheRegion::credentials, key, junk));
        ASSERT_TRUE(local.fill(CacheRegion::profiles, profile, junk));
        EXPECT_EQ(process.name("token"), "Pump");
        EXPECT_TRUE(becomes([&] {
            return process.name("token") == "Pump" &&
                   stored(CacheRegion::credentials, key).size() > 40 &&
                   stored(CacheRegion::profiles, profile).size() > 16;
        }));
    }
}

TEST_F(CachedCredentialsTest, MoreChangesThanMayWaitEraseAll) {
    CachedCredentialsSettings settings;
    settings.erases_waiting_max = 4;
    CachingProcess process(store, cache, io, settings);
    store.put("other", pump);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(process.name("token"), "Pump");
        EXPECT_EQ(process.name("other"), "Pump");
    }
    cache.hold(true);
    store.put("token", renamed(pump, "Fan"));
    store.put("other", renamed(pump, "Fan"));
    for (int i = 0; i < 20; ++i) process.tell(ChangeKind::updated, pump, {"token"});
    process.tell(ChangeKind::updated, pump, {"other"});
    EXPECT_EQ(process.name("other"), "Fan");
    cache.hold(false);
    ASSERT_TRUE(cache.swept(3));
    EXPECT_EQ(process.name("token"), "Fan");
    EXPECT_EQ(process.name("other"), "Fan");
}

TEST_F(CachedCredentialsTest, StopWaitsForWhatIsToBeErased) {
    CachingProcess process(store, cache, io);
    EXPECT_EQ(process.name("token"), "Pump");
    for (int i = 0; i < 100; ++i) process.tell(ChangeKind::updated, pump, {"token"});
    process.credentials.stop(30s);
    EXPECT_EQ(stored(CacheRegion::credentials, sha3_256_hex("token")), "(nothing)");
    process.tell(ChangeKind::updated, pump, {"token"});  // too late, and harmless
}

TEST_F(CachedCredentialsTest, AStoppedCacheSlowsAndDoesNotFail) {
    CachingProcess process(store, cache, io);
    local->stop();
    for (int i = 0; i < 2; ++i) EXPECT_EQ(process.name("token"), "Pump");
    store.put("token", renamed(pump, "Fan"));
    process.tell(ChangeKind::updated, pump, {"token"});
    EXPECT_EQ(process.name("token"), "Fan");
}

}  // namespace
}  // namespace thingstead::core::cluster
