#include "core/identity/credentials.h"

#include <utility>

#include "core/entity/read.h"
#include "core/identity/mail_texts.h"
#include "core/identity/settings.h"
#include "core/identity/tokens.h"
#include "model/identity.h"

namespace thingstead::core {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t activate_token_bytes = 32;
/// A token with less time than this left is replaced, so that whoever gets it can use it.
constexpr EpochMs token_rest_ms_min = duration_cast<milliseconds>(minutes(15)).count();

Result<EpochMs> activation_ttl_ms(store::Reader& reader) {
    const Result<model::SecuritySettings> security = security_settings(reader);
    if (!security) return security.error();
    return duration_cast<milliseconds>(hours(security->activation_token_ttl_h.value_or(24)))
        .count();
}

Result<> renew_activation(store::Transaction& transaction, model::UserCredentials& credentials,
                          EpochMs now_ms) {
    const Result<EpochMs> ttl_ms = activation_ttl_ms(transaction);
    if (!ttl_ms) return ttl_ms.error();
    credentials.activate_token = random_url_text(activate_token_bytes);
    credentials.activate_token_expires_ms = now_ms + *ttl_ms;
    return {};
}

struct Activation {
    ActivationLink link;
    model::User user;
};

Result<Activation> activation_of(store::Transaction& transaction, const Caller& caller,
                                 model::UserId id, const std::string& base, EpochMs now_ms) {
    Result<model::User> user = load<model::User>(transaction, caller, Operation::read, id);
    if (!user) return user.error();
    Result<model::UserCredentials> credentials = load_credentials(transaction, id);
    if (!credentials) return credentials.error();
    if (credentials->enabled || !credentials->activate_token)
        return invalid("User is already activated!");
    if (credentials->activate_token_expires_ms.value_or(0) - now_ms < token_rest_ms_min) {
        if (Result<> done = renew_activation(transaction, *credentials, now_ms); !done)
            return done.error();
        if (Result<> done = transaction.update(*credentials); !done) return done.error();
    }
    Activation activation;
    activation.link.value =
        base + "/api/noauth/activate?activateToken=" + *credentials->activate_token;
    activation.link.ttl_ms = *credentials->activate_token_expires_ms - now_ms;
    activation.user = *std::move(user);
    return activation;
}

Task<Result<Activation>> activation_of(const Platform& platform, Caller caller, model::UserId user,
                                       std::string base) {
    const std::function<Result<Activation>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return activation_of(transaction, caller, user, base, platform.clock.now_ms());
        };
    co_return co_await write<Activation>(platform, work);
}

Result<model::User> enable(store::Transaction& transaction, const Caller& caller, model::UserId id,
                           bool enabled, EpochMs now_ms, EntityChange& change) {
    Result<model::User> user = load<model::User>(transaction, caller, Operation::write, id);
    if (!user) return user.error();
    Result<model::UserCredentials> credentials = load_credentials(transaction, id);
    if (!credentials) return credentials.error();
    if (enabled && !credentials->password)
        return invalid("Enabled user credentials should have password!");
    credentials->enabled = enabled;
    credentials->failed_login_attempts = 0;
    if (Result<> done = transaction.update(*credentials); !done) return done.error();
    // Failures of the second factor count from the beginning too.
    const auto forgotten = transaction.remove<model::TwoFactorCheck>({
        {"id", id.uuid}
    });
    if (!forgotten) return forgotten.error();
    change = EntityChange{ChangeKind::credentials_updated, user->tenant_id, user->id};
    if (!enabled)
        if (Result<> done = void_tokens(transaction, id, now_ms, change); !done)
            return done.error();
    return user;
}

}  // namespace

Result<> create_credentials(store::Transaction& transaction, model::UserId user, EpochMs now_ms) {
    model::UserCredentials credentials;
    credentials.id = new_time_uuid();
    credentials.created_time = now_ms;
    credentials.user_id = user;
    if (Result<> done = renew_activation(transaction, credentials, now_ms); !done) return done;
    return transaction.insert(credentials);
}

Result<> remove_credentials(store::Transaction& transaction, model::UserId user, EpochMs now_ms) {
    const store::Filter of_user{
        {"userId", user.uuid}
    };
    const auto credentials = transaction.remove<model::UserCredentials>(of_user);
    if (!credentials) return credentials.error();
    const auto factors = transaction.remove<model::UserAuthSettings>(of_user);
    if (!factors) return factors.error();
    const auto keys = transaction.remove<model::ApiKey>(of_user);
    if (!keys) return keys.error();
    const auto check = transaction.remove<model::TwoFactorCheck>({
        {"id", user.uuid}
    });
    if (!check) return check.error();
    // Nobody is left to log in again within this second: its tokens are void too.
    return put_token_mark(transaction, user.uuid, now_ms + 1000);
}

Result<model::UserCredentials> load_credentials(store::Reader& reader, model::UserId user) {
    auto found = reader.find<model::UserCredentials>({
        {"userId", user.uuid}
    });
    if (!found) return found.error();
    if (!*found) return not_found("User", user.uuid);
    return **std::move(found);
}

Result<> add_login_facts(store::Reader& reader, model::User& user) {
    const auto found = reader.find<model::UserCredentials>({
        {"userId", user.id.uuid}
    });
    if (!found) return found.error();
    if (!*found) return {};
    json::object* info = user.additional_info.if_object();
    if (!info) info = &user.additional_info.emplace_object();
    (*info)["userCredentialsEnabled"] = (*found)->enabled;
    (*info)["userActivated"] = (*found)->password.has_value();
    if ((*found)->last_login_ms != 0) (*info)["lastLoginTs"] = (*found)->last_login_ms;
    return {};
}

Task<Result<ActivationLink>> activation_link(const Platform& platform, Caller caller,
                                             model::UserId user, std::string base) {
    Result<Activation> activation =
        co_await activation_of(platform, std::move(caller), user, std::move(base));
    if (!activation) co_return activation.error();
    co_return std::move(activation->link);
}

Task<Result<>> send_activation_mail(const Platform& platform, Mailer& mailer, Caller caller,
                                    model::UserId user, std::string base) {
    const Result<Activation> activation =
        co_await activation_of(platform, std::move(caller), user, std::move(base));
    if (!activation) co_return activation.error();
    const Result<> sent = co_await mailer.send(
        activation_mail(activation->user.email, activation->link.value, activation->link.ttl_ms));
    if (sent) co_return sent;
    co_return Error{ErrorCode::internal, "Couldn't send user activation email",
                    sent.error().detail};
}

Task<Result<model::User>> enable_credentials(const Platform& platform, Caller caller,
                                             model::UserId user, bool enabled) {
    EntityChange change{ChangeKind::credentials_updated, caller.tenant, user};
    const std::function<Result<model::User>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return enable(transaction, caller, user, enabled, platform.clock.now_ms(), change);
        };
    Result<model::User> done = co_await write<model::User>(platform, work);
    if (done) platform.events.publish(change);
    co_return done;
}

Result<> void_tokens(store::Transaction& transaction, model::UserId user, EpochMs now_ms,
                     EntityChange& change) {
    change.credentials_ids.assign(1, std::to_string(now_ms));
    return put_token_mark(transaction, user.uuid, now_ms);
}

}  // namespace thingstead::core
