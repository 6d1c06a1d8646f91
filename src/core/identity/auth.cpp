#include "core/identity/auth.h"

#include <algorithm>
#include <chrono>

#include "base/random.h"
#include "core/crypto.h"
#include "core/identity/auth_impl.h"
#include "core/identity/credentials.h"
#include "core/identity/mail_texts.h"
#include "core/identity/password_policy.h"
#include "core/identity/settings.h"
#include "core/identity/two_factor_rules.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::chrono::seconds look_every{1};
constexpr int looks_per_clean_up = 3'600;
/// Settings are read again so often although nobody told of a change, for what was not heard.
constexpr int looks_per_reload = 60;
constexpr std::size_t reset_token_bytes = 32;

model::JwtSettings first_settings(const AuthSettings& with) {
    model::JwtSettings settings;
    settings.token_life_s = static_cast<std::int32_t>(with.access_token_life.count());
    settings.refresh_token_life_s = static_cast<std::int32_t>(with.refresh_token_life.count());
    settings.issuer = with.issuer;
    return settings;
}

Caller caller_of(const model::User& user) {
    Caller caller;
    caller.authority = user.authority;
    caller.tenant = user.tenant_id;
    caller.customer = user.customer_id;
    caller.user = user.id;
    caller.email = user.email;
    return caller;
}

/// What happens to an account that was given the wrong password once more.
struct FailedLogin {
    bool locked = false;
    std::int64_t attempts_max = 0;
    std::string notify{};
};

Result<FailedLogin> count_failure(store::Transaction& transaction, model::UserId user,
                                  EpochMs now_ms, EntityChange& change) {
    FailedLogin outcome;
    Result<model::UserCredentials> credentials = load_credentials(transaction, user);
    if (!credentials) return credentials.error();
    const Result<model::SecuritySettings> security = security_settings(transaction);
    if (!security) return security.error();
    ++credentials->failed_login_attempts;
    const std::int64_t most = security->failed_logins_max.value_or(0);
    outcome.locked = most > 0 && credentials->failed_login_attempts > most && credentials->enabled;
    if (outcome.locked) {
        outcome.attempts_max = most;
        outcome.notify = security->lockout_notification_email.value_or("");
        credentials->enabled = false;
        if (Result<> done = void_tokens(transaction, user, now_ms, change); !done)
            return done.error();
    }
    if (Result<> done = transaction.update(*credentials); !done) return done.error();
    return outcome;
}

/// What the right password leads to.
struct RightPassword {
    LoginStep step{};
    std::optional<std::string> reset_token{};  ///< The password is too old.
};

Result<RightPassword> take_password(store::Transaction& transaction, const model::User& user,
                                    EpochMs now_ms) {
    RightPassword outcome;
    Result<model::UserCredentials> credentials = load_credentials(transaction, user.id);
    if (!credentials) return credentials.error();
    if (!credentials->enabled) return not_active();
    const Result<model::SecuritySettings> security = security_settings(transaction);
    if (!security) return security.error();
    bool changed = std::exchange(credentials->failed_login_attempts, 0) != 0;
    if (is_password_expired(security->password_policy, credentials->created_time, now_ms)) {
        outcome.reset_token = random_url_text(reset_token_bytes);
        credentials->reset_token = sha256_hex(*outcome.reset_token);
        credentials->reset_token_expires_ms =
            now_ms + duration_cast<milliseconds>(
                         std::chrono::hours(security->reset_token_ttl_h.value_or(24)))
                         .count();
        changed = true;
    } else {
        const Result<LoginStep> step = login_step(transaction, user);
        if (!step) return step.error();
        outcome.step = *step;
    }
    if (changed)
        if (Result<> done = transaction.update(*credentials); !done) return done.error();
    return outcome;
}

Error password_expired(const std::string& reset_token) {
    Error error{ErrorCode::password_expired, "User password expired!"};
    error.members = "\"resetToken\":\"" + reset_token + "\"";
    return error;
}

}  // namespace

