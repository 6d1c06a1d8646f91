// Who asks: every service of core takes a Caller and checks it where the data is.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "model/entities.h"

namespace thingstead::core {

struct Permissions;

/// What a token opens: all that its user may do, or the rest of an unfinished log-in.
enum class TokenScope : std::uint8_t {
    full,
    pre_verification,   ///< The second factor is still to be proved.
    mfa_configuration,  ///< A second factor must be set up first.
};
/// As in the claim `scopes`; a full token names the authority there.
constexpr auto enum_names(TokenScope) {
    using namespace std::literals;
    return std::array{
        std::pair{TokenScope::pre_verification,  "PRE_VERIFICATION_TOKEN"sv },
        std::pair{TokenScope::mfa_configuration, "MFA_CONFIGURATION_TOKEN"sv}
    };
}

/// Of an unfinished log-in only `user`, `tenant`, `customer` and `email` are known: its routes read
/// the rest themselves, and no entity may be asked for in its name.
struct Caller {
    model::Authority authority = model::Authority::customer_user;
    model::TenantId tenant = model::system_tenant;
    model::CustomerId customer = model::no_customer;
    model::UserId user{null_uuid};
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string session{};  ///< Of the log-in whose token this is; empty: of an API key.
    TokenScope scope = TokenScope::full;
    bool is_public = false;  ///< Anybody with a public link; `user` is nobody.
    /// What the roles of its groups give; null: what its authority gives.
    std::shared_ptr<const Permissions> permissions{};

    bool is(model::Authority one) const { return authority == one; }
};

/// Where a user's request came from.
struct Client {
    std::string address{};
    std::string user_agent{};
};

}  // namespace thingstead::core
