// The entities that are stored, with the field names of the REST interface.
// Which member is stored, answered and accepted stands in each describe(); `server_owned` members
// are never bound from a request body.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// What a user may be; the names are those of the interface.
enum class Authority : std::uint8_t { sys_admin, tenant_admin, customer_user };
constexpr auto enum_names(Authority) {
    using namespace std::literals;
    return std::array{
        std::pair{Authority::sys_admin,     "SYS_ADMIN"sv    },
        std::pair{Authority::tenant_admin,  "TENANT_ADMIN"sv },
        std::pair{Authority::customer_user, "CUSTOMER_USER"sv}
    };
}

enum class CredentialsType : std::uint8_t {
    access_token,
    x509_certificate,
    mqtt_basic,
    lwm2m_credentials
};
constexpr auto enum_names(CredentialsType) {
    using namespace std::literals;
    return std::array{
        std::pair{CredentialsType::access_token,      "ACCESS_TOKEN"sv     },
        std::pair{CredentialsType::x509_certificate,  "X509_CERTIFICATE"sv },
        std::pair{CredentialsType::mqtt_basic,        "MQTT_BASIC"sv       },
        std::pair{CredentialsType::lwm2m_credentials, "LWM2M_CREDENTIALS"sv}
    };
}

enum class TransportType : std::uint8_t { standard, mqtt, coap, lwm2m, snmp };
constexpr auto enum_names(TransportType) {
    using namespace std::literals;
    return std::array{
        std::pair{TransportType::standard, "DEFAULT"sv},
        std::pair{TransportType::mqtt,     "MQTT"sv   },
        std::pair{TransportType::coap,     "COAP"sv   },
        std::pair{TransportType::lwm2m,    "LWM2M"sv  },
        std::pair{TransportType::snmp,     "SNMP"sv   }
    };
}

/// The limits and options of a tenant; `profileData` is the interface's document.
struct TenantProfile {
    TenantProfileId id;
    EpochMs created_time = 0;
    std::string name;
    std::optional<std::string> description;
    bool is_default = false;
    bool isolated_rule_engine = false;
    json::value profile_data;
};
constexpr auto describe(const TenantProfile*) {
    return fields(field("id", &TenantProfile::id),
                  field("createdTime", &TenantProfile::created_time, "", server_owned),
                  field("name", &TenantProfile::name),
                  field("description", &TenantProfile::description),
                  field("default", &TenantProfile::is_default),
                  field("isolatedTbRuleEngine", &TenantProfile::isolated_rule_engine),
                  field("profileData", &TenantProfile::profile_data));
}

struct Tenant {
    TenantId id;
    EpochMs created_time = 0;
    TenantProfileId tenant_profile_id;
    std::string title;
    std::optional<std::string> region;
    json::value additional_info;
    std::int64_t version = 0;
};
constexpr auto describe(const Tenant*) {
    return fields(
        field("id", &Tenant::id), field("createdTime", &Tenant::created_time, "", server_owned),
        field("tenantProfileId", &Tenant::tenant_profile_id), field("title", &Tenant::title),
        field("region", &Tenant::region), field("additionalInfo", &Tenant::additional_info),
        field("version", &Tenant::version));
}

struct Customer {
    CustomerId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string title;
    json::value additional_info;
    std::int64_t version = 0;
};
constexpr auto describe(const Customer*) {
    return fields(
        field("id", &Customer::id), field("createdTime", &Customer::created_time, "", server_owned),
        field("tenantId", &Customer::tenant_id, "", server_owned), field("title", &Customer::title),
        field("additionalInfo", &Customer::additional_info), field("version", &Customer::version));
}

struct User {
    UserId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id;
    std::string email;  ///< Unique over the whole platform; also answered as `name`.
    Authority authority = Authority::customer_user;
    std::optional<std::string> first_name;
    std::optional<std::string> last_name;
    std::optional<std::string> phone;
    json::value additional_info;
    std::int64_t version = 0;
};
constexpr auto describe(const User*) {
    return fields(field("id", &User::id),
                  field("createdTime", &User::created_time, "", server_owned),
                  field("tenantId", &User::tenant_id), field("customerId", &User::customer_id),
                  field("email", &User::email), field("authority", &User::authority),
                  field("firstName", &User::first_name), field("lastName", &User::last_name),
                  field("phone", &User::phone), field("additionalInfo", &User::additional_info),
                  field("version", &User::version));
}

/// Never leaves the server.
struct UserCredentials {
    Uuid id{};
    EpochMs created_time = 0;
    UserId user_id;
    bool enabled = false;
    std::optional<std::string> password;  ///< crypt(3) text: bcrypt or yescrypt.
    std::int64_t failed_login_attempts = 0;
    EpochMs last_login_ms = 0;
};
constexpr auto describe(const UserCredentials*) {
    return fields(
        field("id", &UserCredentials::id), field("createdTime", &UserCredentials::created_time),
        field("userId", &UserCredentials::user_id), field("enabled", &UserCredentials::enabled),
        field("password", &UserCredentials::password, "", secret),
        field("failedLoginAttempts", &UserCredentials::failed_login_attempts),
        field("lastLoginTs", &UserCredentials::last_login_ms));
}

