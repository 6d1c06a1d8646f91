#include "core/device_rules.h"

#include "base/json.h"
#include "core/crypto.h"
#include "core/device_auth.h"
#include "core/keys.h"
#include "core/profiles.h"
#include "store/tables.h"

namespace thingstead::core {
namespace {

using model::CredentialsType;
using model::Device;
using model::DeviceProfile;

constexpr std::size_t text_chars_max = 255;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<> check_texts(const Device& device) {
    if (is_blank(device.name)) return invalid("Device name should be specified!");
    const std::pair<const char*, const std::string*> texts[] = {
        {"name",  &device.name                           },
        {"label", device.label ? &*device.label : nullptr},
        {"type",  &device.type                           }
    };
    for (const auto& [field, text] : texts) {
        if (!text) continue;
        const std::string prefix = std::string("Validation error: ") + field;
        if (characters(*text) > text_chars_max)
            return invalid(prefix + " length must be equal or less than 255");
        if (text->find('\0') != std::string::npos)
            return invalid(prefix + " should not contain 0x00 symbol");
        // Markup in names would be shown by every page that lists them.
        if (text->find('<') != std::string::npos || text->find("{{") != std::string::npos)
            return invalid(prefix + " is malformed");
    }
    return {};
}

Result<DeviceProfile> profile_by_id(store::Transaction& transaction, const Caller& caller,
                                    model::DeviceProfileId id) {
    auto profile = transaction.find<DeviceProfile>({
        {"id", id.uuid}
    });
    if (!profile) return profile.error();
    if (!*profile) return invalid("Device is referencing non existing device profile!");
    if ((*profile)->tenant_id != caller.tenant)
        return invalid("Device can`t be referencing to device profile from different tenant!");
    return **std::move(profile);
}

Result<DeviceProfile> profile_by_name(store::Transaction& transaction, const Caller& caller,
                                      const std::string& name, EpochMs now_ms) {
    auto profile = transaction.find<DeviceProfile>({
        {"tenantId", caller.tenant.uuid},
        {"name",     name              }
    });
    if (!profile) return profile.error();
    if (*profile) return **std::move(profile);
    DeviceProfile fresh = new_device_profile(caller.tenant, name, now_ms);
    if (Result<> made = transaction.insert(fresh); !made) return made.error();
    return fresh;
}

Result<DeviceProfile> default_profile(store::Transaction& transaction, const Caller& caller) {
    auto profile = transaction.find<DeviceProfile>({
        {"tenantId", caller.tenant.uuid},
        {"default",  true              }
    });
    if (!profile) return profile.error();
    if (!*profile) return invalid("Device is referencing non existing device profile!");
    return **std::move(profile);
}

/// Type and transport part of the device follow its profile.
void follow_profile(Device& device, const DeviceProfile& profile) {
    device.device_profile_id = profile.id;
    device.type = profile.name;
    const std::string_view transport = enum_name(profile.transport_type);
    json::object* data = device.device_data.if_object();
    if (!data) data = &device.device_data.emplace_object();
    if (const json::value* configuration = data->if_contains("configuration");
        !configuration || !configuration->is_object())
        (*data)["configuration"] = json::object{
            {"type", "DEFAULT"}
        };
    const json::value* present = data->if_contains("transportConfiguration");
    const json::object* present_object = present ? present->if_object() : nullptr;
    const json::value* type = present_object ? present_object->if_contains("type") : nullptr;
    if (!type || !type->is_string() || type->get_string() != transport)
        (*data)["transportConfiguration"] = json::object{
            {"type", transport}
        };
}

Result<DeviceProfile> profile_for(store::Transaction& transaction, const Caller& caller,
                                  const Device& device, EpochMs now_ms) {
    if (device.device_profile_id.uuid != Uuid{})
        return profile_by_id(transaction, caller, device.device_profile_id);
    if (!is_blank(device.type)) return profile_by_name(transaction, caller, device.type, now_ms);
    return default_profile(transaction, caller);
}

Result<> check_customer(store::Transaction& transaction, const Caller& caller,
                        model::CustomerId id) {
    if (id == model::no_customer) return {};
    const auto customer = transaction.find<model::Customer>({
        {"id", id.uuid}
    });
    if (!customer) return customer.error();
    if (!*customer) return invalid("Can't assign device to non-existent customer!");
    if ((*customer)->tenant_id != caller.tenant)
        return invalid("Can't assign device to customer from different tenant!");
    return {};
}

Result<> check_control_characters(std::string_view what, std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            return invalid(std::string(what) + " must not contain control characters!");
    return {};
}

std::string member(const json::object& fields, std::string_view name) {
    const json::value* value = fields.if_contains(name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

Result<> complete_basic(model::DeviceCredentials& credentials) {
    const Result<json::value> document = parse_json(credentials.credentials_value.value_or(""));
    const json::object* fields = document ? document->if_object() : nullptr;
    if (!fields) return invalid("Invalid credentials body for simple mqtt credentials!");
    const std::string client_id = member(*fields, "clientId"),
                      user_name = member(*fields, "userName"),
                      password = member(*fields, "password");
    const std::pair<const char*, const std::string*> texts[] = {
        {"Client ID", &client_id},
        {"User name", &user_name},
        {"Password",  &password }
    };
    for (const auto& [what, text] : texts)
        if (Result<> clean = check_control_characters(what, *text); !clean) return clean;
    Result<std::string> id = basic_credentials_id(client_id, user_name, password);
    if (!id) return id.error();
    credentials.credentials_id = *std::move(id);
    return {};
}

Result<> complete_x509(model::DeviceCredentials& credentials) {
    std::string certificate = credentials.credentials_value.value_or("");
    if (is_blank(certificate)) return invalid("X509 certificate should be specified!");
    for (const std::string_view armour :
         {"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"})
        if (const std::size_t at = certificate.find(armour); at != std::string::npos)
            certificate.erase(at, armour.size());
    std::erase_if(certificate, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    if (!base64_decode(certificate)) return invalid("X509 certificate is not Base64 text!");
    credentials.credentials_id = credentials_hash(certificate);
    credentials.credentials_value = std::move(certificate);
    return {};
}

}  // namespace

Result<Device> prepare_new_device(store::Transaction& transaction, const Caller& caller,
                                  Device device, EpochMs now_ms) {
    if (!caller.is(model::Authority::tenant_admin)) return permission_denied();
    if (Result<> valid = check_texts(device); !valid) return valid.error();
    if (device.customer_id.uuid == Uuid{}) device.customer_id = model::no_customer;
    if (Result<> valid = check_customer(transaction, caller, device.customer_id); !valid)
        return valid.error();
    Result<DeviceProfile> profile = profile_for(transaction, caller, device, now_ms);
    if (!profile) return profile.error();
    follow_profile(device, *profile);
    device.id = model::DeviceId::make();
    device.tenant_id = caller.tenant;
    device.created_time = now_ms;
    device.version = 1;
    return device;
}

Result<Device> prepare_device_update(store::Transaction& transaction, const Caller& caller,
                                     Device device, EpochMs now_ms) {
    const auto stored = transaction.find<Device>({
        {"id",       device.id.uuid    },
        {"tenantId", caller.tenant.uuid}
    });
    if (!stored) return stored.error();
    if (!*stored)
        return Error{ErrorCode::not_found,
                     "Device with id [" + device.id.to_string() + "] is not found"};
    if (Result<> allowed = check_device(caller, Operation::write, **stored); !allowed)
        return allowed.error();
    if (Result<> valid = check_texts(device); !valid) return valid.error();
    if (device.version && device.version != (*stored)->version)
        return Error{ErrorCode::conflict, "Device was already changed by someone else"};
    // Assignment has its own operations; a save keeps it.
    device.customer_id = (*stored)->customer_id;
    Result<DeviceProfile> profile = profile_for(transaction, caller, device, now_ms);
    if (!profile) return profile.error();
    follow_profile(device, *profile);
    device.tenant_id = (*stored)->tenant_id;
    device.created_time = (*stored)->created_time;
    device.version = (*stored)->version.value_or(0) + 1;
    return device;
}

Result<> complete_credentials(model::DeviceCredentials& credentials) {
    switch (credentials.credentials_type) {
        case CredentialsType::access_token: credentials.credentials_value.reset(); break;
        case CredentialsType::mqtt_basic:
            if (Result<> done = complete_basic(credentials); !done) return done;
            break;
        case CredentialsType::x509_certificate:
            if (Result<> done = complete_x509(credentials); !done) return done;
            break;
        case CredentialsType::lwm2m_credentials:
            return Error{ErrorCode::unsupported,
                         "Credentials of type LWM2M_CREDENTIALS are not supported"};
    }
    if (is_blank(credentials.credentials_id))
        return invalid("Device credentials id should be specified!");
    return check_control_characters("Device credentials id", credentials.credentials_id);
}

}  // namespace thingstead::core
