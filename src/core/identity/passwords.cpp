// Auth: setting passwords - changed by the user, chosen at activation, reset by a link.
#include <utility>
#include <vector>

#include "core/crypto.h"
#include "core/identity/auth_impl.h"
#include "core/identity/credentials.h"
#include "core/identity/mail_texts.h"
#include "core/identity/password_policy.h"
#include "core/identity/settings.h"
#include "core/identity/two_factor_rules.h"

namespace thingstead::core {
namespace {

constexpr std::size_t reset_link_bytes = 32;
constexpr std::int64_t reset_checks_max = 5;
constexpr std::chrono::hours reset_checks_window{1};

/// What is known of an account before its password is set; hashes are compared outside of a
/// transaction, as they take long.
struct BeforePassword {
    std::optional<Account> account{};
    model::SecuritySettings security{};
};

Task<Result<BeforePassword>> look_up(const Platform& platform, std::string_view field,
                                     std::string value) {
    const std::function<Result<BeforePassword>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<BeforePassword> {
        BeforePassword found;
        auto account = find_account_by(reader, field, value);
        if (!account) return account.error();
        found.account = *std::move(account);
        auto security = security_settings(reader);
        if (!security) return security.error();
        found.security = *std::move(security);
        return found;
    };
    co_return co_await read<BeforePassword>(platform, work);
}

Task<Result<BeforePassword>> look_up(const Platform& platform, model::UserId user) {
    const std::function<Result<BeforePassword>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<BeforePassword> {
        BeforePassword found;
        auto account = find_account(reader, {
                                                {"id", user.uuid}
        });
        if (!account) return account.error();
        found.account = *std::move(account);
        auto security = security_settings(reader);
        if (!security) return security.error();
        found.security = *std::move(security);
        return found;
    };
    co_return co_await read<BeforePassword>(platform, work);
}

/// The hash of the new password. Runs where hashing may take its time.
Result<std::string> new_hash(const model::UserCredentials& credentials,
                             const model::UserPasswordPolicy& policy, const std::string& password,
                             EpochMs now_ms) {
    if (Result<> good = check_password(policy, password); !good) return good.error();
    if (credentials.password && verify_password(password, *credentials.password))
        return invalid("New password should be different from existing!");
    for (const std::string& former : recent_passwords(credentials.additional_info, policy, now_ms))
        if (verify_password(password, former))
            return invalid("Password was already used for the last " +
                           std::to_string(policy.reuse_frequency_days.value_or(0)) + " days");
    return hash_password(password);
}

/// What the transaction that sets the password checks once more, for others may have been faster.
struct Unchanged {
    std::optional<std::string> password;
    std::optional<std::string> activate_token;
    std::optional<std::string> reset_token;
};

Unchanged state_of(const model::UserCredentials& credentials) {
    return {credentials.password, credentials.activate_token, credentials.reset_token};
}

Result<> set_password(store::Transaction& transaction, model::UserId user, const Unchanged& was,
                      const std::string& hash, bool enable, EpochMs now_ms, EntityChange& change) {
    Result<model::UserCredentials> credentials = load_credentials(transaction, user);
    if (!credentials) return credentials.error();
    if (credentials->password != was.password ||
        credentials->activate_token != was.activate_token ||
        credentials->reset_token != was.reset_token)
        return changed_by_another("User credentials");
    if (credentials->password)
        remember_password(credentials->additional_info, *credentials->password, now_ms);
    credentials->password = hash;
    credentials->created_time = now_ms;
    credentials->activate_token.reset();
    credentials->activate_token_expires_ms.reset();
    credentials->reset_token.reset();
    credentials->reset_token_expires_ms.reset();
    credentials->failed_login_attempts = 0;
    if (enable) credentials->enabled = true;
    if (Result<> done = transaction.update(*credentials); !done) return done;
    return void_tokens(transaction, user, now_ms, change);
}

Task<Result<>> store_password(const Platform& platform, Account account, std::string hash,
                              bool enable) {
    const Unchanged was = state_of(account.credentials);
    EntityChange change{ChangeKind::credentials_updated, account.user.tenant_id, account.user.id};
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return set_password(transaction, account.user.id, was, hash, enable,
                            platform.clock.now_ms(), change);
    };
    const Result<> done = co_await platform.store.write(work);
    if (done) platform.events.publish(change);
    co_return done;
}

std::string login_link(const std::string& base) { return base + "/login"; }

EpochMs reset_ttl_ms(const model::SecuritySettings& security) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::hours(security.reset_token_ttl_h.value_or(24)))
        .count();
}

}  // namespace

Task<Result<TokenPair>> Auth::change_password(Caller caller, std::string current,
                                              std::string next) {
    const Result<BeforePassword> before = co_await look_up(impl_->platform, caller.user);
    if (!before) co_return before.error();
    if (!before->account) co_return not_found("User", caller.user.uuid);
    const Account account = *before->account;
    const EpochMs now = impl_->now_ms();
    const auto work = [&]() -> Result<std::string> {
        const std::optional<std::string>& known = account.credentials.password;
        if (!known || !verify_password(current, *known))
            return invalid("Current password doesn't match!");
        return new_hash(account.credentials, before->security.password_policy, next, now);
    };
    const Result<std::string> hash = co_await impl_->hashing.run(work);
    if (!hash) co_return hash.error();
    const Result<> done = co_await store_password(impl_->platform, account, *hash, false);
    if (!done) co_return done.error();
    co_return impl_->signer.pair_of(account.user);
}