Result<std::optional<Account>> find_account(store::Reader& reader, const store::Filter& filter) {
    auto user = reader.find<model::User>(filter);
    if (!user) return user.error();
    if (!*user) return std::optional<Account>();
    auto credentials = reader.find<model::UserCredentials>({
        {"userId", (*user)->id.uuid}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return std::optional<Account>();
    return std::optional<Account>(Account{**std::move(user), **std::move(credentials)});
}

Result<std::optional<Account>> find_account_by(store::Reader& reader, std::string_view field,
                                               const std::string& value) {
    auto credentials = reader.find<model::UserCredentials>({
        {field, value}
    });
    if (!credentials) return credentials.error();
    if (!*credentials) return std::optional<Account>();
    return find_account(reader, {
                                    {"id", (*credentials)->user_id.uuid}
    });
}

Auth::Impl::Impl(const Platform& on, net::BlockingPool& pool, AuthSettings with, Audit* audit_log,
                 Mailer* mail)
    : platform(on),
      hashing(pool),
      settings(std::move(with)),
      audit(audit_log),
      mailer(mail),
      signer(first_settings(settings), on.clock),
      api_keys(on) {}

/// On the thread of whoever changed something: no waiting here.
void Auth::Impl::hear(const EntityChange& change) {
    api_keys.hear(change);
    if (change.entity.type == model::EntityType::admin_settings) stale = true;
    const bool has_users = change.entity.type == model::EntityType::user ||
                           change.entity.type == model::EntityType::customer ||
                           change.entity.type == model::EntityType::tenant;
    if (has_users && change.kind == ChangeKind::deleted)
        signer.mark(change.entity.uuid, now_ms() + 1000);
    if (change.entity.type != model::EntityType::user) return;
    if (change.kind == ChangeKind::session_ended)
        for (const std::string& text : change.credentials_ids)
            if (const Result<Uuid> session = parse_uuid(text))
                signer.mark(*session, now_ms() + 1000);
    if (change.kind == ChangeKind::credentials_updated)
        for (const std::string& text : change.credentials_ids)
            signer.mark(change.entity.uuid, std::strtoll(text.c_str(), nullptr, 10));
}

Task<Result<>> Auth::Impl::freshen() {
    if (!stale.exchange(false)) co_return Result<>();
    const std::function<Result<>(store::Reader&)> work = [this](store::Reader& reader) {
        return signer.reload(reader);
    };
    const Result<> read = co_await platform.store.read(work);
    if (!read) stale = true;
    co_return read;
}

Task<Result<std::optional<Account>>> Auth::Impl::account(store::Filter filter) {
    const std::function<Result<std::optional<Account>>(store::Reader&)> work =
        [&](store::Reader& reader) { return find_account(reader, filter); };
    co_return co_await read<std::optional<Account>>(platform, work);
}

Task<Result<bool>> Auth::Impl::verify(std::string password, std::string hash) {
    const auto work = [password, hash]() -> Result<bool> {
        return verify_password(password, hash);
    };
    co_return co_await hashing.run(work);
}

// A function of its own: g++ 12 rejects initializer lists inside coroutines.
void Auth::Impl::log_refusal(bool user_known) const {
    platform.log.info("auth.login.refused", {
                                                {"user_known", user_known}
    });
}

Task<> Auth::Impl::note(LoginNote what) {
    if (!audit) co_return;
    AuditNote entry;
    entry.action = what.action;
    entry.entity = what.user.id;
    entry.entity_name = what.user.email;
    entry.entity_customer = what.user.customer_id;
    entry.data = client_data(what.client);
    if (what.provider) entry.data.as_object()["provider"] = *what.provider;
    entry.failure = std::move(what.failure);
    co_await audit->log(caller_of(what.user), std::move(entry));
}

Task<Error> Auth::Impl::note_wrong_password(Account account, Client client) {
    log_refusal(true);
    EntityChange change{ChangeKind::credentials_updated, account.user.tenant_id, account.user.id};
    const std::function<Result<FailedLogin>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return count_failure(transaction, account.user.id, now_ms(), change);
        };
    const Result<FailedLogin> outcome = co_await write<FailedLogin>(platform, work);
    if (!outcome) co_return outcome.error();
    const Error why = outcome->locked ? locked() : refused();
    LoginNote entry;
    entry.action = outcome->locked ? model::ActionType::lockout : model::ActionType::login;
    entry.user = account.user;
    entry.client = std::move(client);
    if (!outcome->locked) entry.failure = why;
    co_await note(std::move(entry));
    if (!outcome->locked) co_return why;
    platform.events.publish(change);
    if (mailer && !outcome->notify.empty())
        co_await mailer->post(
            lockout_mail(outcome->notify, account.user.email, outcome->attempts_max));
    co_return why;
}

Task<Result<TokenPair>> Auth::Impl::finish(Account account, Client client,
                                           std::optional<std::string> provider) {
    const model::UserId id = account.user.id;
    const EpochMs now = now_ms();
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        Result<model::UserCredentials> credentials = load_credentials(transaction, id);
        if (!credentials) return credentials.error();
        if (!credentials->enabled) return not_active();
        credentials->last_login_ms = now;
        credentials->failed_login_attempts = 0;
        return transaction.update(*credentials);
    };
    if (Result<> noted = co_await platform.store.write(work); !noted) co_return noted.error();
    TokenPair pair = signer.pair_of(account.user);
    LoginNote entry;
    entry.user = std::move(account.user);
    entry.client = std::move(client);
    entry.provider = std::move(provider);
    co_await note(std::move(entry));
    co_return pair;
}

