#include <gtest/gtest.h>

#include "store/cache/valkey/testing.h"

namespace thingstead::store::valkey {
namespace {

Settings tls_settings() {
    Settings settings = single_settings();
    settings.addresses = {test::server_variable("THINGSTEAD_TEST_REDIS_TLS")};
    settings.tls = true;
    settings.tls_authority_file = test::server_variable("THINGSTEAD_TEST_REDIS_CA");
    return settings;
}

TEST(RedisTls, ServesWhoKnowsTheAuthority) {
    Process process;
    BlockingCache cache = process.open(tls_settings());
    const std::string large(300'000, 'x');
    EXPECT_TRUE(cache.fill(CacheRegion::devices, "k", large));
    EXPECT_EQ(cache.get(CacheRegion::devices, "k"), large);
}

TEST(RedisTls, AcceptsTheNameOfTheCertificateAndNoOther) {
    Process process;
    Settings settings = tls_settings();
    const std::string port = settings.addresses[0].substr(settings.addresses[0].find(':'));
    settings.addresses = {"localhost" + port};
    EXPECT_TRUE(process.try_open(settings));
    settings.addresses = {"127.0.0.2" + port};
    // The server listens on 127.0.0.1 alone, so this one is just away.
    EXPECT_TRUE(process.try_open(settings));
}

TEST(RedisTls, RefusesACertificateOfUnknownAuthorityUnlessToldNotTo) {
    Process process;
    Settings settings = tls_settings();
    settings.tls_authority_file.clear();
    const auto refused = process.try_open(settings);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("store.cache.tls"), std::string::npos);
    EXPECT_NE(refused.error().detail.find("certificate verify failed"), std::string::npos);
    settings.tls_verify = false;
    EXPECT_TRUE(process.try_open(settings));
}

}  // namespace
}  // namespace thingstead::store::valkey
