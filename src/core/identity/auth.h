// Log-in of users: passwords, tokens, API keys, links to activate an account and to reset a
// password. Second factors: core/identity/two_factor.h.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "core/caller.h"
#include "core/identity/token_signer.h"
#include "core/mail.h"
#include "core/password.h"
#include "core/platform.h"
#include "model/security.h"
#include "net/blocking_pool.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct AuthSettings {
    /// Of tokens, until an administrator saves settings of their own.
    std::chrono::seconds access_token_life{9'000};
    std::chrono::seconds refresh_token_life{604'800};
    std::string issuer = "thingstead";
    bool login_case_sensitive = true;
    bool user_token_access_enabled = true;
    std::string api_key_prefix = "tb_";
    std::size_t api_key_bytes = 64;
};

class Audit;

/// Where a link of a mail leads.
enum class LinkState : std::uint8_t { good, expired, unknown };

class Auth {
  public:
    /// `hashing` runs the password hash, which is slow on purpose. Log-ins of known users, and
    /// those refused to them, are entered in `audit`, if there is one. Without a `mailer` nobody
    /// is written to.
    Auth(const Platform& platform, net::BlockingPool& hashing, AuthSettings settings,
         Audit* audit = nullptr, Mailer* mailer = nullptr);
    ~Auth();

    /// Loads the signing key of the installation, making it at the first start, and which tokens
    /// are void. Blocks; before serving.
    Result<> open();
    /// Takes in settings that other processes changed, and removes what has expired. Ends when it
    /// is cancelled.
    Task<> run();

    const AuthSettings& settings() const;
    /// A user name as it is looked up and saved: small letters, unless case matters.
    std::string login_name(std::string email) const;

    /// Errors: unauthenticated - "Invalid username or password", "User account is not active",
    /// "User account is locked due to security policy", "Authentication failed" (blank input);
    /// password_violation; password_expired - with a member resetToken.
    /// The pair has a scope if a second factor is asked for.
    Task<Result<TokenPair>> login(std::string user_name, std::string password, Client client = {});
    /// For whoever has a public link of a customer. Errors: unauthenticated.
    Task<Result<TokenPair>> login_public(std::string public_id);
    /// A new pair. Errors: unauthenticated - "Token is outdated", "User account is not active";
    /// expired - "Token has expired".
    Task<Result<TokenPair>> refresh(std::string refresh_token);
    /// Tokens of a user who has proved in another way who it is; entered as a log-in, for which it
    /// must be enabled. Errors: unauthenticated.
    Task<Result<TokenPair>> enter(model::UserId user, Client client,
                                  std::optional<std::string> provider = {});

    /// Checks a full access token. Errors: unauthenticated - "Authentication failed" (no token),
    /// "Invalid username or password" (not a token); expired - "Token has expired" (old, void, or
    /// the signature is wrong).
    Task<Result<Caller>> authenticate(std::string access_token);
    /// The same, but also a token of an unfinished log-in: who takes it must look at the caller's
    /// scope.
    Task<Result<Caller>> authenticate_any(std::string access_token);
    /// Errors: unauthenticated - "Invalid username or password", "API key is expired", "User
    /// account is not active".
    Task<Result<Caller>> authenticate_key(std::string api_key);
    /// Whether a header has an access token that was signed here and has not expired: asked before
    /// a body is read, of which a user may send more than anybody.
    bool is_ours(std::string_view header) const;

    /// A pair for a user who proved elsewhere who it is; whether it may log in at all is for the
    /// caller to know.
    TokenPair issue_for(const model::User& user) const;
    /// Claims that come back unchanged or not at all, for `life`; `purpose` tells them from those
    /// of other uses, tokens among them. Whoever holds the text can read them.
    std::string seal(std::string_view purpose, json::object claims,
                     std::chrono::seconds life) const;
    /// Errors: unauthenticated, expired - also another purpose.
    Result<json::object> unseal(std::string_view purpose, std::string_view sealed) const;

    /// Ends the caller's session: its access and refresh tokens are refused from now on.
    Task<Result<>> logout(Caller caller);
    /// The caller's own record. Errors: not_found.
    Task<Result<model::User>> user(Caller caller);
    /// Tokens that act as another user. Errors: forbidden; not_found; invalid_argument - the user
    /// is not active.
    Task<Result<TokenPair>> tokens_of_other(Caller caller, model::UserId user);

    // Passwords; each of them voids what tokens the user has.

    /// Errors: invalid_argument - "Current password doesn't match!", the policy's words.
    Task<Result<TokenPair>> change_password(Caller caller, std::string current, std::string next);
    Task<Result<LinkState>> find_activate_token(std::string token);
    /// Sets the first password and logs in; `base` is where the mail's link leads, none is sent
    /// without. Errors: invalid_argument.
    Task<Result<TokenPair>> activate(std::string token, std::string password, Client client,
                                     std::optional<std::string> base);
    /// Sends a link to the user, if there is such a user. Errors: those of the store.
    Task<Result<>> request_reset(std::string email, std::string base);
    /// Errors: rate_limited.
    Task<Result<LinkState>> find_reset_token(std::string token);
    /// Errors: invalid_argument.
    Task<Result<>> reset_password(std::string token, std::string password, std::string base);

    /// How tokens are signed. Errors: forbidden.
    Task<Result<model::JwtSettings>> jwt_settings(Caller caller);
    /// Saves and uses them: what was signed with another key opens nothing. A fresh pair for the
    /// caller. Errors: invalid_argument, forbidden.
    Task<Result<TokenPair>> save_jwt_settings(Caller caller, model::JwtSettings settings);
    /// Signs with a new key from now on. What former keys have signed is good until it expires. A
    /// fresh pair for the caller. Errors: forbidden.
    Task<Result<TokenPair>> rotate_signing_key(Caller caller);

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::core
