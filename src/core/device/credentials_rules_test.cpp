#include "core/device/credentials_rules.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "core/crypto.h"

namespace thingstead::core {
namespace {

using model::CredentialsType;
using model::DeviceCredentials;

// Of nobody, made for these tests: EC.
constexpr std::string_view certificate =
    "MIIBeDCCAR+gAwIBAgIUdJH96wDO10h/"
    "hfuJ+"
    "jYGpAfZVQowCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyOTE4NDYxOVoYDzIxMjYxMTA1MTg0NjE"
    "5WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARON6fzB7Vl3oAhoX6McLTUexzad7lt8"
    "8bqIX08l4XnLsn8SfYaU4KtE9F3q5uJU+"
    "4KhBrXW0pUntQVqCcWIhN0o1MwUTAdBgNVHQ4EFgQUR72rzLoMUvHGeEDLMueMheYT91cwHwYDVR0jBBgwFoAUR72rzLoM"
    "UvHGeEDLMueMheYT91cwDwYDVR0TAQH/BAUwAwEB/"
    "zAKBggqhkjOPQQDAgNHADBEAiB17V72ZUFqW5rrW2Ac7zl3307bW9GBoVZdgyQIAlX4jAIgMqWcp6AgRQDX6Mcd9Dk1Z5z"
    "btfJIexfbcVIgAHIDvH8=";
constexpr std::string_view private_key =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYAdgcn8zN/"
    "vBsFPRyQnB85ZC5JAvYBBZtvjfr+"
    "PbgnGhRANCAARON6fzB7Vl3oAhoX6McLTUexzad7lt88bqIX08l4XnLsn8SfYaU4KtE9F3q5uJU+"
    "4KhBrXW0pUntQVqCcWIhN0";
constexpr std::string_view public_key =
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETjen8we1Zd6AIaF+jHC01Hsc2ne5bfPG6iF9PJeF5y7J/"
    "En2GlOCrRPRd6ubiVPuCoQa11tKVJ7UFagnFiITdA==";

DeviceCredentials credentials(CredentialsType type, std::optional<std::string> value,
                              std::string id = {}) {
    DeviceCredentials out;
    out.credentials_type = type;
    out.credentials_id = std::move(id);
    out.credentials_value = std::move(value);
    return out;
}

std::string message_of(DeviceCredentials given) {
    const Result<> done = complete_credentials(given);
    return done ? std::string() : done.error().message;
}

json::object no_security() {
    json::object out;
    out["securityMode"] = "NO_SEC";
    return out;
}

std::string lwm2m(json::object client, json::object bootstrap_server = no_security(),
                  json::object server = no_security()) {
    json::object whole, bootstrap;
    bootstrap["bootstrapServer"] = std::move(bootstrap_server);
    bootstrap["lwm2mServer"] = std::move(server);
    whole["client"] = std::move(client);
    whole["bootstrap"] = std::move(bootstrap);
    return json::serialize(whole);
}

json::object client(std::string_view mode) {
    json::object out;
    out["securityConfigClientMode"] = mode;
    out["endpoint"] = "dev-1";
    return out;
}

json::object server(std::string_view mode, std::string_view id, std::string_view secret) {
    json::object out;
    out["securityMode"] = mode;
    out["clientPublicKeyOrId"] = id;
    out["clientSecretKey"] = secret;
    return out;
}

TEST(CredentialsRules, AnAccessTokenIsItsId) {
    DeviceCredentials token = credentials(CredentialsType::access_token, "dropped", "T");
    ASSERT_TRUE(complete_credentials(token));
    EXPECT_EQ(token.credentials_id, "T");
    EXPECT_FALSE(token.credentials_value);
    EXPECT_EQ(message_of(credentials(CredentialsType::access_token, {}, " ")),
              "Device credentials id should be specified!");
    EXPECT_EQ(message_of(credentials(CredentialsType::access_token, {}, "a\nb")),
              "Device credentials id must not contain control characters!");
}

TEST(CredentialsRules, ACertificateIsKnownByItsHashWhateverItsForm) {
    const std::string pem = "-----BEGIN CERTIFICATE-----\r\n" + std::string(certificate) +
                            "\r\n-----END CERTIFICATE-----\r\n";
    for (const std::string& form : {std::string(certificate), pem}) {
        DeviceCredentials given = credentials(CredentialsType::x509_certificate, form);
        ASSERT_TRUE(complete_credentials(given));
        EXPECT_EQ(given.credentials_id, sha3_256_hex(certificate));
        EXPECT_EQ(given.credentials_value, certificate);
    }
    EXPECT_EQ(message_of(credentials(CredentialsType::x509_certificate, " ")),
              "X509 certificate should be specified!");
}

TEST(CredentialsRules, TheIdOfLwm2mDependsOnTheMode) {
    json::object psk = client("PSK");
    psk["identity"] = "who";
    psk["key"] = std::string(32, 'a');
    json::object rpk = client("RPK");
    rpk["key"] = public_key;
    json::object x509 = client("X509");
    x509["cert"] = certificate;
    const std::pair<json::object, std::string> rows[] = {
        {client("NO_SEC"), "dev-1"                  },
        {psk,              "who"                    },
        {rpk,              "dev-1"                  },
        {client("X509"),   "dev-1"                  },
        {x509,             sha3_256_hex(certificate)},
    };
    for (const auto& [who, id] : rows) {
        DeviceCredentials given =
            credentials(CredentialsType::lwm2m_credentials, lwm2m(who), "ignored");
        const Result<> done = complete_credentials(given);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(given.credentials_id, id);
    }
}

TEST(CredentialsRules, KeysOfLwm2mServersAreOfTheirMode) {
    const std::string hex(64, 'f');
    EXPECT_EQ(message_of(credentials(CredentialsType::lwm2m_credentials,
                                     lwm2m(client("NO_SEC"), server("PSK", "id", hex),
                                           server("RPK", public_key, private_key)))),
              "");
    EXPECT_EQ(
        message_of(credentials(CredentialsType::lwm2m_credentials,
                               lwm2m(client("NO_SEC"), server("X509", certificate, private_key)))),
        "");
    EXPECT_NE(
        message_of(credentials(CredentialsType::lwm2m_credentials,
                               lwm2m(client("NO_SEC"), server("X509", public_key, private_key)))),
        "");
    EXPECT_NE(
        message_of(credentials(CredentialsType::lwm2m_credentials,
                               lwm2m(client("NO_SEC"), server("RPK", public_key, public_key)))),
        "");
}

TEST(CredentialsRules, WhatIsWrongWithLwm2mIsSaid) {
    json::object nameless = client("NO_SEC");
    nameless["endpoint"] = " ";
    json::object short_key = client("PSK");
    short_key["identity"] = "who";
    short_key["key"] = "abc";
    json::object no_hex = short_key;
    no_hex["key"] = std::string(32, 'x');
    json::object reserved = short_key;
    reserved["identity"] = "NO_SEC";
    const std::pair<std::string, const char*> rows[] = {
        {"rubbish",                         "Invalid credentials body for LwM2M credentials!"         },
        {"{}",                              "LwM2M client credentials must be specified!"             },
        {R"({"client":{}})",                "LwM2M bootstrap credentials must be specified!"          },
        {R"({"client":{},"bootstrap":{}})",
         "LwM2M bootstrap server credentials must be specified!"                                      },
        {lwm2m(nameless),                   "LwM2M client endpoint must be specified!"                },
        {lwm2m(client("TLS")),              "LwM2M client security mode \"TLS\" is not supported!"    },
        {lwm2m(short_key),                  "LwM2M client PSK key must have 32, 64 or 128 characters!"},
        {lwm2m(no_hex),                     "LwM2M client PSK key must be a hexadecimal text!"        },
        {lwm2m(reserved),                   "LwM2M client PSK identity must not be NO_SEC!"           },
        {lwm2m(client("PSK")),              "LwM2M client PSK identity must be specified!"            },
        {lwm2m(client("RPK")),              "LwM2M client RPK key must be an EC public key in Base64!"},
    };
    for (const auto& [value, message] : rows)
        EXPECT_EQ(message_of(credentials(CredentialsType::lwm2m_credentials, value)), message);
}

}  // namespace
}  // namespace thingstead::core
