// Assets.
#include "api/rest/bulk_import/import_calls.h"
#include "api/rest/owned_calls.h"
#include "api/rest/related/related_calls.h"
#include "core/asset/asset_rules.h"

namespace thingstead::api {

template <>
struct OwnedLists<model::Asset> {
    static Result<store::Filter> filter(const Call& call, bool infos) {
        store::Filter filter;
        add_type_filter(call, filter);
        if (infos)
            if (Result<> added = add_id_filter(call, "assetProfileId", "assetProfileId", filter);
                !added)
                return added.error();
        return filter;
    }
    static std::vector<store::Lookup> lookups(bool infos) {
        return {
            customer_title_lookup(infos),
            {"assetProfileName", "assetProfileId", &store::table_of<model::AssetProfile>, "name",
                     infos}
        };
    }
    static void append_more(std::string& out, const core::Shown<model::Asset>& shown) {
        out += ",\"assetProfileName\":";
        append_text(out, shown.profile_name);
    }
};

}  // namespace thingstead::api

namespace thingstead::api::asset {
namespace {

using model::Asset;

Task<Result<net::Reply>> get_asset_by_name(Call call) {
    return named_entity<Asset>(std::move(call), "assetName");
}

Task<Result<net::Reply>> get_assets_by_ids(Call call) {
    return entities_by_ids<Asset>(std::move(call), "assetIds");
}

Task<Result<net::Reply>> find_related_assets(Call call) {
    return related_entities_reply<Asset>(std::move(call), "assetTypes");
}

Task<Result<net::Reply>> import_assets(Call call) {
    return import_rows<Asset>(std::move(call), &core::import_asset);
}

json::object asset_info_schema() {
    return struct_schema_with<Asset>({
        {"customerTitle",    string_schema() },
        {"customerIsPublic", boolean_schema()},
        {"assetProfileName", string_schema() }
    });
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";
constexpr std::string_view info_parameters =
    "pageSize!,page!,type,assetProfileId,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/assets",
     .allowed = allow::tenant_or_customer,
     .handler = &find_related_assets,
     .summary = "Assets that relations lead to",
     .body = BodyKind::json,
     .answer = "Asset[]",
     .takes = "AssetSearchQuery"},
    {.method = post,
     .pattern = "/api/asset",
     .allowed = allow::tenant_or_customer,
     .handler = &save_body<Asset>,
     .summary = "Creates or updates an asset",
     .body = BodyKind::json,
     .parameters = name_policy_parameters,
     .answer = "Asset",
     .takes = "Asset"},
    {.method = get,
     .pattern = "/api/asset/{assetId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity<Asset>,
     .summary = "One asset by its id",
     .answer = "Asset"},
    {.method = del,
     .pattern = "/api/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<Asset>,
     .summary = "Deletes an asset with its attributes and telemetry"},
    {.method = get,
     .pattern = "/api/asset/info/{assetId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_owned_info<Asset>,
     .summary = "One asset with the names of its customer and profile",
     .answer = "AssetInfo"},
    {.method = get,
     .pattern = "/api/asset/types",
     .allowed = allow::tenant_or_customer,
     .handler = &owned_types<Asset>,
     .summary = "The types of the assets there are",
     .answer = "EntitySubtype[]"},
    {.method = post,
     .pattern = "/api/asset/bulk_import",
     .allowed = allow::tenant,
     .handler = &import_assets,
     .summary = "Creates and updates assets from a table of text",
     .body = BodyKind::json,
     .answer = "BulkImportResultAsset",
     .takes = "BulkImportRequest"},
    {.method = get,
     .pattern = "/api/tenant/assets",
     .allowed = allow::tenant,
     .handler = &list_of_tenant<Asset>,
     .summary = "A page of the tenant's assets",
     .parameters = page_parameters,
     .answer = "PageData<Asset>"},
    {.method = get,
     .pattern = "/api/tenant/assets",
     .allowed = allow::tenant,
     .handler = &get_asset_by_name,
     .summary = "One asset by its name",
     .selected_by = "assetName",
     .answer = "Asset",
     .hidden = true},
    {.method = get,
     .pattern = "/api/tenant/asset",
     .allowed = allow::tenant,
     .handler = &get_asset_by_name,
     .summary = "One asset by its name",
     .parameters = "assetName!",
     .answer = "Asset"},
    {.method = get,
     .pattern = "/api/tenant/assetInfos",
     .allowed = allow::tenant,
     .handler = &infos_of_tenant<Asset>,
     .summary = "A page of the tenant's assets with names",
     .parameters = info_parameters,
     .answer = "PageData<AssetInfo>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/assets",
     .allowed = allow::tenant_or_customer,
     .handler = &list_of_customer<Asset>,
     .summary = "A page of the assets of a customer",
     .parameters = page_parameters,
     .answer = "PageData<Asset>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/assetInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &infos_of_customer<Asset>,
     .summary = "A page of the assets of a customer with names",
     .parameters = info_parameters,
     .answer = "PageData<AssetInfo>"},
    {.method = get,
     .pattern = "/api/assets",
     .allowed = allow::tenant_or_customer,
     .handler = &get_assets_by_ids,
     .summary = "Assets by their ids",
     .parameters = "assetIds!",
     .answer = "Asset[]"},
    {.method = post,
     .pattern = "/api/customer/{customerId}/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &assign_owned<Asset>,
     .summary = "Assigns an asset to a customer",
     .answer = "Asset"},
    {.method = post,
     .pattern = "/api/customer/public/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &assign_owned_to_public<Asset>,
     .summary = "Makes an asset visible without a log-in",
     .answer = "Asset"},
    {.method = del,
     .pattern = "/api/customer/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &unassign_owned<Asset>,
     .summary = "Takes an asset back from its customer",
     .answer = "Asset"},
    {.method = post,
     .pattern = "/api/edge/{edgeId}/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Assigns an asset to an edge: edges are not supported",
     .answer = "Asset"},
    {.method = del,
     .pattern = "/api/edge/{edgeId}/asset/{assetId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Takes an asset from an edge: edges are not supported",
     .answer = "Asset"},
    {.method = get,
     .pattern = "/api/edge/{edgeId}/assets",
     .allowed = allow::tenant_or_customer,
     .handler = &edges_unsupported,
     .summary = "The assets of an edge: edges are not supported",
     .parameters = "pageSize!,page!,type,textSearch,sortProperty,sortOrder,startTime,endTime",
     .answer = "PageData<Asset>"},
};

constexpr SchemaEntry schemas[] = {
    {"Asset",     &struct_schema<Asset>},
    {"AssetInfo", &asset_info_schema   },
};

}  // namespace

extern const Resource descriptor{"asset", "Assets: what devices stand in or belong to.", routes,
                                 schemas};

}  // namespace thingstead::api::asset
