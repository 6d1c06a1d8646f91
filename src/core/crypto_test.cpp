#include "core/crypto.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "core/device_auth.h"

namespace thingstead::core {
namespace {

TEST(Crypto, DigestsHaveTheirPublishedValues) {
    // FIPS 202 example of the empty message; RFC 4231 test case 2.
    EXPECT_EQ(sha3_256_hex(""), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    EXPECT_EQ(to_hex(as_bytes(hmac_sha512("Jefe", "what do ya want for nothing?"))),
              "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
              "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

struct Coded {
    std::string bytes, standard, url;
};

TEST(Crypto, Base64FollowsItsTestVectors) {
    const Coded rows[] = {
        {"",         "",     ""    },
        {"f",        "Zg==", "Zg"  },
        {"fo",       "Zm8=", "Zm8" },
        {"foo",      "Zm9v", "Zm9v"},
        {"\xfb\xff", "+/8=", "-_8" },
    };
    for (const Coded& row : rows) {
        EXPECT_EQ(base64(row.bytes), row.standard);
        EXPECT_EQ(base64url(row.bytes), row.url);
        EXPECT_EQ(base64_decode(row.standard), row.bytes);
        EXPECT_EQ(base64url_decode(row.url), row.bytes);
    }
    for (const char* wrong : {"Zg", "Zg=", "Z===", "Zh==", "Zg==x", "Z g="})
        EXPECT_FALSE(base64_decode(wrong)) << wrong;
}

TEST(Crypto, CredentialIdsOfMqttBasicFollowTheirRules) {
    EXPECT_EQ(*basic_credentials_id("", "user", "x"), "user");
    EXPECT_EQ(*basic_credentials_id("client", "", ""), sha3_256_hex("client"));
    EXPECT_EQ(*basic_credentials_id("client", "user", ""), sha3_256_hex("client|user"));
    EXPECT_FALSE(basic_credentials_id("client", "", "password"));
    EXPECT_FALSE(basic_credentials_id("", "", "password"));
}

TEST(Crypto, CertificateHashesIgnoreArmourAndLineBreaks) {
    EXPECT_EQ(
        credentials_hash("-----BEGIN CERTIFICATE-----\nAB\r\nCD\n-----END CERTIFICATE-----\n"),
        sha3_256_hex("ABCD"));
}

}  // namespace
}  // namespace thingstead::core
