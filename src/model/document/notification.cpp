// Shapes of what notifications are configured with: targets, templates, requests, settings.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member button_members[] = {
    {.name = "dashboardId", .kind = Kind::uuid},
    {.name = "dashboardState", .kind = Kind::text},
    {.name = "enabled", .kind = Kind::boolean},
    {.name = "link", .kind = Kind::text},
    {.name = "linkType", .kind = Kind::text, .shape = "LinkType"},
    {.name = "setEntityIdInState", .kind = Kind::boolean},
    {.name = "text", .kind = Kind::text},
};

constexpr Member customer_users_filter_members[] = {
    {.name = "customerId", .kind = Kind::uuid, .required = true},
};

constexpr Member delivery_method_notification_template_members[] = {
    {.name = "body", .kind = Kind::text, .required = true},
    {.name = "enabled", .kind = Kind::boolean},
    {.name = "method", .kind = Kind::text, .required = true},
};

constexpr Variant delivery_method_notification_template_variants[] = {
    {"EMAIL",           "EmailDeliveryMethodNotificationTemplate"         },
    {"MICROSOFT_TEAMS", "MicrosoftTeamsDeliveryMethodNotificationTemplate"},
    {"MOBILE_APP",      "MobileAppDeliveryMethodNotificationTemplate"     },
    {"SLACK",           "SlackDeliveryMethodNotificationTemplate"         },
    {"SMS",             "SmsDeliveryMethodNotificationTemplate"           },
    {"WEB",             "WebDeliveryMethodNotificationTemplate"           },
};

constexpr Member email_delivery_method_notification_template_members[] = {
    {.name = "subject", .kind = Kind::text, .required = true},
};

constexpr std::string_view link_type_names[] = {"LINK", "DASHBOARD"};

constexpr Member microsoft_teams_delivery_method_notification_template_members[] = {
    {.name = "button", .kind = Kind::object, .shape = "Button"},
    {.name = "subject", .kind = Kind::text},
    {.name = "themeColor", .kind = Kind::text},
};

constexpr Member microsoft_teams_notification_target_config_members[] = {
    {.name = "channelName", .kind = Kind::text, .required = true},
    {.name = "email", .kind = Kind::text},
    {.name = "firstName", .kind = Kind::text},
    {.name = "id", .kind = Kind::any},
    {.name = "lastName", .kind = Kind::text},
    {.name = "title", .kind = Kind::text},
    {.name = "useOldApi", .kind = Kind::boolean},
    {.name = "webhookUrl", .kind = Kind::text, .required = true},
};

constexpr Member mobile_app_delivery_method_notification_template_members[] = {
    {.name = "additionalConfig", .kind = Kind::any,  .shape = "JsonNode"},
    {.name = "subject",          .kind = Kind::text, .required = true   },
};

constexpr Member mobile_app_notification_delivery_method_config_members[] = {
    {.name = "firebaseServiceAccountCredentials", .kind = Kind::text, .required = true},
    {.name = "firebaseServiceAccountCredentialsFileName", .kind = Kind::text},
};

constexpr Member notification_delivery_method_config_members[] = {
    {.name = "method", .kind = Kind::text, .required = true},
};

constexpr Variant notification_delivery_method_config_variants[] = {
    {"MOBILE_APP", "MobileAppNotificationDeliveryMethodConfig"},
    {"SLACK",      "SlackNotificationDeliveryMethodConfig"    },
};

constexpr Member notification_info_members[] = {
    {.name = "dashboardId",   .kind = Kind::id,   .shape = "DashboardId"},
    {.name = "stateEntityId", .kind = Kind::id,   .shape = "EntityId"   },
    {.name = "type",          .kind = Kind::text, .required = true      },
};

constexpr Member notification_pref_members[] = {
    {.name = "enabled", .kind = Kind::boolean},
    {.name = "enabledDeliveryMethods", .kind = Kind::boolean, .map = true, .required = true},
};

constexpr Member notification_request_config_members[] = {
    {.name = "sendingDelayInSec", .kind = Kind::integer},
};

