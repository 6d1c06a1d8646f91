// Second factors: what the installation offers and asks for, and what a log-in needs beside the
// password. Documents: PlatformTwoFaSettings, AccountTwoFaSettings of the interface.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "core/caller.h"
#include "model/entities.h"
#include "model/identity.h"
#include "store/entity_store.h"

namespace thingstead::core {

enum class TwoFactorProvider : std::uint8_t { totp, sms, email, backup_code };
constexpr auto enum_names(TwoFactorProvider) {
    using namespace std::literals;
    return std::array{
        std::pair{TwoFactorProvider::totp,        "TOTP"sv       },
        std::pair{TwoFactorProvider::sms,         "SMS"sv        },
        std::pair{TwoFactorProvider::email,       "EMAIL"sv      },
        std::pair{TwoFactorProvider::backup_code, "BACKUP_CODE"sv}
    };
}

/// What the installation offers.
struct TwoFactorPlatform {
    std::vector<TwoFactorProvider> providers;
    std::string totp_issuer;
    std::string sms_template;  ///< With ${code}.
    std::chrono::seconds sms_code_life{0};
    std::chrono::seconds email_code_life{0};
    std::int64_t backup_codes = 0;
    std::chrono::seconds send_period{0};  ///< Between two codes that are sent.
    std::chrono::seconds log_in_time{0};  ///< Life of a token of a half log-in.
    std::int64_t checks_max = 0;          ///< Within `checks_window`; 0: no limit.
    std::chrono::seconds checks_window{0};
    std::int64_t failures_max = 0;  ///< More disable the user; 0: no limit.
    bool enforced = false;
    json::object enforced_users{};

    /// Errors: invalid_argument - "Validation error: …".
    static Result<TwoFactorPlatform> of(const json::value& document);

    bool has(TwoFactorProvider provider) const;
    std::chrono::seconds code_life(TwoFactorProvider provider) const;
};

/// Nothing: second factors were never set up.
Result<std::optional<TwoFactorPlatform>> two_factor_platform(store::Reader& reader);

/// {TYPE: config} of the user, of providers that are still offered.
Result<json::object> account_factors(store::Reader& reader, const TwoFactorPlatform& platform,
                                     model::UserId user);

/// What comes after the right password.
struct LoginStep {
    TokenScope scope = TokenScope::full;
    std::chrono::seconds life{0};  ///< Of the token, if it is not full.
};
Result<LoginStep> login_step(store::Reader& reader, const model::User& user);

}  // namespace thingstead::core
