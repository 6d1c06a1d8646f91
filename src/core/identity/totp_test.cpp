#include "core/identity/totp.h"

#include <gtest/gtest.h>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

struct Vector {
    std::int64_t seconds;
    const char* code;  ///< Of eight digits, as RFC 6238 lists them.
};

// RFC 6238, appendix B, SHA-1.
constexpr Vector vectors[] = {
    {59,             "94287082"},
    {1'111'111'109,  "07081804"},
    {1'111'111'111,  "14050471"},
    {1'234'567'890,  "89005924"},
    {2'000'000'000,  "69279037"},
    {20'000'000'000, "65353130"},
};
constexpr const char* secret = "12345678901234567890";

TEST(Totp, GivesTheCodesOfTheStandard) {
    for (const Vector& row : vectors) {
        SCOPED_TRACE(row.seconds);
        EXPECT_EQ(totp_code(secret, totp_step(row.seconds * 1000), 8), row.code);
        EXPECT_EQ(totp_code(secret, totp_step(row.seconds * 1000)),
                  std::string(row.code).substr(2));
    }
}

TEST(Totp, TakesACodeOfTheStepBeforeAndAfterAndNoOther) {
    const EpochMs now = 1'111'111'111'000;
    const std::int64_t step = totp_step(now);
    for (const std::int64_t apart : {-1, 0, 1})
        EXPECT_EQ(matching_totp_step(secret, totp_code(secret, step + apart), now), step + apart);
    for (const std::int64_t apart : {-2, 2})
        EXPECT_FALSE(matching_totp_step(secret, totp_code(secret, step + apart), now));
    EXPECT_FALSE(matching_totp_step(secret, "", now));
}

TEST(Totp, PutsTheSecretIntoAUrlAndFindsItThere) {
    const std::string url = otpauth_url("My house", "a+b@example.org", secret);
    EXPECT_EQ(url,
              "otpauth://totp/My%20house:a%2Bb%40example.org?issuer=My%20house&secret="
              "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    EXPECT_EQ(otpauth_secret(url), secret);
    for (const char* wrong : {"", "otpauth://hotp/x?secret=GEZDGNBV", "otpauth://totp/x",
                              "otpauth://totp/x?secret=", "otpauth://totp/x?secret=1"})
        EXPECT_FALSE(otpauth_secret(wrong)) << wrong;
}

// RFC 4648, section 10, without padding.
TEST(Base32, CodesAsTheStandardDoes) {
    const std::pair<const char*, const char*> rows[] = {
        {"",       ""          },
        {"f",      "MY"        },
        {"fo",     "MZXQ"      },
        {"foo",    "MZXW6"     },
        {"foob",   "MZXW6YQ"   },
        {"fooba",  "MZXW6YTB"  },
        {"foobar", "MZXW6YTBOI"}
    };
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(base32(bytes), text);
        EXPECT_EQ(base32_decode(text), bytes);
    }
    EXPECT_EQ(base32_decode("mzxw 6ytb oi======"), "foobar");
    EXPECT_FALSE(base32_decode("M1"));
}

TEST(Sha256, HashesAsTheStandardDoes) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace thingstead::core
