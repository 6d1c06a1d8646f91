// One device: read, save, delete. And the table of all routes of devices.
#include "api/rest/audit_note.h"
#include "api/rest/device/handlers.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"

namespace thingstead::api::device {
namespace {

Task<Result<net::Reply>> get_device(Call call) {
    const auto id = call.id<model::DeviceId>("deviceId");
    if (!id) co_return id.error();
    const Result<model::Device> device = co_await call.services.devices.get(call.caller, *id);
    if (!device) co_return device.error();
    co_return json_reply_of(*device);
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::DeviceId>("deviceId");
    if (!id) co_return id.error();
    const Result<core::DeviceInfo> info = co_await call.services.devices.get_info(call.caller, *id);
    if (!info) co_return info.error();
    std::string body;
    append_info(body, *info);
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> get_by_name(Call call) {
    Result<std::string> name = call.required("deviceName");
    if (!name) co_return name.error();
    if (name->find_first_not_of(' ') == std::string::npos)
        co_return Error{ErrorCode::invalid_argument, "Parameter 'deviceName' can't be empty!"};
    const Result<model::Device> device =
        co_await call.services.devices.get_by_name(call.caller, *std::move(name));
    if (!device) co_return device.error();
    co_return json_reply_of(*device);
}

/// A taken name is refused; that the server finds a free one is not on offer.
Result<> check_name_policy(const Call& call) {
    const std::string policy = call.parameter("nameConflictPolicy").value_or("FAIL");
    if (policy == "FAIL") return {};
    return Error{ErrorCode::invalid_argument,
                 "NameConflictPolicy \"" + policy + "\" is not supported!"};
}

/// The note of a save as it was asked for.
core::AuditNote save_note(const model::Device& device) {
    const bool fresh = device.id.uuid == Uuid{};
    core::AuditNote note =
        note_of(fresh ? model::ActionType::added : model::ActionType::updated, device);
    note.data = json::object{
        {"entity", to_json(device)}
    };
    return note;
}

Task<Result<net::Reply>> save(Call call, model::Device device,
                              std::optional<std::string> access_token,
                              std::optional<model::DeviceCredentials> credentials) {
    if (Result<> allowed = check_name_policy(call); !allowed) co_return allowed.error();
    core::AuditNote note = save_note(device);
    const Result<core::SavedDevice> saved = co_await call.services.devices.save(
        call.caller, std::move(device), std::move(access_token), std::move(credentials));
    if (saved) note = save_note(saved->device);
    if (saved && saved->created) note.action = model::ActionType::added;
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    RuleEvent event = device_event(
        saved->created ? model::msg_type::entity_created : model::msg_type::entity_updated,
        saved->device);
    std::string body = event.data;
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> save_device(Call call) {
    Result<model::Device> device = call.body_as<model::Device>();
    if (!device) co_return device.error();
    std::optional<std::string> access_token = call.parameter("accessToken");
    co_return co_await save(std::move(call), *std::move(device), std::move(access_token),
                            std::nullopt);
}

Task<Result<net::Reply>> save_with_credentials(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    const json::value* device_member = members ? members->if_contains("device") : nullptr;
    const json::value* credentials_member = members ? members->if_contains("credentials") : nullptr;
    if (!device_member || !credentials_member)
        co_return Error{ErrorCode::malformed,
                        "expected an object with the members device and credentials"};
    Result<model::Device> device = from_json<model::Device>(*device_member);
    if (!device) co_return json_member_error("device", device.error());
    Result<model::DeviceCredentials> credentials = credentials_of(*credentials_member);
    if (!credentials) co_return json_member_error("credentials", credentials.error());
    co_return co_await save(std::move(call), *std::move(device), std::nullopt,
                            *std::move(credentials));
}

Task<Result<net::Reply>> delete_device(Call call) {
    const auto id = call.id<model::DeviceId>("deviceId");
    if (!id) co_return id.error();
    const Result<model::Device> removed = co_await call.services.devices.remove(call.caller, *id);
    core::AuditNote note = removed ? note_of(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(*id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event = device_event(model::msg_type::entity_deleted, *removed);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

using enum net::Method;

constexpr std::string_view page_parameters =
    "pageSize!,page!,type,textSearch,sortProperty,sortOrder";
constexpr std::string_view info_parameters =
    "pageSize!,page!,type,deviceProfileId,active,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/device",
     .allowed = allow::tenant_or_customer,
     .handler = &save_device,
     .summary = "Creates or updates a device",
     .body = BodyKind::json,
     .parameters = "accessToken,nameConflictPolicy",
     .answer = "Device"},
    {.method = post,
     .pattern = "/api/device-with-credentials",
     .allowed = allow::tenant_or_customer,
     .handler = &save_with_credentials,
     .summary = "Creates or updates a device, with credentials for a new one",
     .body = BodyKind::json,
     .parameters = "nameConflictPolicy",
     .answer = "Device"},
    {.method = get,
     .pattern = "/api/device/{deviceId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_device,
     .summary = "One device by its id",
     .answer = "Device"},
    {.method = del,
     .pattern = "/api/device/{deviceId}",
     .allowed = allow::tenant,
     .handler = &delete_device,
     .summary = "Deletes a device with its credentials, attributes and telemetry"},
    {.method = get,
     .pattern = "/api/device/info/{deviceId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_info,
     .summary = "One device with the names of its customer and profile",
     .answer = "DeviceInfo"},
    {.method = get,
     .pattern = "/api/device/{deviceId}/credentials",
     .allowed = allow::tenant_or_customer,
     .handler = &get_credentials,
     .summary = "The credentials of a device",
     .answer = "DeviceCredentials"},
    {.method = post,
     .pattern = "/api/device/credentials",
     .allowed = allow::tenant_or_customer,
     .handler = &save_credentials,
     .summary = "Replaces the credentials of a device and ends its sessions",
     .body = BodyKind::json,
     .answer = "DeviceCredentials"},
    {.method = get,
     .pattern = "/api/tenant/devices",
     .allowed = allow::tenant,
     .handler = &list_tenant_devices,
     .summary = "A page of the tenant's devices",
     .parameters = page_parameters,
     .answer = "PageData<Device>"},
    {.method = get,
     .pattern = "/api/tenant/devices",
     .allowed = allow::tenant,
     .handler = &get_by_name,
     .summary = "One device by its name",
     .selected_by = "deviceName",
     .answer = "Device"},
    {.method = get,
     .pattern = "/api/tenant/device",
     .allowed = allow::tenant,
     .handler = &get_by_name,
     .summary = "One device by its name",
     .parameters = "deviceName!",
     .answer = "Device"},
    {.method = get,
     .pattern = "/api/tenant/deviceInfos",
     .allowed = allow::tenant,
     .handler = &list_tenant_infos,
     .summary = "A page of the tenant's devices with names",
     .parameters = info_parameters,
     .answer = "PageData<DeviceInfo>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &list_customer_devices,
     .summary = "A page of the devices of a customer",
     .parameters = page_parameters,
     .answer = "PageData<Device>"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/deviceInfos",
     .allowed = allow::tenant_or_customer,
     .handler = &list_customer_infos,
     .summary = "A page of the devices of a customer with names",
     .parameters = info_parameters,
     .answer = "PageData<DeviceInfo>"},
    {.method = get,
     .pattern = "/api/devices",
     .allowed = allow::tenant_or_customer,
     .handler = &get_devices,
     .summary = "Devices by their ids",
     .parameters = "deviceIds!",
     .answer = "Device[]"},
};

}  // namespace

void append_info(std::string& out, const core::DeviceInfo& info) {
    out += '{';
    append_members(out, info.device);
    out += ",\"customerTitle\":";
    append_text(out, info.customer_title);
    out += ",\"customerIsPublic\":";
    append_text(out, info.customer_is_public);
    out += ",\"deviceProfileName\":";
    append_text(out, info.device_profile_name);
    out += ",\"active\":";
    append_text(out, info.active);
    out += '}';
}

extern const Resource descriptor{"device", "Devices and their credentials.", routes};

}  // namespace thingstead::api::device
