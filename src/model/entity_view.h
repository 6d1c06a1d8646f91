// Entity views: a part of the data of a device or asset under a name and owner of its own.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

struct EntityView {
    EntityViewId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;
    EntityId entity_id;  ///< A device or an asset.
    std::string name;    ///< Unique within the tenant.
    std::string type;
    /// {"timeseries": […], "attributes": {"cs": […], "ss": […], "sh": […]}}; a list that is null
    /// has every key.
    json::value keys;
    EpochMs start_time_ms = 0;  ///< 0: open.
    EpochMs end_time_ms = 0;    ///< 0: open.
    std::optional<EntityViewId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const EntityView*) {
    return fields(
        field("id", &EntityView::id),
        field("createdTime", &EntityView::created_time, "", server_owned),
        field("tenantId", &EntityView::tenant_id, "", server_owned),
        field("entityId", &EntityView::entity_id, "",
              required_as("Entity view entity id should be specified!")),
        field("customerId", &EntityView::customer_id),
        field("name", &EntityView::name, "", searchable, short_text,
              required_as("Entity view name should be specified!")),
        field("type", &EntityView::type, "", short_text,
              required_as("Entity view type should be specified!")),
        field("keys", &EntityView::keys, "", up_to(10'000'000), of_schema("TelemetryEntityView")),
        field("startTimeMs", &EntityView::start_time_ms),
        field("endTimeMs", &EntityView::end_time_ms),
        field("externalId", &EntityView::external_id, "", undocumented),
        field("additionalInfo", &EntityView::additional_info),
        field("version", &EntityView::version));
}
constexpr std::string_view table_name(const EntityView*) { return "entity_view"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::EntityView)
}  // namespace thingstead
