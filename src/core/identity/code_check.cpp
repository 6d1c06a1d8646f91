#include "core/identity/code_check.h"

#include <array>
#include <utility>

#include "base/random.h"
#include "core/crypto.h"
#include "core/identity/factor_configs.h"
#include "core/identity/settings.h"
#include "core/identity/tokens.h"
#include "core/identity/totp.h"

namespace thingstead::core {
namespace {

Result<model::TwoFactorCheck> load_check(store::Reader& reader, model::UserId user) {
    auto found = reader.find<model::TwoFactorCheck>({
        {"id", user.uuid}
    });
    if (!found) return found.error();
    if (*found) return **std::move(found);
    model::TwoFactorCheck fresh;
    fresh.id = user.uuid;
    return fresh;
}

/// A code proves the address that it was sent to, and no other.
std::string purpose_of(TwoFactorProvider provider, const std::string& address) {
    return std::string(enum_name(provider)) + ":" + address;
}

bool is_sent_code(model::TwoFactorCheck& check, const CodeQuestion& question, EpochMs now_ms) {
    const std::string purpose =
        purpose_of(question.provider, address_of(question.provider, question.config));
    if (!check.code || check.code_purpose != purpose || check.code_expires_ms <= now_ms ||
        !equal_secret(*check.code, sha256_hex(question.code)))
        return false;
    check.code.reset();
    check.code_purpose.reset();
    return true;
}

bool is_right(model::TwoFactorCheck& check, CodeQuestion& question, EpochMs now_ms) {
    switch (question.provider) {
        case TwoFactorProvider::totp: {
            const auto secret = otpauth_secret(text_member(question.config, "authUrl"));
            if (!secret) return false;
            const auto step = matching_totp_step(*secret, question.code, now_ms);
            if (!step || (question.once && *step <= check.totp_step)) return false;
            if (question.once) check.totp_step = *step;
            return true;
        }
        case TwoFactorProvider::sms:
        case TwoFactorProvider::email:       return is_sent_code(check, question, now_ms);
        case TwoFactorProvider::backup_code: return use_backup_code(question.config, question.code);
    }
    return false;
}

}  // namespace

std::string new_code() {
    constexpr std::uint32_t codes = 1'000'000;
    std::uint32_t number = 0;
    // The rest above a multiple is thrown again: every code is equally likely.
    do {
        random_bytes(std::as_writable_bytes(std::span(&number, 1)));
    } while (number >= 0xFFFFFFFFu - 0xFFFFFFFFu % codes);
    std::string text = std::to_string(number % codes);
    return std::string(6 - text.size(), '0') + text;
}

Result<> note_sent_code(store::Transaction& transaction, const TwoFactorPlatform& platform,
                        model::UserId user, TwoFactorProvider provider, const std::string& address,
                        const std::string& code, EpochMs now_ms) {
    Result<model::TwoFactorCheck> check = load_check(transaction, user);
    if (!check) return check.error();
    const EpochMs period_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(platform.send_period).count();
    if (check->code_sent_ms != 0 && now_ms - check->code_sent_ms < period_ms)
        return Error{ErrorCode::rate_limited, "Too many requests"};
    check->code = sha256_hex(code);
    check->code_purpose = purpose_of(provider, address);
    check->code_sent_ms = now_ms;
    check->code_expires_ms =
        now_ms +
        std::chrono::duration_cast<std::chrono::milliseconds>(platform.code_life(provider)).count();
    return transaction.put(*check);
}

Result<CodeVerdict> judge_code(store::Transaction& transaction, const TwoFactorPlatform& platform,
                               model::UserId user, CodeQuestion& question, EpochMs now_ms) {
    Result<model::TwoFactorCheck> check = load_check(transaction, user);
    if (!check) return check.error();
    if (platform.checks_max > 0) {
        AttemptWindow window{check->window_start_ms, check->window_attempts};
        const bool allowed = window.take(now_ms, platform.checks_max, platform.checks_window);
        check->window_start_ms = window.start_ms;
        check->window_attempts = window.attempts;
        if (!allowed) return CodeVerdict::too_many_attempts;
    }
    CodeVerdict verdict = CodeVerdict::right;
    if (is_right(*check, question, now_ms)) {
        check->failures = 0;
    } else {
        ++check->failures;
        verdict = platform.failures_max > 0 && check->failures > platform.failures_max
                      ? CodeVerdict::too_many_failures
                      : CodeVerdict::wrong;
    }
    if (Result<> done = transaction.put(*check); !done) return done.error();
    return verdict;
}

}  // namespace thingstead::core
