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
#include "model/contact.h"
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
    std::string name;  ///< Unique.
    std::optional<std::string> description;
    bool is_default = false;
    bool isolated_rule_engine = false;
    json::value profile_data;
};
constexpr auto describe(const TenantProfile*) {
    return fields(
        field("id", &TenantProfile::id),
        field("createdTime", &TenantProfile::created_time, "", server_owned),
        field("name", &TenantProfile::name, "", searchable, short_text,
              required_as("Tenant profile name should be specified!")),
        field("description", &TenantProfile::description, "", no_markup),
        field("default", &TenantProfile::is_default),
        field("isolatedTbRuleEngine", &TenantProfile::isolated_rule_engine),
        field("profileData", &TenantProfile::profile_data, "", of_schema("TenantProfileData")));
}
constexpr std::string_view table_name(const TenantProfile*) { return "tenant_profile"; }

struct Tenant : Contact {
    TenantId id;
    EpochMs created_time = 0;
    TenantProfileId tenant_profile_id;
    std::string title;  ///< Also answered as `name`.
    std::optional<std::string> region;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const Tenant*) {
    return joined(fields(field("id", &Tenant::id),
                         field("createdTime", &Tenant::created_time, "", server_owned),
                         field("tenantProfileId", &Tenant::tenant_profile_id),
                         field("title", &Tenant::title, "", searchable, short_text,
                               required_as("Tenant title should be specified!")),
                         field("name", &Tenant::title, "", wire_only, server_owned),
                         field("region", &Tenant::region, "", short_text)),
                  contact_fields(),
                  fields(field("additionalInfo", &Tenant::additional_info),
                         field("version", &Tenant::version)));
}
constexpr std::string_view table_name(const Tenant*) { return "tenant"; }

struct Customer : Contact {
    CustomerId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::optional<CustomerId> parent_customer_id;  ///< None: the tenant's own customer.
    std::string title;  ///< Unique within the tenant; also answered as `name`.
    std::optional<CustomerId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const Customer*) {
    return joined(fields(field("id", &Customer::id),
                         field("createdTime", &Customer::created_time, "", server_owned),
                         field("tenantId", &Customer::tenant_id, "", server_owned),
                         field("parentCustomerId", &Customer::parent_customer_id, "", undocumented),
                         field("title", &Customer::title, "", searchable, short_text,
                               required_as("Customer title should be specified!")),
                         field("name", &Customer::title, "", wire_only, server_owned)),
                  contact_fields(),
                  fields(field("externalId", &Customer::external_id, "", undocumented),
                         field("additionalInfo", &Customer::additional_info),
                         field("version", &Customer::version)));
}
constexpr std::string_view table_name(const Customer*) { return "customer"; }

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
    std::optional<std::int64_t> version;
};
/// `user` is a reserved word.
constexpr auto describe(const User*) {
    return fields(
        field("id", &User::id), field("createdTime", &User::created_time, "", server_owned),
        field("tenantId", &User::tenant_id), field("customerId", &User::customer_id),
        field("email", &User::email, "", searchable, short_text,
              required_as("User email should be specified!")),
        field("name", &User::email, "", wire_only, server_owned),
        field("authority", &User::authority, "", of_schema("Authority")),
        field("firstName", &User::first_name, "", short_text, shown_as("first name")),
        field("lastName", &User::last_name, "", short_text, shown_as("last name")),
        field("phone", &User::phone, "", short_text),
        field("additionalInfo", &User::additional_info), field("version", &User::version));
}
constexpr std::string_view table_name(const User*) { return "tb_user"; }

