// Users as other users see them, and the phones that they are logged in on.
#pragma once
#include <optional>
#include <string>

#include "base/error.h"
#include "core/caller.h"
#include "core/platform.h"
#include "model/entities.h"
#include "model/user_settings.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// One user, with what administrators ask first in its additionalInfo - userCredentialsEnabled,
/// userActivated, lastLoginTs - and without dashboards that are gone. Errors: not_found, forbidden.
Task<Result<model::User>> user_details(const Platform& platform, Caller caller, model::UserId id);

/// A user that was just made goes again, whoever it is.
Task<Result<>> remove_new_user(const Platform& platform, model::User user);

/// The administrators of a tenant, for the system administrator.
Task<Result<store::Page<model::User>>> tenant_administrators(const Platform& platform,
                                                             Caller caller, model::TenantId tenant,
                                                             store::PageLink link);
/// The users of a customer. Errors: not_found, forbidden - the customer.
Task<Result<store::Page<model::User>>> customer_users(const Platform& platform, Caller caller,
                                                      model::CustomerId customer,
                                                      store::PageLink link);

/// The caller's session on the phone with this token; nothing: it has none there.
Task<Result<std::optional<model::MobileSession>>> mobile_session(const Platform& platform,
                                                                 Caller caller, std::string token);
/// A phone has one user: what another had there ends. Of a user's phones the 50 newest are kept.
/// Errors: invalid_argument - the token is empty or too long; forbidden - nobody is logged in as
/// this user.
Task<Result<>> save_mobile_session(const Platform& platform, Caller caller, std::string token,
                                   EpochMs token_time);
Task<Result<>> remove_mobile_session(const Platform& platform, Caller caller, std::string token);

}  // namespace thingstead::core
