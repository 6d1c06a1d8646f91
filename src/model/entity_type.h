// The kinds of entities, with the names of the wire.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace thingstead::model {

/// In the reference platform's order: the position is stored in places, so new kinds go to the end.
enum class EntityType : std::uint8_t {
    // clang-format off
    tenant, customer, user, dashboard, asset, device, alarm, rule_chain, rule_node, entity_view,
    widgets_bundle, widget_type, tenant_profile, device_profile, asset_profile, api_usage_state,
    tb_resource, ota_package, edge, rpc, queue, notification_target, notification_template,
    notification_request, notification, notification_rule, queue_stats, oauth2_client, domain,
    mobile_app, mobile_app_bundle, calculated_field, job, admin_settings, ai_model, api_key, entity_group, role, group_permission,
    // clang-format on
};

/// What records of other processes may name at most.
inline constexpr EntityType entity_type_last = EntityType::group_permission;

/// Name on the wire, e.g. "DEVICE".
std::string_view wire_name(EntityType type);
/// Name in messages to people, e.g. "Device profile".
std::string_view normal_name(EntityType type);
std::optional<EntityType> entity_type_of(std::string_view wire_name);

}  // namespace thingstead::model
