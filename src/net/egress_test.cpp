#include "net/egress.h"

#include <gtest/gtest.h>

namespace thingstead::net {
namespace {

struct Judged {
    const char* address;
    bool is_public;
};

constexpr Judged judged[] = {
    {"8.8.8.8",          true },
    {"172.15.255.255",   true },
    {"172.32.0.0",       true },
    {"100.63.255.255",   true },
    {"2606:4700::1111",  true },
    {"64:ff9b::808:808", true },
    {"2002:808:808::1",  true },
    {"127.0.0.1",        false},
    {"127.255.255.254",  false},
    {"0.0.0.0",          false},
    {"10.1.2.3",         false},
    {"100.64.0.1",       false},
    {"169.254.169.254",  false},
    {"172.16.0.1",       false},
    {"172.31.255.255",   false},
    {"192.168.1.1",      false},
    {"224.0.0.1",        false},
    {"255.255.255.255",  false},
    {"::",               false},
    {"::1",              false},
    {"::127.0.0.1",      false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:10.0.0.1",  false},
    {"64:ff9b::7f00:1",  false},
    {"2002:7f00:1::1",   false},
    {"2001:db8::1",      false},
    {"fc00::1",          false},
    {"fd12:3456::1",     false},
    {"fe80::1",          false},
    {"ff02::1",          false},
};

TEST(EgressGuard, PermitsThePublicInternetAlone) {
    const EgressGuard guard;
    for (const Judged& row : judged) {
        SCOPED_TRACE(row.address);
        const auto address = parse_ip_address(row.address);
        ASSERT_TRUE(address);
        EXPECT_EQ(guard.permits(*address), row.is_public);
    }
}

TEST(EgressGuard, PermitsNetworksThatTheOperatorAllows) {
    const auto guard = EgressGuard::allowing({"127.0.0.0/8", "::1", "10.4.0.0/14"});
    ASSERT_TRUE(guard);
    for (const char* allowed : {"127.0.0.1", "::1", "::ffff:127.1.1.1", "10.7.255.255", "8.8.8.8"})
        EXPECT_TRUE(guard->permits(*parse_ip_address(allowed))) << allowed;
    for (const char* refused : {"10.8.0.0", "10.3.255.255", "192.168.0.1", "fe80::1"})
        EXPECT_FALSE(guard->permits(*parse_ip_address(refused))) << refused;
}

TEST(EgressGuard, RefusesWhatIsNoNetwork) {
    for (const char* text :
         {"", "localhost", "10.0.0.0/33", "10.0.0/8", "::/129", "1.2.3.4/", "/8"})
        EXPECT_FALSE(EgressGuard::allowing({text})) << text;
}

}  // namespace
}  // namespace thingstead::net
