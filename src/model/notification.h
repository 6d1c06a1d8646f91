// Notifications: whom they go to (targets), what they say (templates), what was asked to be sent
// (requests) and what users find in their inbox. Source: the interface's schemas
// NotificationTarget, NotificationTemplate, NotificationRequest, Notification.
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

using NotificationTargetId = Id<EntityType::notification_target>;
using NotificationTemplateId = Id<EntityType::notification_template>;
using NotificationRequestId = Id<EntityType::notification_request>;
using NotificationRuleId = Id<EntityType::notification_rule>;
using NotificationId = Id<EntityType::notification>;

enum class NotificationType : std::uint8_t {
    general,
    alarm,
    device_activity,
    entity_action,
    alarm_comment,
    rule_engine_component_lifecycle_event,
    alarm_assignment,
    new_platform_version,
    entities_limit,
    entities_limit_increase_request,
    api_usage_limit,
    rule_node,
    rate_limits,
    edge_connection,
    edge_communication_failure,
    task_processing_failure,
    resources_shortage
};
constexpr auto enum_names(NotificationType) {
    using namespace std::literals;
    using enum NotificationType;
    return std::array{
        std::pair{general,                               "GENERAL"sv                              },
        std::pair{alarm,                                 "ALARM"sv                                },
        std::pair{device_activity,                       "DEVICE_ACTIVITY"sv                      },
        std::pair{entity_action,                         "ENTITY_ACTION"sv                        },
        std::pair{alarm_comment,                         "ALARM_COMMENT"sv                        },
        std::pair{rule_engine_component_lifecycle_event, "RULE_ENGINE_COMPONENT_LIFECYCLE_EVENT"sv},
        std::pair{alarm_assignment,                      "ALARM_ASSIGNMENT"sv                     },
        std::pair{new_platform_version,                  "NEW_PLATFORM_VERSION"sv                 },
        std::pair{entities_limit,                        "ENTITIES_LIMIT"sv                       },
        std::pair{entities_limit_increase_request,       "ENTITIES_LIMIT_INCREASE_REQUEST"sv      },
        std::pair{api_usage_limit,                       "API_USAGE_LIMIT"sv                      },
        std::pair{rule_node,                             "RULE_NODE"sv                            },
        std::pair{rate_limits,                           "RATE_LIMITS"sv                          },
        std::pair{edge_connection,                       "EDGE_CONNECTION"sv                      },
        std::pair{edge_communication_failure,            "EDGE_COMMUNICATION_FAILURE"sv           },
        std::pair{task_processing_failure,               "TASK_PROCESSING_FAILURE"sv              },
        std::pair{resources_shortage,                    "RESOURCES_SHORTAGE"sv                   }
    };
}

enum class NotificationDeliveryMethod : std::uint8_t {
    web,
    email,
    sms,
    slack,
    microsoft_teams,
    mobile_app
};
constexpr auto enum_names(NotificationDeliveryMethod) {
    using namespace std::literals;
    using enum NotificationDeliveryMethod;
    return std::array{
        std::pair{web,             "WEB"sv            },
        std::pair{email,           "EMAIL"sv          },
        std::pair{sms,             "SMS"sv            },
        std::pair{slack,           "SLACK"sv          },
        std::pair{microsoft_teams, "MICROSOFT_TEAMS"sv},
        std::pair{mobile_app,      "MOBILE_APP"sv     }
    };
}

enum class NotificationRequestStatus : std::uint8_t { processing, sent, scheduled };
constexpr auto enum_names(NotificationRequestStatus) {
    using namespace std::literals;
    using enum NotificationRequestStatus;
    return std::array{
        std::pair{processing, "PROCESSING"sv},
        std::pair{sent,       "SENT"sv      },
        std::pair{scheduled,  "SCHEDULED"sv }
    };
}

enum class NotificationStatus : std::uint8_t { sent, read };
constexpr auto enum_names(NotificationStatus) {
    using namespace std::literals;
    return std::array{
        std::pair{NotificationStatus::sent, "SENT"sv},
        std::pair{NotificationStatus::read, "READ"sv}
    };
}

struct NotificationTarget {
    NotificationTargetId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< Unique within the tenant.
    json::value configuration;
    /// What the configuration says of whom: the type of its filter of users, else its own type.
    std::string recipients;
};
constexpr auto describe(const NotificationTarget*) {
    using T = NotificationTarget;
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id),
                  field("name", &T::name, "", searchable, short_text,
                        required_as("Validation error: name must not be blank")),
                  field("configuration", &T::configuration, "", up_to(10'000),
                        of_schema("NotificationTargetConfig"),
                        required_as("Validation error: configuration must not be null")),
                  field("recipients", &T::recipients, "", stored_only));
}
constexpr std::string_view table_name(const NotificationTarget*) { return "notification_target"; }

