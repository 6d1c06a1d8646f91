#include "core/auth.h"

#include <crypt.h>

#include <atomic>
#include <cstring>

#include "base/lru_cache.h"
#include "base/random.h"
#include "core/audit.h"
#include "core/crypto.h"
#include "core/jwt.h"
#include "store/tables.h"

namespace thingstead::core {
namespace {

constexpr std::string_view key_setting = "jwt";
/// Ended sessions that are remembered; the longest ended is forgotten first.
constexpr std::size_t sessions_max = 100'000;
constexpr std::string_view refresh_scope = "REFRESH_TOKEN";

Error refused(std::string message = "Invalid username or password") {
    return {ErrorCode::unauthenticated, std::move(message)};
}

std::string text(const json::object& claims, std::string_view name) {
    const json::value* value = claims.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string first_scope(const json::object& claims) {
    const json::value* scopes = claims.if_contains("scopes");
    if (!scopes || !scopes->is_array() || scopes->get_array().empty()) return {};
    const json::value& first = scopes->get_array().front();
    return first.is_string() ? std::string(first.get_string()) : std::string();
}

Uuid id_claim(const json::object& claims, std::string_view name) {
    const Result<Uuid> id = parse_uuid(text(claims, name));
    return id ? *id : null_uuid;
}

struct Account {
    model::User user;
    model::UserCredentials credentials;
};

Result<std::optional<Account>> find_account(store::Reader& reader, const store::Filter& filter) {
    const auto user = reader.find<model::User>(filter);
    if (!user) return user.error();
    if (!*user) return std::optional<Account>();
    const auto credentials = reader.find<model::UserCredentials>({
        {"userId", (*user)->id.uuid}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return std::optional<Account>();
    return std::optional<Account>(Account{**user, **credentials});
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting))
        return Error{ErrorCode::internal, "password cannot be hashed", "crypt_gensalt_rn"};
    crypt_data data{};
    const char* hash = crypt_rn(password.c_str(), setting, &data, sizeof data);
    if (!hash) return Error{ErrorCode::internal, "password cannot be hashed", "crypt_rn"};
    return std::string(hash);
}

bool verify_password(const std::string& password, const std::string& hash) {
    // A text with NUL would be compared only up to it.
    if (password.find('\0') != std::string::npos) return false;
    crypt_data data{};
    const char* again = crypt_rn(password.c_str(), hash.c_str(), &data, sizeof data);
    return again && equal_secret(again, hash);
}

struct Auth::Impl {
    Impl(store::EntityStore& entities, net::BlockingPool& pool, AuthSettings with,
         const Clock& the_clock, Log to, Audit* audit_log, EntityEvents* entity_events)
        : store(entities),
          hashing(pool),
          settings(std::move(with)),
          clock(the_clock),
          log(std::move(to)),
          audit(audit_log),
          events(entity_events) {}

    store::EntityStore& store;
    net::BlockingPool& hashing;
    AuthSettings settings;
    const Clock& clock;
    Log log;
    Audit* audit;
    EntityEvents* events;
    std::string key;  ///< Raw bytes.
    LruCache<std::string, bool> ended_sessions{sessions_max};
    std::string
        dummy_hash;  ///< Verified for unknown users, so that they take as long as known ones.

    TokenPair tokens_of(const model::User& user) const {
        const std::string session = new_random_uuid().to_string();
        const std::int64_t now_s = clock.now_ms() / 1000;
        json::object claims{
            {"sub",       user.email                            },
            {"userId",    user.id.to_string()                   },
            {"scopes",    json::array{enum_name(user.authority)}},
            {"sessionId", session                               },
            {"iss",       settings.issuer                       },
            {"iat",       now_s                                 }
        };
        json::object refresh = claims;
        claims["exp"] = now_s + settings.access_token_life.count();
        if (user.first_name) claims["firstName"] = *user.first_name;
        if (user.last_name) claims["lastName"] = *user.last_name;
        claims["enabled"] = true;
        claims["isPublic"] = false;
        claims["tenantId"] = user.tenant_id.to_string();
        claims["customerId"] = user.customer_id.to_string();
        refresh["scopes"] = json::array{refresh_scope};
        refresh["exp"] = now_s + settings.refresh_token_life.count();
        refresh["isPublic"] = false;
        refresh["jti"] = new_random_uuid().to_string();
        return {sign_jwt(claims, key), sign_jwt(refresh, key)};
    }

    Result<json::object> claims_of(std::string_view token) {
        Result<json::object> claims = verify_jwt(token, key);
        if (!claims) {
            if (claims.error().code == ErrorCode::malformed) return refused();
            return claims.error();
        }
        const json::value* expires = claims->if_contains("exp");
        const bool in_time =
            expires && expires->is_int64() && expires->get_int64() > clock.now_ms() / 1000;
        if (!in_time || ended_sessions.get(text(*claims, "sessionId")))
            return Error{ErrorCode::expired, "Token has expired"};
        return claims;
    }

    // A function of its own: g++ 12 rejects initializer lists inside coroutines.
    void log_refusal(bool user_known) const {
        log.info("auth.login.refused", {
                                           {"user_known", user_known}
        });
    }

    Task<> note_login(const model::User& user, const Client& client, std::optional<Error> failure) {
        if (!audit) co_return;
        Caller caller;
        caller.authority = user.authority;
        caller.tenant = user.tenant_id;
        caller.customer = user.customer_id;
        caller.user = user.id;
        caller.email = user.email;
        AuditNote note;
        note.action = model::ActionType::login;
        note.entity = user.id;
        note.entity_name = user.email;
        note.data = client_data(client);
        note.failure = std::move(failure);
        co_await audit->log(std::move(caller), std::move(note));
    }

    Task<Result<std::optional<Account>>> account(store::Filter filter) {
        std::optional<Account> found;
        const auto work = [&](store::Reader& reader) -> Result<> {
            auto read = find_account(reader, filter);
            if (!read) return read.error();
            found = *std::move(read);
            return {};
        };
        if (Result<> done = co_await store.read(work); !done) co_return done.error();
        co_return found;
    }
};

Auth::Auth(store::EntityStore& store, net::BlockingPool& hashing, AuthSettings settings,
           const Clock& clock, Log log, Audit* audit, EntityEvents* events)
    : impl_(std::make_unique<Impl>(store, hashing, std::move(settings), clock, std::move(log),
                                   audit, events)) {
    if (!events) return;
    events->listen([impl = impl_.get()](const EntityChange& change) {
        if (change.kind != ChangeKind::session_ended || !change.from_afar) return;
        for (const std::string& session : change.credentials_ids)
            impl->ended_sessions.put(session, true);
    });
}

Auth::~Auth() = default;

Result<> Auth::load_key() {
    Result<std::string> dummy = hash_password(random_alphanumeric(16));
    if (!dummy) return dummy.error();
    impl_->dummy_hash = *std::move(dummy);
    return impl_->store.write_now([this](store::Transaction& transaction) -> Result<> {
        const store::Filter filter{
            {"tenantId", model::system_tenant.uuid},
            {"key",      std::string(key_setting) }
        };
        const auto stored = transaction.find<model::AdminSettings>(filter);
        if (!stored) return stored.error();
        if (*stored) {
            const json::object* fields = (*stored)->json_value.if_object();
            const auto key = base64_decode(fields ? text(*fields, "tokenSigningKey") : "");
            if (!key || key->size() < 64)
                return Error{ErrorCode::unavailable, "the stored token signing key is damaged"};
            impl_->key = *key;
            return {};
        }
        impl_->key = random_alphanumeric(64);
        model::AdminSettings settings;
        settings.id = new_time_uuid();
        settings.created_time = impl_->clock.now_ms();
        settings.key = key_setting;
        settings.json_value = json::object{
            {"tokenSigningKey", base64(impl_->key)}
        };
        return transaction.insert(settings);
    });
}

Task<Result<TokenPair>> Auth::login(std::string user_name, std::string password, Client client) {
    const bool blank = user_name.find_first_not_of(" \t") == std::string::npos || password.empty();
    if (blank) co_return refused("Authentication failed");
    store::Filter filter;
    filter.emplace_back("email", user_name);
    const auto account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    const std::string hash = *account && (*account)->credentials.password
                                 ? *(*account)->credentials.password
                                 : impl_->dummy_hash;
    const auto verify = [password, hash]() -> Result<bool> {
        return verify_password(password, hash);
    };
    const Result<bool> right = co_await impl_->hashing.run(verify);
    if (!right) co_return right.error();
    if (!*account || !*right) {
        impl_->log_refusal(account->has_value());
        const Error why = refused();
        if (*account) co_await impl_->note_login((*account)->user, client, why);
        co_return why;
    }
    const model::User& user = (*account)->user;
    if (!(*account)->credentials.enabled) {
        const Error why = refused("User account is not active");
        co_await impl_->note_login(user, client, why);
        co_return why;
    }
    co_await impl_->note_login(user, client, std::nullopt);
    co_return impl_->tokens_of(user);
}

Task<Result<TokenPair>> Auth::refresh(std::string refresh_token) {
    const Result<json::object> claims = impl_->claims_of(refresh_token);
    if (!claims) co_return claims.error();
    if (first_scope(*claims) != refresh_scope) co_return refused("Invalid refresh token scope");
    store::Filter filter;
    filter.emplace_back("id", id_claim(*claims, "userId"));
    const auto account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    if (!*account) co_return refused();
    if (!(*account)->credentials.enabled) co_return refused("User account is not active");
    co_return impl_->tokens_of((*account)->user);
}

Result<Caller> Auth::authenticate(std::string_view access_token) const {
    if (access_token.empty()) return refused("Authentication failed");
    const Result<json::object> claims = impl_->claims_of(access_token);
    if (!claims) return claims.error();
    const std::optional<model::Authority> authority =
        enum_value<model::Authority>(first_scope(*claims));
    if (!authority) return refused();  // a refresh token opens nothing
    Caller caller;
    caller.authority = *authority;
    caller.tenant = {id_claim(*claims, "tenantId")};
    caller.customer = {id_claim(*claims, "customerId")};
    caller.user = {id_claim(*claims, "userId")};
    caller.email = text(*claims, "sub");
    caller.first_name = text(*claims, "firstName");
    caller.last_name = text(*claims, "lastName");
    caller.session = text(*claims, "sessionId");
    return caller;
}

void Auth::logout(const Caller& caller) {
    impl_->ended_sessions.put(caller.session, true);
    if (!impl_->events) return;
    EntityChange change{ChangeKind::session_ended, caller.tenant, caller.user};
    change.credentials_ids.push_back(caller.session);
    impl_->events->publish(change);
}

Task<Result<model::User>> Auth::user(Caller caller) {
    store::Filter filter;
    filter.emplace_back("id", caller.user.uuid);
    const auto account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    if (!*account)
        co_return Error{ErrorCode::not_found,
                        "User with id [" + caller.user.to_string() + "] is not found"};
    co_return (*account)->user;
}

}  // namespace thingstead::core
