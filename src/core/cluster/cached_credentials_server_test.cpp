// Two processes with a cache server between them.
#include "core/cluster/cached_credentials_testing.h"
#include "store/cache/valkey/testing.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;
using store::valkey::comes_true;

/// A cache of its own over the server, and what stands on it.
struct ServerProcess {
    ServerProcess(CredentialsSource& store, const store::valkey::Settings& settings)
        : cache(base.open(settings)), caching(store, *cache, base.io) {}

    store::valkey::Process base;
    store::BlockingCache cache;
    CachingProcess caching;
};

struct CachedCredentialsServer : testing::Test {
    CachedCredentialsServer() { store.put("token", pump); }

    void expect_known_to_both() {
        for (int i = 0; i < 2; ++i) {
            EXPECT_EQ(one.caching.name("token"), "Pump");
            EXPECT_EQ(other.caching.name("token"), "Pump");
        }
    }

    FakeStore store;
    DeviceIdentityPtr pump = some_device(some_profile());
    store::valkey::Settings settings = [] {
        store::valkey::Settings with = store::valkey::single_settings();
        with.staleness_max = 1s;
        return with;
    }();
    ServerProcess one{store, settings};
    ServerProcess other{store, settings};
};

TEST_F(CachedCredentialsServer, WhatOneProcessAskedAnotherKnows) {
    expect_known_to_both();
    const int asked = store.asked();
    ServerProcess third(store, settings);
    EXPECT_EQ(third.caching.name("token"), "Pump");
    EXPECT_EQ(third.caching.name("token"), "Pump");
    EXPECT_EQ(store.asked(), asked) << "a process that has just come needs no node";
}

TEST_F(CachedCredentialsServer, AChangeAtOneIsSeenAtTheOther) {
    expect_known_to_both();
    EXPECT_EQ(other.caching.name("new"), "nobody");
    store.remove("token");
    store.put("new", renamed(pump, "Fan"));
    one.caching.tell(ChangeKind::credentials_updated, pump, {"token", "new"});
    EXPECT_EQ(one.caching.name("token"), "nobody");
    EXPECT_EQ(one.caching.name("new"), "Fan");
    EXPECT_TRUE(comes_true([&] { return other.caching.name("token") == "nobody"; }));
    EXPECT_TRUE(comes_true([&] { return other.caching.name("new") == "Fan"; }));
}

TEST_F(CachedCredentialsServer, AProfileIsChangedForAll) {
    expect_known_to_both();
    store.put("token", with_topic(pump, "t"));
    one.caching.tell_of_profile(pump);
    EXPECT_TRUE(comes_true([&] {
        const auto entry = other.caching.run(other.caching.credentials.find("token"));
        return (*entry)->identity->profile->telemetry_topic == "t";
    }));
}

TEST_F(CachedCredentialsServer, WithoutTheServerTheStoreIsAskedAndAChangeIsToldLater) {
    expect_known_to_both();
    test::control_server("pause", "redis");
    store.put("token", renamed(pump, "Fan"));
    one.caching.tell(ChangeKind::updated, pump, {"token"});
    other.caching.tell(ChangeKind::updated, pump, {"token"});
    EXPECT_EQ(one.caching.name("token"), "Fan");
    EXPECT_EQ(other.caching.name("token"), "Fan") << "nobody who was told answers the old name";
    test::control_server("resume", "redis");
    ServerProcess third(store, settings);
    EXPECT_TRUE(comes_true([&] { return third.caching.name("token") == "Fan"; }));
    EXPECT_EQ(one.caching.name("token"), "Fan");
    EXPECT_EQ(other.caching.name("token"), "Fan");
}

}  // namespace
}  // namespace thingstead::core::cluster