constexpr Member notification_request_preview_members[] = {
    {.name = "processedTemplates",
     .kind = Kind::object,
     .shape = "DeliveryMethodNotificationTemplate",
     .map = true},
    {.name = "recipientsCountByTarget", .kind = Kind::integer, .map = true},
    {.name = "recipientsPreview", .kind = Kind::text, .list = true},
    {.name = "totalRecipientsCount", .kind = Kind::integer},
};

constexpr Member notification_request_stats_members[] = {
    {.name = "error", .kind = Kind::text},
    {.name = "errors", .kind = Kind::object, .map = true},
    {.name = "sent", .kind = Kind::integer, .map = true},
    {.name = "totalErrors", .kind = Kind::integer},
};

constexpr Member notification_settings_members[] = {
    {.name = "deliveryMethodsConfigs",
     .kind = Kind::object,
     .shape = "NotificationDeliveryMethodConfig",
     .map = true,
     .required = true},
};

constexpr Member notification_target_config_members[] = {
    {.name = "description", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Variant notification_target_config_variants[] = {
    {"MICROSOFT_TEAMS", "MicrosoftTeamsNotificationTargetConfig"},
    {"PLATFORM_USERS",  "PlatformUsersNotificationTargetConfig" },
    {"SLACK",           "SlackNotificationTargetConfig"         },
};

constexpr Member notification_template_config_members[] = {
    {.name = "deliveryMethodsTemplates",
     .kind = Kind::object,
     .shape = "DeliveryMethodNotificationTemplate",
     .map = true,
     .required = true},
};

constexpr Member platform_users_notification_target_config_members[] = {
    {.name = "usersFilter", .kind = Kind::object, .shape = "UsersFilter", .required = true},
};

constexpr Member slack_conversation_members[] = {
    {.name = "email", .kind = Kind::text},
    {.name = "id", .kind = Kind::text, .required = true},
    {.name = "name", .kind = Kind::text, .required = true},
    {.name = "title", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .shape = "SlackConversationType", .required = true},
    {.name = "wholeName", .kind = Kind::text},
};

constexpr std::string_view slack_conversation_type_names[] = {"DIRECT", "PUBLIC_CHANNEL",
                                                              "PRIVATE_CHANNEL"};

constexpr Member slack_notification_delivery_method_config_members[] = {
    {.name = "botToken", .kind = Kind::text, .required = true},
};

constexpr Member slack_notification_target_config_members[] = {
    {.name = "conversation", .kind = Kind::object, .shape = "SlackConversation", .required = true},
    {.name = "conversationType", .kind = Kind::text, .shape = "SlackConversationType"},
};

constexpr Member tenant_administrators_filter_members[] = {
    {.name = "tenantProfilesIds", .kind = Kind::uuid, .list = true},
    {.name = "tenantsIds",        .kind = Kind::uuid, .list = true},
};

constexpr Member user_list_filter_members[] = {
    {.name = "usersIds", .kind = Kind::uuid, .list = true, .required = true},
};

constexpr Member user_notification_settings_members[] = {
    {.name = "prefs",
     .kind = Kind::object,
     .shape = "NotificationPref",
     .map = true,
     .required = true},
};

constexpr Member users_filter_members[] = {
    {.name = "type", .kind = Kind::text, .required = true},
};

constexpr Variant users_filter_variants[] = {
    {"AFFECTED_TENANT_ADMINISTRATORS", "AffectedTenantAdministratorsFilter"},
    {"AFFECTED_USER",                  "AffectedUserFilter"                },
    {"ALL_USERS",                      "AllUsersFilter"                    },
    {"CUSTOMER_USERS",                 "CustomerUsersFilter"               },
    {"ORIGINATOR_ENTITY_OWNER_USERS",  "OriginatorEntityOwnerUsersFilter"  },
    {"SYSTEM_ADMINISTRATORS",          "SystemAdministratorsFilter"        },
    {"TENANT_ADMINISTRATORS",          "TenantAdministratorsFilter"        },
    {"USER_LIST",                      "UserListFilter"                    },
};

constexpr Member web_delivery_method_notification_template_members[] = {
    {.name = "additionalConfig", .kind = Kind::any,  .shape = "JsonNode"},
    {.name = "subject",          .kind = Kind::text, .required = true   },
};

constexpr Shape notification_table[] = {
    {.name = "AffectedTenantAdministratorsFilter", .extends = "UsersFilter"},
    {.name = "AffectedUserFilter", .extends = "UsersFilter"},
    {.name = "AllUsersFilter", .extends = "UsersFilter"},
    {.name = "Button", .members = button_members},
    {.name = "CustomerUsersFilter",
     .members = customer_users_filter_members,
     .extends = "UsersFilter"},
    {.name = "DeliveryMethodNotificationTemplate",
     .members = delivery_method_notification_template_members,
     .discriminator = "method",
     .variants = delivery_method_notification_template_variants},
    {.name = "EmailDeliveryMethodNotificationTemplate",
     .members = email_delivery_method_notification_template_members,
     .extends = "DeliveryMethodNotificationTemplate"},
    {.name = "LinkType", .names = link_type_names},
    {.name = "MicrosoftTeamsDeliveryMethodNotificationTemplate",
     .members = microsoft_teams_delivery_method_notification_template_members,
     .extends = "DeliveryMethodNotificationTemplate"},
    {.name = "MicrosoftTeamsNotificationTargetConfig",
     .members = microsoft_teams_notification_target_config_members,
     .extends = "NotificationTargetConfig"},
    {.name = "MobileAppDeliveryMethodNotificationTemplate",
     .members = mobile_app_delivery_method_notification_template_members,
     .extends = "DeliveryMethodNotificationTemplate"},
    {.name = "MobileAppNotificationDeliveryMethodConfig",
     .members = mobile_app_notification_delivery_method_config_members,
     .extends = "NotificationDeliveryMethodConfig"},
    {.name = "NotificationDeliveryMethodConfig",
     .members = notification_delivery_method_config_members,
     .discriminator = "method",
     .variants = notification_delivery_method_config_variants},
    {.name = "NotificationInfo", .members = notification_info_members},
    {.name = "NotificationPref", .members = notification_pref_members},
    {.name = "NotificationRequestConfig", .members = notification_request_config_members},
    {.name = "NotificationRequestPreview", .members = notification_request_preview_members},
    {.name = "NotificationRequestStats", .members = notification_request_stats_members},
    {.name = "NotificationSettings", .members = notification_settings_members},
    {.name = "NotificationTargetConfig",
     .members = notification_target_config_members,
     .discriminator = "type",
     .variants = notification_target_config_variants},
    {.name = "NotificationTemplateConfig", .members = notification_template_config_members},
    {.name = "OriginatorEntityOwnerUsersFilter", .extends = "UsersFilter"},
    {.name = "PlatformUsersNotificationTargetConfig",
     .members = platform_users_notification_target_config_members,
     .extends = "NotificationTargetConfig"},
    {.name = "SlackConversation", .members = slack_conversation_members},
    {.name = "SlackConversationType", .names = slack_conversation_type_names},
    {.name = "SlackDeliveryMethodNotificationTemplate",
     .extends = "DeliveryMethodNotificationTemplate"},
    {.name = "SlackNotificationDeliveryMethodConfig",
     .members = slack_notification_delivery_method_config_members,
     .extends = "NotificationDeliveryMethodConfig"},
    {.name = "SlackNotificationTargetConfig",
     .members = slack_notification_target_config_members,
     .extends = "NotificationTargetConfig"},
    {.name = "SmsDeliveryMethodNotificationTemplate",
     .extends = "DeliveryMethodNotificationTemplate"},
    {.name = "SystemAdministratorsFilter", .extends = "UsersFilter"},
    {.name = "TenantAdministratorsFilter",
     .members = tenant_administrators_filter_members,
     .extends = "UsersFilter"},
    {.name = "UserListFilter", .members = user_list_filter_members, .extends = "UsersFilter"},
    {.name = "UserNotificationSettings", .members = user_notification_settings_members},
    {.name = "UsersFilter",
     .members = users_filter_members,
     .discriminator = "type",
     .variants = users_filter_variants},
    {.name = "WebDeliveryMethodNotificationTemplate",
     .members = web_delivery_method_notification_template_members,
     .extends = "DeliveryMethodNotificationTemplate"},
};

}  // namespace

std::span<const Shape> notification_shapes() { return notification_table; }

}  // namespace thingstead::model