struct Device {
    DeviceId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;
    std::string name;  ///< Unique within the tenant.
    std::string type;  ///< A copy of the profile's name.
    std::optional<std::string> label;
    DeviceProfileId device_profile_id;
    json::value device_data;
    std::optional<OtaPackageId> firmware_id;
    std::optional<OtaPackageId> software_id;
    std::optional<DeviceId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const Device*) {
    return fields(
        field("id", &Device::id), field("createdTime", &Device::created_time, "", server_owned),
        field("additionalInfo", &Device::additional_info),
        field("tenantId", &Device::tenant_id, "", server_owned),
        field("customerId", &Device::customer_id), field("name", &Device::name),
        field("type", &Device::type), field("label", &Device::label),
        field("deviceProfileId", &Device::device_profile_id),
        field("deviceData", &Device::device_data), field("firmwareId", &Device::firmware_id),
        field("softwareId", &Device::software_id), field("externalId", &Device::external_id),
        field("version", &Device::version));
}

struct DeviceCredentials {
    Uuid id{};
    EpochMs created_time = 0;
    DeviceId device_id;
    CredentialsType credentials_type = CredentialsType::access_token;
    std::string credentials_id;  ///< Unique over the whole platform.
    std::optional<std::string> credentials_value;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const DeviceCredentials*) {
    return fields(field("id", &DeviceCredentials::id),
                  field("createdTime", &DeviceCredentials::created_time, "", server_owned),
                  field("deviceId", &DeviceCredentials::device_id),
                  field("credentialsType", &DeviceCredentials::credentials_type),
                  field("credentialsId", &DeviceCredentials::credentials_id),
                  field("credentialsValue", &DeviceCredentials::credentials_value),
                  field("version", &DeviceCredentials::version));
}

struct DeviceProfile {
    DeviceProfileId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< Unique within the tenant.
    std::optional<std::string> description;
    bool is_default = false;
    std::string type = "DEFAULT";
    std::optional<std::string> image;
    TransportType transport_type = TransportType::standard;
    std::string provision_type = "DISABLED";
    json::value profile_data;
    std::optional<std::string> provision_device_key;
    std::optional<RuleChainId> default_rule_chain_id;
    std::optional<RuleChainId> default_edge_rule_chain_id;
    std::optional<DashboardId> default_dashboard_id;
    std::optional<std::string> default_queue_name;
    std::optional<OtaPackageId> firmware_id;
    std::optional<OtaPackageId> software_id;
    std::optional<DeviceProfileId> external_id;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const DeviceProfile*) {
    return fields(field("id", &DeviceProfile::id),
                  field("createdTime", &DeviceProfile::created_time, "", server_owned),
                  field("tenantId", &DeviceProfile::tenant_id, "", server_owned),
                  field("name", &DeviceProfile::name),
                  field("description", &DeviceProfile::description),
                  field("default", &DeviceProfile::is_default), field("type", &DeviceProfile::type),
                  field("image", &DeviceProfile::image),
                  field("transportType", &DeviceProfile::transport_type),
                  field("provisionType", &DeviceProfile::provision_type),
                  field("profileData", &DeviceProfile::profile_data),
                  field("provisionDeviceKey", &DeviceProfile::provision_device_key),
                  field("defaultRuleChainId", &DeviceProfile::default_rule_chain_id),
                  field("defaultEdgeRuleChainId", &DeviceProfile::default_edge_rule_chain_id),
                  field("defaultDashboardId", &DeviceProfile::default_dashboard_id),
                  field("defaultQueueName", &DeviceProfile::default_queue_name),
                  field("firmwareId", &DeviceProfile::firmware_id),
                  field("softwareId", &DeviceProfile::software_id),
                  field("externalId", &DeviceProfile::external_id),
                  field("version", &DeviceProfile::version));
}

struct RuleChain {
    RuleChainId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;
    std::string type = "CORE";  ///< CORE or EDGE.
    std::optional<RuleNodeId> first_rule_node_id;
    bool root = false;
    bool debug_mode = false;
    json::value configuration;
    std::optional<RuleChainId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
    json::value metadata;  ///< The whole RuleChainMetaData document; answered by its own operation.
};
constexpr auto describe(const RuleChain*) {
    return fields(
        field("id", &RuleChain::id),
        field("createdTime", &RuleChain::created_time, "", server_owned),
        field("tenantId", &RuleChain::tenant_id, "", server_owned), field("name", &RuleChain::name),
        field("type", &RuleChain::type), field("firstRuleNodeId", &RuleChain::first_rule_node_id),
        field("root", &RuleChain::root), field("debugMode", &RuleChain::debug_mode),
        field("configuration", &RuleChain::configuration),
        field("externalId", &RuleChain::external_id),
        field("additionalInfo", &RuleChain::additional_info), field("version", &RuleChain::version),
        field("metadata", &RuleChain::metadata, "", server_owned));
}

/// A named JSON document of the installation or of a tenant: signing key, general settings, …
struct AdminSettings {
    Uuid id{};
    EpochMs created_time = 0;
    TenantId tenant_id = system_tenant;
    std::string key;  ///< Unique within the tenant.
    json::value json_value;
};
constexpr auto describe(const AdminSettings*) {
    return fields(field("id", &AdminSettings::id),
                  field("createdTime", &AdminSettings::created_time, "", server_owned),
                  field("tenantId", &AdminSettings::tenant_id), field("key", &AdminSettings::key),
                  field("jsonValue", &AdminSettings::json_value));
}

}  // namespace thingstead::model
