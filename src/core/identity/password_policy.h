// What a password must look like.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "model/security.h"

namespace thingstead::core {

/// Errors: invalid_argument - what is missing, a line each.
Result<> check_password(const model::UserPasswordPolicy& policy, std::string_view password);

/// Errors: invalid_argument - a bound is negative, or the least is above the most.
Result<> check_policy(const model::UserPasswordPolicy& policy);

/// Former passwords that were used within the policy's days: crypt(3) texts.
std::vector<std::string> recent_passwords(const json::value& additional_info,
                                          const model::UserPasswordPolicy& policy, EpochMs now_ms);
/// Enters a password in the history, which keeps the last `password_history_max`.
void remember_password(json::value& additional_info, const std::string& hash, EpochMs now_ms);
inline constexpr std::size_t password_history_max = 24;

/// Whether a password of `created_ms` is too old.
bool is_password_expired(const model::UserPasswordPolicy& policy, EpochMs created_ms,
                         EpochMs now_ms);

}  // namespace thingstead::core
