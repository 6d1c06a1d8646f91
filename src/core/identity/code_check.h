// The proof of one factor: attempts are counted, codes are good once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "core/identity/two_factor_rules.h"
#include "model/identity.h"
#include "store/entity_store.h"

namespace thingstead::core {

enum class CodeVerdict : std::uint8_t { right, wrong, too_many_attempts, too_many_failures };

/// What is being proved: the factor with its config; a secret or hashes that are kept of it.
struct CodeQuestion {
    TwoFactorProvider provider{};
    json::object& config;  ///< A used backup code is taken out.
    std::string code;
    bool once = true;  ///< Whether a time-based code that was used is refused.
};

/// Notes a code that is about to be sent to `address`. Errors: rate_limited - the last one was sent
/// within the installation's period.
Result<> note_sent_code(store::Transaction& transaction, const TwoFactorPlatform& platform,
                        model::UserId user, TwoFactorProvider provider, const std::string& address,
                        const std::string& code, EpochMs now_ms);

/// Counts the attempt and compares; the counts are written whatever comes out.
Result<CodeVerdict> judge_code(store::Transaction& transaction, const TwoFactorPlatform& platform,
                               model::UserId user, CodeQuestion& question, EpochMs now_ms);

/// Six digits.
std::string new_code();

}  // namespace thingstead::core