struct NotificationTemplate {
    NotificationTemplateId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< Unique within the tenant.
    std::optional<NotificationType> type;
    json::value configuration;
};
constexpr auto describe(const NotificationTemplate*) {
    using T = NotificationTemplate;
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id),
                  field("name", &T::name, "", searchable, short_text,
                        required_as("Validation error: name must not be blank")),
                  field("notificationType", &T::type, "", of_schema("NotificationType"),
                        required_as("Validation error: notificationType must not be null")),
                  field("configuration", &T::configuration, "", up_to(10'000'000),
                        of_schema("NotificationTemplateConfig"),
                        required_as("Validation error: configuration must not be null")));
}
constexpr std::string_view table_name(const NotificationTemplate*) {
    return "notification_template";
}

struct NotificationRequest {
    NotificationRequestId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::vector<Uuid> targets;
    std::optional<NotificationTemplateId> template_id;
    std::optional<NotificationTemplate> own_template;  ///< Instead of one that is saved.
    json::value info;
    json::value additional_config;
    std::optional<EntityId> originator_id;
    std::optional<NotificationRuleId> rule_id;
    std::optional<NotificationRequestStatus> status;
    json::value stats;
    /// When a server may take it, to begin or to go on where another one was lost. Null: it is
    /// done.
    std::optional<EpochMs> due_ms;
    std::optional<Uuid> worker;  ///< Who took it last.
    json::value progress;        ///< How far it is: core/notification/delivery.cpp.
};
constexpr auto describe(const NotificationRequest*) {
    using R = NotificationRequest;
    return fields(
        field("id", &R::id), field("createdTime", &R::created_time, "", server_owned),
        field("tenantId", &R::tenant_id),
        field("targets", &R::targets, "",
              required_as("Validation error: targets must not be empty")),
        field("templateId", &R::template_id),
        field("template", &R::own_template, "", of_schema("NotificationTemplate")),
        field("info", &R::info, "", up_to(1'000'000), of_schema("NotificationInfo")),
        field("additionalConfig", &R::additional_config, "", up_to(1000),
              of_schema("NotificationRequestConfig")),
        field("originatorEntityId", &R::originator_id), field("ruleId", &R::rule_id),
        field("status", &R::status, "", server_owned, of_schema("NotificationRequestStatus")),
        field("stats", &R::stats, "", server_owned, of_schema("NotificationRequestStats")),
        field("dueTime", &R::due_ms, "", stored_only), field("worker", &R::worker, "", stored_only),
        field("progress", &R::progress, "", stored_only));
}
constexpr std::string_view table_name(const NotificationRequest*) { return "notification_request"; }

/// One in a user's inbox: of method WEB or MOBILE_APP.
struct Notification {
    NotificationId id;
    EpochMs created_time = 0;
    NotificationRequestId request_id;
    UserId recipient_id;
    NotificationType type = NotificationType::general;
    NotificationDeliveryMethod method = NotificationDeliveryMethod::web;
    std::optional<std::string> subject;
    std::string text;
    json::value additional_config;
    json::value info;  ///< Of its request.
    NotificationStatus status = NotificationStatus::sent;
};
constexpr auto describe(const Notification*) {
    using N = Notification;
    return fields(field("id", &N::id), field("createdTime", &N::created_time, "", server_owned),
                  field("requestId", &N::request_id), field("recipientId", &N::recipient_id),
                  field("type", &N::type, "", of_schema("NotificationType")),
                  field("deliveryMethod", &N::method, "", of_schema("NotificationDeliveryMethod")),
                  field("subject", &N::subject, "", searchable),
                  field("text", &N::text, "", searchable),
                  field("additionalConfig", &N::additional_config),
                  field("info", &N::info, "", wire_only, of_schema("NotificationInfo")),
                  field("status", &N::status, "", of_schema("NotificationStatus")));
}
constexpr std::string_view table_name(const Notification*) { return "notification"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::NotificationTarget)
TS_JSON_ELSEWHERE(model::NotificationTemplate)
TS_JSON_ELSEWHERE(model::NotificationRequest)
TS_JSON_ELSEWHERE(model::Notification)
}  // namespace thingstead
