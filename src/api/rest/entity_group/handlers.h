// The handlers of entity groups; their table is in entity_group.cpp.
#pragma once
#include <string>
#include <vector>

#include "api/rest/call.h"
#include "core/group/groups.h"
#include "core/group/rights.h"

namespace thingstead::api::entity_group {

/// A group with its owner, and those above it if `owners` has any.
std::string group_text(const model::EntityGroup& group, const std::vector<model::EntityId>& owners);
/// Answers the group as an info: with the owners above it.
Task<Result<net::Reply>> reply_group(Call call, model::EntityGroup group);
/// Of {ownerType} and {ownerId}. Errors: invalid_argument.
Result<model::EntityId> owner_in_path(const Call& call);
/// Of {groupType}. Errors: invalid_argument.
Result<model::EntityType> group_type_in_path(const Call& call);

Task<Result<net::Reply>> save_group(Call call);
Task<Result<net::Reply>> get_group(Call call);
Task<Result<net::Reply>> get_group_info(Call call);
Task<Result<net::Reply>> delete_group(Call call);
Task<Result<net::Reply>> get_group_all(Call call);
Task<Result<net::Reply>> get_group_by_name(Call call);

Task<Result<net::Reply>> list_groups(Call call);
Task<Result<net::Reply>> list_all_groups(Call call);
Task<Result<net::Reply>> list_shared(Call call);
Task<Result<net::Reply>> list_all_shared(Call call);
Task<Result<net::Reply>> list_of_owner(Call call);
Task<Result<net::Reply>> list_all_of_owner(Call call);
Task<Result<net::Reply>> list_hierarchy(Call call);
Task<Result<net::Reply>> list_infos(Call call);
Task<Result<net::Reply>> list_shared_infos(Call call);
Task<Result<net::Reply>> list_infos_of_owner(Call call);
Task<Result<net::Reply>> list_hierarchy_infos(Call call);
Task<Result<net::Reply>> get_groups(Call call);
Task<Result<net::Reply>> get_group_infos(Call call);

Task<Result<net::Reply>> add_entities(Call call);
Task<Result<net::Reply>> remove_entities(Call call);
Task<Result<net::Reply>> list_entities(Call call);
Task<Result<net::Reply>> get_entity_of_group(Call call);
Task<Result<net::Reply>> groups_of_entity(Call call);
Task<Result<net::Reply>> list_group_devices(Call call);
Task<Result<net::Reply>> list_group_customers(Call call);
Task<Result<net::Reply>> list_group_users(Call call);

Task<Result<net::Reply>> owner_info(Call call);
Task<Result<net::Reply>> list_owner_infos(Call call);
Task<Result<net::Reply>> list_owners(Call call);
Task<Result<net::Reply>> change_owner(Call call);

Task<Result<net::Reply>> share(Call call);
Task<Result<net::Reply>> share_with_group(Call call);
Task<Result<net::Reply>> make_public(Call call);
Task<Result<net::Reply>> make_private(Call call);
Task<Result<net::Reply>> save_right(Call call);
Task<Result<net::Reply>> get_right(Call call);
Task<Result<net::Reply>> get_right_info(Call call);
Task<Result<net::Reply>> delete_right(Call call);
Task<Result<net::Reply>> rights_of_users(Call call);
Task<Result<net::Reply>> rights_on_entities(Call call);
Task<Result<net::Reply>> describe_rights(Call call);

}  // namespace thingstead::api::entity_group
