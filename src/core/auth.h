// Log-in of users: passwords, access and refresh tokens.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "core/caller.h"
#include "core/entity_events.h"
#include "net/blocking_pool.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct TokenPair {
    std::string token;
    std::string refresh_token;
};

struct AuthSettings {
    std::chrono::seconds access_token_life{9'000};
    std::chrono::seconds refresh_token_life{604'800};
    std::string issuer = "thingstead";
};

class Audit;

class Auth {
  public:
    /// `hashing` runs the password hash, which is slow on purpose. Log-ins of known users, and
    /// those refused to them, are entered in `audit`, if there is one.
    Auth(store::EntityStore& store, net::BlockingPool& hashing, AuthSettings settings,
         const Clock& clock, Log log, Audit* audit = nullptr, EntityEvents* events = nullptr);
    ~Auth();

    /// Loads the signing key of the installation, making it at the first start. Blocks; before
    /// serving.
    Result<> load_key();

    /// Errors: unauthenticated - "Invalid username or password", "User account is not active",
    /// "Authentication failed" (blank input).
    Task<Result<TokenPair>> login(std::string user_name, std::string password, Client client = {});
    /// A new pair. Errors: unauthenticated; expired - "Token has expired".
    Task<Result<TokenPair>> refresh(std::string refresh_token);
    /// Checks an access token; no store is asked. Errors: unauthenticated - "Authentication failed"
    /// (no token), "Invalid username or password" (not a token); expired - "Token has expired"
    /// (old, or the signature is wrong).
    Result<Caller> authenticate(std::string_view access_token) const;
    /// Ends the caller's session: its access and refresh tokens are refused from now on, until this
    /// process ends.
    void logout(const Caller& caller);
    /// The caller's own record. Errors: not_found.
    Task<Result<model::User>> user(Caller caller);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// crypt(3) text of a password: yescrypt as the system sets it, for new passwords.
Result<std::string> hash_password(const std::string& password);
/// Whether `password` gives `hash`; bcrypt, yescrypt and what else crypt(3) knows. Takes ~100 ms.
bool verify_password(const std::string& password, const std::string& hash);

}  // namespace thingstead::core
