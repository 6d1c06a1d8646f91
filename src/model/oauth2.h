// Log-in with other people's servers (OAuth 2.0, OpenID Connect): clients that we are to them, the
// domains whose log-in page shows them, and templates to begin with.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// How what a provider says of a user becomes a user of ours.
enum class MapperType : std::uint8_t { basic, custom, github, apple };
constexpr auto enum_names(MapperType) {
    using namespace std::literals;
    return std::array{
        std::pair{MapperType::basic,  "BASIC"sv },
        std::pair{MapperType::custom, "CUSTOM"sv},
        std::pair{MapperType::github, "GITHUB"sv},
        std::pair{MapperType::apple,  "APPLE"sv }
    };
}

enum class TenantNameStrategy : std::uint8_t { domain, email, custom };
constexpr auto enum_names(TenantNameStrategy) {
    using namespace std::literals;
    return std::array{
        std::pair{TenantNameStrategy::domain, "DOMAIN"sv},
        std::pair{TenantNameStrategy::email,  "EMAIL"sv },
        std::pair{TenantNameStrategy::custom, "CUSTOM"sv}
    };
}

enum class PlatformType : std::uint8_t { web, android, ios };
constexpr auto enum_names(PlatformType) {
    using namespace std::literals;
    return std::array{
        std::pair{PlatformType::web,     "WEB"sv    },
        std::pair{PlatformType::android, "ANDROID"sv},
        std::pair{PlatformType::ios,     "IOS"sv    }
    };
}

struct OAuth2BasicMapper {
    std::optional<std::string> email_attribute_key;
    std::optional<std::string> first_name_attribute_key;
    std::optional<std::string> last_name_attribute_key;
    std::optional<TenantNameStrategy> tenant_name_strategy;
    std::optional<std::string> tenant_name_pattern;    ///< With %{attribute}.
    std::optional<std::string> customer_name_pattern;  ///< None, or empty: tenant administrators.
    std::optional<std::string> default_dashboard_name;
    bool always_full_screen = false;
};
constexpr auto describe(const OAuth2BasicMapper*) {
    return fields(
        field("emailAttributeKey", &OAuth2BasicMapper::email_attribute_key, "", up_to(31)),
        field("firstNameAttributeKey", &OAuth2BasicMapper::first_name_attribute_key, "", up_to(31)),
        field("lastNameAttributeKey", &OAuth2BasicMapper::last_name_attribute_key, "", up_to(31)),
        field("tenantNameStrategy", &OAuth2BasicMapper::tenant_name_strategy, "",
              of_schema("TenantNameStrategyType")),
        field("tenantNamePattern", &OAuth2BasicMapper::tenant_name_pattern, "", up_to(255)),
        field("customerNamePattern", &OAuth2BasicMapper::customer_name_pattern, "", up_to(255)),
        field("defaultDashboardName", &OAuth2BasicMapper::default_dashboard_name, "", up_to(255)),
        field("alwaysFullScreen", &OAuth2BasicMapper::always_full_screen));
}

/// Another server is asked who the user is.
struct OAuth2CustomMapper {
    std::optional<std::string> url;
    std::optional<std::string> username;
    std::optional<std::string> password;
    bool send_token = false;
};
constexpr auto describe(const OAuth2CustomMapper*) {
    return fields(field("url", &OAuth2CustomMapper::url, "", up_to(255)),
                  field("username", &OAuth2CustomMapper::username, "", up_to(255)),
                  field("password", &OAuth2CustomMapper::password, "", up_to(255)),
                  field("sendToken", &OAuth2CustomMapper::send_token));
}

struct OAuth2Mapper {
    bool allow_user_creation = false;
    bool activate_user = false;
    std::optional<MapperType> type;
    std::optional<OAuth2BasicMapper> basic;
    std::optional<OAuth2CustomMapper> custom;
};
constexpr auto describe(const OAuth2Mapper*) {
    return fields(
        field("allowUserCreation", &OAuth2Mapper::allow_user_creation),
        field("activateUser", &OAuth2Mapper::activate_user),
        field("type", &OAuth2Mapper::type, "", of_schema("MapperType")),
        field("basic", &OAuth2Mapper::basic, "", of_schema("OAuth2BasicMapperConfig")),
        field("custom", &OAuth2Mapper::custom, "", of_schema("OAuth2CustomMapperConfig")));
}

