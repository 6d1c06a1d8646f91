// Groups that a save names: entityGroupId, entityGroupIds.
#pragma once
#include <vector>

#include "api/rest/call.h"
#include "core/group/members.h"

namespace thingstead::api {

/// In the description of an operation that joins.
inline constexpr std::string_view group_parameters = "entityGroupId,entityGroupIds";

/// Both parameters together. Errors: invalid_argument - "Invalid UUID string: x".
Result<std::vector<model::EntityGroupId>> asked_groups(const Call& call);

/// Puts the entity that was saved into the groups that the request names, and tells of it. Errors:
/// as core::join_groups(); the entity stays saved.
Task<Result<>> join_asked_groups(const Services& services, core::Caller caller,
                                 Result<std::vector<model::EntityGroupId>> groups,
                                 model::EntityId entity);

/// One entry in the audit log and one message for each entity that came to a group or left it.
Task<> tell_members(const Services& services, core::Caller caller, core::GroupMembers members,
                    bool added);

}  // namespace thingstead::api