/// Never leaves the server.
struct UserCredentials {
    Uuid id{};
    EpochMs created_time = 0;  ///< Of the password: its age counts from here.
    UserId user_id;
    bool enabled = false;
    std::optional<std::string> password;        ///< crypt(3) text: bcrypt or yescrypt.
    std::optional<std::string> activate_token;  ///< As it stands in the link; unique.
    std::optional<EpochMs> activate_token_expires_ms;
    std::optional<std::string> reset_token;  ///< SHA-256 of the one in the link; unique.
    std::optional<EpochMs> reset_token_expires_ms;
    json::value additional_info;  ///< userPasswordHistory: {ms: crypt(3) text}.
    std::int64_t failed_login_attempts = 0;
    EpochMs last_login_ms = 0;
};
constexpr auto describe(const UserCredentials*) {
    return fields(
        field("id", &UserCredentials::id), field("createdTime", &UserCredentials::created_time),
        field("userId", &UserCredentials::user_id), field("enabled", &UserCredentials::enabled),
        field("password", &UserCredentials::password, "", secret),
        field("activateToken", &UserCredentials::activate_token, "", secret),
        field("activateTokenExpTime", &UserCredentials::activate_token_expires_ms),
        field("resetToken", &UserCredentials::reset_token, "", secret),
        field("resetTokenExpTime", &UserCredentials::reset_token_expires_ms),
        field("additionalInfo", &UserCredentials::additional_info, "", secret),
        field("failedLoginAttempts", &UserCredentials::failed_login_attempts),
        field("lastLoginTs", &UserCredentials::last_login_ms));
}
constexpr std::string_view table_name(const UserCredentials*) { return "user_credentials"; }

enum class DeviceProfileType : std::uint8_t { standard };
constexpr auto enum_names(DeviceProfileType) {
    using namespace std::literals;
    return std::array{
        std::pair{DeviceProfileType::standard, "DEFAULT"sv}
    };
}

/// How devices that are not known yet come to be of a profile.
enum class ProvisionType : std::uint8_t {
    disabled,
    allow_create_new_devices,
    check_pre_provisioned_devices,
    x509_certificate_chain
};
constexpr auto enum_names(ProvisionType) {
    using namespace std::literals;
    using enum ProvisionType;
    return std::array{
        std::pair{disabled,                      "DISABLED"sv                     },
        std::pair{allow_create_new_devices,      "ALLOW_CREATE_NEW_DEVICES"sv     },
        std::pair{check_pre_provisioned_devices, "CHECK_PRE_PROVISIONED_DEVICES"sv},
        std::pair{x509_certificate_chain,        "X509_CERTIFICATE_CHAIN"sv       }
    };
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
        field("customerId", &Device::customer_id),
        field("name", &Device::name, "", searchable, short_text,
              required_as("Device name should be specified!")),
        field("type", &Device::type, "", searchable, short_text),
        field("label", &Device::label, "", searchable, short_text),
        field("deviceProfileId", &Device::device_profile_id),
        field("deviceData", &Device::device_data, "", of_schema("DeviceData")),
        field("firmwareId", &Device::firmware_id), field("softwareId", &Device::software_id),
        field("externalId", &Device::external_id, "", undocumented),
        field("version", &Device::version));
}
constexpr std::string_view table_name(const Device*) { return "device"; }

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
    return fields(field("id", &DeviceCredentials::id, "", of_schema("DeviceCredentialsId")),
                  field("createdTime", &DeviceCredentials::created_time, "", server_owned),
                  field("deviceId", &DeviceCredentials::device_id),
                  field("credentialsType", &DeviceCredentials::credentials_type, "",
                        of_schema("DeviceCredentialsType")),
                  field("credentialsId", &DeviceCredentials::credentials_id),
                  field("credentialsValue", &DeviceCredentials::credentials_value),
                  field("version", &DeviceCredentials::version));
}
constexpr std::string_view table_name(const DeviceCredentials*) { return "device_credentials"; }