Task<Result<TokenPair>> Auth::Impl::admit(Account account, Client client) {
    const std::function<Result<RightPassword>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return take_password(transaction, account.user, now_ms());
        };
    const Result<RightPassword> outcome = co_await write<RightPassword>(platform, work);
    if (!outcome) co_return outcome.error();
    if (outcome->reset_token) co_return password_expired(*outcome->reset_token);
    if (outcome->step.scope != TokenScope::full)
        co_return signer.unfinished(account.user, outcome->step.scope, outcome->step.life);
    co_return co_await finish(std::move(account), std::move(client), std::nullopt);
}

Auth::Auth(const Platform& platform, net::BlockingPool& hashing, AuthSettings settings,
           Audit* audit, Mailer* mailer)
    : impl_(std::make_shared<Impl>(platform, hashing, std::move(settings), audit, mailer)) {
    platform.events.listen_first(
        [impl = impl_](const EntityChange& change) { impl->hear(change); });
}

Auth::~Auth() = default;

Result<> Auth::open() {
    Result<std::string> dummy = hash_password(random_alphanumeric(16));
    if (!dummy) return dummy.error();
    impl_->dummy_hash = *std::move(dummy);
    const auto work = [this](store::Transaction& transaction) -> Result<> {
        if (Result<> made = ensure_settings(transaction, impl_->now_ms()); !made) return made;
        return impl_->signer.open(transaction);
    };
    Result<> done = impl_->platform.store.write_now(work);
    // Another server that starts for the first time was faster: what it made is there now.
    if (!done && done.error().code == ErrorCode::conflict)
        done = impl_->platform.store.write_now(work);
    return done;
}

Task<> Auth::run() {
    const std::function<Result<>(store::Transaction&)> clean_up =
        [this](store::Transaction& transaction) -> Result<> {
        return remove_expired_keys_and_marks(transaction, impl_->now_ms());
    };
    for (int look = 1;; ++look) {
        co_await net::sleep_for(duration_cast<milliseconds>(look_every));
        if (look % looks_per_reload == 0) impl_->stale = true;
        if (Result<> read = co_await impl_->freshen(); !read)
            impl_->platform.log.warn("auth.settings.unread", read.error());
        if (look % looks_per_clean_up != 0) continue;
        if (Result<> cleaned = co_await impl_->platform.store.write(clean_up); !cleaned)
            impl_->platform.log.warn("auth.clean_up.failed", cleaned.error());
    }
}

