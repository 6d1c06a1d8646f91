// The user behind a log-in with another server: found by its e-mail, or made.
#pragma once
#include <vector>

#include "base/clock.h"
#include "core/entity_events.h"
#include "core/oauth2/mapping.h"
#include "model/entities.h"
#include "model/oauth2.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct OAuth2Account {
    model::User user;
    std::vector<EntityChange> changes{};  ///< What was made on the way.
};

/// Notes the time of the log-in. A client that belongs to a tenant logs in users of that tenant
/// alone: whoever administers a tenant chooses its providers, and they may say anything.
/// Errors: unauthenticated - the user is unknown and may not be made, is not active, or is another
/// tenant's; those of the store.
Result<OAuth2Account> oauth2_account(store::Transaction& transaction,
                                     const model::OAuth2Client& client, const MappedUser& mapped,
                                     EpochMs now_ms);

}  // namespace thingstead::core
