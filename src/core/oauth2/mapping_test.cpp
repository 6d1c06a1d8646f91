#include "core/oauth2/mapping.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

json::object anna() {
    return {
        {"mail",   "anna@example.com"},
        {"given",  "Anna"            },
        {"family", "Alpha"           },
        {"org",    "Acme"            },
        {"id",     7                 },
        {"flag",   true              },
        {"list",   json::array{1}    }
    };
}

model::OAuth2BasicMapper mapper() {
    model::OAuth2BasicMapper out;
    out.email_attribute_key = "mail";
    out.first_name_attribute_key = "given";
    out.last_name_attribute_key = "family";
    out.tenant_name_strategy = model::TenantNameStrategy::domain;
    return out;
}

TEST(OAuth2Mapping, TakesWhatTheAttributesSay) {
    const auto user = map_basic(mapper(), anna());
    ASSERT_TRUE(user);
    EXPECT_EQ(user->email, "anna@example.com");
    EXPECT_EQ(user->first_name, "Anna");
    EXPECT_EQ(user->last_name, "Alpha");
    EXPECT_EQ(user->tenant_name, "example.com");
    EXPECT_EQ(user->customer_name, "");
}

TEST(OAuth2Mapping, NamesTenantsAndCustomersByItsStrategy) {
    model::OAuth2BasicMapper other = mapper();
    other.tenant_name_strategy = model::TenantNameStrategy::email;
    EXPECT_EQ(map_basic(other, anna())->tenant_name, "anna@example.com");
    other.tenant_name_strategy = model::TenantNameStrategy::custom;
    other.tenant_name_pattern = "T %{org} %{id}";
    other.customer_name_pattern = "%{given}/%{family}";
    const auto user = map_basic(other, anna());
    ASSERT_TRUE(user);
    EXPECT_EQ(user->tenant_name, "T Acme 7");
    EXPECT_EQ(user->customer_name, "Anna/Alpha");
}

TEST(OAuth2Mapping, FillsPatterns) {
    EXPECT_EQ(fill_pattern("%{org}", anna()), "Acme");
    EXPECT_EQ(fill_pattern("a%{id}b%{flag}c", anna()), "a7btruec");
    EXPECT_EQ(fill_pattern("%{none} %{list}", anna()), "%{none} %{list}");
    EXPECT_EQ(fill_pattern("%{org", anna()), "%{org");
    EXPECT_EQ(fill_pattern("", anna()), "");
}

TEST(OAuth2Mapping, RefusesWhoHasNoVerifiedEmail) {
    for (const json::value& mail :
         {json::value(nullptr), json::value(""), json::value("anna"), json::value("@example.com"),
          json::value("anna@"), json::value("an na@example.com"), json::value(json::array())}) {
        json::object attributes = anna();
        attributes["mail"] = mail;
        EXPECT_FALSE(map_basic(mapper(), attributes)) << json::serialize(mail);
    }
    for (const json::value& no : {json::value(false), json::value("false")}) {
        json::object attributes = anna();
        attributes["email_verified"] = no;
        EXPECT_FALSE(map_basic(mapper(), attributes));
    }
}

TEST(OAuth2Mapping, DropsNamesThatPagesMustNotShow) {
    json::object attributes = anna();
    attributes["given"] = "<script>alert(1)</script>";
    attributes["family"] = std::string(300, 'x');
    const auto user = map_basic(mapper(), attributes);
    ASSERT_TRUE(user);
    EXPECT_FALSE(user->first_name);
    EXPECT_FALSE(user->last_name);
    model::OAuth2BasicMapper other = mapper();
    other.customer_name_pattern = "%{given}";
    EXPECT_FALSE(map_basic(other, attributes));
}

TEST(OAuth2Mapping, ReadsTheAnswerOfACustomMapper) {
    const auto tenant = model::TenantId::make();
    const auto user = map_custom(json::object{
        {"email",        "anna@example.com"},
        {"tenantId",     to_json(tenant)   },
        {"customerName", "C"               },
        {"lastName",     nullptr           }
    });
    ASSERT_TRUE(user);
    EXPECT_EQ(user->tenant, tenant);
    EXPECT_EQ(user->customer_name, "C");
    EXPECT_FALSE(map_custom(json::object()));
    EXPECT_FALSE(map_custom(json::array()));
    EXPECT_FALSE(map_custom(json::object{
        {"email", 5}
    }));
}

TEST(OAuth2Mapping, ChoosesThePrimaryEmailIfItIsVerified) {
    json::array emails{
        {{"email", "a@x.com"}, {"primary", false}, {"verified", true}},
        {{"email", "b@x.com"}, {"primary", true},  {"verified", true}}
    };
    EXPECT_EQ(primary_email(emails), "b@x.com");
    emails[1].as_object()["verified"] = false;
    EXPECT_FALSE(primary_email(emails));
    EXPECT_FALSE(primary_email(json::object()));
}

}  // namespace
}  // namespace thingstead::core
