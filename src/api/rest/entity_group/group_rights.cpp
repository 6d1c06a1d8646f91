// Sharing groups, and the bindings of roles.
#include "api/rest/entity_calls.h"
#include "api/rest/entity_group/handlers.h"

namespace thingstead::api::entity_group {
namespace {

using model::ActionType;
using model::EntityGroupId;
using model::GroupPermission;
using model::GroupPermissionId;

std::string role_text(const model::Role& role) {
    std::string out = "{";
    append_members(out, role);
    out += ",\"ownerId\":";
    append_text(out, role.owner_id);
    return out + "}";
}

void append_group_names(std::string& out, std::string_view prefix,
                        const std::optional<model::EntityGroup>& group, const std::string& owner) {
    const auto member = [&](std::string_view name) {
        out += ",\"" + std::string(prefix) + std::string(name) + "\":";
    };
    member("Name");
    append_text(out, group ? std::optional(group->name) : std::optional<std::string>());
    member("OwnerId");
    append_text(out, group ? std::optional(model::owner_of(group->tenant_id, group->customer_id))
                           : std::optional<model::EntityId>());
    member("OwnerName");
    append_text(out, group ? std::optional(owner) : std::optional<std::string>());
}

/// A binding with what it binds; `readOnly` is what the caller may not change: public ones.
std::string right_text(const core::RightInfo& info) {
    std::string out = "{";
    append_members(out, info.right);
    out += ",\"name\":";
    append_text(out, info.role.name);
    out += ",\"role\":" + role_text(info.role);
    append_group_names(out, "entityGroup", info.entity_group, info.entity_group_owner_name);
    append_group_names(out, "userGroup", info.user_group, info.user_group_owner_name);
    out += ",\"readOnly\":";
    append_text(out, info.right.is_public);
    return out + "}";
}

net::Reply rights_reply(const std::vector<core::RightInfo>& infos) {
    std::string out = "[";
    for (const core::RightInfo& each : infos)
        out += (&each == infos.data() ? "" : ",") + right_text(each);
    return json_reply(out + "]");
}

/// Enters what was done with a group.
Task<> note_group(Call call, EntityGroupId id, ActionType action, Result<model::EntityGroup> done) {
    core::AuditNote note = note_of(action, id);
    if (done) note.entity_name = done->name;
    co_await audit(call.services, call.caller, std::move(note), done);
}

Task<Result<net::Reply>> share_as(Call call, model::ShareGroupRequest request) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    const auto shared =
        co_await core::share_group(call.services.platform, call.caller, *id, std::move(request));
    co_await note_group(call, *id, ActionType::updated, shared);
    if (!shared) co_return shared.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> set_public(Call call, bool is_public) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    const auto changed =
        co_await core::make_public(call.services.platform, call.caller, *id, is_public);
    co_await note_group(call, *id, is_public ? ActionType::made_public : ActionType::made_private,
                        changed);
    if (!changed) co_return changed.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> rights_of(Call call, std::string_view variable, bool of_users) {
    const auto id = call.id<EntityGroupId>(variable);
    if (!id) co_return id.error();
    const auto infos =
        co_await core::rights_of_group(call.services.platform, call.caller, *id, of_users);
    if (!infos) co_return infos.error();
    co_return rights_reply(*infos);
}

}  // namespace

Task<Result<net::Reply>> share(Call call) {
    Result<model::ShareGroupRequest> request = call.body_as<model::ShareGroupRequest>();
    if (!request) co_return request.error();
    co_return co_await share_as(std::move(call), *std::move(request));
}

Task<Result<net::Reply>> share_with_group(Call call) {
    const auto users = call.id<EntityGroupId>("userGroupId");
    if (!users) co_return users.error();
    const auto role = call.id<model::RoleId>("roleId");
    if (!role) co_return role.error();
    model::ShareGroupRequest request;
    request.user_group_id = *users;
    request.role_ids = {*role};
    co_return co_await share_as(std::move(call), std::move(request));
}

Task<Result<net::Reply>> make_public(Call call) { return set_public(std::move(call), true); }
Task<Result<net::Reply>> make_private(Call call) { return set_public(std::move(call), false); }

Task<Result<net::Reply>> save_right(Call call) {
    const Result<GroupPermission> right = call.body_as<GroupPermission>();
    if (!right) co_return right.error();
    const auto saved = co_await core::save_right(call.services.platform, call.caller, *right);
    const bool fresh = saved ? saved->created : right->id.uuid == Uuid{};
    core::AuditNote note = note_of(fresh ? ActionType::added : ActionType::updated,
                                   model::EntityId(saved ? saved->entity.id : right->id));
    note.data = json::object{
        {"entity", to_json(saved ? saved->entity : *right)}
    };
    co_await audit(call.services, call.caller, std::move(note), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> get_right(Call call) {
    const auto id = call.id<GroupPermissionId>("groupPermissionId");
    if (!id) co_return id.error();
    const auto info = co_await core::get_right(call.services.platform, call.caller, *id);
    if (!info) co_return info.error();
    co_return json_reply_of(info->right);
}

Task<Result<net::Reply>> get_right_info(Call call) {
    const auto id = call.id<GroupPermissionId>("groupPermissionId");
    if (!id) co_return id.error();
    const auto info = co_await core::get_right(call.services.platform, call.caller, *id);
    if (!info) co_return info.error();
    co_return json_reply(right_text(*info));
}

Task<Result<net::Reply>> delete_right(Call call) {
    const auto id = call.id<GroupPermissionId>("groupPermissionId");
    if (!id) co_return id.error();
    const auto removed = co_await core::remove_right(call.services.platform, call.caller, *id);
    core::AuditNote note = note_of(ActionType::deleted, *id);
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> rights_of_users(Call call) {
    return rights_of(std::move(call), "userGroupId", true);
}
Task<Result<net::Reply>> rights_on_entities(Call call) {
    return rights_of(std::move(call), "entityGroupId", false);
}

Task<Result<net::Reply>> describe_rights(Call call) {
    Result<std::vector<GroupPermission>> rights = call.body_as<std::vector<GroupPermission>>();
    if (!rights) co_return rights.error();
    const auto infos =
        co_await core::describe_rights(call.services.platform, call.caller, *std::move(rights));
    if (!infos) co_return infos.error();
    co_return rights_reply(*infos);
}

}  // namespace thingstead::api::entity_group
