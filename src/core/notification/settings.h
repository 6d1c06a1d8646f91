// Over what a tenant may be notified, and what its users want to be told. Source: the interface's
// NotificationSettings and UserNotificationSettings.
#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "core/caller.h"
#include "core/notification/outlets.h"
#include "core/platform.h"
#include "model/notification.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Of the caller's tenant, or of the installation. Errors: forbidden.
Task<Result<json::value>> notification_settings(const Platform& platform, Caller caller);
/// Errors: invalid_argument - the member; forbidden.
Task<Result<json::value>> save_notification_settings(const Platform& platform, Caller caller,
                                                     json::value settings);

/// What notifications of the caller's tenant can be sent over now.
Task<Result<std::vector<model::NotificationDeliveryMethod>>> delivery_methods(
    const NotificationOutlets& outlets, Caller caller);

/// `deliveryMethodsConfigs.SLACK.botToken` of the tenant; empty: it has none.
Result<std::string> slack_token(store::Reader& reader, model::TenantId tenant);

/// What the user wants, each type with all methods; what was never said is wanted.
Task<Result<json::value>> user_notification_settings(const Platform& platform, Caller caller);
/// Errors: invalid_argument - the member.
Task<Result<json::value>> save_user_notification_settings(const Platform& platform, Caller caller,
                                                          json::value settings);

/// Whether a user with these settings (the document of UserSettingsType::notifications) wants it.
bool is_wanted(const json::object& settings, model::NotificationType type,
               model::NotificationDeliveryMethod method);

}  // namespace thingstead::core