Task<Result<LinkState>> Auth::find_activate_token(std::string token) {
    if (token.empty()) co_return LinkState::unknown;
    const Result<BeforePassword> found =
        co_await look_up(impl_->platform, "activateToken", std::move(token));
    if (!found) co_return found.error();
    if (!found->account) co_return LinkState::unknown;
    const EpochMs ends = found->account->credentials.activate_token_expires_ms.value_or(0);
    co_return ends > impl_->now_ms() ? LinkState::good : LinkState::expired;
}

Task<Result<TokenPair>> Auth::activate(std::string token, std::string password, Client client,
                                       std::optional<std::string> base) {
    Result<BeforePassword> before = co_await look_up(impl_->platform, "activateToken", token);
    if (!before) co_return before.error();
    if (token.empty() || !before->account)
        co_return invalid("Unable to find user credentials by activateToken [" + token + "]");
    Account account = *before->account;
    if (account.credentials.enabled) co_return invalid("User credentials already activated");
    const EpochMs now = impl_->now_ms();
    if (account.credentials.activate_token_expires_ms.value_or(0) <= now)
        co_return invalid("Activation token expired");
    const auto work = [&]() -> Result<std::string> {
        return new_hash(account.credentials, before->security.password_policy, password, now);
    };
    const Result<std::string> hash = co_await impl_->hashing.run(work);
    if (!hash) co_return hash.error();
    const Result<> done = co_await store_password(impl_->platform, account, *hash, true);
    if (!done) co_return done.error();
    if (base && impl_->mailer)
        co_await impl_->mailer->post(activated_mail(account.user.email, login_link(*base)));
    co_return co_await impl_->admit(std::move(account), std::move(client));
}

Task<Result<>> Auth::request_reset(std::string email, std::string base) {
    store::Filter filter;
    filter.emplace_back("email", login_name(email));
    const std::string token = random_url_text(reset_link_bytes);
    std::optional<model::User> user;
    EpochMs ttl_ms = 0;
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        user.reset();
        auto account = find_account(transaction, filter);
        if (!account) return account.error();
        // Who never chose a password has a link to activate the account.
        if (!*account || !(*account)->credentials.enabled) return {};
        const auto security = security_settings(transaction);
        if (!security) return security.error();
        ttl_ms = reset_ttl_ms(*security);
        model::UserCredentials& credentials = (*account)->credentials;
        credentials.reset_token = sha256_hex(token);
        credentials.reset_token_expires_ms = impl_->now_ms() + ttl_ms;
        user = (*account)->user;
        return transaction.update(credentials);
    };
    if (Result<> done = co_await impl_->platform.store.write(work); !done) co_return done;
    if (user && impl_->mailer)
        co_await impl_->mailer->post(reset_mail(
            user->email, base + "/api/noauth/resetPassword?resetToken=" + token, ttl_ms));
    co_return Result<>();
}

Task<Result<LinkState>> Auth::find_reset_token(std::string token) {
    const Result<BeforePassword> found =
        co_await look_up(impl_->platform, "resetToken", sha256_hex(token));
    if (!found) co_return found.error();
    if (token.empty() || !found->account) co_return LinkState::unknown;
    const Uuid user = found->account->user.id.uuid;
    AttemptWindow window = impl_->reset_checks.get(user).value_or(AttemptWindow{});
    const bool allowed = window.take(impl_->now_ms(), reset_checks_max, reset_checks_window);
    impl_->reset_checks.put(user, window);
    if (!allowed) co_return Error{ErrorCode::rate_limited, "Too many requests"};
    const EpochMs ends = found->account->credentials.reset_token_expires_ms.value_or(0);
    co_return ends > impl_->now_ms() ? LinkState::good : LinkState::expired;
}

Task<Result<>> Auth::reset_password(std::string token, std::string password, std::string base) {
    const Result<BeforePassword> before =
        co_await look_up(impl_->platform, "resetToken", sha256_hex(token));
    if (!before) co_return before.error();
    if (token.empty() || !before->account) co_return invalid("Invalid reset token!");
    const Account account = *before->account;
    const EpochMs now = impl_->now_ms();
    if (account.credentials.reset_token_expires_ms.value_or(0) <= now)
        co_return invalid("Password reset token expired");
    const auto work = [&]() -> Result<std::string> {
        return new_hash(account.credentials, before->security.password_policy, password, now);
    };
    const Result<std::string> hash = co_await impl_->hashing.run(work);
    if (!hash) co_return hash.error();
    const Result<> done = co_await store_password(impl_->platform, account, *hash, false);
    if (!done) co_return done;
    if (impl_->mailer)
        co_await impl_->mailer->post(password_changed_mail(account.user.email, login_link(base)));
    co_return Result<>();
}

}  // namespace thingstead::core
