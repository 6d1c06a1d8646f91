#include "core/installation.h"

#include <array>
#include <optional>
#include <utility>

#include "base/random.h"
#include "core/auth.h"
#include "core/profiles.h"
#include "store/tables.h"

namespace thingstead::core {
namespace {

using model::Authority;
using store::Transaction;

constexpr const char* admin_email = "sysadmin@thingsboard.org";
constexpr const char* demo_tenant_title = "Tenant";

struct DemoUser {
    const char *email, *password;
    const char* customer;  ///< Null: the tenant's administrator.
};

constexpr DemoUser demo_users[] = {
    {"tenant@thingsboard.org",    "tenant",   nullptr     },
    {"customer@thingsboard.org",  "customer", "Customer A"},
    {"customerA@thingsboard.org", "customer", "Customer A"},
    {"customerB@thingsboard.org", "customer", "Customer B"},
    {"customerC@thingsboard.org", "customer", "Customer C"},
};

struct DemoDevice {
    const char *name, *token;
    const char* customer;  ///< Null: unassigned.
    const char* profile;
};

constexpr DemoDevice demo_devices[] = {
    {"Test Device A1",           "A1_TEST_TOKEN",           "Customer A", "default"   },
    {"Test Device A2",           "A2_TEST_TOKEN",           "Customer A", "default"   },
    {"Test Device A3",           "A3_TEST_TOKEN",           "Customer A", "default"   },
    {"Test Device B1",           "B1_TEST_TOKEN",           "Customer B", "default"   },
    {"Test Device C1",           "C1_TEST_TOKEN",           "Customer C", "default"   },
    {"DHT11 Demo Device",        "DHT11_DEMO_TOKEN",        nullptr,      "default"   },
    {"Raspberry Pi Demo Device", "RASPBERRY_PI_DEMO_TOKEN", nullptr,      "default"   },
    {"Thermostat T1",            "T1_TEST_TOKEN",           nullptr,      "thermostat"},
    {"Thermostat T2",            "T2_TEST_TOKEN",           nullptr,      "thermostat"},
};

struct NewUser {
    model::TenantId tenant;
    model::CustomerId customer;
    std::string email;
    Authority authority;
    std::string password_hash;
};

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

Result<> ensure_tenant_profile(Transaction& transaction, EpochMs now_ms) {
    const auto stored = transaction.find<model::TenantProfile>({
        {"default", true}
    });
    if (!stored) return stored.error();
    if (*stored) return {};
    model::TenantProfile profile;
    profile.id = model::TenantProfileId::make();
    profile.created_time = now_ms;
    profile.name = "Default";
    profile.description = "Default tenant profile";
    profile.is_default = true;
    profile.profile_data = json::object{
        {"configuration",      {{"type", "DEFAULT"}}},
        {"queueConfiguration", nullptr              }
    };
    return transaction.insert(profile);
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

using Customers = std::vector<std::pair<std::string, model::CustomerId>>;

model::CustomerId customer_of(const Customers& customers, const char* title) {
    if (title)
        for (const auto& [name, id] : customers)
            if (name == title) return id;
    return model::no_customer;
}

Result<Customers> create_customers(Transaction& transaction, model::TenantId tenant,
                                   EpochMs now_ms) {
    Customers customers;
    for (const char* title : {"Customer A", "Customer B", "Customer C"}) {
        model::Customer customer;
        customer.id = model::CustomerId::make();
        customer.created_time = now_ms;
        customer.tenant_id = tenant;
        customer.title = title;
        customer.version = 1;
        if (Result<> made = transaction.insert(customer); !made) return made.error();
        customers.emplace_back(title, customer.id);
    }
    return customers;
}

Result<> create_device(Transaction& transaction, const DemoDevice& row,
                       const model::DeviceProfile& profile, model::CustomerId customer,
                       EpochMs now_ms) {
    model::Device device;
    device.id = model::DeviceId::make();
    device.created_time = now_ms;
    device.tenant_id = profile.tenant_id;
    device.customer_id = customer;
    device.name = row.name;
    device.type = profile.name;
    device.device_profile_id = profile.id;
    device.device_data = json::object{
        {"configuration",          {{"type", "DEFAULT"}}},
        {"transportConfiguration", {{"type", "DEFAULT"}}}
    };
    device.version = 1;
    if (Result<> made = transaction.insert(device); !made) return made;
    model::DeviceCredentials credentials;
    credentials.id = new_time_uuid();
    credentials.created_time = now_ms;
    credentials.device_id = device.id;
    credentials.credentials_id = row.token;
    credentials.version = 1;
    if (Result<> made = transaction.insert(credentials); !made) return made;
    return transaction.save_attributes(
        {device.id, model::AttributeScope::server, {{"active", model::Value(false)}}, now_ms});
}

Result<> create_demo(Transaction& transaction, EpochMs now_ms) {
    const Result<model::Tenant> tenant = create_tenant(transaction, demo_tenant_title, now_ms);
    if (!tenant) return tenant.error();
    const Result<Customers> customers = create_customers(transaction, tenant->id, now_ms);
    if (!customers) return customers.error();
    for (const DemoUser& row : demo_users) {
        const Result<std::string> hash = hash_password(row.password);
        if (!hash) return hash.error();
        const NewUser user{tenant->id, customer_of(*customers, row.customer), row.email,
                           row.customer ? Authority::customer_user : Authority::tenant_admin,
                           *hash};
        if (Result<> made = create_user(transaction, user, now_ms); !made) return made;
    }
    model::DeviceProfile thermostat = new_device_profile(tenant->id, "thermostat", now_ms);
    thermostat.description = "Thermostat device profile";
    if (Result<> made = transaction.insert(thermostat); !made) return made;
    const auto standard = transaction.find<model::DeviceProfile>({
        {"tenantId", tenant->id.uuid},
        {"default",  true           }
    });
    if (!standard) return standard.error();
    for (const DemoDevice& row : demo_devices) {
        const bool is_thermostat = std::string_view(row.profile) == "thermostat";
        Result<> made = create_device(transaction, row, is_thermostat ? thermostat : **standard,
                                      customer_of(*customers, row.customer), now_ms);
        if (!made) return made;
    }
    return {};
}

}  // namespace

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
    if (Result<> made = transaction.insert(default_root_chain(tenant.id, now_ms)); !made)
        return made.error();
    model::DeviceProfile standard = new_device_profile(tenant.id, "default", now_ms);
    standard.is_default = true;
    standard.description = "Default device profile";
    if (Result<> made = transaction.insert(standard); !made) return made.error();
    return tenant;
}

Result<InstallOutcome> install(store::EntityStore& store, bool demo, const Clock& clock) {
    InstallOutcome outcome;
    const auto work = [&](Transaction& transaction) -> Result<> {
        outcome = {};
        const EpochMs now = clock.now_ms();
        if (Result<> made = ensure_tenant_profile(transaction, now); !made) return made;
        const auto password = ensure_admin(transaction, demo, now);
        if (!password) return password.error();
        if (*password) {
            outcome.fresh = true;
            outcome.admin_user = admin_email;
            if (!demo) outcome.admin_password = **password;
        }
        if (!demo) return {};
        const auto present = transaction.find<model::User>({
            {"email", std::string(demo_users[0].email)}
        });
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
