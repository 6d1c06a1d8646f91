#include "core/oauth2/oauth2_rules.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

using model::MapperType;

TEST(OAuth2Rules, KnowDomainNames) {
    for (const char* good : {"example.com", "a.b-c.example.org:8080", "localhost", "localhost:8080",
                             "127.0.0.1:443", "xn--bcher-kva.example"})
        EXPECT_TRUE(is_domain_name(good)) << good;
    for (const char* bad :
         {"", "example", "exa mple.com", ".com", "a..b", "-a.com", "a-.com", "a.com:", "a.com:0",
          "a.com:65536", "a.com:80x", "http://a.com", "a.com/path", "a_b.com"})
        EXPECT_FALSE(is_domain_name(bad)) << bad;
    EXPECT_FALSE(is_domain_name(std::string(64, 'a') + ".com"));
}

TEST(OAuth2Rules, KnowAddressesThatCanBeCalled) {
    for (const char* good : {"https://a.com/x?y=1", "http://localhost:1/"})
        EXPECT_TRUE(is_http_uri(good)) << good;
    for (const char* bad : {"", "javascript:alert(1)", "ftp://a.com", "https://", "https:///x",
                            "https://a.com/ x", "https://a.com/\n"})
        EXPECT_FALSE(is_http_uri(bad)) << bad;
}

std::string refusal(const model::OAuth2Mapper& mapper) {
    const Result<> done = check_mapper(mapper);
    return done ? "" : done.error().message;
}

TEST(OAuth2Rules, SayWhatAMapperLacks) {
    model::OAuth2Mapper mapper;
    EXPECT_EQ(refusal(mapper), "Mapper config type should be specified!");
    mapper.type = MapperType::basic;
    EXPECT_EQ(refusal(mapper), "Basic config should be specified!");
    mapper.basic.emplace();
    EXPECT_EQ(refusal(mapper), "Email attribute key should be specified!");
    mapper.basic->email_attribute_key = "email";
    EXPECT_EQ(refusal(mapper), "Tenant name strategy should be specified!");
    mapper.basic->tenant_name_strategy = model::TenantNameStrategy::custom;
    EXPECT_EQ(refusal(mapper), "Tenant name pattern should be specified!");
    mapper.basic->tenant_name_pattern = "x";
    EXPECT_EQ(refusal(mapper), "");
    mapper.type = MapperType::github;
    EXPECT_EQ(refusal(mapper), "Email attribute key cannot be configured for GITHUB mapper type!");
    mapper.basic->email_attribute_key.reset();
    EXPECT_EQ(refusal(mapper), "");
    mapper.basic->first_name_attribute_key = std::string(32, 'x');
    EXPECT_EQ(refusal(mapper),
              "Validation error: firstNameAttributeKey length must be equal or less than 31");
    mapper.type = MapperType::custom;
    EXPECT_EQ(refusal(mapper), "Custom config should be specified!");
    mapper.custom.emplace();
    EXPECT_NE(refusal(mapper), "");
    mapper.custom->url = "https://mapper.example.com/";
    EXPECT_EQ(refusal(mapper), "");
}

}  // namespace
}  // namespace thingstead::core
