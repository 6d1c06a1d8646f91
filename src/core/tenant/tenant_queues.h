// The queues of a tenant that has a rule engine of its own are those of its profile.
#pragma once
#include "base/clock.h"
#include "base/error.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Makes, changes and removes the tenant's queues as the profile says; without isolation it has
/// none.
Result<> sync_queues(store::Transaction& transaction, model::TenantId tenant,
                     const model::TenantProfile& profile, EpochMs now_ms);

}  // namespace thingstead::core
