#include "core/installation.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "core/demo.h"
#include "core/identity/auth.h"
#include "core/profile_data.h"
#include "core/profiles.h"
#include "core/widget/system_widgets.h"
#include "model/notification.h"

namespace thingstead::core {
namespace {

using model::Authority;
using store::Transaction;

constexpr const char* admin_email = "sysadmin@thingsboard.org";

/// A target of notifications that is there from the start.
struct FirstTarget {
    std::string_view name, filter, description;
};
constexpr FirstTarget targets_of_tenants[] = {
    {"All users",                 "ALL_USERS",                     "All users in scope of the tenant"       },
    {"Tenant administrators",     "TENANT_ADMINISTRATORS",         "Administrators of the tenant"           },
    {"Users of the entity owner", "ORIGINATOR_ENTITY_OWNER_USERS",
     "Users of the customer that owns what the notification is about, else administrators"                  },
    {"Affected user",             "AFFECTED_USER",                 "The user that the notification is about"},
};
constexpr FirstTarget targets_of_system[] = {
    {"All users",                        "ALL_USERS",                      "All users of the installation"     },
    {"Tenant administrators",            "TENANT_ADMINISTRATORS",          "Administrators of all tenants"     },
    {"System administrators",            "SYSTEM_ADMINISTRATORS",          "Administrators of the installation"},
    {"Affected tenant's administrators", "AFFECTED_TENANT_ADMINISTRATORS",
     "Administrators of the tenant that the notification is about"                                             },
};

model::NotificationTarget target_from(const FirstTarget& row, model::TenantId tenant,
                                      EpochMs now_ms) {
    model::NotificationTarget target;
    target.id = model::NotificationTargetId::make();
    target.created_time = now_ms;
    target.tenant_id = tenant;
    target.name = row.name;
    target.recipients = row.filter;
    json::object filter, configuration;
    filter["type"] = row.filter;
    configuration["type"] = "PLATFORM_USERS";
    configuration["description"] = row.description;
    configuration["usersFilter"] = std::move(filter);
    target.configuration = std::move(configuration);
    return target;
}

/// By its name, whatever became of it otherwise.
Result<> ensure_profile(Transaction& transaction, model::TenantProfile profile, EpochMs now_ms) {
    const auto stored = transaction.count<model::TenantProfile>({
        {"name", profile.name}
    });
    if (!stored) return stored.error();
    if (*stored != 0) return {};
    profile.id = model::TenantProfileId::make();
    profile.created_time = now_ms;
    return transaction.insert(profile);
}

Result<> ensure_tenant_profiles(Transaction& transaction, EpochMs now_ms) {
    const auto present = transaction.count<model::TenantProfile>({
        {"default", true}
    });
    if (!present) return present.error();
    model::TenantProfile profile;
    profile.profile_data = default_profile_data();
    profile.profile_data.at("configuration").get_object()["maxDebugModeDurationMinutes"] = 15;
    if (*present == 0) {
        profile.name = "Default";
        profile.description = "Default tenant profile";
        profile.is_default = true;
        if (Result<> made = ensure_profile(transaction, profile, now_ms); !made) return made;
    }
    profile.name = "Isolated TB Rule Engine";
    profile.description = "Isolated TB Rule Engine tenant profile";
    profile.is_default = false;
    profile.isolated_rule_engine = true;
    profile.profile_data.get_object()["queueConfiguration"] =
        json::array{main_queue_configuration()};
    return ensure_profile(transaction, std::move(profile), now_ms);
}

/// Nullopt: there is one already.
Result<std::optional<std::string>> ensure_admin(Transaction& transaction, bool demo,
                                                EpochMs now_ms) {
    const auto stored = transaction.find<model::User>({
        {"email", std::string(admin_email)}
    });
    if (!stored) return stored.error();
    if (*stored) return std::optional<std::string>();
    const std::string password = demo ? "sysadmin" : random_alphanumeric(20);
    const Result<std::string> hash = hash_password(password);
    if (!hash) return hash.error();
    const NewUser admin{model::system_tenant, model::no_customer, admin_email, Authority::sys_admin,
                        *hash};
    if (Result<> made = create_user(transaction, admin, now_ms); !made) return made.error();
    return std::optional<std::string>(password);
}

/// Whom notifications of a tenant, or of the installation, go to at first.
Result<> begin_notification_targets(Transaction& transaction, model::TenantId tenant,
                                    EpochMs now_ms) {
    const std::span<const FirstTarget> rows =
        tenant == model::system_tenant ? std::span<const FirstTarget>(targets_of_system)
                                       : std::span<const FirstTarget>(targets_of_tenants);
    for (const FirstTarget& row : rows)
        if (Result<> made = transaction.insert(target_from(row, tenant, now_ms)); !made)
            return made;
    return {};
}

Result<> ensure_system_targets(Transaction& transaction, EpochMs now_ms) {
    const auto stored = transaction.count<model::NotificationTarget>({
        {"tenantId", model::system_tenant.uuid}
    });
    if (!stored) return stored.error();
    if (*stored != 0) return {};
    return begin_notification_targets(transaction, model::system_tenant, now_ms);
}

Result<> insert_chain(Transaction& transaction, const model::RuleChain& chain,
                      std::vector<EntityChange>& changes) {
    if (Result<> made = transaction.insert(chain); !made) return made;
    changes.push_back({ChangeKind::created, chain.tenant_id, chain.id});
    return {};
}

}  // namespace

Result<> create_user(Transaction& transaction, const NewUser& fresh, EpochMs now_ms) {
    model::User user;
    user.id = model::UserId::make();
    user.created_time = now_ms;
    user.tenant_id = fresh.tenant;
    user.customer_id = fresh.customer;
    user.email = fresh.email;
    user.authority = fresh.authority;
    user.version = 1;
    if (Result<> made = transaction.insert(user); !made) return made;
    model::UserCredentials credentials;
    credentials.id = new_time_uuid();
    credentials.created_time = now_ms;
    credentials.user_id = user.id;
    credentials.enabled = true;
    credentials.password = fresh.password_hash;
    return transaction.insert(credentials);
}

Result<> begin_tenant(Transaction& transaction, model::TenantId tenant, EpochMs now_ms,
                      std::vector<EntityChange>& changes) {
    if (Result<> made = insert_chain(transaction, default_root_chain(tenant, now_ms), changes);
        !made)
        return made;
    if (Result<> made = insert_chain(transaction, edge_root_chain(tenant, now_ms), changes); !made)
        return made;
    model::DeviceProfile standard = new_device_profile(tenant, "default", now_ms);
    standard.is_default = true;
    standard.description = "Default device profile";
    if (Result<> made = transaction.insert(standard); !made) return made;
    changes.push_back({ChangeKind::created, tenant, standard.id});
    model::AssetProfile assets = new_asset_profile(tenant, "default", now_ms);
    assets.is_default = true;
    assets.description = "Default asset profile";
    if (Result<> made = transaction.insert(assets); !made) return made;
    changes.push_back({ChangeKind::created, tenant, assets.id});
    return begin_notification_targets(transaction, tenant, now_ms);
}

Result<model::Tenant> create_tenant(Transaction& transaction, const std::string& title,
                                    EpochMs now_ms) {
    const auto profile = transaction.find<model::TenantProfile>({
        {"default", true}
    });
    if (!profile) return profile.error();
    if (!*profile) return Error{ErrorCode::internal, "there is no default tenant profile"};
    model::Tenant tenant;
    tenant.id = model::TenantId::make();
    tenant.created_time = now_ms;
    tenant.tenant_profile_id = (*profile)->id;
    tenant.title = title;
    tenant.region = "Global";
    tenant.version = 1;
    if (Result<> made = transaction.insert(tenant); !made) return made.error();
    std::vector<EntityChange> untold;  // before anybody listens
    if (Result<> made = begin_tenant(transaction, tenant.id, now_ms, untold); !made)
        return made.error();
    return tenant;
}

Result<InstallOutcome> install(store::EntityStore& store, bool demo, const Clock& clock) {
    InstallOutcome outcome;
    const auto work = [&](Transaction& transaction) -> Result<> {
        outcome = {};
        const EpochMs now = clock.now_ms();
        if (Result<> made = ensure_tenant_profiles(transaction, now); !made) return made;
        if (Result<> made = ensure_system_queues(transaction, now); !made) return made;
        if (Result<> made = ensure_oauth2_templates(transaction, now); !made) return made;
        if (Result<> made = ensure_system_widgets(transaction, now); !made) return made;
        if (Result<> made = ensure_system_targets(transaction, now); !made) return made;
        const auto password = ensure_admin(transaction, demo, now);
        if (!password) return password.error();
        if (*password) {
            outcome.fresh = true;
            outcome.admin_user = admin_email;
            if (!demo) outcome.admin_password = **password;
        }
        if (!demo) return {};
        const Result<bool> present = has_demo(transaction);
        if (!present) return present.error();
        return *present ? Result<>() : create_demo(transaction, now);
    };
    Result<> done = store.write_now(work);
    // Another server that starts for the first time was faster: what it made is there now.
    if (!done && done.error().code == ErrorCode::conflict) done = store.write_now(work);
    if (!done) return done.error();
    return outcome;
}

}  // namespace thingstead::core
