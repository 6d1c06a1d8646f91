// Which entities are in a group, and which groups an entity is in.
#pragma once
#include <vector>

#include "core/group/groups.h"

namespace thingstead::core {

/// Entities that one call adds or removes at most.
inline constexpr std::size_t members_per_call_max = 10'000;

struct GroupMembers {
    model::EntityGroup group;
    /// Those that the call is about, with their names.
    std::vector<model::EntityInfo> entities;
};

/// Adds entities; those that are in it stay. Needs ADD_TO_GROUP on the group and READ of each.
/// Errors: not_found, forbidden; invalid_argument - an entity has another owner than the group, the
/// group is one All, too many.
Task<Result<GroupMembers>> add_to_group(const Platform& platform, Caller caller,
                                        model::EntityGroupId id, std::vector<Uuid> entities);
/// Removes them; those that are not in it are no error. Needs REMOVE_FROM_GROUP. Errors: as
/// add_to_group().
Task<Result<GroupMembers>> remove_from_group(const Platform& platform, Caller caller,
                                             model::EntityGroupId id, std::vector<Uuid> entities);
/// After an entity was saved: puts it into the groups that the request named, if there are any;
/// those that it was put into. Errors: as add_to_group().
Task<Result<std::vector<GroupMembers>>> join_groups(const Platform& platform, Caller caller,
                                                    model::EntityId entity,
                                                    std::vector<model::EntityGroupId> groups);

/// What a list of a kind adds to its filter to show a group: fields as in OwnerFields. Errors:
/// not_found, forbidden - the group; invalid_argument - it is one of another kind.
Task<Result<store::Filter>> group_filter(const Platform& platform, Caller caller,
                                         model::EntityGroupId id, model::EntityType type);

/// A page of what is in the group. Errors: not_found, forbidden.
Task<Result<store::Page<model::EntityInfo>>> page_members(const Platform& platform, Caller caller,
                                                          model::EntityGroupId id,
                                                          store::PageLink link);
/// One of them. Errors: not_found - of the group, or it is not in it; forbidden.
Task<Result<model::EntityInfo>> get_member(const Platform& platform, Caller caller,
                                           model::EntityGroupId id, Uuid entity);
/// Groups that have the entity, group All first. Errors: not_found, forbidden - of the entity.
Task<Result<std::vector<model::EntityGroupId>>> groups_of_entity(const Platform& platform,
                                                                 Caller caller,
                                                                 model::EntityId entity);

}  // namespace thingstead::core
