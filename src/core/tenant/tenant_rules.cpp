#include "core/tenant/tenant_rules.h"

#include "core/contact_check.h"
#include "core/installation.h"
#include "core/profile_data.h"
#include "core/tenant/tenant_queues.h"
#include "core/user/user_rules.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Tenant;
using model::TenantProfile;
using model::User;

/// Users that are removed in one transaction.
constexpr std::int32_t users_a_step = 200;

Result<std::optional<TenantProfile>> default_profile(store::Reader& reader) {
    return reader.find<TenantProfile>({
        {"default", true}
    });
}

Result<> find_profile(Save<Tenant>& save) {
    if (save.entity.tenant_profile_id.uuid == Uuid{}) {
        const auto standard = default_profile(save.transaction);
        if (!standard) return standard.error();
        if (!*standard) return invalid("Default tenant profile is not found!");
        save.entity.tenant_profile_id = (*standard)->id;
        return {};
    }
    const auto profile = save.transaction.count<TenantProfile>({
        {"id", save.entity.tenant_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (*profile == 0) return invalid("Tenant is referencing to non-existent tenant profile!");
    return {};
}

Result<> follow_profile(store::Transaction& transaction, const Tenant& tenant, EpochMs now_ms) {
    const auto profile = transaction.find<TenantProfile>({
        {"id", tenant.tenant_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (!*profile) return {};
    return sync_queues(transaction, tenant.id, **profile, now_ms);
}

/// At most users_a_step of them; how many.
Result<std::size_t> remove_some_users(store::Transaction& transaction, model::TenantId tenant,
                                      EpochMs now_ms, std::vector<EntityChange>& changes) {
    const auto users = transaction.all<User>(
        {
            {"tenantId", tenant.uuid}
    },
        users_a_step);
    if (!users) return users.error();
    for (const User& user : *users) {
        if (Result<> gone = remove_user_in(transaction, user, now_ms); !gone) return gone.error();
        changes.push_back({ChangeKind::deleted, tenant, user.id});
    }
    return users->size();
}

}  // namespace

Result<> EntityRules<Tenant>::prepare(Save<Tenant>& save) {
    save.entity.region = "Global";
    if (Result<> valid = check_email(save.entity.email); !valid) return valid;
    return find_profile(save);
}

Result<> EntityRules<Tenant>::written(Save<Tenant>& save) {
    const bool other_profile =
        save.creates() || save.entity.tenant_profile_id != save.before->tenant_profile_id;
    if (other_profile)
        if (Result<> done = follow_profile(save.transaction, save.entity, save.now_ms); !done)
            return done;
    if (!save.creates()) return {};
    return begin_tenant(save.transaction, save.entity.id, save.now_ms, save.change.also);
}

Result<> EntityRules<Tenant>::removing(Removal<Tenant>& removal) {
    const model::TenantId tenant = removal.entity.id;
    for (;;) {
        const auto gone =
            remove_some_users(removal.transaction, tenant, removal.now_ms, removal.change.also);
        if (!gone) return gone.error();
        if (*gone < static_cast<std::size_t>(users_a_step)) break;
    }
    const auto settings = removal.transaction.remove<model::AdminSettings>({
        {"tenantId", tenant.uuid}
    });
    if (!settings) return settings.error();
    return {};
}

Task<Result<Tenant>> remove_tenant(const Platform& platform, Caller caller,
                                   model::TenantId tenant) {
    for (bool more = true; more;) {
        EntityChange change{ChangeKind::updated, tenant, model::EntityId(tenant)};
        const std::function<Result<bool>(store::Transaction&)> step =
            [&](store::Transaction& transaction) -> Result<bool> {
            change.also.clear();
            const auto allowed = load<Tenant>(transaction, caller, Operation::remove, tenant);
            if (!allowed) return allowed.error();
            const auto left = transaction.count<User>({
                {"tenantId", tenant.uuid}
            });
            if (!left) return left.error();
            if (*left <= users_a_step) return false;
            const auto gone =
                remove_some_users(transaction, tenant, platform.clock.now_ms(), change.also);
            if (!gone) return gone.error();
            return true;
        };
        const Result<bool> done = co_await write<bool>(platform, step);
        if (!done) co_return done.error();
        more = *done;
        for (const EntityChange& each : change.also) platform.events.publish(each);
    }
    co_return co_await remove<Tenant>(platform, caller, tenant);
}

Result<> EntityRules<TenantProfile>::prepare(Save<TenantProfile>& save) {
    TenantProfile& profile = save.entity;
    const auto standard = default_profile(save.transaction);
    if (!standard) return standard.error();
    if (profile.is_default && *standard && (*standard)->id != profile.id)
        return invalid("Another default tenant profile is present!");
    // Another profile becomes the default one by an operation of its own.
    if (save.before && save.before->is_default) profile.is_default = true;
    return complete_profile_data(profile);
}

Result<> EntityRules<TenantProfile>::written(Save<TenantProfile>& save) {
    if (save.creates()) return {};
    const auto tenants = save.transaction.all<Tenant>({
        {"tenantProfileId", save.entity.id.uuid}
    });
    if (!tenants) return tenants.error();
    for (const Tenant& each : *tenants)
        if (Result<> done = sync_queues(save.transaction, each.id, save.entity, save.now_ms); !done)
            return done;
    return {};
}

Result<> EntityRules<TenantProfile>::removing(Removal<TenantProfile>& removal) {
    if (removal.entity.is_default)
        return invalid("Deletion of Default Tenant Profile is prohibited!");
    const auto tenants = removal.transaction.count<Tenant>({
        {"tenantProfileId", removal.entity.id.uuid}
    });
    if (!tenants) return tenants.error();
    if (*tenants != 0)
        return invalid("The tenant profile referenced by the tenants cannot be deleted!");
    return {};
}

Task<Result<TenantProfile>> make_default(const Platform& platform, Caller caller,
                                         model::TenantProfileId id) {
    EntityChange change{ChangeKind::updated, model::system_tenant, id};
    const std::function<Result<TenantProfile>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<TenantProfile> {
        change.also.clear();
        auto profile = load<TenantProfile>(transaction, caller, Operation::write, id);
        if (!profile) return profile.error();
        if (profile->is_default) return profile;
        auto before = default_profile(transaction);
        if (!before) return before.error();
        if (*before) {
            (*before)->is_default = false;
            if (Result<> done = transaction.update(**before); !done) return done.error();
            change.also.push_back({ChangeKind::updated, model::system_tenant, (*before)->id});
        }
        profile->is_default = true;
        if (Result<> done = transaction.update(*profile); !done) return done.error();
        return profile;
    };
    const Result<TenantProfile> done = co_await write<TenantProfile>(platform, work);
    if (done) platform.events.publish(change);
    co_return done;
}

}  // namespace thingstead::core
