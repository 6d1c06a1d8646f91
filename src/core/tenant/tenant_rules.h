// What is asked of a tenant that is saved, and what goes with it.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entities.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Tenant> {
    static Result<> prepare(Save<model::Tenant>& save);
    /// A new tenant begins with what begin_tenant() makes.
    static Result<> written(Save<model::Tenant>& save);
    /// Removes its users and settings. The rest goes in the background: core/cleanup.
    static Result<> removing(Removal<model::Tenant>& removal);
};

template <>
struct EntityRules<model::TenantProfile> {
    static Result<> prepare(Save<model::TenantProfile>& save);
    /// Its tenants have the queues that it says.
    static Result<> written(Save<model::TenantProfile>& save);
    /// Errors: invalid_argument - it is the default one, or tenants have it.
    static Result<> removing(Removal<model::TenantProfile>& removal);
};

/// Removes the tenant with its users, of whom there may be many: in steps, the row last. When it
/// fails between two steps, it can be tried again. Errors: as core::remove().
Task<Result<model::Tenant>> remove_tenant(const Platform& platform, Caller caller,
                                          model::TenantId tenant);

/// The flag moves to this profile. Errors: not_found, forbidden.
Task<Result<model::TenantProfile>> make_default(const Platform& platform, Caller caller,
                                                model::TenantProfileId profile);

}  // namespace thingstead::core
