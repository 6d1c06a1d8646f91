// The widget bundles and types that every installation begins with.
#pragma once
#include "base/clock.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Makes those that this version brings and that are not there, once: what an administrator changes
/// or removes afterwards stays so. Idempotent.
Result<> ensure_system_widgets(store::Transaction& transaction, EpochMs now_ms);

}  // namespace thingstead::core
