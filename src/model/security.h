// Settings of the installation that decide on log-ins: documents of the interface, kept as admin
// settings.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.h"
#include "base/json.h"

namespace thingstead::model {

/// What a password must have. 0 and null: nothing of the kind is asked for.
struct UserPasswordPolicy {
    std::optional<std::int32_t> minimum_length = 6;
    std::optional<std::int32_t> maximum_length = 72;
    std::optional<std::int32_t> minimum_uppercase_letters;
    std::optional<std::int32_t> minimum_lowercase_letters;
    std::optional<std::int32_t> minimum_digits;
    std::optional<std::int32_t> minimum_special_characters;
    std::optional<bool> allow_whitespaces = true;
    std::optional<bool> force_reset_if_not_valid = false;
    std::optional<std::int32_t> expiration_period_days;
    std::optional<std::int32_t> reuse_frequency_days;
};
constexpr auto describe(const UserPasswordPolicy*) {
    using P = UserPasswordPolicy;
    return fields(
        field("minimumLength", &P::minimum_length), field("maximumLength", &P::maximum_length),
        field("minimumUppercaseLetters", &P::minimum_uppercase_letters),
        field("minimumLowercaseLetters", &P::minimum_lowercase_letters),
        field("minimumDigits", &P::minimum_digits),
        field("minimumSpecialCharacters", &P::minimum_special_characters),
        field("allowWhitespaces", &P::allow_whitespaces),
        field("forceUserToResetPasswordIfNotValid", &P::force_reset_if_not_valid,
              "Whether a log-in with a password that the policy would refuse is refused."),
        field("passwordExpirationPeriodDays", &P::expiration_period_days),
        field("passwordReuseFrequencyDays", &P::reuse_frequency_days));
}

struct SecuritySettings {
    UserPasswordPolicy password_policy;
    std::optional<std::int32_t> failed_logins_max;  ///< Null or 0: accounts are never locked.
    std::optional<std::string> lockout_notification_email;
    std::optional<std::int32_t> mobile_secret_key_length = 64;
    std::optional<std::int32_t> activation_token_ttl_h = 24;
    std::optional<std::int32_t> reset_token_ttl_h = 24;
};
constexpr auto describe(const SecuritySettings*) {
    using S = SecuritySettings;
    return fields(
        field("passwordPolicy", &S::password_policy, "", of_schema("UserPasswordPolicy")),
        field("maxFailedLoginAttempts", &S::failed_logins_max),
        field("userLockoutNotificationEmail", &S::lockout_notification_email, "", short_text),
        field("mobileSecretKeyLength", &S::mobile_secret_key_length),
        field("userActivationTokenTtl", &S::activation_token_ttl_h, "Hours, 1 to 24.",
              required_as("Validation error: userActivationTokenTtl must not be null")),
        field("passwordResetTokenTtl", &S::reset_token_ttl_h, "Hours, 1 to 24.",
              required_as("Validation error: passwordResetTokenTtl must not be null")));
}

/// How tokens are signed, and how long they live.
struct JwtSettings {
    std::optional<std::int32_t> token_life_s;
    std::optional<std::int32_t> refresh_token_life_s;
    std::string issuer;
    std::string signing_key;  ///< Base64.
};
constexpr auto describe(const JwtSettings*) {
    using J = JwtSettings;
    return fields(field("tokenExpirationTime", &J::token_life_s, "Seconds."),
                  field("refreshTokenExpTime", &J::refresh_token_life_s, "Seconds."),
                  field("tokenIssuer", &J::issuer),
                  field("tokenSigningKey", &J::signing_key, "Base64 of 64 bytes or more.", secret));
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::UserPasswordPolicy)
TS_JSON_ELSEWHERE(model::SecuritySettings)
TS_JSON_ELSEWHERE(model::JwtSettings)
}  // namespace thingstead
