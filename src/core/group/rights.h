// What users of a group may do: roles, and what binds them to groups.
#pragma once
#include <string>
#include <vector>

#include "core/entity/remove.h"
#include "core/group/groups.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Role> {
    /// Errors: invalid_argument - a resource or operation that there is not.
    static Result<> prepare(Save<model::Role>& save);
    /// What binds it goes with it.
    static Result<> removing(Removal<model::Role>& removal);
};

/// A binding with what it binds.
struct RightInfo {
    model::GroupPermission right;
    model::Role role;
    model::EntityGroup user_group;
    std::optional<model::EntityGroup> entity_group;
    std::string user_group_owner_name;
    std::string entity_group_owner_name;
};

/// Binds a role to a group of users; a role of type GROUP is bound for one group of entities, which
/// the caller must be able to share. Errors: invalid_argument, not_found, forbidden.
Task<Result<Saved<model::GroupPermission>>> save_right(const Platform& platform, Caller caller,
                                                       model::GroupPermission right);
Task<Result<model::GroupPermission>> remove_right(const Platform& platform, Caller caller,
                                                  model::GroupPermissionId id);
Task<Result<RightInfo>> get_right(const Platform& platform, Caller caller,
                                  model::GroupPermissionId id);
/// Of a group of users, or on a group of entities. Errors: not_found, forbidden - of the group.
Task<Result<std::vector<RightInfo>>> rights_of_group(const Platform& platform, Caller caller,
                                                     model::EntityGroupId id, bool of_users);
/// Names for bindings that are not saved yet. Errors: not_found, forbidden.
Task<Result<std::vector<RightInfo>>> describe_rights(const Platform& platform, Caller caller,
                                                     std::vector<model::GroupPermission> rights);

/// Lets users see a group. Needs SHARE_GROUP. Errors: not_found, forbidden, invalid_argument.
Task<Result<model::EntityGroup>> share_group(const Platform& platform, Caller caller,
                                             model::EntityGroupId id,
                                             model::ShareGroupRequest request);
/// Lets everybody read the group without a log-in, or not anymore. Needs WRITE. Errors: not_found,
/// forbidden; invalid_argument - groups of users and customers are never public.
Task<Result<model::EntityGroup>> make_public(const Platform& platform, Caller caller,
                                             model::EntityGroupId id, bool is_public);

}  // namespace thingstead::core
