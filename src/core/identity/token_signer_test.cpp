#include "core/identity/token_signer.h"

#include <gtest/gtest.h>

#include "core/crypto.h"
#include "core/identity/tokens.h"
#include "core/jwt.h"

namespace thingstead::core {
namespace {

using namespace std::chrono_literals;

model::JwtSettings settings(char key) {
    model::JwtSettings out;
    out.token_life_s = 9'000;
    out.refresh_token_life_s = 604'800;
    out.issuer = "house";
    out.signing_key = base64(std::string(64, key));
    return out;
}

model::User user() {
    model::User out;
    out.id = model::UserId::make();
    out.tenant_id = model::TenantId::make();
    out.customer_id = model::no_customer;
    out.email = "someone@example.org";
    out.authority = model::Authority::tenant_admin;
    out.first_name = "Some";
    return out;
}

struct TokenSignerTest : testing::Test {
    ManualClock clock;
    TokenSigner signer{settings('a'), clock};
    model::User someone = user();
};

TEST_F(TokenSignerTest, WritesTheClaimsOfTheInterface) {
    const TokenPair pair = signer.pair_of(someone);
    const json::object access = *signer.claims_of(pair.token);
    const std::int64_t now_s = clock.now_ms() / 1000;
    EXPECT_EQ(access.at("sub"), json::value("someone@example.org"));
    EXPECT_EQ(access.at("userId"), json::value(someone.id.to_string()));
    EXPECT_EQ(access.at("scopes"), json::value(json::array{"TENANT_ADMIN"}));
    EXPECT_EQ(access.at("iss"), json::value("house"));
    EXPECT_EQ(access.at("iat"), json::value(now_s));
    EXPECT_EQ(access.at("exp"), json::value(now_s + 9'000));
    EXPECT_EQ(access.at("firstName"), json::value("Some"));
    EXPECT_FALSE(access.contains("lastName"));
    EXPECT_EQ(access.at("enabled"), json::value(true));
    EXPECT_EQ(access.at("isPublic"), json::value(false));
    EXPECT_EQ(access.at("tenantId"), json::value(someone.tenant_id.to_string()));
    EXPECT_EQ(access.at("customerId"), json::value(null_uuid.to_string()));
    EXPECT_FALSE(access.contains("jti"));
    const json::object refresh = *signer.claims_of(pair.refresh_token);
    EXPECT_EQ(refresh.at("scopes"), json::value(json::array{"REFRESH_TOKEN"}));
    EXPECT_EQ(refresh.at("sessionId"), json::value(access.at("sessionId")));
    EXPECT_EQ(refresh.at("exp"), json::value(now_s + 604'800));
    EXPECT_TRUE(refresh.contains("jti"));
    for (const char* absent : {"firstName", "enabled", "tenantId", "customerId"})
        EXPECT_FALSE(refresh.contains(absent)) << absent;
}

TEST_F(TokenSignerTest, ATokenOfAHalfLogInOpensNothingElse) {
    const TokenPair pair = signer.unfinished(someone, TokenScope::pre_verification, 60s);
    EXPECT_TRUE(pair.refresh_token.empty());
    const Caller caller = *signer.caller_of(pair.token);
    EXPECT_EQ(caller.scope, TokenScope::pre_verification);
    EXPECT_EQ(caller.user, someone.id);
    clock.advance(61s);
    EXPECT_EQ(signer.caller_of(pair.token).error().code, ErrorCode::expired);
}

TEST_F(TokenSignerTest, ARefreshTokenOpensNothing) {
    const TokenPair pair = signer.pair_of(someone);
    EXPECT_TRUE(signer.caller_of(pair.token));
    EXPECT_EQ(signer.caller_of(pair.refresh_token).error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(signer.caller_of("rubbish").error().code, ErrorCode::unauthenticated);
}

TEST_F(TokenSignerTest, AKnownTokenExpiresToo) {
    const TokenPair pair = signer.pair_of(someone);
    EXPECT_EQ(signer.caller_of(pair.token)->user, someone.id);
    clock.advance(8'999s);
    EXPECT_EQ(signer.caller_of(pair.token)->user, someone.id);
    clock.advance(1s);
    EXPECT_EQ(signer.caller_of(pair.token).error().code, ErrorCode::expired);
}

TEST_F(TokenSignerTest, AnotherKeyVoidsEveryToken) {
    const TokenPair pair = signer.pair_of(someone);
    EXPECT_TRUE(signer.caller_of(pair.token));
    signer.use(settings('b'));
    EXPECT_EQ(signer.caller_of(pair.token).error().code, ErrorCode::expired);
    for (const std::string& token : {pair.token, pair.refresh_token})
        EXPECT_EQ(signer.claims_of(token).error().code, ErrorCode::expired);
    EXPECT_TRUE(signer.caller_of(signer.pair_of(someone).token));
    signer.use(settings('a'));
    EXPECT_TRUE(signer.caller_of(pair.token));
}

TEST_F(TokenSignerTest, AFormerKeyIsGoodUntilWhatItSignedExpires) {
    const TokenPair pair = signer.pair_of(someone);
    EXPECT_TRUE(signer.caller_of(pair.token));
    const std::vector<SigningKey> kept =
        *former_keys_of(document_of(signer.retired_keys()), clock.now_ms());
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(*key_id_of_jwt(pair.token), kept[0].id);
    signer.use(settings('b'), kept);
    EXPECT_TRUE(signer.caller_of(pair.token));
    const TokenPair later = signer.pair_of(someone);
    EXPECT_NE(*key_id_of_jwt(later.token), *key_id_of_jwt(pair.token));
    EXPECT_TRUE(signer.caller_of(later.token));
    EXPECT_EQ(signer.retired_keys().size(), 2u);
    clock.advance(604'799s);
    EXPECT_TRUE(signer.claims_of(pair.refresh_token));
    clock.advance(1s);
    EXPECT_EQ(signer.claims_of(pair.refresh_token).error().code, ErrorCode::expired);
    EXPECT_TRUE(former_keys_of(document_of(kept), clock.now_ms())->empty());
    EXPECT_EQ(signer.retired_keys().size(), 1u);
}

TEST_F(TokenSignerTest, AKeyIdIsNoWayRoundTheSignature) {
    const std::string token = signer.pair_of(someone).token;
    const json::object claims = *signer.claims_of(token);
    const std::string forged = sign_jwt(claims, "another key", *key_id_of_jwt(token));
    EXPECT_EQ(signer.claims_of(forged).error().code, ErrorCode::expired);
    const std::string unknown = sign_jwt(claims, std::string(64, 'a'), "unknown");
    EXPECT_EQ(signer.claims_of(unknown).error().code, ErrorCode::expired);
    const std::string unnamed = sign_jwt(claims, std::string(64, 'a'), "");
    EXPECT_TRUE(signer.claims_of(unnamed));
}

TEST_F(TokenSignerTest, DamagedFormerKeysAreRefused) {
    for (const char* text :
         {"{}", "[1]", R"([{"signingKey":"AA==","validUntil":1}])", R"([{"signingKey":"x"}])"})
        EXPECT_EQ(former_keys_of(*parse_json(text), 0).error().code, ErrorCode::unavailable)
            << text;
    EXPECT_TRUE(former_keys_of(json::value(), 0)->empty());
}

TEST_F(TokenSignerTest, AMarkVoidsWhatIsASecondOlder) {
    const TokenPair before = signer.pair_of(someone);
    const TokenPair other = signer.pair_of(user());
    EXPECT_TRUE(signer.caller_of(before.token));
    clock.advance(1s);
    signer.mark(someone.id.uuid, clock.now_ms());
    const TokenPair after = signer.pair_of(someone);
    EXPECT_EQ(signer.caller_of(before.token).error().code, ErrorCode::expired);
    EXPECT_TRUE(signer.is_void(*signer.claims_of(before.refresh_token)));
    EXPECT_TRUE(signer.caller_of(after.token));
    EXPECT_TRUE(signer.caller_of(other.token));
}

TEST_F(TokenSignerTest, AMarkOfASessionLeavesTheOthers) {
    const TokenPair one = signer.pair_of(someone), two = signer.pair_of(someone);
    const Uuid session = *parse_uuid(text_claim(*signer.claims_of(one.token), "sessionId"));
    signer.mark(session, clock.now_ms() + 1000);
    EXPECT_FALSE(signer.caller_of(one.token));
    EXPECT_TRUE(signer.caller_of(two.token));
}

TEST_F(TokenSignerTest, APublicTokenNamesItsCustomer) {
    model::Customer customer;
    customer.id = model::CustomerId::make();
    customer.tenant_id = model::TenantId::make();
    const Caller caller = *signer.caller_of(signer.public_pair(customer).token);
    EXPECT_TRUE(caller.is_public);
    EXPECT_EQ(caller.authority, model::Authority::customer_user);
    EXPECT_EQ(caller.customer, customer.id);
    EXPECT_EQ(caller.user.uuid, null_uuid);
    EXPECT_EQ(caller.email, customer.id.to_string());
    EXPECT_EQ(caller.first_name, "Public");
}

TEST(AttemptWindow, LetsSoManyThroughInATime) {
    AttemptWindow window;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(window.take(1'000, 3, 10s));
    EXPECT_FALSE(window.take(10'999, 3, 10s));
    EXPECT_TRUE(window.take(11'000, 3, 10s));
}

}  // namespace
}  // namespace thingstead::core
