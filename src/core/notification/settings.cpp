#include "core/notification/settings.h"

#include <functional>
#include <string_view>

#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/identity/settings.h"
#include "core/mail.h"
#include "core/notification/template.h"
#include "core/permission/check.h"
#include "core/sms.h"
#include "core/user/user_settings.h"
#include "model/document.h"

namespace thingstead::core {
namespace {

using model::NotificationDeliveryMethod;
using model::NotificationType;
using Methods = std::vector<NotificationDeliveryMethod>;

/// Those that users can say something about.
constexpr NotificationDeliveryMethod methods_of_users[] = {
    NotificationDeliveryMethod::web, NotificationDeliveryMethod::email,
    NotificationDeliveryMethod::sms, NotificationDeliveryMethod::mobile_app};

store::Filter settings_of(model::TenantId tenant) {
    return {
        {"tenantId", tenant.uuid                            },
        {"key",      std::string(setting_key::notifications)}
    };
}

Result<json::object> members_of_tenant(store::Reader& reader, model::TenantId tenant) {
    auto stored = reader.find<model::AdminSettings>(settings_of(tenant));
    if (!stored) return stored.error();
    json::object* const members = *stored ? (*stored)->json_value.if_object() : nullptr;
    return members ? std::move(*members) : json::object();
}

const json::object* object_in(const json::object& members, std::string_view name) {
    const json::value* const found = members.if_contains(name);
    return found ? found->if_object() : nullptr;
}

const json::object* method_config(const json::object& settings, NotificationDeliveryMethod method) {
    const json::object* const configs = object_in(settings, "deliveryMethodsConfigs");
    return configs ? object_in(*configs, enum_name(method)) : nullptr;
}

Result<> check_config(std::string_view name, const json::value& config, bool system) {
    const json::object* const members = config.if_object();
    const std::string method = members ? text_member(*members, "method") : std::string();
    if (method != name)
        return invalid("Validation error: deliveryMethodsConfigs." + std::string(name) +
                       ".method must be " + std::string(name));
    const bool slack = name == "SLACK";
    if (!slack && !system)
        return invalid("Validation error: MOBILE_APP can only be configured for the system");
    const std::string secret = slack ? "botToken" : "firebaseServiceAccountCredentials";
    if (model::is_blank(text_member(*members, secret)))
        return invalid("Validation error: deliveryMethodsConfigs." + std::string(name) + "." +
                       secret + " must not be empty");
    return {};
}

Result<> check_settings(const json::value& settings, bool system) {
    if (const Result<> fits = model::check_document("NotificationSettings", settings); !fits)
        return invalid("Validation error: " + fits.error().message);
    const json::object* const configs =
        settings.is_object() ? object_in(settings.get_object(), "deliveryMethodsConfigs") : nullptr;
    if (!configs) return invalid("Validation error: deliveryMethodsConfigs must not be null");
    for (const auto& [name, config] : *configs)
        if (Result<> good = check_config(name, config, system); !good) return good;
    return {};
}

Result<model::AdminSettingsId> put_settings(store::Transaction& transaction, model::TenantId tenant,
                                            const json::value& settings, EpochMs now_ms) {
    auto stored = transaction.find<model::AdminSettings>(settings_of(tenant));
    if (!stored) return stored.error();
    if (*stored) {
        (*stored)->json_value = settings;
        if (Result<> done = transaction.update(**stored); !done) return done.error();
        return (*stored)->id;
    }
    model::AdminSettings fresh;
    fresh.id = model::AdminSettingsId::make();
    fresh.created_time = now_ms;
    fresh.tenant_id = tenant;
    fresh.key = setting_key::notifications;
    fresh.json_value = settings;
    if (Result<> done = transaction.insert(fresh); !done) return done.error();
    return fresh.id;
}

/// Every type with every method, as `stored` says or wanted.
json::value whole_preferences(const json::object& stored) {
    json::object prefs;
    for (const auto& [type, name] : enum_names(NotificationType{})) {
        if (is_system_type(type)) continue;
        json::object methods;
        const json::object* const before = object_in(stored, "prefs");
        const json::object* const pref = before ? object_in(*before, name) : nullptr;
        const json::object* const chosen =
            pref ? object_in(*pref, "enabledDeliveryMethods") : nullptr;
        for (const NotificationDeliveryMethod method : methods_of_users)
            methods[enum_name(method)] = !chosen || flag_member(*chosen, enum_name(method), true);
        json::object one;
        one["enabled"] = !pref || flag_member(*pref, "enabled", true);
        one["enabledDeliveryMethods"] = std::move(methods);
        prefs[name] = std::move(one);
    }
    json::object out;
    out["prefs"] = std::move(prefs);
    return out;
}

Result<> check_preferences(const json::value& settings) {
    if (const Result<> fits = model::check_document("UserNotificationSettings", settings); !fits)
        return invalid("Validation error: " + fits.error().message);
    const json::object* const prefs =
        settings.is_object() ? object_in(settings.get_object(), "prefs") : nullptr;
    if (!prefs) return invalid("Validation error: prefs must not be null");
    for (const auto& [name, pref] : *prefs) {
        if (!enum_value<NotificationType>(name))
            return invalid("Validation error: prefs." + std::string(name) +
                           " is not a notification type");
        if (!pref.is_object() || !object_in(pref.get_object(), "enabledDeliveryMethods"))
            return invalid("Validation error: prefs." + std::string(name) +
                           ".enabledDeliveryMethods must not be null");
    }
    return {};
}

}  // namespace

Task<Result<json::value>> notification_settings(const Platform& platform, Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::notification); !allowed)
        co_return allowed.error();
    const std::function<Result<json::value>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<json::value> {
        Result<json::object> members = members_of_tenant(reader, caller.tenant);
        if (!members) return members.error();
        if (!members->contains("deliveryMethodsConfigs"))
            (*members)["deliveryMethodsConfigs"] = json::object();
        return json::value(*std::move(members));
    };
    co_return co_await read<json::value>(platform, work);
}

