// Device profiles.
#include <algorithm>

#include "api/rest/profile_calls.h"
#include "core/device/devices.h"
#include "core/telemetry.h"

namespace thingstead::api {

template <>
struct ProfileInfo<model::DeviceProfile> {
    static void append(std::string& out, const model::DeviceProfile& profile) {
        out += "{\"id\":";
        append_text(out, profile.id);
        out += ",\"name\":";
        append_text(out, profile.name);
        out += ",\"image\":";
        append_text(out, profile.image);
        out += ",\"defaultDashboardId\":";
        append_text(out, profile.default_dashboard_id);
        out += ",\"type\":";
        append_text(out, profile.type);
        out += ",\"transportType\":";
        append_text(out, profile.transport_type);
        out += ",\"tenantId\":";
        append_text(out, profile.tenant_id);
        out += '}';
    }
};

}  // namespace thingstead::api

namespace thingstead::api::device_profile {
namespace {

using model::DeviceProfile;

/// Devices whose keys are gathered: those of a whole profile may be many.
constexpr std::int32_t sampled_devices_max = 100;

Task<Result<net::Reply>> list_device_profile_infos(Call call) {
    store::Filter filter;
    if (const std::optional<std::string> name = call.parameter("transportType")) {
        const auto transport = enum_value<model::TransportType>(*name);
        if (!transport)
            co_return core::invalid("DeviceTransportType \"" + *name + "\" is not supported!");
        filter.emplace_back("transportType", store::Cell(std::string(enum_name(*transport))));
    }
    co_return co_await list_profile_infos<DeviceProfile>(std::move(call), std::move(filter));
}

Task<Result<net::Reply>> get_device_profile_infos_by_ids(Call call) {
    return profile_infos_by_ids<DeviceProfile>(std::move(call), "deviceProfileIds");
}

/// Devices of ?deviceProfileId, or any.
Task<Result<std::vector<model::Device>>> sampled_devices(Call call) {
    std::optional<model::DeviceProfileId> profile;
    if (const std::optional<std::string> text = call.parameter("deviceProfileId")) {
        const Result<Uuid> id = parse_uuid(*text);
        if (!id) co_return id.error();
        profile = model::DeviceProfileId{*id};
    }
    co_return co_await core::sample_devices(call.services.platform, call.caller, profile,
                                            sampled_devices_max);
}

Task<Result<net::Reply>> list_attribute_keys(Call call) {
    Result<std::vector<model::Device>> devices = co_await sampled_devices(call);
    if (!devices) co_return devices.error();
    const Result<std::vector<std::string>> keys =
        co_await core::attribute_keys_of(call.services.platform, *std::move(devices));
    if (!keys) co_return keys.error();
    co_return json_reply_of(*keys);
}

Task<Result<net::Reply>> list_telemetry_keys(Call call) {
    const Result<std::vector<model::Device>> devices = co_await sampled_devices(call);
    if (!devices) co_return devices.error();
    std::vector<std::string> all;
    for (const model::Device& each : *devices) {
        const auto keys = co_await call.services.telemetry.keys(call.caller, each.id);
        if (!keys) co_return keys.error();
        all.insert(all.end(), keys->begin(), keys->end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    co_return json_reply_of(all);
}

json::object device_profile_info_schema() {
    json::object properties;
    const FieldFacts plain;
    FieldFacts type, transport;
    type.schema = "DeviceProfileType";
    transport.schema = "DeviceTransportType";
    properties["id"] = member_schema<model::DeviceProfileId>(plain);
    properties["name"] = string_schema();
    properties["image"] = string_schema();
    properties["defaultDashboardId"] = member_schema<model::DashboardId>(plain);
    properties["type"] = member_schema<model::DeviceProfileType>(type);
    properties["transportType"] = member_schema<model::TransportType>(transport);
    properties["tenantId"] = member_schema<model::TenantId>(plain);
    json::object out;
    out["type"] = "object";
    out["properties"] = std::move(properties);
    return out;
}

json::object entity_info_schema() {
    json::object properties;
    properties["id"] = schema_ref("EntityId");
    properties["name"] = string_schema();
    json::object out;
    out["type"] = "object";
    out["properties"] = std::move(properties);
    return out;
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/deviceProfile",
     .allowed = allow::tenant,
     .handler = &save_profile<DeviceProfile>,
     .summary = "Creates or updates a device profile",
     .body = BodyKind::json,
     .answer = "DeviceProfile",
     .takes = "DeviceProfile"},
    {.method = get,
     .pattern = "/api/deviceProfile/{deviceProfileId}",
     .allowed = allow::tenant,
     .handler = &get_entity<DeviceProfile>,
     .summary = "One device profile by its id",
     .parameters = "inlineImages",
     .answer = "DeviceProfile"},
    {.method = del,
     .pattern = "/api/deviceProfile/{deviceProfileId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<DeviceProfile>,
     .summary = "Deletes a device profile that no device has"},
    {.method = post,
     .pattern = "/api/deviceProfile/{deviceProfileId}/default",
     .allowed = allow::tenant,
     .handler = &make_profile_default<DeviceProfile>,
     .summary = "Makes a device profile the one of devices that name none",
     .answer = "DeviceProfile"},
    {.method = get,
     .pattern = "/api/deviceProfile/names",
     .allowed = allow::tenant_or_customer,
     .handler = &list_profile_names<DeviceProfile>,
     .summary = "The names of device profiles",
     .parameters = "activeOnly",
     .answer = "EntityInfo[]"},
    {.method = get,
     .pattern = "/api/deviceProfile/devices/keys/attributes",
     .allowed = allow::tenant,
     .handler = &list_attribute_keys,
     .summary = "Keys of attributes that devices of a profile have",
     .parameters = "deviceProfileId",
     .answer = "string[]"},
    {.method = get,
     .pattern = "/api/deviceProfile/devices/keys/timeseries",
     .allowed = allow::tenant,
     .handler = &list_telemetry_keys,
     .summary = "Keys of telemetry that devices of a profile have",
     .parameters = "deviceProfileId",
     .answer = "string[]"},
    {.method = get,
     .pattern = "/api/deviceProfileInfo/default",
     .allowed = allow::tenant_or_customer,
     .handler = &get_default_profile_info<DeviceProfile>,
     .summary = "The tenant's default device profile in short",
     .answer = "DeviceProfileInfo"},
    {.method = get,
     .pattern = "/api/deviceProfileInfo/{deviceProfileId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_profile_info<DeviceProfile>,
     .summary = "One device profile in short",
     .answer = "DeviceProfileInfo"},
    {.method = get,
     .pattern = "/api/deviceProfiles",
     .allowed = allow::tenant,
     .handler = &list_profiles<DeviceProfile>,
     .summary = "A page of device profiles",
     .parameters = page_parameters,
     .answer = "PageData<DeviceProfile>"},
    {.method = get,
     .pattern = "/api/deviceProfileInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &list_device_profile_infos,
     .summary = "A page of device profiles in short",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder,transportType",
     .answer = "PageData<DeviceProfileInfo>"},
    {.method = get,
     .pattern = "/api/deviceProfileInfos",
     .allowed = allow::tenant,
     .handler = &get_device_profile_infos_by_ids,
     .summary = "Device profiles in short, by their ids",
     .selected_by = "deviceProfileIds",
     .answer = "DeviceProfileInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/deviceProfileInfos/list",
     .allowed = allow::tenant,
     .handler = &get_device_profile_infos_by_ids,
     .summary = "Device profiles in short, by their ids",
     .parameters = "deviceProfileIds!",
     .answer = "DeviceProfileInfo[]"},
};

constexpr SchemaEntry schemas[] = {
    {"DeviceProfile",              &struct_schema<DeviceProfile>         },
    {"DeviceProfileInfo",          &device_profile_info_schema           },
    {"DeviceProfileType",          &enum_schema<model::DeviceProfileType>},
    {"DeviceProfileProvisionType", &enum_schema<model::ProvisionType>    },
    {"DeviceTransportType",        &enum_schema<model::TransportType>    },
    {"EntityInfo",                 &entity_info_schema                   },
};

}  // namespace

extern const Resource descriptor{
    "device_profile", "Device profiles: what devices of a kind have in common.", routes, schemas};

}  // namespace thingstead::api::device_profile
