#include "core/device/credentials_rules.h"

#include <utility>

#include "base/json.h"
#include "core/certificate.h"
#include "core/crypto.h"
#include "core/device_auth.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::CredentialsType;
using model::DeviceCredentials;

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

Result<> complete_basic(DeviceCredentials& credentials) {
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

Result<> complete_x509(DeviceCredentials& credentials) {
    const std::string given = credentials.credentials_value.value_or("");
    if (model::is_blank(given)) return invalid("X509 certificate should be specified!");
    std::string certificate = bare_base64(given);
    if (certificate.empty() || !base64_decode(certificate))
        return invalid("X509 certificate is not Base64 text!");
    credentials.credentials_id = sha3_256_hex(certificate);
    credentials.credentials_value = std::move(certificate);
    return {};
}

}  // namespace

Result<> complete_credentials(DeviceCredentials& credentials) {
    Result<> done;
    switch (credentials.credentials_type) {
        case CredentialsType::access_token:     credentials.credentials_value.reset(); break;
        case CredentialsType::mqtt_basic:       done = complete_basic(credentials); break;
        case CredentialsType::x509_certificate: done = complete_x509(credentials); break;
        case CredentialsType::lwm2m_credentials:
            done = complete_lwm2m_credentials(credentials);
            break;
    }
    if (!done) return done;
    if (model::is_blank(credentials.credentials_id))
        return invalid("Device credentials id should be specified!");
    return check_control_characters("Device credentials id", credentials.credentials_id);
}

}  // namespace thingstead::core
