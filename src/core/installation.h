// What a new installation and a new tenant begin with.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "core/entity_events.h"
#include "model/entities.h"
#include "model/rule_chain.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct InstallOutcome {
    bool fresh = false;  ///< This was the first start.
    /// Of the system administrator, at the first start without demo data; to be shown once.
    std::string admin_user{};
    std::string admin_password{};
};

/// Makes what is missing: tenant profiles, system administrator and, if `demo`, the demo tenant
/// with its well-known log-ins and devices. Idempotent. Blocks; before serving.
Result<InstallOutcome> install(store::EntityStore& store, bool demo, const Clock& clock);

/// A tenant with what begin_tenant() makes. Errors: those of the store.
Result<model::Tenant> create_tenant(store::Transaction& transaction, const std::string& title,
                                    EpochMs now_ms);

/// A chain that does the usual: type switch, save nodes, logs, RPC call request.
model::RuleChain default_chain(model::TenantId tenant, std::string name, EpochMs now_ms);
/// What a tenant needs from the start, in this order: root rule chain, root chain of edges, default
/// profiles, targets of notifications. Adds to `changes` what is to be told.
Result<> begin_tenant(store::Transaction& transaction, model::TenantId tenant, EpochMs now_ms,
                      std::vector<EntityChange>& changes);

/// A user that may log in at once.
struct NewUser {
    model::TenantId tenant;
    model::CustomerId customer;
    std::string email;
    model::Authority authority;
    std::string password_hash;
};
Result<> create_user(store::Transaction& transaction, const NewUser& fresh, EpochMs now_ms);

/// The chain every tenant begins with: that, as root.
model::RuleChain default_root_chain(model::TenantId tenant, EpochMs now_ms);
/// The template of the root chain of edges that every tenant begins with.
model::RuleChain edge_root_chain(model::TenantId tenant, EpochMs now_ms);
/// The nodes and connections of default_chain().
model::RuleChainMetaData default_metadata(model::RuleChainId chain, EpochMs now_ms);

/// Main, HighPriority and SequentialByOriginator of the installation, as far as they are missing.
/// Which of them are consumed, and how, is the engine's settings.
Result<> ensure_system_queues(store::Transaction& transaction, EpochMs now_ms);

/// Templates of clients of Google, Facebook, Github and Apple, if there are none.
Result<> ensure_oauth2_templates(store::Transaction& transaction, EpochMs now_ms);

}  // namespace thingstead::core