const AuthSettings& Auth::settings() const { return impl_->settings; }

std::string Auth::login_name(std::string email) const {
    if (!impl_->settings.login_case_sensitive)
        std::transform(email.begin(), email.end(), email.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
    return email;
}

Task<Result<TokenPair>> Auth::login(std::string user_name, std::string password, Client client) {
    const bool blank = user_name.find_first_not_of(" \t") == std::string::npos || password.empty();
    if (blank) co_return refused("Authentication failed");
    const std::function<Result<model::SecuritySettings>(store::Reader&)> security_of =
        [](store::Reader& reader) { return security_settings(reader); };
    const auto security = co_await read<model::SecuritySettings>(impl_->platform, security_of);
    if (!security) co_return security.error();
    if (security->password_policy.force_reset_if_not_valid.value_or(false) &&
        !check_password(security->password_policy, password))
        co_return Error{ErrorCode::password_violation,
                        "The entered password violates our policies. If this is your real "
                        "password, please reset it."};
    store::Filter filter;
    filter.emplace_back("email", login_name(std::move(user_name)));
    Result<std::optional<Account>> account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    const std::string hash = *account && (*account)->credentials.password
                                 ? *(*account)->credentials.password
                                 : impl_->dummy_hash;
    // Before anything is told apart: every answer takes as long.
    const Result<bool> right = co_await impl_->verify(std::move(password), hash);
    if (!right) co_return right.error();
    if (!*account) {
        impl_->log_refusal(false);
        co_return refused();
    }
    if (!(*account)->credentials.enabled) {
        LoginNote entry;
        entry.user = (*account)->user;
        entry.client = std::move(client);
        entry.failure = not_active();
        co_await impl_->note(std::move(entry));
        co_return not_active();
    }
    if (!*right || !(*account)->credentials.password)
        co_return co_await impl_->note_wrong_password(**std::move(account), std::move(client));
    co_return co_await impl_->admit(**std::move(account), std::move(client));
}

Task<Result<TokenPair>> Auth::login_public(std::string public_id) {
    const Result<Uuid> id = parse_uuid(public_id);
    if (!id) co_return refused();
    const std::function<Result<std::optional<model::Customer>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return reader.find<model::Customer>({
                {"id", *id}
            });
        };
    const auto customer = co_await read<std::optional<model::Customer>>(impl_->platform, work);
    if (!customer) co_return customer.error();
    const json::object* info = *customer ? (*customer)->additional_info.if_object() : nullptr;
    if (!info || !flag_member(*info, "isPublic")) co_return refused();
    co_return impl_->signer.public_pair(**customer);
}

Task<Result<TokenPair>> Auth::refresh(std::string refresh_token) {
    if (Result<> fresh = co_await impl_->freshen(); !fresh) co_return fresh.error();
    const Result<json::object> claims = impl_->signer.claims_of(refresh_token);
    if (!claims) co_return claims.error();
    if (scope_claim(*claims) != refresh_scope) co_return refused("Invalid refresh token scope");
    if (flag_claim(*claims, "isPublic"))
        co_return co_await login_public(text_claim(*claims, "sub"));
    const Uuid user = id_claim(*claims, "userId"), session = id_claim(*claims, "sessionId");
    std::vector<model::TokenMark> marked;
    std::optional<Account> account;
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        auto found = find_account(reader, {
                                              {"id", user}
        });
        if (!found) return found.error();
        account = *std::move(found);
        // The store forgets no mark before the token dies; the memory might.
        auto marks = reader.all<model::TokenMark>({store::Condition(
            "id", store::Compare::one_of, std::vector<store::Cell>{user, session})});
        if (!marks) return marks.error();
        marked = *std::move(marks);
        return {};
    };
    if (Result<> done = co_await impl_->platform.store.read(work); !done) co_return done.error();
    for (const model::TokenMark& each : marked) impl_->signer.mark(each.id, each.valid_from_ms);
    if (impl_->signer.is_void(*claims)) co_return refused("Token is outdated");
    if (!account) co_return refused();
    if (!account->credentials.enabled) co_return not_active();
    co_return impl_->signer.pair_of(account->user);
}

