#include "protocol/google/rs256.h"

#include <gtest/gtest.h>

#include "protocol/google/key_testing.h"

namespace thingstead::google {
namespace {

TEST(Rs256, SignsAsOpensslsCommandDoes) {
    EXPECT_EQ(sign_rs256(R"({"alg":"RS256"})", R"({"iss":"me"})", test_private_key),
              "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSJ9.Y830WuL-73Q2vptn2aPuczImxvlgqQTF4sgO9Py172"
              "DtdrE50cBfCEHs2l4dsfzhnJM3y-AMX_9-KokB35DLNDqxypar57pPHVAly2B0RcRKslS6gDSk4YYfxQ"
              "UZQXxRxvwLcnzf1XzGrHMo7KKDl-lC1oaCg-hpn6JWXz-L3CU");
}

TEST(Rs256, RefusesWhatIsNoKeyOfRsa) {
    const std::string cut = std::string(test_private_key).substr(0, 200);
    for (const std::string& key : {std::string(), std::string("rubbish"), cut})
        EXPECT_FALSE(sign_rs256("{}", "{}", key)) << key;
}

}  // namespace
}  // namespace thingstead::google
