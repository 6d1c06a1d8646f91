#include "core/oauth2/id_token.h"

#include <gtest/gtest.h>

#include "core/crypto.h"

namespace thingstead::core {
namespace {

constexpr EpochMs now_ms = 1'000'000'000;

std::string token(const json::value& claims) {
    return base64url(R"({"alg":"RS256"})") + "." + base64url(json::serialize(claims)) + ".c2ln";
}

json::object right() {
    return {
        {"aud",   "me"             },
        {"nonce", "n"              },
        {"exp",   now_ms / 1000 + 9},
        {"sub",   "s"              }
    };
}

Result<json::object> claims_of(std::string_view text) {
    return id_token_claims(text, {"me", "n", now_ms});
}

TEST(IdToken, GivesTheClaimsOfOneThatIsForUs) {
    const auto claims = claims_of(token(right()));
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->at("sub").as_string(), "s");
    json::object several = right();
    several["aud"] = json::array{"other", "me"};
    EXPECT_FALSE(claims_of(token(several)));
    several["azp"] = "me";
    EXPECT_TRUE(claims_of(token(several)));
}

TEST(IdToken, RefusesOneThatIsForAnotherClientLogInOrTime) {
    const std::pair<const char*, json::value> changes[] = {
        {"aud",   "other"           },
        {"aud",   json::array()     },
        {"nonce", "m"               },
        {"nonce", nullptr           },
        {"exp",   now_ms / 1000 - 61},
        {"exp",   "soon"            }
    };
    for (const auto& [name, value] : changes) {
        json::object claims = right();
        claims[name] = value;
        EXPECT_FALSE(claims_of(token(claims))) << name;
    }
    json::object endless = right();
    endless.erase("exp");
    EXPECT_FALSE(claims_of(token(endless)));
}

TEST(IdToken, RefusesWhatIsNoToken) {
    for (const char* text : {"", "a", "a.b", "a.!.c", "..", "a.bm8.c"})
        EXPECT_FALSE(claims_of(text)) << text;
    EXPECT_FALSE(claims_of(token(json::array())));
}

}  // namespace
}  // namespace thingstead::core
