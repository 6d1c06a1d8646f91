// What the parts of Auth share; for its .cpp files alone.
#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/audit.h"
#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/identity/api_keys.h"
#include "core/identity/auth.h"
#include "core/identity/token_signer.h"
#include "core/identity/tokens.h"

namespace thingstead::core {

/// An entry of the audit log on a user's own doing.
struct LoginNote {
    model::ActionType action = model::ActionType::login;
    model::User user;
    Client client{};
    std::optional<Error> failure{};
    std::optional<std::string> provider{};
};

struct Account {
    model::User user;
    model::UserCredentials credentials;
};

inline Error refused(std::string message = "Invalid username or password") {
    return {ErrorCode::unauthenticated, std::move(message)};
}
inline Error not_active() { return refused("User account is not active"); }
inline Error locked() { return refused("User account is locked due to security policy"); }

/// The user that `filter` finds, with its credentials.
Result<std::optional<Account>> find_account(store::Reader& reader, const store::Filter& filter);
/// The same by the credentials: a token of a link.
Result<std::optional<Account>> find_account_by(store::Reader& reader, std::string_view field,
                                               const std::string& value);

struct Auth::Impl {
    Impl(const Platform& on, net::BlockingPool& pool, AuthSettings with, Audit* audit_log,
         Mailer* mail);

    const Platform platform;
    net::BlockingPool& hashing;
    const AuthSettings settings;
    Audit* const audit;
    Mailer* const mailer;
    TokenSigner signer;
    ApiKeyCache api_keys;
    /// Verified for unknown users, so that they take as long as known ones.
    std::string dummy_hash;
    /// Another process has saved settings: they are read before the next token is checked.
    std::atomic<bool> stale{false};
    LruCache<Uuid, AttemptWindow> reset_checks{10'000};

    void hear(const EntityChange& change);
    Task<Result<>> freshen();
    Task<Result<TokenPair>> adopt(Caller caller, model::JwtSettings settings,
                                  std::vector<SigningKey> former);
    EpochMs now_ms() const { return platform.clock.now_ms(); }

    Task<Result<std::optional<Account>>> account(store::Filter filter);
    Task<Result<bool>> verify(std::string password, std::string hash);
    Task<> note(LoginNote what);
    /// What a user has proved who it is gets: a full pair, entered as a log-in, or a token for the
    /// second factor.
    Task<Result<TokenPair>> admit(Account account, Client client);
    Task<Result<TokenPair>> finish(Account account, Client client,
                                   std::optional<std::string> provider);
    Task<Error> note_wrong_password(Account account, Client client);
    void log_refusal(bool user_known) const;
};

}  // namespace thingstead::core
