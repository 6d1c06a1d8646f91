// What a new installation and a new tenant begin with.
#pragma once
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct InstallOutcome {
    bool fresh = false;  ///< This was the first start.
    /// Of the system administrator, at the first start without demo data; to be shown once.
    std::string admin_user{};
    std::string admin_password{};
};

/// Makes what is missing: tenant profile, system administrator and, if `demo`, the demo tenant with
/// its well-known log-ins and devices. Idempotent. Blocks; before serving.
Result<InstallOutcome> install(store::EntityStore& store, bool demo, const Clock& clock);

/// A tenant with its root rule chain and default device profile.
/// Errors: those of the store.
Result<model::Tenant> create_tenant(store::Transaction& transaction, const std::string& title,
                                    EpochMs now_ms);

/// The chain every tenant begins with: type switch, save nodes, logs, RPC call request.
model::RuleChain default_root_chain(model::TenantId tenant, EpochMs now_ms);

}  // namespace thingstead::core
