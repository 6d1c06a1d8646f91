// One user's factors as documents: TwoFaAccountConfig of the interface.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "core/identity/two_factor_rules.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// A fresh one: a secret, the user's own address, new backup codes.
json::object new_factor(TwoFactorProvider provider, const TwoFactorPlatform& platform,
                        const model::User& user);
/// Errors: invalid_argument - it is of an unknown kind, or lacks what its kind needs.
Result<TwoFactorProvider> check_factor(const json::value& config,
                                       const TwoFactorPlatform& platform);
/// As it is kept: backup codes as SHA-256 texts.
json::object kept_factor(TwoFactorProvider provider, const json::object& config);
/// As it is answered: without codes, with their number.
json::object shown_factor(TwoFactorProvider provider, const json::object& config);
/// {"configs": …} as it is answered.
json::value shown_factors(const json::object& factors);

/// Where codes go; empty: nothing is sent for this kind.
std::string address_of(TwoFactorProvider provider, const json::object& config);
/// "ab*****ko@example.org", "+49*******12".
std::string masked(TwoFactorProvider provider, const std::string& address);

/// Exactly one is the default; a change of which is `chosen`.
void repair_default(json::object& factors, std::optional<TwoFactorProvider> chosen = {});
/// Replaces what is stored of the user.
Result<> put_factors(store::Transaction& transaction, model::UserId user, json::object factors,
                     EpochMs now_ms);
/// Takes a code out of those that are left; whether it was there.
bool use_backup_code(json::object& config, const std::string& code);

const json::object* find_factor(const json::object& factors, TwoFactorProvider provider);

}  // namespace thingstead::core
