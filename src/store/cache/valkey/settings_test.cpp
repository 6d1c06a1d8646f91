#include "store/cache/valkey/settings.h"

#include <gtest/gtest.h>

#include "base/settings.h"
#include "store/cache_regions.h"

namespace thingstead::store::valkey {
namespace {

struct CacheSection {
    Settings valkey{};
    CacheRegions regions{};
};
constexpr auto describe(const CacheSection*) {
    return fields(field("valkey", &CacheSection::valkey, "The server."),
                  field("regions", &CacheSection::regions, "What is kept."));
}

TEST(ValkeySettings, AreReadFromTheEnvironment) {
    const auto loaded = load_settings<CacheSection>({
        .environment = {{"THINGSTEAD_VALKEY_ADDRESSES", "a:1,b:2"},
                        {"THINGSTEAD_VALKEY_CLUSTER", "true"},
                        {"THINGSTEAD_VALKEY_COMMAND_TIMEOUT", "250ms"},
                        {"THINGSTEAD_VALKEY_PASSWORD", "secret"},
                        {"THINGSTEAD_REGIONS_PROFILES_TTL", "1h"}}
    });
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->values.valkey.addresses, (std::vector<std::string>{"a:1", "b:2"}));
    EXPECT_TRUE(loaded->values.valkey.cluster);
    EXPECT_EQ(loaded->values.valkey.command_timeout, std::chrono::milliseconds(250));
    EXPECT_EQ(loaded->values.regions.of(CacheRegion::profiles).ttl, std::chrono::hours(1));
    EXPECT_EQ(settings_listing(loaded->values).find("secret"), std::string::npos);
}

TEST(ValkeySettings, DefaultsAreWithinTheirBounds) {
    CacheSection section;
    for (const SettingEntry& entry : settings_table(section)) {
        if (!entry.section) {
            EXPECT_TRUE(entry.assign(entry.value)) << entry.path;
        }
    }
}

}  // namespace
}  // namespace thingstead::store::valkey
