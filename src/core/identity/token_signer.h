// The tokens of users: what stands in them, the key that signs them, the marks that void them.
// Source of the claims: the interface (2.3 of its description); RFC 7519.
#pragma once
#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/lru_cache.h"
#include "core/caller.h"
#include "core/identity/signing_keys.h"
#include "model/identity.h"
#include "model/security.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// A log-in that is not finished has a scope and no refresh token.
struct TokenPair {
    std::string token;
    std::string refresh_token{};
    TokenScope scope = TokenScope::full;
};

/// Everything in memory, so that a request costs no query. Thread-safe.
class TokenSigner {
  public:
    /// `first`: the settings of an installation that has none yet; its key is made by open().
    TokenSigner(model::JwtSettings first, const Clock& clock);

    /// Reads settings and marks, making a key at the first start. Errors: unavailable - the stored
    /// key is damaged.
    Result<> open(store::Transaction& transaction);
    /// Reads the settings again: another process has changed them.
    Result<> reload(store::Reader& reader);

    model::JwtSettings settings() const;
    /// For new tokens and for checks from now on. What neither this key nor one of `former` has
    /// signed opens nothing.
    void use(const model::JwtSettings& settings, std::vector<SigningKey> former = {});
    /// Former keys and the one that signs, valid as long as a token of today may live: what use()
    /// takes as `former` with a new key.
    std::vector<SigningKey> retired_keys() const;
    std::vector<SigningKey> former_keys() const { return key()->former; }

    TokenPair pair_of(const model::User& user) const;
    /// Of whoever follows a public link of the customer.
    TokenPair public_pair(const model::Customer& customer) const;
    TokenPair unfinished(const model::User& user, TokenScope scope,
                         std::chrono::seconds life) const;

    /// Claims of another use, told apart by `purpose`, and back. Errors: as claims_of(); expired -
    /// also another purpose.
    std::string seal(std::string_view purpose, json::object claims,
                     std::chrono::seconds life) const;
    Result<json::object> unseal(std::string_view purpose, std::string_view sealed) const;

    /// The claims of a token of ours that has not expired, whatever marks say. Errors:
    /// unauthenticated - not a token; expired - "Token has expired", also with a wrong signature.
    Result<json::object> claims_of(std::string_view token) const;
    /// Whether a mark voids a token with these claims.
    bool is_void(const json::object& claims);
    /// Who comes with an access token, full or of an unfinished log-in. Errors: as claims_of();
    /// expired - voided; unauthenticated - it is of another kind.
    Result<Caller> caller_of(const std::string& token);

    /// Voids tokens of a user or a session, or of all users of a tenant or a customer, that were
    /// issued in an earlier second.
    void mark(const Uuid& id, EpochMs valid_from_ms);

  private:
    struct Key {
        model::JwtSettings settings;
        SigningKey signing;
        std::vector<SigningKey> former;
        /// Nothing: no key of ours that is still good. Without an id: the one that signs.
        const SigningKey* find(std::string_view id, EpochMs now_ms) const;
    };
    /// An access token of ours, and what it says. A signature that was checked stays right as long
    /// as the key is used; expiry and marks are looked at with each request.
    struct KnownToken {
        std::shared_ptr<const Key> with;
        Caller caller;
        std::int64_t issued_s = 0;
        std::int64_t expires_s = 0;
        Uuid session{};
    };
    std::shared_ptr<const Key> key() const;
    std::int64_t now_s() const { return clock_.now_ms() / 1000; }
    Result<std::shared_ptr<const KnownToken>> known(const std::string& token);
    bool is_marked(std::int64_t issued_s, std::initializer_list<Uuid> ids);
    json::object common_claims(const std::string& subject, const Uuid& user, const Key& with) const;
    static std::string sign(const json::object& claims, const Key& with);
    TokenPair sign_pair(json::object access, json::object refresh, const Key& with) const;

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Key> key_;
    /// The longest unused are forgotten first; refreshing asks the store beside.
    LruCache<Uuid, EpochMs> marks_{100'000};
    LruCache<std::string, std::shared_ptr<const KnownToken>> known_{4'096};
};

/// Claims of a token, read with care.
std::string text_claim(const json::object& claims, std::string_view name);
Uuid id_claim(const json::object& claims, std::string_view name);
std::string scope_claim(const json::object& claims);
bool flag_claim(const json::object& claims, std::string_view name);
inline constexpr std::string_view refresh_scope = "REFRESH_TOKEN";

/// Whether a token that was issued at `issued_s` is older than a mark: whole seconds, so that the
/// pair that is handed out with a mark is not voided by it.
bool is_before_mark(std::int64_t issued_s, EpochMs mark_ms);

}  // namespace thingstead::core
