// Assets and their profiles: what devices stand in or belong to.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

struct Asset {
    AssetId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;
    std::string name;  ///< Unique within the tenant.
    std::string type;  ///< A copy of the profile's name.
    std::optional<std::string> label;
    AssetProfileId asset_profile_id;
    std::optional<AssetId> external_id;
    json::value additional_info;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const Asset*) {
    return fields(field("id", &Asset::id),
                  field("createdTime", &Asset::created_time, "", server_owned),
                  field("additionalInfo", &Asset::additional_info),
                  field("tenantId", &Asset::tenant_id, "", server_owned),
                  field("customerId", &Asset::customer_id),
                  field("name", &Asset::name, "", searchable, short_text,
                        required_as("Asset name should be specified!")),
                  field("type", &Asset::type, "", searchable, short_text),
                  field("label", &Asset::label, "", searchable, short_text),
                  field("assetProfileId", &Asset::asset_profile_id),
                  field("externalId", &Asset::external_id, "", undocumented),
                  field("version", &Asset::version));
}
constexpr std::string_view table_name(const Asset*) { return "asset"; }

struct AssetProfile {
    AssetProfileId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;  ///< Unique within the tenant.
    std::optional<std::string> description;
    std::optional<std::string> image;
    bool is_default = false;
    std::optional<RuleChainId> default_rule_chain_id;
    std::optional<RuleChainId> default_edge_rule_chain_id;
    std::optional<DashboardId> default_dashboard_id;
    std::optional<std::string> default_queue_name;
    std::optional<AssetProfileId> external_id;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const AssetProfile*) {
    return fields(field("id", &AssetProfile::id),
                  field("createdTime", &AssetProfile::created_time, "", server_owned),
                  field("tenantId", &AssetProfile::tenant_id, "", server_owned),
                  field("name", &AssetProfile::name, "", searchable, short_text,
                        required_as("Asset profile name should be specified!")),
                  field("description", &AssetProfile::description, "", no_markup),
                  field("image", &AssetProfile::image, "", up_to(1'000'000)),
                  field("default", &AssetProfile::is_default),
                  field("defaultRuleChainId", &AssetProfile::default_rule_chain_id),
                  field("defaultDashboardId", &AssetProfile::default_dashboard_id),
                  field("defaultQueueName", &AssetProfile::default_queue_name, "", short_text),
                  field("defaultEdgeRuleChainId", &AssetProfile::default_edge_rule_chain_id),
                  field("externalId", &AssetProfile::external_id, "", undocumented),
                  field("version", &AssetProfile::version));
}
constexpr std::string_view table_name(const AssetProfile*) { return "asset_profile"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::Asset)
TS_JSON_ELSEWHERE(model::AssetProfile)
}  // namespace thingstead
