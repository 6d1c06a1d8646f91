// What belongs to the log-in of users beside their credentials.
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// The second factors that a user has set up: {"configs": {TYPE: config}}. Backup codes are kept as
/// SHA-256 texts.
struct UserAuthSettings {
    Uuid id{};
    EpochMs created_time = 0;
    UserId user_id;
    json::value two_fa_settings;
};
constexpr auto describe(const UserAuthSettings*) {
    return fields(field("id", &UserAuthSettings::id),
                  field("createdTime", &UserAuthSettings::created_time),
                  field("userId", &UserAuthSettings::user_id),
                  field("twoFaSettings", &UserAuthSettings::two_fa_settings, "", secret));
}
constexpr std::string_view table_name(const UserAuthSettings*) { return "user_auth_settings"; }

/// How far a user is with proving a second factor: the code that was sent last, and the attempts.
/// Shared by all processes, as the check may reach another one than the code came from.
struct TwoFactorCheck {
    Uuid id{};                                ///< The user's.
    std::optional<std::string> code;          ///< SHA-256 of what was sent.
    std::optional<std::string> code_purpose;  ///< The kind and the address it proves.
    EpochMs code_expires_ms = 0;
    EpochMs code_sent_ms = 0;
    EpochMs window_start_ms = 0;  ///< Of the rate limit of attempts.
    std::int64_t window_attempts = 0;
    std::int64_t failures = 0;   ///< Since the last success.
    std::int64_t totp_step = 0;  ///< The last one that opened: none opens twice.
};
constexpr auto describe(const TwoFactorCheck*) {
    return fields(field("id", &TwoFactorCheck::id),
                  field("code", &TwoFactorCheck::code, "", secret),
                  field("codePurpose", &TwoFactorCheck::code_purpose, "", secret),
                  field("codeExpires", &TwoFactorCheck::code_expires_ms),
                  field("codeSent", &TwoFactorCheck::code_sent_ms),
                  field("windowStart", &TwoFactorCheck::window_start_ms),
                  field("windowAttempts", &TwoFactorCheck::window_attempts),
                  field("failures", &TwoFactorCheck::failures),
                  field("totpStep", &TwoFactorCheck::totp_step));
}
constexpr std::string_view table_name(const TwoFactorCheck*) { return "two_factor_check"; }

/// From when on tokens of a user, or of a session, are not accepted any more. Kept as long as any
/// such token could live.
struct TokenMark {
    Uuid id{};                  ///< Of the user or of the session.
    EpochMs valid_from_ms = 0;  ///< What was issued in an earlier second is void.
    EpochMs expires_ms = 0;
};
constexpr auto describe(const TokenMark*) {
    return fields(field("id", &TokenMark::id), field("validFrom", &TokenMark::valid_from_ms),
                  field("expires", &TokenMark::expires_ms));
}
constexpr std::string_view table_name(const TokenMark*) { return "token_mark"; }

/// A key that programs call with instead of a log-in; it acts as its user.
struct ApiKey {
    ApiKeyId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    UserId user_id;
    std::string description;
    bool enabled = true;
    EpochMs expires_ms = 0;  ///< 0: never.
    std::string value_hash;  ///< SHA-256 of the value, which is answered once and not kept.
};
constexpr auto describe(const ApiKey*) {
    return fields(
        field("id", &ApiKey::id), field("createdTime", &ApiKey::created_time, "", server_owned),
        field("tenantId", &ApiKey::tenant_id, "", server_owned), field("userId", &ApiKey::user_id),
        field("description", &ApiKey::description, "", searchable, short_text,
              required_as("Validation error: description must not be blank")),
        field("enabled", &ApiKey::enabled),
        field("expirationTime", &ApiKey::expires_ms,
              "Milliseconds since 1970 after which it opens nothing; 0: never."),
        field("valueHash", &ApiKey::value_hash, "", stored_only, secret));
}
constexpr std::string_view table_name(const ApiKey*) { return "api_key"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::UserAuthSettings)
TS_JSON_ELSEWHERE(model::TwoFactorCheck)
TS_JSON_ELSEWHERE(model::TokenMark)
TS_JSON_ELSEWHERE(model::ApiKey)
}  // namespace thingstead
