// Whom a target means: users of the platform, a conversation in Slack, a channel in Microsoft
// Teams. Source: the interface's NotificationTargetConfig and UsersFilter.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/notification.h"
#include "store/filter.h"

namespace thingstead::core {

enum class TargetType : std::uint8_t { platform_users, slack, microsoft_teams };
constexpr auto enum_names(TargetType) {
    using namespace std::literals;
    return std::array{
        std::pair{TargetType::platform_users,  "PLATFORM_USERS"sv },
        std::pair{TargetType::slack,           "SLACK"sv          },
        std::pair{TargetType::microsoft_teams, "MICROSOFT_TEAMS"sv}
    };
}

enum class UsersFilterType : std::uint8_t {
    user_list,
    customer_users,
    tenant_administrators,
    affected_tenant_administrators,
    system_administrators,
    all_users,
    originator_entity_owner_users,
    affected_user
};
constexpr auto enum_names(UsersFilterType) {
    using namespace std::literals;
    using enum UsersFilterType;
    return std::array{
        std::pair{user_list,                      "USER_LIST"sv                     },
        std::pair{customer_users,                 "CUSTOMER_USERS"sv                },
        std::pair{tenant_administrators,          "TENANT_ADMINISTRATORS"sv         },
        std::pair{affected_tenant_administrators, "AFFECTED_TENANT_ADMINISTRATORS"sv},
        std::pair{system_administrators,          "SYSTEM_ADMINISTRATORS"sv         },
        std::pair{all_users,                      "ALL_USERS"sv                     },
        std::pair{originator_entity_owner_users,  "ORIGINATOR_ENTITY_OWNER_USERS"sv },
        std::pair{affected_user,                  "AFFECTED_USER"sv                 }
    };
}

struct UsersFilter {
    UsersFilterType type = UsersFilterType::all_users;
    std::vector<Uuid> users;
    std::optional<Uuid> customer;
    std::vector<Uuid> tenants;          ///< Of targets of the installation; none: all.
    std::vector<Uuid> tenant_profiles;  ///< Likewise; `tenants` come first.
};
constexpr auto describe(const UsersFilter*) {
    using F = UsersFilter;
    return fields(field("type", &F::type), field("usersIds", &F::users),
                  field("customerId", &F::customer), field("tenantsIds", &F::tenants),
                  field("tenantProfilesIds", &F::tenant_profiles));
}

struct SlackConversation {
    std::optional<std::string> type;
    std::string id;
    std::string name;
    std::optional<std::string> whole_name;
    std::optional<std::string> email;
};
constexpr auto describe(const SlackConversation*) {
    using C = SlackConversation;
    return fields(field("type", &C::type), field("id", &C::id), field("name", &C::name),
                  field("wholeName", &C::whole_name), field("email", &C::email));
}

struct TargetConfig {
    TargetType type = TargetType::platform_users;
    std::optional<UsersFilter> users;
    std::optional<SlackConversation> conversation;
    std::string webhook_url;
    std::string channel_name;
    bool old_webhook = true;  ///< The channel takes message cards, and not adaptive ones.

    /// Its document. Errors: invalid_argument, malformed - the member that is wrong or missing.
    static Result<TargetConfig> of(const json::value& configuration);
    /// Whether notifications of `method` can go there.
    bool takes(model::NotificationDeliveryMethod method) const;
};
constexpr auto describe(const TargetConfig*) {
    using C = TargetConfig;
    return fields(field("type", &C::type), field("usersFilter", &C::users),
                  field("conversation", &C::conversation), field("webhookUrl", &C::webhook_url),
                  field("channelName", &C::channel_name), field("useOldApi", &C::old_webhook));
}

template <>
struct EntityRules<model::NotificationTarget> {
    /// Also that the caller may write to whom it names.
    static Result<> prepare(Save<model::NotificationTarget>& save);
    /// Refuses while a request that waits names it.
    static Result<> removing(Removal<model::NotificationTarget>& removal);
};

/// Whom what happened concerns: what filters of targets refer to.
struct Affected {
    model::TenantId tenant = model::system_tenant;
    std::optional<model::CustomerId> customer;  ///< Of the entity; none: it is the tenant's.
    std::optional<model::UserId> user;
};

/// The users that a filter of `owner`'s target means. A tenant's reaches nobody outside it.
store::Filter recipients_of(const UsersFilter& filter, model::TenantId owner,
                            const Affected& affected);

/// Targets whose users only make sense with what caused a notification: not for GENERAL ones.
store::Condition fits_notification_type(model::NotificationType type);

}  // namespace thingstead::core
