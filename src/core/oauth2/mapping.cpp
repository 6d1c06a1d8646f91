#include "core/oauth2/mapping.h"

#include <algorithm>

#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::size_t text_characters_max = 255;

bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    return at != std::string_view::npos && at != 0 && at + 1 < text.size() &&
           model::characters(text) <= text_characters_max && !model::has_markup(text) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7F; });
}

/// "true", "false" or nothing at all; some providers send it as text.
bool is_unverified(const json::object& attributes) {
    return attribute_text(attributes, "email_verified") == "false";
}

std::optional<std::string> named(const std::optional<std::string>& key,
                                 const json::object& attributes) {
    if (!key || key->empty()) return std::nullopt;
    return attribute_text(attributes, *key);
}

/// A name that cannot be kept is no name: nobody is kept out for it.
void drop_if_unfit(std::optional<std::string>& name) {
    if (name && (model::is_blank(*name) || model::has_markup(*name) ||
                 model::characters(*name) > text_characters_max))
        name.reset();
}

Result<MappedUser> checked(MappedUser user) {
    if (!is_email(user.email))
        return invalid("Cannot get the e-mail of the user from the provider!");
    drop_if_unfit(user.first_name);
    drop_if_unfit(user.last_name);
    for (const std::string* name : {&user.tenant_name, &user.customer_name})
        if (model::characters(*name) > text_characters_max || model::has_markup(*name))
            return invalid("The provider's user leads to a name that is not allowed!");
    return user;
}

Result<std::string> tenant_name_of(const model::OAuth2BasicMapper& mapper, const std::string& email,
                                   const json::object& attributes) {
    if (!mapper.tenant_name_strategy) return invalid("Tenant name strategy should be specified!");
    switch (*mapper.tenant_name_strategy) {
        case model::TenantNameStrategy::email:  return email;
        case model::TenantNameStrategy::domain: return email.substr(email.rfind('@') + 1);
        case model::TenantNameStrategy::custom:
            return fill_pattern(mapper.tenant_name_pattern.value_or(""), attributes);
    }
    return email;
}

}  // namespace

std::optional<std::string> attribute_text(const json::object& attributes, std::string_view name) {
    const json::value* value = attributes.if_contains(name);
    if (!value || value->is_null() || value->is_array() || value->is_object()) return std::nullopt;
    if (value->is_string()) return std::string(value->get_string());
    return json::serialize(*value);
}

std::string fill_pattern(std::string_view pattern, const json::object& attributes) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t open = pattern.find("%{");
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = pattern.find('}', open);
        if (close == std::string_view::npos) {
            out += pattern.substr(open);
            break;
        }
        const auto value = attribute_text(attributes, pattern.substr(open + 2, close - open - 2));
        out += value ? *value : std::string(pattern.substr(open, close + 1 - open));
        pattern.remove_prefix(close + 1);
    }
    return out;
}

Result<MappedUser> map_basic(const model::OAuth2BasicMapper& mapper,
                             const json::object& attributes) {
    const std::string email_key = mapper.email_attribute_key.value_or("");
    const auto email = attribute_text(attributes, email_key.empty() ? "email" : email_key);
    if (!email) return invalid("Cannot get the e-mail of the user from the provider!");
    if (is_unverified(attributes)) return invalid("The e-mail of the user is not verified!");
    MappedUser user;
    user.email = *email;
    user.first_name = named(mapper.first_name_attribute_key, attributes);
    user.last_name = named(mapper.last_name_attribute_key, attributes);
    Result<std::string> tenant_name = tenant_name_of(mapper, *email, attributes);
    if (!tenant_name) return tenant_name.error();
    user.tenant_name = *std::move(tenant_name);
    if (mapper.customer_name_pattern)
        user.customer_name = fill_pattern(*mapper.customer_name_pattern, attributes);
    user.always_full_screen = mapper.always_full_screen;
    return checked(std::move(user));
}

Result<MappedUser> map_custom(const json::value& answer) {
    Result<MappedUser> user = from_json<MappedUser>(answer);
    if (!user)
        return Error{ErrorCode::invalid_argument, "The custom mapper's answer can't be read!",
                     user.error().message};
    return checked(*std::move(user));
}

std::optional<std::string> primary_email(const json::value& emails) {
    const json::array* list = emails.if_array();
    if (!list) return std::nullopt;
    for (const json::value& each : *list) {
        const json::object* row = each.if_object();
        if (row && attribute_text(*row, "primary") == "true" &&
            attribute_text(*row, "verified") == "true")
            return attribute_text(*row, "email");
    }
    return std::nullopt;
}

}  // namespace thingstead::core