struct DeviceProfile {
    DeviceProfileId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< Unique within the tenant.
    std::optional<std::string> description;
    bool is_default = false;
    DeviceProfileType type = DeviceProfileType::standard;
    std::optional<std::string> image;
    TransportType transport_type = TransportType::standard;
    ProvisionType provision_type = ProvisionType::disabled;
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
    return fields(
        field("id", &DeviceProfile::id),
        field("createdTime", &DeviceProfile::created_time, "", server_owned),
        field("tenantId", &DeviceProfile::tenant_id, "", server_owned),
        field("name", &DeviceProfile::name, "", searchable, short_text,
              required_as("Device profile name should be specified!")),
        field("description", &DeviceProfile::description, "", no_markup),
        field("default", &DeviceProfile::is_default),
        field("type", &DeviceProfile::type, "", of_schema("DeviceProfileType")),
        field("image", &DeviceProfile::image, "", up_to(1'000'000)),
        field("transportType", &DeviceProfile::transport_type, "",
              of_schema("DeviceTransportType")),
        field("provisionType", &DeviceProfile::provision_type, "",
              of_schema("DeviceProfileProvisionType")),
        field("profileData", &DeviceProfile::profile_data, "", of_schema("DeviceProfileData")),
        field("provisionDeviceKey", &DeviceProfile::provision_device_key, "", short_text),
        field("defaultRuleChainId", &DeviceProfile::default_rule_chain_id),
        field("defaultEdgeRuleChainId", &DeviceProfile::default_edge_rule_chain_id),
        field("defaultDashboardId", &DeviceProfile::default_dashboard_id),
        field("defaultQueueName", &DeviceProfile::default_queue_name, "", short_text),
        field("firmwareId", &DeviceProfile::firmware_id),
        field("softwareId", &DeviceProfile::software_id),
        field("externalId", &DeviceProfile::external_id, "", undocumented),
        field("version", &DeviceProfile::version));
}
constexpr std::string_view table_name(const DeviceProfile*) { return "device_profile"; }

enum class RuleChainType : std::uint8_t { core, edge };
constexpr auto enum_names(RuleChainType) {
    using namespace std::literals;
    return std::array{
        std::pair{RuleChainType::core, "CORE"sv},
        std::pair{RuleChainType::edge, "EDGE"sv}
    };
}

struct RuleChain {
    RuleChainId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;
    RuleChainType type = RuleChainType::core;
    std::optional<RuleNodeId> first_rule_node_id;
    bool root = false;  ///< One of a tenant and type.
    bool debug_mode = false;
    json::value configuration;
    std::optional<RuleChainId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
    json::value
        metadata;  ///< RuleChainMetaData (model/rule_chain.h), which has its own operations.
};
constexpr auto describe(const RuleChain*) {
    return fields(field("id", &RuleChain::id),
                  field("createdTime", &RuleChain::created_time, "", server_owned),
                  field("tenantId", &RuleChain::tenant_id, "", server_owned),
                  field("name", &RuleChain::name, "", searchable, short_text,
                        required_as("Rule chain name should be specified!")),
                  field("type", &RuleChain::type, "", of_schema("RuleChainType")),
                  field("firstRuleNodeId", &RuleChain::first_rule_node_id),
                  field("root", &RuleChain::root), field("debugMode", &RuleChain::debug_mode),
                  field("configuration", &RuleChain::configuration, "", up_to(10'000'000)),
                  field("externalId", &RuleChain::external_id, "", undocumented),
                  field("additionalInfo", &RuleChain::additional_info),
                  field("version", &RuleChain::version),
                  field("metadata", &RuleChain::metadata, "", stored_only));
}
constexpr std::string_view table_name(const RuleChain*) { return "rule_chain"; }

/// A named JSON document of the installation or of a tenant: signing key, general settings, …
struct AdminSettings {
    AdminSettingsId id;
    EpochMs created_time = 0;
    TenantId tenant_id = system_tenant;
    std::string key;  ///< Unique within the tenant.
    json::value json_value;
};
constexpr auto describe(const AdminSettings*) {
    return fields(field("id", &AdminSettings::id),
                  field("createdTime", &AdminSettings::created_time, "", server_owned),
                  field("tenantId", &AdminSettings::tenant_id, "", server_owned),
                  field("key", &AdminSettings::key, "", short_text),
                  field("jsonValue", &AdminSettings::json_value));
}
constexpr std::string_view table_name(const AdminSettings*) { return "admin_settings"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::TenantProfile)
TS_JSON_ELSEWHERE(model::Tenant)
TS_JSON_ELSEWHERE(model::Customer)
TS_JSON_ELSEWHERE(model::User)
TS_JSON_ELSEWHERE(model::UserCredentials)
TS_JSON_ELSEWHERE(model::Device)
TS_JSON_ELSEWHERE(model::DeviceCredentials)
TS_JSON_ELSEWHERE(model::DeviceProfile)
TS_JSON_ELSEWHERE(model::RuleChain)
TS_JSON_ELSEWHERE(model::AdminSettings)
}  // namespace thingstead
