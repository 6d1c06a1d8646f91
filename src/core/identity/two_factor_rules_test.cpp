#include "core/identity/two_factor_rules.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

json::object good() {
    return parse_json(R"({"providers":[{"providerType":"TOTP","issuerName":"House"},
        {"providerType":"EMAIL","verificationCodeLifetime":120},
        {"providerType":"SMS","verificationCodeLifetime":60,
         "smsVerificationMessageTemplate":"Code ${code}"},
        {"providerType":"BACKUP_CODE","codesQuantity":10}],
        "minVerificationCodeSendPeriod":5,"totalAllowedTimeForVerification":60,
        "verificationCodeCheckRateLimit":"3:900",
        "maxVerificationFailuresBeforeUserLockout":5,"enforceTwoFa":false})")
        ->as_object();
}

TEST(TwoFactorPlatform, ReadsTheDocumentOfTheInterface) {
    const Result<TwoFactorPlatform> platform = TwoFactorPlatform::of(good());
    ASSERT_TRUE(platform) << platform.error().message;
    EXPECT_EQ(platform->providers.size(), 4u);
    EXPECT_EQ(platform->totp_issuer, "House");
    EXPECT_EQ(platform->code_life(TwoFactorProvider::email).count(), 120);
    EXPECT_EQ(platform->code_life(TwoFactorProvider::sms).count(), 60);
    EXPECT_EQ(platform->backup_codes, 10);
    EXPECT_EQ(platform->checks_max, 3);
    EXPECT_EQ(platform->checks_window.count(), 900);
    EXPECT_EQ(platform->failures_max, 5);
    EXPECT_FALSE(platform->enforced);
}

TEST(TwoFactorPlatform, SaysWhatIsWrong) {
    const struct {
        const char* member;
        const char* value;
        const char* message;
    } rows[] = {
        {"providers",                                "null",                                                       "providers must not be null"                    },
        {"providers",                                R"([{"providerType":"TOTP","issuerName":" "}])",
         "issuerName must not be blank"                                                                                                                            },
        {"providers",                                R"([{"providerType":"EMAIL","verificationCodeLifetime":0}])",
         "verificationCodeLifetime must be greater than or equal to 1"                                                                                             },
        {"providers",
         R"([{"providerType":"SMS","verificationCodeLifetime":9,"smsVerificationMessageTemplate":"x"}])",
         "smsVerificationMessageTemplate must contain '${code}'"                                                                                                   },
        {"providers",                                R"([{"providerType":"BACKUP_CODE","codesQuantity":0}])",
         "codesQuantity must be greater than or equal to 1"                                                                                                        },
        {"minVerificationCodeSendPeriod",            "4",
         "minVerificationCodeSendPeriod must be greater than or equal to 5"                                                                                        },
        {"minVerificationCodeSendPeriod",            "null",                                                       "minVerificationCodeSendPeriod must not be null"},
        {"totalAllowedTimeForVerification",          "59",
         "totalAllowedTimeForVerification must be greater than or equal to 60"                                                                                     },
        {"verificationCodeCheckRateLimit",           R"("often")",
         "verificationCodeCheckRateLimit is malformed"                                                                                                             },
        {"verificationCodeCheckRateLimit",           R"("0:1")",
         "verificationCodeCheckRateLimit is malformed"                                                                                                             },
        {"maxVerificationFailuresBeforeUserLockout", "-1",
         "maxVerificationFailuresBeforeUserLockout must be greater than or equal to 0"                                                                             },
        {"enforceTwoFa",                             "true",                                                       "enforcedUsersFilter must not be null"          },
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.message);
        json::object document = good();
        document[row.member] = *parse_json(row.value);
        const Result<TwoFactorPlatform> platform = TwoFactorPlatform::of(document);
        ASSERT_FALSE(platform);
        EXPECT_EQ(platform.error().message, "Validation error: " + std::string(row.message));
    }
}

}  // namespace
}  // namespace thingstead::core
