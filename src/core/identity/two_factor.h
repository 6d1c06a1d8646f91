// Second factors of users: setting them up, and proving them at a log-in. The codes that were sent
// and the counts of attempts are in the store, so that any process may check them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "core/identity/auth.h"
#include "core/identity/two_factor_rules.h"
#include "core/mail.h"
#include "core/platform.h"
#include "core/sms.h"
#include "net/task.h"

namespace thingstead::core {

/// A factor to choose at a log-in.
struct FactorInfo {
    TwoFactorProvider type{};
    bool is_default = false;
    std::optional<std::string> contact{};  ///< Masked.
    std::optional<std::int64_t> send_period_s{};
};

class TwoFactor {
  public:
    TwoFactor(const Platform& platform, Auth& auth, Mailer& mailer, TextMessages& texts,
              Audit* audit = nullptr);

    // The installation's settings: forbidden to all but its administrators.

    /// Nothing: never saved.
    Task<Result<std::optional<json::value>>> platform_settings(Caller caller);
    /// Errors: invalid_argument - also "Mail service is not set up", "SMS service is not
    /// configured".
    Task<Result<json::value>> save_platform_settings(Caller caller, json::value document);

    // The caller's own factors; each answers the whole {"configs": {TYPE: config}}.

    Task<Result<std::vector<TwoFactorProvider>>> offered();
    Task<Result<json::value>> account_settings(Caller caller);
    /// A config that is not saved: with a fresh secret or fresh codes.
    Task<Result<json::value>> generate(Caller caller, TwoFactorProvider provider);
    /// Sends a code to the address of the config. Errors: rate_limited.
    Task<Result<>> submit(Caller caller, json::value config);
    /// Errors: invalid_argument - "Verification code is incorrect", …
    Task<Result<json::value>> verify_and_save(Caller caller, json::value config, std::string code);
    Task<Result<json::value>> set_default(Caller caller, TwoFactorProvider provider, bool on);
    Task<Result<json::value>> remove(Caller caller, TwoFactorProvider provider);
    /// The rest of a log-in for which a factor had to be set up. Errors: invalid_argument - "2FA is
    /// not configured".
    Task<Result<TokenPair>> finish_set_up(Caller caller, Client client);

    // A half log-in.

    Task<Result<std::vector<FactorInfo>>> factors(Caller caller);
    /// Errors: rate_limited - a code was sent a moment ago.
    Task<Result<>> send_code(Caller caller, TwoFactorProvider provider);
    /// Errors: invalid_argument - "Verification code is incorrect"; rate_limited; unauthenticated -
    /// the account is locked now.
    Task<Result<TokenPair>> check_code(Caller caller, TwoFactorProvider provider, std::string code,
                                       Client client);

  private:
    Task<Result<>> send_to(Caller caller, TwoFactorProvider provider,
                           std::optional<std::string> address);

    const Platform platform_;
    Auth& auth_;
    Mailer& mailer_;
    TextMessages& texts_;
    Audit* const audit_;
};

}  // namespace thingstead::core
