#include "core/demo.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/identity/auth.h"
#include "core/installation.h"
#include "core/profiles.h"
#include "core/public_customer.h"

namespace thingstead::core {
namespace {

using model::Authority;
using store::Transaction;

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

/// Server attributes of a thermostat.
struct Thresholds {
    const char* device;
    double latitude, longitude;
    std::int64_t temperature, humidity;
};

constexpr Thresholds demo_thresholds[] = {
    {"Thermostat T1", 37.3948,   -122.1503,   20, 50},
    {"Thermostat T2", 37.493801, -121.948769, 25, 30},
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
        if (Result<> made = add_branch(transaction, customer.id, std::nullopt); !made)
            return made.error();
        customers.emplace_back(title, customer.id);
    }
    return customers;
}

std::vector<model::KeyValue> first_attributes(std::string_view device) {
    std::vector<model::KeyValue> values{
        {"active", model::Value(false)}
    };
    for (const Thresholds& each : demo_thresholds) {
        if (device != each.device) continue;
        values.push_back({"latitude", model::Value(each.latitude)});
        values.push_back({"longitude", model::Value(each.longitude)});
        values.push_back({"temperatureAlarmFlag", model::Value(true)});
        values.push_back({"humidityAlarmFlag", model::Value(true)});
        values.push_back({"temperatureAlarmThreshold", model::Value(each.temperature)});
        values.push_back({"humidityAlarmThreshold", model::Value(each.humidity)});
    }
    return values;
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
        {device.id, model::AttributeScope::server, first_attributes(row.name), now_ms});
}

Result<> create_users(Transaction& transaction, model::TenantId tenant, const Customers& customers,
                      EpochMs now_ms) {
    for (const DemoUser& row : demo_users) {
        const Result<std::string> hash = hash_password(row.password);
        if (!hash) return hash.error();
        const NewUser user{tenant, customer_of(customers, row.customer), row.email,
                           row.customer ? Authority::customer_user : Authority::tenant_admin,
                           *hash};
        if (Result<> made = create_user(transaction, user, now_ms); !made) return made;
    }
    return {};
}

Result<> create_devices(Transaction& transaction, model::TenantId tenant,
                        const Customers& customers, EpochMs now_ms) {
    model::DeviceProfile thermostat = new_device_profile(tenant, "thermostat", now_ms);
    thermostat.description = "Thermostat device profile";
    if (Result<> made = transaction.insert(thermostat); !made) return made;
    const auto standard = transaction.find<model::DeviceProfile>({
        {"tenantId", tenant.uuid},
        {"default",  true       }
    });
    if (!standard) return standard.error();
    for (const DemoDevice& row : demo_devices) {
        const bool is_thermostat = std::string_view(row.profile) == "thermostat";
        Result<> made = create_device(transaction, row, is_thermostat ? thermostat : **standard,
                                      customer_of(customers, row.customer), now_ms);
        if (!made) return made;
    }
    return {};
}

}  // namespace

Result<bool> has_demo(store::Reader& reader) {
    const auto present = reader.count<model::User>({
        {"email", std::string(demo_users[0].email)}
    });
    if (!present) return present.error();
    return *present != 0;
}

Result<> create_demo(Transaction& transaction, EpochMs now_ms) {
    const Result<model::Tenant> tenant = create_tenant(transaction, demo_tenant_title, now_ms);
    if (!tenant) return tenant.error();
    const Result<Customers> customers = create_customers(transaction, tenant->id, now_ms);
    if (!customers) return customers.error();
    if (Result<> made = create_users(transaction, tenant->id, *customers, now_ms); !made)
        return made;
    if (Result<> made = create_devices(transaction, tenant->id, *customers, now_ms); !made)
        return made;
    for (const model::Dashboard& each : demo_dashboards(tenant->id, now_ms))
        if (Result<> made = transaction.insert(each); !made) return made;
    return {};
}

}  // namespace thingstead::core
