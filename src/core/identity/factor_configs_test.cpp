#include "core/identity/factor_configs.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

TwoFactorPlatform everything() {
    TwoFactorPlatform platform;
    platform.providers = {TwoFactorProvider::totp, TwoFactorProvider::sms, TwoFactorProvider::email,
                          TwoFactorProvider::backup_code};
    platform.totp_issuer = "House";
    platform.backup_codes = 3;
    return platform;
}

TEST(FactorConfig, AFreshOneIsWhatMayBeSaved) {
    model::User user;
    user.email = "someone@example.org";
    user.phone = "+49123456789";
    for (const TwoFactorProvider each : everything().providers) {
        const json::object config = new_factor(each, everything(), user);
        const Result<TwoFactorProvider> checked = check_factor(config, everything());
        ASSERT_TRUE(checked) << checked.error().message;
        EXPECT_EQ(*checked, each);
    }
}

TEST(FactorConfig, WhatIsNotRightIsRefused) {
    const char* rows[] = {
        R"({})",
        R"({"providerType":"PIGEON"})",
        R"({"providerType":"TOTP","authUrl":"otpauth://totp/x?secret=GEZDGNBV"})",
        R"({"providerType":"SMS","phoneNumber":"12345"})",
        R"({"providerType":"EMAIL","email":"nobody"})",
        R"({"providerType":"BACKUP_CODE","codes":["1"]})",
        R"({"providerType":"BACKUP_CODE","codes":[]})",
    };
    for (const char* row : rows) EXPECT_FALSE(check_factor(*parse_json(row), everything())) << row;
    TwoFactorPlatform none;
    EXPECT_EQ(check_factor(*parse_json(R"({"providerType":"EMAIL","email":"a@b.org"})"), none)
                  .error()
                  .message,
              "2FA provider is not available");
}

TEST(FactorConfig, BackupCodesAreKeptHashedAndGoodOnce) {
    const json::object fresh = new_factor(TwoFactorProvider::backup_code, everything(), {});
    const std::string code(fresh.at("codes").as_array().front().as_string());
    EXPECT_EQ(code.size(), 8u);
    json::object kept = kept_factor(TwoFactorProvider::backup_code, fresh);
    EXPECT_EQ(json::serialize(kept).find(code), std::string::npos);
    EXPECT_EQ(shown_factor(TwoFactorProvider::backup_code, kept).at("codesLeft"), json::value(3));
    EXPECT_TRUE(shown_factor(TwoFactorProvider::backup_code, kept).at("codes").is_null());
    EXPECT_TRUE(use_backup_code(kept, code));
    EXPECT_FALSE(use_backup_code(kept, code));
    EXPECT_EQ(shown_factor(TwoFactorProvider::backup_code, kept).at("codesLeft"), json::value(2));
}

TEST(FactorConfig, ExactlyOneIsTheDefault) {
    json::object factors;
    factors["TOTP"] = json::object();
    factors["EMAIL"] = json::object();
    repair_default(factors);
    EXPECT_EQ(factors.at("TOTP").at("useByDefault"), json::value(true));
    EXPECT_EQ(factors.at("EMAIL").at("useByDefault"), json::value(false));
    repair_default(factors, TwoFactorProvider::email);
    EXPECT_EQ(factors.at("TOTP").at("useByDefault"), json::value(false));
    EXPECT_EQ(factors.at("EMAIL").at("useByDefault"), json::value(true));
    repair_default(factors);
    EXPECT_EQ(factors.at("EMAIL").at("useByDefault"), json::value(true));
    json::object empty;
    repair_default(empty);
}

TEST(FactorConfig, ContactsAreMasked) {
    EXPECT_EQ(masked(TwoFactorProvider::email, "abcdefghko@example.org"), "ab******ko@example.org");
    EXPECT_EQ(masked(TwoFactorProvider::email, "abc@example.org"), "a**@example.org");
    EXPECT_EQ(masked(TwoFactorProvider::sms, "+49123456789"), "+49*******89");
    EXPECT_EQ(masked(TwoFactorProvider::email, ""), "");
}

}  // namespace
}  // namespace thingstead::core
