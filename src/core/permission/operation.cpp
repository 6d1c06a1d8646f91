#include "core/permission/operation.h"

#include <iterator>
#include <string>

namespace thingstead::core {
namespace {

constexpr std::string_view names[] = {
    "PROFILE",
    "ADMIN_SETTINGS",
    "ALARM",
    "DEVICE",
    "ASSET",
    "CUSTOMER",
    "DASHBOARD",
    "ENTITY_VIEW",
    "EDGE",
    "TENANT",
    "RULE_CHAIN",
    "USER",
    "WIDGETS_BUNDLE",
    "WIDGET_TYPE",
    "OAUTH2_CLIENT",
    "DOMAIN",
    "MOBILE_APP",
    "MOBILE_APP_BUNDLE",
    "OAUTH2_CONFIGURATION_TEMPLATE",
    "TENANT_PROFILE",
    "DEVICE_PROFILE",
    "ASSET_PROFILE",
    "CONVERTER",
    "INTEGRATION",
    "SCHEDULER_EVENT",
    "BLOB_ENTITY",
    "CUSTOMER_GROUP",
    "DEVICE_GROUP",
    "ASSET_GROUP",
    "USER_GROUP",
    "ENTITY_VIEW_GROUP",
    "EDGE_GROUP",
    "DASHBOARD_GROUP",
    "ROLE",
    "GROUP_PERMISSION",
    "WHITE_LABELING",
    "AUDIT_LOG",
    "API_USAGE_STATE",
    "TB_RESOURCE",
    "OTA_PACKAGE",
    "QUEUE",
    "QUEUE_STATS",
    "RPC",
    "VERSION_CONTROL",
    "NOTIFICATION",
    "MOBILE_APP_SETTINGS",
    "CUSTOM_MENU",
    "JOB",
    "SECRET",
    "REPORT_TEMPLATE",
    "REPORT",
    "AI_MODEL",
    "AI",
    "API_KEY",
};
static_assert(std::size(names) == resource_count);

}  // namespace

std::string_view resource_name(Resource resource) {
    return names[static_cast<std::size_t>(resource)];
}

std::optional<Resource> resource_of_name(std::string_view name) {
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i] == name) return static_cast<Resource>(i);
    return std::nullopt;
}

std::optional<Resource> resource_of(model::EntityType type) {
    using model::EntityType;
    switch (type) {
        case EntityType::rule_node:             return Resource::rule_chain;
        case EntityType::notification_target:
        case EntityType::notification_template:
        case EntityType::notification_request:
        case EntityType::notification_rule:     return Resource::notification;
        case EntityType::queue_stats:
        case EntityType::entity_group:          return std::nullopt;  // by the kind of its members
        default:                                return resource_of_name(model::wire_name(type));
    }
}

std::optional<Resource> group_resource_of(model::EntityType member_type) {
    return resource_of_name(std::string(model::wire_name(member_type)) + "_GROUP");
}

}  // namespace thingstead::core
