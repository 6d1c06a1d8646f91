// What a provider says of a user becomes a user of ours: plain functions over JSON.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "model/oauth2.h"

namespace thingstead::core {

struct MappedUser {
    std::string email;
    std::optional<std::string> first_name{};
    std::optional<std::string> last_name{};
    std::string tenant_name{};
    std::optional<model::TenantId> tenant{};  ///< Wins over the name.
    std::string customer_name{};              ///< Empty, and no id: a tenant administrator.
    std::optional<model::CustomerId> customer{};
    bool always_full_screen = false;
};
constexpr auto describe(const MappedUser*) {
    return fields(
        field("email", &MappedUser::email), field("firstName", &MappedUser::first_name),
        field("lastName", &MappedUser::last_name), field("tenantName", &MappedUser::tenant_name),
        field("tenantId", &MappedUser::tenant), field("customerName", &MappedUser::customer_name),
        field("customerId", &MappedUser::customer),
        field("alwaysFullScreen", &MappedUser::always_full_screen));
}

/// A member as text: numbers and booleans too. Nullopt: none, null, an array or object.
std::optional<std::string> attribute_text(const json::object& attributes, std::string_view name);

/// `pattern` with each %{name} replaced; what is not there stays as it is.
std::string fill_pattern(std::string_view pattern, const json::object& attributes);

/// By `emailAttributeKey`, or "email" where the mapper has none. Errors: invalid_argument - no
/// e-mail that could be one, or one that the provider says is not verified; no tenant name.
Result<MappedUser> map_basic(const model::OAuth2BasicMapper& mapper,
                             const json::object& attributes);
/// The answer of a custom mapper. Errors: as map_basic().
Result<MappedUser> map_custom(const json::value& answer);

/// Of GitHub's list of e-mails: the primary one, if it is verified.
std::optional<std::string> primary_email(const json::value& emails);

}  // namespace thingstead::core
