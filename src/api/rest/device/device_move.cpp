// A device for another tenant; devices without a package.
#include "api/rest/device/handlers.h"
#include "core/profile/references.h"

namespace thingstead::api::device {
namespace {

RuleEvent move_event(std::string_view type, const core::MovedDevice& moved, const char* prefix,
                     const model::Tenant& other) {
    RuleEvent event = entity_event(type, moved.device);
    event.metadata.emplace_back(std::string(prefix) + "Id", other.id.to_string());
    event.metadata.emplace_back(std::string(prefix) + "Name", other.title);
    return event;
}

/// Tells both tenants.
Task<> tell_moved(Call call, core::MovedDevice moved) {
    core::Caller there = call.caller;
    there.tenant = moved.to.id;
    core::AuditNote note = entity_note(model::ActionType::assigned_from_tenant, moved.device);
    add_data(note, "assignedFromTenantId", json::value(moved.from.id.to_string()));
    add_data(note, "assignedFromTenantName", json::value(moved.from.title));
    const Result<> done = Result<>();
    co_await audit(call.services, there, std::move(note), done);
    RuleEvent left =
        move_event(model::msg_type::entity_assigned_to_tenant, moved, "assignedToTenant", moved.to);
    co_await tell_rules(call.services, call.caller, std::move(left));
    RuleEvent came = move_event(model::msg_type::entity_assigned_from_tenant, moved,
                                "assignedFromTenant", moved.from);
    co_await tell_rules(call.services, std::move(there), std::move(came));
}

}  // namespace

Task<Result<net::Reply>> move_device(Call call) {
    const auto tenant = call.id<model::TenantId>("tenantId");
    if (!tenant) co_return tenant.error();
    const auto id = call.id<model::DeviceId>("deviceId");
    if (!id) co_return id.error();
    const Result<core::MovedDevice> moved =
        co_await core::move_device(call.services.platform, call.caller, *tenant, *id);
    core::AuditNote note =
        moved ? entity_note(model::ActionType::assigned_to_tenant, moved->device)
              : note_of(model::ActionType::assigned_to_tenant, model::EntityId(*id));
    if (moved) {
        note.data = json::object{
            {"entity", to_json(moved->device)}
        };
        add_data(note, "assignedToTenantId", json::value(moved->to.id.to_string()));
        add_data(note, "assignedToTenantName", json::value(moved->to.title));
    }
    co_await audit(call.services, call.caller, std::move(note), moved);
    if (!moved) co_return moved.error();
    core::MovedDevice told = *moved;
    co_await tell_moved(std::move(call), std::move(told));
    co_return json_reply_of(moved->device);
}

Task<Result<net::Reply>> count_devices_without_package(Call call) {
    const auto profile = call.id<model::DeviceProfileId>("deviceProfileId");
    if (!profile) co_return profile.error();
    const std::string& name = call.variable("otaPackageType");
    const auto kind = enum_value<core::PackageKind>(name);
    if (!kind) co_return core::invalid("OtaPackageType \"" + name + "\" is not supported!");
    const Result<std::int64_t> count = co_await core::count_without_package(
        call.services.platform, call.caller, *profile, *kind == core::PackageKind::firmware);
    if (!count) co_return count.error();
    co_return json_reply_of(*count);
}

}  // namespace thingstead::api::device