Task<Result<TokenPair>> Auth::enter(model::UserId user, Client client,
                                    std::optional<std::string> provider) {
    store::Filter filter;
    filter.emplace_back("id", user.uuid);
    Result<std::optional<Account>> account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    if (!*account) co_return refused();
    if (!(*account)->credentials.enabled) co_return not_active();
    co_return co_await impl_->finish(**std::move(account), std::move(client), std::move(provider));
}

Task<Result<Caller>> Auth::authenticate_any(std::string access_token) {
    if (access_token.empty()) co_return refused("Authentication failed");
    if (Result<> fresh = co_await impl_->freshen(); !fresh) co_return fresh.error();
    co_return impl_->signer.caller_of(access_token);
}

Task<Result<Caller>> Auth::authenticate(std::string access_token) {
    Result<Caller> caller = co_await authenticate_any(std::move(access_token));
    if (caller && caller->scope != TokenScope::full) co_return refused("Authentication failed");
    co_return caller;
}

bool Auth::is_ours(std::string_view header) const {
    constexpr std::string_view bearer = "Bearer ";
    return header.starts_with(bearer) &&
           impl_->signer.claims_of(header.substr(bearer.size())).has_value();
}

Task<Result<Caller>> Auth::authenticate_key(std::string api_key) {
    co_return co_await impl_->api_keys.caller_of(std::move(api_key));
}

TokenPair Auth::issue_for(const model::User& user) const { return impl_->signer.pair_of(user); }

std::string Auth::seal(std::string_view purpose, json::object claims,
                       std::chrono::seconds life) const {
    return impl_->signer.seal(purpose, std::move(claims), life);
}

Result<json::object> Auth::unseal(std::string_view purpose, std::string_view sealed) const {
    return impl_->signer.unseal(purpose, sealed);
}

Task<Result<>> Auth::logout(Caller caller) {
    const Result<Uuid> session = parse_uuid(caller.session);
    if (!session) co_return Result<>();  // of an API key: there is none
    const EpochMs valid_from = impl_->now_ms() + 1000;
    impl_->signer.mark(*session, valid_from);
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return put_token_mark(transaction, *session, valid_from);
    };
    if (Result<> done = co_await impl_->platform.store.write(work); !done) co_return done;
    EntityChange change{ChangeKind::session_ended, caller.tenant, caller.user};
    change.credentials_ids.push_back(caller.session);
    impl_->platform.events.publish(change);
    co_return Result<>();
}

Task<Result<model::User>> Auth::user(Caller caller) {
    store::Filter filter;
    filter.emplace_back("id", caller.user.uuid);
    const auto account = co_await impl_->account(std::move(filter));
    if (!account) co_return account.error();
    if (!*account) co_return not_found("User", caller.user.uuid);
    co_return (*account)->user;
}

Task<Result<TokenPair>> Auth::tokens_of_other(Caller caller, model::UserId user) {
    if (!impl_->settings.user_token_access_enabled) co_return permission_denied();
    const std::function<Result<model::User>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::User> {
        Result<model::User> other = load<model::User>(reader, caller, Operation::impersonate, user);
        if (!other) return other.error();
        if (caller.is(model::Authority::sys_admin) &&
            other->authority != model::Authority::tenant_admin)
            return permission_denied();
        const Result<model::UserCredentials> credentials = load_credentials(reader, user);
        if (!credentials) return credentials.error();
        if (!credentials->enabled) return invalid("User account is not active");
        return other;
    };
    const Result<model::User> other = co_await read<model::User>(impl_->platform, work);
    if (!other) co_return other.error();
    co_return impl_->signer.pair_of(*other);
}

}  // namespace thingstead::core
