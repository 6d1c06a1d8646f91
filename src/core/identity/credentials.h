// The credentials of users beside their log-in: made with the user, activated by a link, switched
// off, removed. Passwords are set by core/auth.h.
//
// Who saves users: create_credentials() in the transaction that inserts the user, then
// send_activation_mail(). Who removes them: remove_credentials() in the transaction. Both publish
// the change of the user, as every save does.
#pragma once
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "core/caller.h"
#include "core/entity_events.h"
#include "core/mail.h"
#include "core/platform.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Disabled credentials of a new user, with a token to activate them by.
Result<> create_credentials(store::Transaction& transaction, model::UserId user, EpochMs now_ms);

/// Before a user is removed: its credentials, second factors and API keys. Its tokens are void
/// from now on; here and elsewhere at once when the removal is published.
Result<> remove_credentials(store::Transaction& transaction, model::UserId user, EpochMs now_ms);

/// What one user's record shows in its additionalInfo: userCredentialsEnabled, userActivated,
/// lastLoginTs.
Result<> add_login_facts(store::Reader& reader, model::User& user);

/// Errors: not_found - "User with id […] is not found".
Result<model::UserCredentials> load_credentials(store::Reader& reader, model::UserId user);

struct ActivationLink {
    std::string value;
    std::int64_t ttl_ms = 0;
};

/// The link that lets the user set a first password; a token that ends within 15 minutes is
/// replaced. `base` is base_url() of core/identity/settings.h. Errors: invalid_argument - "User is
/// already activated!"; forbidden; not_found.
Task<Result<ActivationLink>> activation_link(const Platform& platform, Caller caller,
                                             model::UserId user, std::string base);

/// Sends that link to the user. Errors: as activation_link(); internal - "Couldn't send user
/// activation email".
Task<Result<>> send_activation_mail(const Platform& platform, Mailer& mailer, Caller caller,
                                    model::UserId user, std::string base);

/// Lets the user log in, or not: then its tokens are void. Zeroes the failed log-ins.
/// Errors: invalid_argument - it has no password yet; forbidden; not_found.
Task<Result<model::User>> enable_credentials(const Platform& platform, Caller caller,
                                             model::UserId user, bool enabled);

/// Makes every token of the user void that was issued in an earlier second, and says so to whom
/// `change` is published.
Result<> void_tokens(store::Transaction& transaction, model::UserId user, EpochMs now_ms,
                     EntityChange& change);

}  // namespace thingstead::core
