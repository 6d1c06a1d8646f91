// Credentials of LwM2M devices: who the client is, and what it is given for the two servers.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "base/json.h"
#include "core/certificate.h"
#include "core/crypto.h"
#include "core/device/credentials_rules.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

enum class SecurityMode : std::uint8_t { none, psk, rpk, x509 };
constexpr auto enum_names(SecurityMode) {
    using namespace std::literals;
    return std::array{
        std::pair{SecurityMode::none, "NO_SEC"sv},
        std::pair{SecurityMode::psk,  "PSK"sv   },
        std::pair{SecurityMode::rpk,  "RPK"sv   },
        std::pair{SecurityMode::x509, "X509"sv  }
    };
}

constexpr std::size_t psk_key_step = 32, psk_key_max = 128;

const json::object* part(const json::object* of, std::string_view name) {
    json::value const* value = of ? of->if_contains(name) : nullptr;
    return value ? value->if_object() : nullptr;
}

std::string text(const json::object& of, std::string_view name) {
    const json::value* value = of.if_contains(name);
    const json::string* found = value ? value->if_string() : nullptr;
    return found ? std::string(*found) : std::string();
}

Result<SecurityMode> mode_of(const json::object& of, std::string_view member,
                             std::string_view whose) {
    const std::string name = text(of, member);
    if (const auto mode = enum_value<SecurityMode>(name)) return *mode;
    return invalid(std::string(whose) + " security mode \"" + name + "\" is not supported!");
}

bool is_hex(std::string_view key) {
    if (key.starts_with('-')) key.remove_prefix(1);
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return std::isxdigit(static_cast<unsigned char>(c)) != 0;
    });
}

Result<> check_psk(std::string_view whose, const std::string& identity, const std::string& key) {
    const std::string who(whose);
    if (model::is_blank(identity)) return invalid(who + " PSK identity must be specified!");
    if (identity == enum_name(SecurityMode::none))
        return invalid(who + " PSK identity must not be " + identity + "!");
    if (model::is_blank(key)) return invalid(who + " PSK key must be specified!");
    if (!is_hex(key)) return invalid(who + " PSK key must be a hexadecimal text!");
    if (key.size() % psk_key_step != 0 || key.size() > psk_key_max)
        return invalid(who + " PSK key must have 32, 64 or 128 characters!");
    return {};
}

/// Returns the id of the credentials.
Result<std::string> check_client(json::object& client) {
    constexpr std::string_view whose = "LwM2M client";
    const std::string endpoint = text(client, "endpoint");
    if (model::is_blank(endpoint)) return invalid("LwM2M client endpoint must be specified!");
    const Result<SecurityMode> mode = mode_of(client, "securityConfigClientMode", whose);
    if (!mode) return mode.error();
    switch (*mode) {
        case SecurityMode::none: return endpoint;
        case SecurityMode::psk:  {
            std::string identity = text(client, "identity");
            if (Result<> valid = check_psk(whose, identity, text(client, "key")); !valid)
                return valid.error();
            return identity;
        }
        case SecurityMode::rpk:
            if (!is_ec_public_key(text(client, "key")))
                return invalid("LwM2M client RPK key must be an EC public key in Base64!");
            return endpoint;
        case SecurityMode::x509: {
            const std::string certificate = bare_base64(text(client, "cert"));
            if (certificate.empty()) return endpoint;
            if (!is_ec_certificate(certificate))
                return invalid(
                    "LwM2M client X509 certificate must be an EC certificate in Base64!");
            client["cert"] = certificate;
            return sha3_256_hex(certificate);
        }
    }
    return endpoint;
}

Result<> check_server(std::string_view whose, const json::object& server) {
    const std::string who(whose);
    const Result<SecurityMode> mode = mode_of(server, "securityMode", whose);
    if (!mode) return mode.error();
    const std::string id = text(server, "clientPublicKeyOrId"),
                      secret = text(server, "clientSecretKey");
    switch (*mode) {
        case SecurityMode::none: return {};
        case SecurityMode::psk:  return check_psk(whose, id, secret);
        case SecurityMode::rpk:
            if (!is_ec_public_key(id))
                return invalid(who + " RPK public key must be an EC public key in Base64!");
            break;
        case SecurityMode::x509:
            if (!is_ec_certificate(id))
                return invalid(who + " X509 certificate must be an EC certificate in Base64!");
            break;
    }
    if (!is_ec_private_key(secret))
        return invalid(who + " secret key must be an EC private key in Base64!");
    return {};
}

}  // namespace

Result<> complete_lwm2m_credentials(model::DeviceCredentials& credentials) {
    Result<json::value> document = parse_json(credentials.credentials_value.value_or(""));
    json::object* whole = document ? document->if_object() : nullptr;
    if (!whole) return invalid("Invalid credentials body for LwM2M credentials!");
    json::value* client = whole->if_contains("client");
    if (!client || !client->is_object())
        return invalid("LwM2M client credentials must be specified!");
    const json::object* bootstrap = part(whole, "bootstrap");
    if (!bootstrap) return invalid("LwM2M bootstrap credentials must be specified!");
    const std::pair<std::string_view, std::string_view> servers[] = {
        {"bootstrapServer", "LwM2M bootstrap server"},
        {"lwm2mServer",     "LwM2M server"          }
    };
    for (const auto& [name, whose] : servers) {
        const json::object* server = part(bootstrap, name);
        if (!server) return invalid(std::string(whose) + " credentials must be specified!");
        if (Result<> valid = check_server(whose, *server); !valid) return valid;
    }
    Result<std::string> id = check_client(client->get_object());
    if (!id) return id.error();
    credentials.credentials_id = *std::move(id);
    credentials.credentials_value = json::serialize(*whole);
    return {};
}

}  // namespace thingstead::core
