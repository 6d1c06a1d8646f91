#include "core/installation.h"
#include "model/oauth2.h"

namespace thingstead::core {
namespace {

/// Addresses and attributes as the providers publish them.
struct Provider {
    const char *id, *comment;
    const char *authorization_uri, *access_token_uri, *user_info_uri, *jwk_set_uri;
    std::vector<std::string> scope;
    const char *user_name_attribute, *authentication_method, *icon, *help_link;
    model::MapperType mapper;
    const char *email_key, *first_name_key, *last_name_key;
};

std::vector<Provider> providers() {
    return {
        {"Google",
         "Client settings of Google",   "https://accounts.google.com/o/oauth2/v2/auth",
         "https://oauth2.googleapis.com/token",                "https://openidconnect.googleapis.com/v1/userinfo",
         "https://www.googleapis.com/oauth2/v3/certs", {"email", "openid", "profile"},
         "email", "BASIC",
         "google-logo",   "https://developers.google.com/identity/openid-connect/openid-connect",
         model::MapperType::basic,
         "email", "given_name",
         "family_name"},
        {"Facebook",
         "Client settings of Facebook", "https://www.facebook.com/v2.8/dialog/oauth",
         "https://graph.facebook.com/v2.8/oauth/access_token", "https://graph.facebook.com/me?fields=id,name,first_name,last_name,email",
         nullptr,                                      {"email", "public_profile"},
         "email", "BASIC",
         "facebook-logo", "https://developers.facebook.com/docs/facebook-login/web",
         model::MapperType::basic,
         "email", "first_name",
         "last_name"  },
        {"Github",
         "Client settings of GitHub",   "https://github.com/login/oauth/authorize",
         "https://github.com/login/oauth/access_token",        "https://api.github.com/user",
         nullptr,                                      {"read:user", "user:email"},
         "login", "BASIC",
         "github-logo",   "https://docs.github.com/en/apps/oauth-apps",
         model::MapperType::github,
         nullptr, "name",
         nullptr      },
        {"Apple",
         "Client settings of Apple",    "https://appleid.apple.com/auth/authorize?response_mode=form_post",
         "https://appleid.apple.com/auth/token",               nullptr,
         "https://appleid.apple.com/auth/keys",        {"email", "openid", "name"},
         "email", "POST",
         "apple-logo",    "https://developer.apple.com/documentation/sign_in_with_apple",
         model::MapperType::apple,
         "email", "firstName",
         "lastName"   },
    };
}

std::optional<std::string> text_or_none(const char* text) {
    return text ? std::optional<std::string>(text) : std::nullopt;
}

model::OAuth2Template template_of(const Provider& row, EpochMs now_ms) {
    model::OAuth2Template made;
    made.id.id = new_time_uuid();
    made.created_time = now_ms;
    made.additional_info = json::object{
        {"providerName", row.id}
    };
    made.provider_id = row.id;
    made.authorization_uri = row.authorization_uri;
    made.access_token_uri = row.access_token_uri;
    made.scope = row.scope;
    made.user_info_uri = text_or_none(row.user_info_uri);
    made.user_name_attribute_name = row.user_name_attribute;
    made.jwk_set_uri = text_or_none(row.jwk_set_uri);
    made.client_authentication_method = row.authentication_method;
    made.comment = row.comment;
    made.login_button_icon = row.icon;
    made.login_button_label = row.id;
    made.help_link = row.help_link;
    model::OAuth2Mapper& mapper = made.mapper.emplace();
    mapper.type = row.mapper;
    model::OAuth2BasicMapper& basic = mapper.basic.emplace();
    basic.email_attribute_key = text_or_none(row.email_key);
    basic.first_name_attribute_key = text_or_none(row.first_name_key);
    basic.last_name_attribute_key = text_or_none(row.last_name_key);
    basic.tenant_name_strategy = model::TenantNameStrategy::domain;
    return made;
}

}  // namespace

Result<> ensure_oauth2_templates(store::Transaction& transaction, EpochMs now_ms) {
    // Once: what an administrator deleted later stays away.
    const auto count = transaction.count<model::OAuth2Template>({});
    if (!count) return count.error();
    if (*count > 0) return {};
    for (const Provider& each : providers())
        if (Result<> made = transaction.insert(template_of(each, now_ms)); !made) return made;
    return {};
}

}  // namespace thingstead::core
