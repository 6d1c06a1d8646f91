// What the caller may do, as pages ask to show or hide what it may not.
#include "core/permission/permissions.h"

#include <algorithm>
#include <functional>
#include <span>

#include "api/rest/json_text.h"
#include "api/rest/role/handlers.h"
#include "core/entity/named_row.h"
#include "core/entity/read.h"

namespace thingstead::api::role {
namespace {

using core::Operation;
using core::Operations;
using core::Permissions;

/// Operations of roles of type GROUP; the rest are the owner's.
constexpr Operation owner_only[] = {Operation::create,        Operation::change_owner,
                                    Operation::share_group,   Operation::impersonate,
                                    Operation::claim_devices, Operation::assign_to_tenant};
/// Not in the vocabulary of roles: what they say is CHANGE_OWNER there.
constexpr Operation unknown_to_roles[] = {Operation::assign_to_customer,
                                          Operation::unassign_from_customer};

bool is_among(std::span<const Operation> some, Operation one) {
    return std::find(some.begin(), some.end(), one) != some.end();
}

/// Names of the operations; all of them are "ALL".
json::array operation_names(Operations operations) {
    if (operations == Operations::all()) return {"ALL"};
    json::array out;
    for (const auto& [operation, name] : enum_names(Operation{}))
        if (operations.contains(operation) && !is_among(unknown_to_roles, operation))
            out.emplace_back(name);
    return out;
}

json::array vocabulary(bool of_groups, bool of_owner) {
    json::array out;
    if (of_groups) out.emplace_back("ALL");
    for (const auto& [operation, name] : enum_names(Operation{})) {
        const bool owners = is_among(owner_only, operation);
        if (is_among(unknown_to_roles, operation)) continue;
        if ((of_owner && owners) || (of_groups && !owners)) out.emplace_back(name);
    }
    return out;
}

/// What the authority could be given at most: the pages that roles are made with.
json::object operations_by_resource(const core::Grants& ceiling) {
    json::object out;
    for (std::size_t i = 0; i < core::resource_count; ++i) {
        const auto resource = static_cast<core::Resource>(i);
        const Operations operations = ceiling.of(resource);
        if (!operations.empty())
            out.emplace(core::resource_name(resource), operation_names(operations));
    }
    return out;
}

json::object generic_permissions(const Permissions& permissions) {
    core::Grants all = permissions.generic;
    all.add(permissions.tenant_wide);
    json::object out = operations_by_resource(all);
    bool everything = true;
    for (std::size_t i = 0; i < core::resource_count && everything; ++i)
        everything = all.of(static_cast<core::Resource>(i)) == Operations::all();
    if (everything)
        return {
            {"ALL", json::array{"ALL"}}
        };
    return out;
}

json::object group_permissions(const Permissions& permissions) {
    json::object out;
    for (const auto& [id, grant] : permissions.groups)
        out.emplace(id.to_string(), json::object{
                                        {"entityType", wire_name(grant.type)            },
                                        {"operations", operation_names(grant.operations)}
        });
    return out;
}

/// By kind of entity: the groups that give `operation`, and whether a generic role does.
json::object readable_by_kind(const Permissions& permissions, Operation operation, bool of_groups) {
    json::object out;
    for (const model::EntityType type : core::grouped_kinds) {
        const auto resource = of_groups ? core::group_resource_of(type) : core::resource_of(type);
        if (!resource) continue;
        json::array groups;
        for (const auto& [id, grant] : permissions.groups)
            if (grant.type == type && grant.operations.contains(operation))
                groups.push_back(to_json(model::EntityGroupId{id}));
        const bool generic = permissions.generic.of(*resource).contains(operation) ||
                             permissions.tenant_wide.of(*resource).contains(operation);
        out.emplace(core::resource_name(*resource),
                    json::object{
                        {"entityGroupIds", std::move(groups)},
                        {"hasGenericRead", generic          }
        });
    }
    return out;
}

json::object merged_permissions(const Permissions& permissions) {
    return {
        {"genericPermissions", generic_permissions(permissions)},
        {"groupPermissions", group_permissions(permissions)},
        {"readGroupPermissions", readable_by_kind(permissions, Operation::read, true)},
        {"readEntityPermissions", readable_by_kind(permissions, Operation::read, false)},
        {"readAttrPermissions", readable_by_kind(permissions, Operation::read_attributes, false)},
        {"readTsPermissions", readable_by_kind(permissions, Operation::read_telemetry, false)}
    };
}

json::array resource_names(const core::Grants& grants) {
    json::array out{"ALL"};
    for (std::size_t i = 0; i < core::resource_count; ++i) {
        const auto resource = static_cast<core::Resource>(i);
        if (!grants.of(resource).empty()) out.emplace_back(core::resource_name(resource));
    }
    return out;
}

}  // namespace

Task<Result<net::Reply>> allowed_permissions(Call call) {
    const core::Caller& caller = call.caller;
    const core::Grants& ceiling = core::role_ceiling(caller.authority);
    json::object out{
        {"allowedResources", resource_names(ceiling)},
        {"operationsByResource", operations_by_resource(ceiling)},
        {"allowedForGroupRoleOperations", vocabulary(true, false)},
        {"allowedForGroupOwnerOnlyOperations", vocabulary(false, true)},
        {"allowedForGroupOwnerOnlyGroupOperations",
         json::array{"CREATE", "WRITE", "DELETE", "SHARE_GROUP"}},
        {"userPermissions", merged_permissions(core::permissions_of(caller))},
        {"userOwnerId", to_json(model::owner_of(caller.tenant, caller.customer))}
    };
    co_return json_reply(json::serialize(out));
}

Task<Result<net::Reply>> has_permission(Call call) {
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    const std::string& name = call.variable("operation");
    const auto operation = enum_value<Operation>(std::string_view(name));
    if (!operation)
        co_return Error{ErrorCode::invalid_argument,
                        "Operation \"" + name + "\" is not supported!"};
    const std::function<Result<bool>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<bool> {
        const auto found = core::load_summary(reader, call.caller, *operation, *entity);
        if (found) return true;
        if (found.error().code == ErrorCode::forbidden) return false;
        return found.error();
    };
    const Result<bool> may = co_await core::read<bool>(call.services.platform, work);
    if (!may) co_return may.error();
    co_return json_reply(*may ? "true" : "false");
}

}  // namespace thingstead::api::role