struct OAuth2Client {
    OAuth2ClientId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string title;
    std::optional<OAuth2Mapper> mapper;
    std::string client_id;
    std::string client_secret;
    std::string authorization_uri;
    std::string access_token_uri;
    std::vector<std::string> scope;
    std::optional<std::string> user_info_uri;
    std::string user_name_attribute_name;
    std::optional<std::string> jwk_set_uri;
    std::string client_authentication_method;  ///< BASIC, POST or NONE.
    std::string login_button_label;
    std::optional<std::string> login_button_icon;
    std::vector<PlatformType> platforms;  ///< None: all.
    json::value additional_info;          ///< providerName.
};
constexpr auto describe(const OAuth2Client*) {
    return fields(
        field("id", &OAuth2Client::id),
        field("createdTime", &OAuth2Client::created_time, "", server_owned),
        field("tenantId", &OAuth2Client::tenant_id),
        field("title", &OAuth2Client::title, "", searchable, no_markup, up_to(100),
              required_as("Title should be specified!")),
        field("mapperConfig", &OAuth2Client::mapper, "", of_schema("OAuth2MapperConfig"),
              required_as("Mapper config should be specified!")),
        field("clientId", &OAuth2Client::client_id, "", up_to(255),
              required_as("Client ID should be specified!")),
        field("clientSecret", &OAuth2Client::client_secret, "", secret, up_to(2048)),
        field("authorizationUri", &OAuth2Client::authorization_uri, "", up_to(255),
              required_as("Authorization uri should be specified!")),
        field("accessTokenUri", &OAuth2Client::access_token_uri, "", up_to(255),
              required_as("Token uri should be specified!")),
        field("scope", &OAuth2Client::scope),
        field("userInfoUri", &OAuth2Client::user_info_uri, "", up_to(255)),
        field("userNameAttributeName", &OAuth2Client::user_name_attribute_name, "", up_to(255),
              required_as("User name attribute name should be specified!")),
        field("jwkSetUri", &OAuth2Client::jwk_set_uri, "", up_to(255)),
        field("clientAuthenticationMethod", &OAuth2Client::client_authentication_method, "",
              up_to(255), required_as("Client authentication method should be specified!")),
        field("loginButtonLabel", &OAuth2Client::login_button_label, "", short_text,
              required_as("Login button label should be specified!")),
        field("loginButtonIcon", &OAuth2Client::login_button_icon, "", short_text),
        field("platforms", &OAuth2Client::platforms, "", searchable, of_schema("PlatformType")),
        field("additionalInfo", &OAuth2Client::additional_info),
        field("name", &OAuth2Client::title, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const OAuth2Client*) { return "oauth2_client"; }

/// What lists show of a client.
struct OAuth2ClientInfo {
    OAuth2ClientId id;
    EpochMs created_time = 0;
    std::string title;
    std::optional<std::string> provider_name;
    std::vector<PlatformType> platforms;
};
constexpr auto describe(const OAuth2ClientInfo*) {
    return fields(field("id", &OAuth2ClientInfo::id),
                  field("createdTime", &OAuth2ClientInfo::created_time, "", server_owned),
                  field("title", &OAuth2ClientInfo::title),
                  field("providerName", &OAuth2ClientInfo::provider_name),
                  field("platforms", &OAuth2ClientInfo::platforms, "", of_schema("PlatformType")),
                  field("name", &OAuth2ClientInfo::title, "", server_owned));
}
OAuth2ClientInfo info_of(const OAuth2Client& client);

/// A button of the log-in page.
struct OAuth2ClientLoginInfo {
    std::string name;
    std::optional<std::string> icon;
    std::string url;
};
constexpr auto describe(const OAuth2ClientLoginInfo*) {
    return fields(field("name", &OAuth2ClientLoginInfo::name),
                  field("icon", &OAuth2ClientLoginInfo::icon),
                  field("url", &OAuth2ClientLoginInfo::url));
}

/// Facts of a provider that people begin a client with.
struct OAuth2Template {
    PlainId id;
    EpochMs created_time = 0;
    json::value additional_info;
    std::string provider_id;  ///< Unique.
    std::optional<OAuth2Mapper> mapper;
    std::optional<std::string> authorization_uri;
    std::optional<std::string> access_token_uri;
    std::vector<std::string> scope;
    std::optional<std::string> user_info_uri;
    std::optional<std::string> user_name_attribute_name;
    std::optional<std::string> jwk_set_uri;
    std::optional<std::string> client_authentication_method;
    std::optional<std::string> comment;
    std::optional<std::string> login_button_icon;
    std::optional<std::string> login_button_label;
    std::optional<std::string> help_link;
};
constexpr auto describe(const OAuth2Template*) {
    return fields(
        field("id", &OAuth2Template::id, "", of_schema("OAuth2ClientRegistrationTemplateId")),
        field("createdTime", &OAuth2Template::created_time, "", server_owned),
        field("additionalInfo", &OAuth2Template::additional_info),
        field("providerId", &OAuth2Template::provider_id, "", short_text,
              required_as("Provider ID should be specified!")),
        field("mapperConfig", &OAuth2Template::mapper, "", of_schema("OAuth2MapperConfig"),
              required_as("Mapper config should be specified!")),
        field("authorizationUri", &OAuth2Template::authorization_uri, "", up_to(255)),
        field("accessTokenUri", &OAuth2Template::access_token_uri, "", up_to(255)),
        field("scope", &OAuth2Template::scope),
        field("userInfoUri", &OAuth2Template::user_info_uri, "", up_to(255)),
        field("userNameAttributeName", &OAuth2Template::user_name_attribute_name, "", up_to(255)),
        field("jwkSetUri", &OAuth2Template::jwk_set_uri, "", up_to(255)),
        field("clientAuthenticationMethod", &OAuth2Template::client_authentication_method, "",
              up_to(255)),
        field("comment", &OAuth2Template::comment, "", up_to(10'000)),
        field("loginButtonIcon", &OAuth2Template::login_button_icon, "", short_text),
        field("loginButtonLabel", &OAuth2Template::login_button_label, "", short_text),
        field("helpLink", &OAuth2Template::help_link, "", up_to(255)),
        field("name", &OAuth2Template::provider_id, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const OAuth2Template*) {
    return "oauth2_client_registration_template";
}

struct Domain {
    DomainId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< A host, with its port if that is not the usual one. Unique.
    bool oauth2_enabled = false;
    bool propagate_to_edge = false;
};
constexpr auto describe(const Domain*) {
    return fields(field("id", &Domain::id),
                  field("createdTime", &Domain::created_time, "", server_owned),
                  field("tenantId", &Domain::tenant_id),
                  field("name", &Domain::name, "", searchable, up_to(255),
                        required_as("Domain name should be specified!")),
                  field("oauth2Enabled", &Domain::oauth2_enabled),
                  field("propagateToEdge", &Domain::propagate_to_edge));
}
constexpr std::string_view table_name(const Domain*) { return "domain"; }

/// The log-in page of the domain shows the client.
struct DomainOAuth2Client {
    DomainId domain_id;
    OAuth2ClientId oauth2_client_id;
};
constexpr auto describe(const DomainOAuth2Client*) {
    return fields(field("domainId", &DomainOAuth2Client::domain_id, "", in_key),
                  field("oauth2ClientId", &DomainOAuth2Client::oauth2_client_id, "", in_key));
}
constexpr std::string_view table_name(const DomainOAuth2Client*) { return "domain_oauth2_client"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::OAuth2BasicMapper)
TS_JSON_ELSEWHERE(model::OAuth2CustomMapper)
TS_JSON_ELSEWHERE(model::OAuth2Mapper)
TS_JSON_ELSEWHERE(model::OAuth2Client)
TS_JSON_ELSEWHERE(model::OAuth2ClientInfo)
TS_JSON_ELSEWHERE(model::OAuth2ClientLoginInfo)
TS_JSON_ELSEWHERE(model::OAuth2Template)
TS_JSON_ELSEWHERE(model::Domain)
TS_JSON_ELSEWHERE(model::DomainOAuth2Client)
}  // namespace thingstead
