// One device: save, delete, find. And the table of all routes of devices.
#include "api/rest/device/handlers.h"
#include "api/rest/related/related_calls.h"

namespace thingstead::api {

Result<store::Filter> OwnedLists<model::Device>::filter(const Call& call, bool infos) {
    store::Filter filter;
    add_type_filter(call, filter);
    if (!infos) return filter;
    if (Result<> added = add_id_filter(call, "deviceProfileId", "deviceProfileId", filter); !added)
        return added.error();
    if (!call.parameter("active")) return filter;
    const Result<bool> active = call.flag("active", false);
    if (!active) return active.error();
    filter.push_back(core::is_active(*active));
    return filter;
}

std::vector<store::Lookup> OwnedLists<model::Device>::lookups(bool infos) {
    return {
        customer_title_lookup(infos),
        {"deviceProfileName", "deviceProfileId", &store::table_of<model::DeviceProfile>, "name"}
    };
}

void OwnedLists<model::Device>::append_more(std::string& out,
                                            const core::Shown<model::Device>& shown) {
    out += ",\"deviceProfileName\":";
    append_text(out, shown.profile_name);
    out += ",\"active\":";
    append_text(out, shown.active);
}

}  // namespace thingstead::api

namespace thingstead::api::device {
namespace {

using model::Device;

Task<Result<net::Reply>> save_with(Call call, Device device,
                                   std::optional<model::DeviceCredentials> credentials) {
    Result<core::SaveOptions> options = save_options(call);
    if (!options) co_return options.error();
    Result<core::Saved<Device>> saved = co_await core::save_device(
        call.services.platform, call.caller, device, std::move(credentials), *std::move(options));
    co_await tell_saved(call.services, call.caller, std::move(device), saved);
    if (!saved) co_return saved.error();
    const Result<> joined = co_await join_asked_groups(call.services, call.caller,
                                                       asked_groups(call), saved->entity.id);
    if (!joined) co_return joined.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> save_device(Call call) {
    Result<Device> device = call.body_as<Device>();
    if (!device) co_return device.error();
    auto credentials = core::token_credentials(call.parameter("accessToken"));
    // A device that is there keeps its credentials, as they are changed by an operation of theirs.
    if (device->id.uuid != Uuid{}) credentials.reset();
    co_return co_await save_with(std::move(call), *std::move(device), std::move(credentials));
}

Task<Result<net::Reply>> save_device_with_credentials(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* device_member = members ? members->if_contains("device") : nullptr;
    const json::value* credentials_member = members ? members->if_contains("credentials") : nullptr;
    if (!device_member || !credentials_member)
        co_return Error{ErrorCode::malformed,
                        "expected an object with the members device and credentials"};
    Result<Device> device = from_json<Device>(*device_member);
    if (!device) co_return json_member_error("device", device.error());
    Result<model::DeviceCredentials> credentials = credentials_of(*credentials_member);
    if (!credentials) co_return json_member_error("credentials", credentials.error());
    co_return co_await save_with(std::move(call), *std::move(device), *std::move(credentials));
}

Task<Result<net::Reply>> get_device_by_name(Call call) {
    return named_entity<Device>(std::move(call), "deviceName");
}

Task<Result<net::Reply>> get_devices_by_ids(Call call) {
    return entities_by_ids<Device>(std::move(call), "deviceIds");
}

Task<Result<net::Reply>> find_related_devices(Call call) {
    return related_entities_reply<Device>(std::move(call), "deviceTypes");
}

json::object device_info_schema() {
    return struct_schema_with<Device>({
        {"customerTitle",     string_schema() },
        {"customerIsPublic",  boolean_schema()},
        {"deviceProfileName", string_schema() },
        {"active",            boolean_schema()}
    });
}

/// Credentials are no entity: their id is {"id":"…"}.
json::object credentials_id_schema() {
    json::object properties;
    properties["id"] = member_schema<Uuid>(FieldFacts{});
    json::object out;
    out["type"] = "object";
    out["properties"] = std::move(properties);
    out["required"] = json::array{"id"};
    return out;
}

json::object credentials_schema() {
    json::object out = struct_schema<model::DeviceCredentials>();
    out["properties"].as_object()["id"] = schema_ref("DeviceCredentialsId");
    return out;
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";
constexpr std::string_view info_parameters =
    "pageSize!,page!,type,deviceProfileId,active,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &find_related_devices,
     .summary = "Devices that relations lead to",
     .body = BodyKind::json,
     .answer = "Device[]",
     .takes = "DeviceSearchQuery"},
    {.method = post,
     .pattern = "/api/device",
     .allowed = allow::tenant_or_customer,
     .handler = &save_device,
     .summary = "Creates or updates a device",
     .body = BodyKind::json,
     .parameters = "accessToken,nameConflictPolicy,uniquifySeparator,uniquifyStrategy",
     .answer = "Device",
     .takes = "Device"},
    {.method = post,
     .pattern = "/api/device-with-credentials",
     .allowed = allow::tenant_or_customer,
     .handler = &save_device_with_credentials,
     .summary = "Creates or updates a device together with its credentials",
     .body = BodyKind::json,
     .parameters = name_policy_parameters,
     .answer = "Device",
     .takes = "SaveDeviceWithCredentialsRequest"},
    {.method = get,
     .pattern = "/api/device/{deviceId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity<Device>,
     .summary = "One device by its id",
     .answer = "Device"},
    {.method = del,
     .pattern = "/api/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<Device>,
     .summary = "Deletes a device with its credentials, attributes and telemetry"},
    {.method = get,
     .pattern = "/api/device/info/{deviceId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_owned_info<Device>,
     .summary = "One device with the names of its customer and profile",
     .answer = "DeviceInfo"},
    {.method = get,
     .pattern = "/api/device/types",
     .allowed = allow::tenant_or_customer,
     .handler = &owned_types<Device>,
     .summary = "The types of the devices there are",
     .answer = "EntitySubtype[]"},
    {.method = get,
     .pattern = "/api/device/{deviceId}/credentials",
     .allowed = allow::tenant_or_customer,
     .handler = &get_device_credentials,
     .summary = "The credentials of a device",
     .answer = "DeviceCredentials"},
    {.method = post,
     .pattern = "/api/device/credentials",
     .allowed = allow::tenant,
     .handler = &save_device_credentials,
     .summary = "Replaces the credentials of a device and ends its sessions",
     .body = BodyKind::json,
     .answer = "DeviceCredentials",
     .takes = "DeviceCredentials"},
    {.method = post,
     .pattern = "/api/device/bulk_import",
     .allowed = allow::tenant,
     .handler = &import_devices,
     .summary = "Creates and updates devices from a table of text",
     .body = BodyKind::json,
     .answer = "BulkImportResultDevice",
     .takes = "BulkImportRequest"},
    {.method = get,
     .pattern = "/api/tenant/devices",
     .allowed = allow::tenant,
     .handler = &list_of_tenant<Device>,
     .summary = "A page of the tenant's devices",
     .parameters = page_parameters,
     .answer = "PageData<Device>"},
    {.method = get,
     .pattern = "/api/tenant/devices",
     .allowed = allow::tenant,
     .handler = &get_device_by_name,
     .summary = "One device by its name",
     .selected_by = "deviceName",
     .answer = "Device",
     .hidden = true},
    {.method = get,
     .pattern = "/api/tenant/device",
     .allowed = allow::tenant,
     .handler = &get_device_by_name,
     .summary = "One device by its name",
     .parameters = "deviceName!",
     .answer = "Device"},
    {.method = get,
     .pattern = "/api/tenant/deviceInfos",
     .allowed = allow::tenant,
     .handler = &infos_of_tenant<Device>,
     .summary = "A page of the tenant's devices with names",
     .parameters = info_parameters,
     .answer = "PageData<DeviceInfo>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &list_of_customer<Device>,
     .summary = "A page of the devices of a customer",
     .parameters = page_parameters,
     .answer = "PageData<Device>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/deviceInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &infos_of_customer<Device>,
     .summary = "A page of the devices of a customer with names",
     .parameters = info_parameters,
     .answer = "PageData<DeviceInfo>"},
    {.method = get,
     .pattern = "/api/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &get_devices_by_ids,
     .summary = "Devices by their ids",
     .parameters = "deviceIds!",
     .answer = "Device[]"},
    {.method = get,
     .pattern = "/api/devices/count/{otaPackageType}/{deviceProfileId}",
     .allowed = allow::tenant_or_customer,
     .handler = &count_devices_without_package,
     .summary = "How many devices of a profile have no package of their own",
     .answer = "integer"},
    {.method = post,
     .pattern = "/api/customer/{customerId}/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &assign_owned<Device>,
     .summary = "Assigns a device to a customer",
     .answer = "Device"},
    {.method = post,
     .pattern = "/api/customer/public/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &assign_owned_to_public<Device>,
     .summary = "Makes a device visible without a log-in",
     .answer = "Device"},
    {.method = del,
     .pattern = "/api/customer/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &unassign_owned<Device>,
     .summary = "Takes a device back from its customer",
     .answer = "Device"},
    {.method = post,
     .pattern = "/api/customer/device/{deviceName}/claim",
     .allowed = allow::customer,
     .handler = &claim_device,
     .summary = "Makes a device that may be claimed the customer's",
     .body = BodyKind::any,
     .takes = "ClaimRequest"},
    {.method = del,
     .pattern = "/api/customer/device/{deviceName}/claim",
     .allowed = allow::tenant_or_customer,
     .handler = &reclaim_device,
     .summary = "Takes a device from its customer, so that it may be claimed again"},
    {.method = post,
     .pattern = "/api/tenant/{tenantId}/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &move_device,
     .summary = "Gives a device to another tenant",
     .answer = "Device"},
    {.method = post,
     .pattern = "/api/edge/{edgeId}/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Assigns a device to an edge: edges are not supported",
     .answer = "Device"},
    {.method = del,
     .pattern = "/api/edge/{edgeId}/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &edges_unsupported,
     .summary = "Takes a device from an edge: edges are not supported",
     .answer = "Device"},
    {.method = get,
     .pattern = "/api/edge/{edgeId}/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &edges_unsupported,
     .summary = "The devices of an edge: edges are not supported",
     .parameters = "pageSize!,page!,type,deviceProfileId,active,textSearch,sortProperty,sortOrder,"
                   "startTime,endTime", .answer = "PageData<DeviceInfo>"},
};

constexpr SchemaEntry schemas[] = {
    {"Device",                &struct_schema<Device>              },
    {"DeviceInfo",            &device_info_schema                 },
    {"DeviceCredentials",     &credentials_schema                 },
    {"DeviceCredentialsId",   &credentials_id_schema              },
    {"DeviceCredentialsType", &enum_schema<model::CredentialsType>},
};

}  // namespace

extern const Resource descriptor{"device", "Devices and their credentials.", routes, schemas};

}  // namespace thingstead::api::device