Task<Result<json::value>> save_notification_settings(const Platform& platform, Caller caller,
                                                     json::value settings) {
    if (Result<> allowed = check(caller, Operation::write, Resource::notification); !allowed)
        co_return allowed.error();
    if (Result<> good = check_settings(settings, caller.tenant == model::system_tenant); !good)
        co_return good.error();
    const std::function<Result<model::AdminSettingsId>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return put_settings(transaction, caller.tenant, settings, platform.clock.now_ms());
        };
    const auto saved = co_await write<model::AdminSettingsId>(platform, work);
    if (!saved) co_return saved.error();
    const EntityChange change{ChangeKind::updated, caller.tenant, model::EntityId(*saved)};
    platform.events.publish(change);
    co_return settings;
}

Task<Result<Methods>> delivery_methods(const NotificationOutlets& outlets, Caller caller) {
    const std::function<Result<Methods>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Methods> {
        Methods found;
        const auto own = members_of_tenant(reader, caller.tenant);
        if (!own) return own.error();
        if (outlets.http && method_config(*own, NotificationDeliveryMethod::slack))
            found.push_back(NotificationDeliveryMethod::slack);
        const auto system = members_of_tenant(reader, model::system_tenant);
        if (!system) return system.error();
        if (method_config(*system, NotificationDeliveryMethod::mobile_app))
            found.push_back(NotificationDeliveryMethod::mobile_app);
        return found;
    };
    const Result<Methods> configured = co_await read<Methods>(outlets.platform, work);
    if (!configured) co_return configured.error();
    Methods out{NotificationDeliveryMethod::web};
    if (outlets.mailer) {
        const Result<bool> mail = co_await outlets.mailer->is_set_up();
        if (!mail) co_return mail.error();
        if (*mail) out.push_back(NotificationDeliveryMethod::email);
    }
    if (outlets.texts) {
        const Result<bool> texts = co_await outlets.texts->is_set_up();
        if (!texts) co_return texts.error();
        if (*texts) out.push_back(NotificationDeliveryMethod::sms);
    }
    if (outlets.http) out.push_back(NotificationDeliveryMethod::microsoft_teams);
    out.insert(out.end(), configured->begin(), configured->end());
    co_return out;
}

Result<std::string> slack_token(store::Reader& reader, model::TenantId tenant) {
    const auto own = members_of_tenant(reader, tenant);
    if (!own) return own.error();
    const json::object* const config = method_config(*own, NotificationDeliveryMethod::slack);
    return config ? text_member(*config, "botToken") : std::string();
}

Task<Result<json::value>> user_notification_settings(const Platform& platform, Caller caller) {
    const auto stored =
        co_await user_settings(platform, std::move(caller), model::UserSettingsType::notifications);
    if (!stored) co_return stored.error();
    co_return whole_preferences(*stored);
}

Task<Result<json::value>> save_user_notification_settings(const Platform& platform, Caller caller,
                                                          json::value settings) {
    if (Result<> good = check_preferences(settings); !good) co_return good.error();
    json::object document = settings.get_object();
    const Result<> done = co_await replace_user_settings(
        platform, std::move(caller), model::UserSettingsType::notifications, std::move(document));
    if (!done) co_return done.error();
    co_return whole_preferences(settings.get_object());
}

bool is_wanted(const json::object& settings, NotificationType type,
               NotificationDeliveryMethod method) {
    const json::object* const prefs = object_in(settings, "prefs");
    const json::object* const pref = prefs ? object_in(*prefs, enum_name(type)) : nullptr;
    if (!pref) return true;
    if (!flag_member(*pref, "enabled", true)) return false;
    const json::object* const methods = object_in(*pref, "enabledDeliveryMethods");
    return !methods || flag_member(*methods, enum_name(method), true);
}

}  // namespace thingstead::core
