// Asset profiles.
#include "api/rest/profile_calls.h"

namespace thingstead::api {

template <>
struct ProfileInfo<model::AssetProfile> {
    static void append(std::string& out, const model::AssetProfile& profile) {
        out += "{\"id\":";
        append_text(out, profile.id);
        out += ",\"name\":";
        append_text(out, profile.name);
        out += ",\"image\":";
        append_text(out, profile.image);
        out += ",\"defaultDashboardId\":";
        append_text(out, profile.default_dashboard_id);
        out += ",\"tenantId\":";
        append_text(out, profile.tenant_id);
        out += '}';
    }
};

}  // namespace thingstead::api

namespace thingstead::api::asset_profile {
namespace {

using model::AssetProfile;

Task<Result<net::Reply>> list_asset_profile_infos(Call call) {
    return list_profile_infos<AssetProfile>(std::move(call), {});
}

Task<Result<net::Reply>> get_asset_profile_infos_by_ids(Call call) {
    return profile_infos_by_ids<AssetProfile>(std::move(call), "assetProfileIds");
}

json::object asset_profile_info_schema() {
    const FieldFacts plain;
    json::object properties;
    properties["id"] = member_schema<model::AssetProfileId>(plain);
    properties["name"] = string_schema();
    properties["image"] = string_schema();
    properties["defaultDashboardId"] = member_schema<model::DashboardId>(plain);
    properties["tenantId"] = member_schema<model::TenantId>(plain);
    json::object out;
    out["type"] = "object";
    out["properties"] = std::move(properties);
    return out;
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/assetProfile",
     .allowed = allow::tenant,
     .handler = &save_profile<AssetProfile>,
     .summary = "Creates or updates an asset profile",
     .body = BodyKind::json,
     .answer = "AssetProfile",
     .takes = "AssetProfile"},
    {.method = get,
     .pattern = "/api/assetProfile/{assetProfileId}",
     .allowed = allow::tenant,
     .handler = &get_entity<AssetProfile>,
     .summary = "One asset profile by its id",
     .parameters = "inlineImages",
     .answer = "AssetProfile"},
    {.method = del,
     .pattern = "/api/assetProfile/{assetProfileId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<AssetProfile>,
     .summary = "Deletes an asset profile that no asset has"},
    {.method = post,
     .pattern = "/api/assetProfile/{assetProfileId}/default",
     .allowed = allow::tenant,
     .handler = &make_profile_default<AssetProfile>,
     .summary = "Makes an asset profile the one of assets that name none",
     .answer = "AssetProfile"},
    {.method = get,
     .pattern = "/api/assetProfile/names",
     .allowed = allow::tenant_or_customer,
     .handler = &list_profile_names<AssetProfile>,
     .summary = "The names of asset profiles",
     .parameters = "activeOnly",
     .answer = "EntityInfo[]"},
    {.method = get,
     .pattern = "/api/assetProfileInfo/default",
     .allowed = allow::tenant_or_customer,
     .handler = &get_default_profile_info<AssetProfile>,
     .summary = "The tenant's default asset profile in short",
     .answer = "AssetProfileInfo"},
    {.method = get,
     .pattern = "/api/assetProfileInfo/{assetProfileId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_profile_info<AssetProfile>,
     .summary = "One asset profile in short",
     .answer = "AssetProfileInfo"},
    {.method = get,
     .pattern = "/api/assetProfiles",
     .allowed = allow::tenant,
     .handler = &list_profiles<AssetProfile>,
     .summary = "A page of asset profiles",
     .parameters = page_parameters,
     .answer = "PageData<AssetProfile>"},
    {.method = get,
     .pattern = "/api/assetProfileInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &list_asset_profile_infos,
     .summary = "A page of asset profiles in short",
     .parameters = page_parameters,
     .answer = "PageData<AssetProfileInfo>"},
    {.method = get,
     .pattern = "/api/assetProfileInfos",
     .allowed = allow::tenant,
     .handler = &get_asset_profile_infos_by_ids,
     .summary = "Asset profiles in short, by their ids",
     .selected_by = "assetProfileIds",
     .answer = "AssetProfileInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/assetProfileInfos/list",
     .allowed = allow::tenant,
     .handler = &get_asset_profile_infos_by_ids,
     .summary = "Asset profiles in short, by their ids",
     .parameters = "assetProfileIds!",
     .answer = "AssetProfileInfo[]"},
};

constexpr SchemaEntry schemas[] = {
    {"AssetProfile",     &struct_schema<AssetProfile>},
    {"AssetProfileInfo", &asset_profile_info_schema  },
};

}  // namespace

extern const Resource descriptor{
    "asset_profile", "Asset profiles: what assets of a kind have in common.", routes, schemas};

}  // namespace thingstead::api::asset_profile
