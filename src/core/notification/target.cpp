#include "core/notification/target.h"

#include <string_view>

#include "model/entities.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::NotificationTarget;
using store::Compare;

Error missing_member(std::string_view name) {
    return invalid("Validation error: configuration." + std::string(name) + " must not be empty");
}

Result<> check_members(const TargetConfig& config) {
    if (config.type == TargetType::slack) {
        if (!config.conversation) return missing_member("conversation");
        if (model::is_blank(config.conversation->id)) return missing_member("conversation.id");
        if (model::is_blank(config.conversation->name)) return missing_member("conversation.name");
        return {};
    }
    if (config.type == TargetType::microsoft_teams) {
        if (model::is_blank(config.channel_name)) return missing_member("channelName");
        if (!config.webhook_url.starts_with("https://") &&
            !config.webhook_url.starts_with("http://"))
            return invalid(
                "Validation error: configuration.webhookUrl must begin with http:// or https://");
        return {};
    }
    if (!config.users) return missing_member("usersFilter");
    if (config.users->type == UsersFilterType::user_list && config.users->users.empty())
        return missing_member("usersFilter.usersIds");
    if (config.users->type == UsersFilterType::customer_users && !config.users->customer)
        return missing_member("usersFilter.customerId");
    return {};
}

/// Whether the caller may write to those that the filter names.
Result<> check_rights(Save<NotificationTarget>& save, const UsersFilter& filter) {
    const bool system = save.entity.tenant_id == model::system_tenant;
    switch (filter.type) {
        case UsersFilterType::user_list:
            for (const Uuid& id : filter.users) {
                const auto user = load<model::User>(save.transaction, save.caller, Operation::read,
                                                    model::UserId{id});
                if (!user) return user.error();
            }
            return {};
        case UsersFilterType::customer_users: {
            if (system) return permission_denied();
            const auto customer =
                load<model::Customer>(save.transaction, save.caller, Operation::read,
                                      model::CustomerId{*filter.customer});
            return customer ? Result<>() : Result<>(customer.error());
        }
        case UsersFilterType::tenant_administrators: {
            const bool named = !filter.tenants.empty() || !filter.tenant_profiles.empty();
            return named && !system ? Result<>(permission_denied()) : Result<>();
        }
        case UsersFilterType::affected_tenant_administrators:
        case UsersFilterType::system_administrators:
            return system ? Result<>() : Result<>(permission_denied());
        case UsersFilterType::all_users:
        case UsersFilterType::originator_entity_owner_users:
        case UsersFilterType::affected_user:                 return {};
    }
    return {};
}

store::Condition has_authority(Authority authority) {
    return {"authority", std::string(enum_name(authority))};
}

store::Condition is_nobody() { return {"id", Compare::one_of, std::vector<store::Cell>()}; }

store::Filter of_tenant(const UsersFilter& filter, model::TenantId owner,
                        const Affected& affected) {
    store::Filter out{
        {"tenantId", owner.uuid}
    };
    switch (filter.type) {
        case UsersFilterType::user_list: out.push_back(store::one_of("id", filter.users)); break;
        case UsersFilterType::customer_users:
            out.emplace_back("customerId", filter.customer.value_or(Uuid{}));
            break;
        case UsersFilterType::tenant_administrators:
            out.push_back(has_authority(Authority::tenant_admin));
            break;
        case UsersFilterType::all_users: break;
        case UsersFilterType::originator_entity_owner_users:
            if (affected.customer)
                out.emplace_back("customerId", affected.customer->uuid);
            else
                out.push_back(has_authority(Authority::tenant_admin));
            break;
        case UsersFilterType::affected_user:
            out.emplace_back("id", affected.user.value_or(model::UserId{}).uuid);
            break;
        case UsersFilterType::affected_tenant_administrators:
        case UsersFilterType::system_administrators:          out.push_back(is_nobody()); break;
    }
    return out;
}

store::Filter of_system(const UsersFilter& filter, const Affected& affected) {
    switch (filter.type) {
        case UsersFilterType::user_list:             return {store::one_of("id", filter.users)};
        case UsersFilterType::all_users:             return {};
        case UsersFilterType::system_administrators: return {has_authority(Authority::sys_admin)};
        case UsersFilterType::tenant_administrators: {
            store::Filter out{has_authority(Authority::tenant_admin)};
            if (!filter.tenants.empty())
                out.push_back(store::one_of("tenantId", filter.tenants));
            else if (!filter.tenant_profiles.empty())
                out.push_back(store::chosen_from<model::Tenant>(
                    "tenantId", "id", {store::one_of("tenantProfileId", filter.tenant_profiles)}));
            return out;
        }
        case UsersFilterType::affected_tenant_administrators:
            return {
                has_authority(Authority::tenant_admin), {"tenantId", affected.tenant.uuid}
            };
        case UsersFilterType::affected_user:
            return {
                {"id", affected.user.value_or(model::UserId{}).uuid}
            };
        case UsersFilterType::customer_users:
        case UsersFilterType::originator_entity_owner_users: return {is_nobody()};
    }
    return {is_nobody()};
}

}  // namespace

Result<TargetConfig> TargetConfig::of(const json::value& configuration) {
    Result<TargetConfig> config = from_json<TargetConfig>(configuration);
    if (!config) return json_member_error("configuration", config.error());
    if (Result<> whole = check_members(*config); !whole) return whole.error();
    return config;
}

bool TargetConfig::takes(model::NotificationDeliveryMethod method) const {
    using enum model::NotificationDeliveryMethod;
    switch (type) {
        case TargetType::slack:           return method == slack;
        case TargetType::microsoft_teams: return method == microsoft_teams;
        case TargetType::platform_users:  return method != slack && method != microsoft_teams;
    }
    return false;
}

Result<> EntityRules<NotificationTarget>::prepare(Save<NotificationTarget>& save) {
    const Result<TargetConfig> config = TargetConfig::of(save.entity.configuration);
    if (!config) return config.error();
    save.entity.recipients = enum_name(config->type);
    if (config->type != TargetType::platform_users) return {};
    save.entity.recipients = enum_name(config->users->type);
    return check_rights(save, *config->users);
}

Result<> EntityRules<NotificationTarget>::removing(Removal<NotificationTarget>& removal) {
    const auto waiting = removal.transaction.count<model::NotificationRequest>({
        {"tenantId", removal.entity.tenant_id.uuid},
        {"status", std::string(enum_name(model::NotificationRequestStatus::scheduled))},
        {"targets", Compare::contains, removal.entity.id.to_string()}
    });
    if (!waiting) return waiting.error();
    if (*waiting == 0) return {};
    return invalid("Notification target is referenced by scheduled notification request");
}

store::Filter recipients_of(const UsersFilter& filter, model::TenantId owner,
                            const Affected& affected) {
    return owner == model::system_tenant ? of_system(filter, affected)
                                         : of_tenant(filter, owner, affected);
}

store::Condition fits_notification_type(model::NotificationType type) {
    std::vector<store::Cell> unfit;
    if (type == model::NotificationType::general)
        for (const UsersFilterType each :
             {UsersFilterType::affected_tenant_administrators,
              UsersFilterType::originator_entity_owner_users, UsersFilterType::affected_user})
            unfit.emplace_back(std::string(enum_name(each)));
    return {"recipients", Compare::none_of, std::move(unfit)};
}

}  // namespace thingstead::core
