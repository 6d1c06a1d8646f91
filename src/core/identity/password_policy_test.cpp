#include "core/identity/password_policy.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

constexpr EpochMs day_ms = 86'400'000;

model::UserPasswordPolicy strict() {
    model::UserPasswordPolicy policy;
    policy.minimum_length = 8;
    policy.maximum_length = 12;
    policy.minimum_uppercase_letters = 1;
    policy.minimum_lowercase_letters = 2;
    policy.minimum_digits = 1;
    policy.minimum_special_characters = 1;
    policy.allow_whitespaces = false;
    return policy;
}

struct Row {
    const char* password;
    const char* wrong;  ///< Empty: nothing.
};

constexpr Row rows[] = {
    {"Secret-1",       ""                                                      },
    {"Secret-1234567", "Password must be no more than 12 characters in length."},
    {"Se-1x",          "Password must be 8 or more characters in length."      },
    {"secret-1",       "Password must contain 1 or more uppercase characters." },
    {"SECREt-1",       "Password must contain 2 or more lowercase characters." },
    {"Secrets-",       "Password must contain 1 or more digit characters."     },
    {"Secrets1",       "Password must contain 1 or more special characters."   },
    {"Secret -1",      "Password contains a whitespace character."             },
    {"secrets",
     "Password must be 8 or more characters in length.\n"
     "Password must contain 1 or more uppercase characters.\n"
     "Password must contain 1 or more digit characters.\n"
     "Password must contain 1 or more special characters."                     },
    {"Geheimnis-ö1",   ""                                                      },
};

TEST(PasswordPolicy, SaysEverythingThatIsMissing) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.password);
        const Result<> good = check_password(strict(), row.password);
        EXPECT_EQ(good ? "" : good.error().message, row.wrong);
    }
}

TEST(PasswordPolicy, AsksForSixToSeventyTwoCharactersAtFirst) {
    const model::UserPasswordPolicy first;
    EXPECT_FALSE(check_password(first, "short"));
    EXPECT_TRUE(check_password(first, "long enough"));
    EXPECT_TRUE(check_password(first, std::string(72, 'x')));
    EXPECT_FALSE(check_password(first, std::string(73, 'x')));
    EXPECT_FALSE(check_password(first, std::string("nul\0nul", 7)));
}

TEST(PasswordPolicy, MustNotContradictItself) {
    EXPECT_TRUE(check_policy(strict()));
    model::UserPasswordPolicy policy = strict();
    policy.maximum_length = 7;
    EXPECT_FALSE(check_policy(policy));
    policy = strict();
    policy.minimum_digits = -1;
    EXPECT_FALSE(check_policy(policy));
}

TEST(PasswordHistory, KnowsThePasswordsOfTheLastDays) {
    json::value info;
    const EpochMs now = 100 * day_ms;
    remember_password(info, "old", now - 20 * day_ms);
    remember_password(info, "new", now - 5 * day_ms);
    model::UserPasswordPolicy policy;
    EXPECT_TRUE(recent_passwords(info, policy, now).empty());
    policy.reuse_frequency_days = 10;
    EXPECT_EQ(recent_passwords(info, policy, now), std::vector<std::string>{"new"});
    policy.reuse_frequency_days = 30;
    EXPECT_EQ(recent_passwords(info, policy, now).size(), 2u);
}

TEST(PasswordHistory, IsBounded) {
    json::value info;
    for (std::size_t i = 0; i < password_history_max + 5; ++i)
        remember_password(info, std::to_string(i), static_cast<EpochMs>(i + 1));
    const json::object& history = info.at("userPasswordHistory").as_object();
    EXPECT_EQ(history.size(), password_history_max);
    EXPECT_FALSE(history.contains("5"));
    EXPECT_TRUE(history.contains("6"));
}

TEST(PasswordAge, EndsAfterTheDaysOfThePolicy) {
    model::UserPasswordPolicy policy;
    EXPECT_FALSE(is_password_expired(policy, 0, 1'000 * day_ms));
    policy.expiration_period_days = 30;
    EXPECT_FALSE(is_password_expired(policy, 0, 30 * day_ms));
    EXPECT_TRUE(is_password_expired(policy, 0, 30 * day_ms + 1));
}

}  // namespace
}  // namespace thingstead::core
