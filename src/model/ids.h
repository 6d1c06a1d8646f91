// Ids are types: a DeviceId is not a TenantId, and neither is a string.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/uuid.h"
#include "model/entity_type.h"

namespace thingstead::model {

/// The id of an entity of one kind.
template <EntityType Kind>
struct Id {
    Uuid uuid{};

    static constexpr EntityType kind = Kind;
    static Id make() { return {new_time_uuid()}; }
    friend bool operator==(const Id&, const Id&) = default;
    friend auto operator<=>(const Id&, const Id&) = default;
    std::string to_string() const { return uuid.to_string(); }
};

using TenantId = Id<EntityType::tenant>;
using CustomerId = Id<EntityType::customer>;
using UserId = Id<EntityType::user>;
using DeviceId = Id<EntityType::device>;
using DeviceProfileId = Id<EntityType::device_profile>;
using TenantProfileId = Id<EntityType::tenant_profile>;
using RuleChainId = Id<EntityType::rule_chain>;
using RuleNodeId = Id<EntityType::rule_node>;
using DashboardId = Id<EntityType::dashboard>;
using OtaPackageId = Id<EntityType::ota_package>;
using AssetId = Id<EntityType::asset>;
using AssetProfileId = Id<EntityType::asset_profile>;
using EntityViewId = Id<EntityType::entity_view>;
using EdgeId = Id<EntityType::edge>;
using WidgetsBundleId = Id<EntityType::widgets_bundle>;
using WidgetTypeId = Id<EntityType::widget_type>;
using TbResourceId = Id<EntityType::tb_resource>;
using QueueId = Id<EntityType::queue>;
using QueueStatsId = Id<EntityType::queue_stats>;
using OAuth2ClientId = Id<EntityType::oauth2_client>;
using DomainId = Id<EntityType::domain>;
using MobileAppId = Id<EntityType::mobile_app>;
using MobileAppBundleId = Id<EntityType::mobile_app_bundle>;
using ApiKeyId = Id<EntityType::api_key>;
using AdminSettingsId = Id<EntityType::admin_settings>;
using ApiUsageStateId = Id<EntityType::api_usage_state>;
using EntityGroupId = Id<EntityType::entity_group>;
using RoleId = Id<EntityType::role>;
using GroupPermissionId = Id<EntityType::group_permission>;

/// The id of what is not an entity: {"id":"<uuid>"}.
struct PlainId {
    Uuid id{};
    friend bool operator==(const PlainId&, const PlainId&) = default;
};
constexpr auto describe(const PlainId*) { return fields(field("id", &PlainId::id)); }

/// Stored where no tenant owns an entity, and where an entity has no customer.
inline constexpr TenantId system_tenant{null_uuid};
inline constexpr CustomerId no_customer{null_uuid};

/// The id of an entity of any kind.
struct EntityId {
    EntityType type = EntityType::tenant;
    Uuid uuid{};

    EntityId() = default;
    EntityId(EntityType t, Uuid id) : type(t), uuid(id) {}
    template <EntityType Kind>
    EntityId(Id<Kind> id)
        : type(Kind), uuid(id.uuid) {}  // NOLINT(google-explicit-constructor): widening
    friend bool operator==(const EntityId&, const EntityId&) = default;
};

}  // namespace thingstead::model

namespace thingstead {

/// Ids are objects in bodies: {"entityType":"DEVICE","id":"<uuid>"}.
template <>
struct JsonCodec<model::EntityId> {
    static json::value write(const model::EntityId& id);
    static Result<model::EntityId> read(const json::value& value, Binding binding);
};

/// Its name on the wire.
template <>
struct JsonCodec<model::EntityType> {
    static json::value write(model::EntityType type);
    static Result<model::EntityType> read(const json::value& value, Binding binding);
};

template <model::EntityType Kind>
struct JsonCodec<model::Id<Kind>> {
    static json::value write(const model::Id<Kind>& id) { return to_json(model::EntityId(id)); }
    static Result<model::Id<Kind>> read(const json::value& value, Binding binding) {
        const Result<model::EntityId> id = from_json<model::EntityId>(value, binding);
        if (!id) return id.error();
        if (id->type != Kind)
            return json_expected("an id of entity type " + std::string(wire_name(Kind)));
        return model::Id<Kind>{id->uuid};
    }
};

}  // namespace thingstead

template <thingstead::model::EntityType Kind>
struct std::hash<thingstead::model::Id<Kind>> {
    std::size_t operator()(const thingstead::model::Id<Kind>& id) const noexcept {
        return std::hash<thingstead::Uuid>{}(id.uuid);
    }
};
template <>
struct std::hash<thingstead::model::EntityId> {
    std::size_t operator()(const thingstead::model::EntityId& id) const noexcept {
        return std::hash<thingstead::Uuid>{}(id.uuid);
    }
};
