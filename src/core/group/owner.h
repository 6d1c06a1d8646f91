// Who owns an entity: changing it, and who may be an owner.
#pragma once
#include <vector>

#include "core/group/groups.h"

namespace thingstead::core {

struct OwnerChange {
    model::EntityInfo entity;
    model::EntityId before;
    model::EntityId after;
    bool changed = false;  ///< It had that owner already.
};

/// Gives the entity to `owner`, which is the caller's own owner or below it. It leaves the groups
/// of the old owner and joins `groups`, which the new one has. A user becomes an administrator of
/// the tenant, or a customer's user; what is below a customer moves with it. Errors: not_found,
/// forbidden; invalid_argument - the interface's texts.
Task<Result<OwnerChange>> change_owner(const Platform& platform, Caller caller,
                                       model::EntityId owner, model::EntityId entity,
                                       std::vector<model::EntityGroupId> groups);

/// Id and name of an owner. Errors: not_found, forbidden.
Task<Result<model::EntityInfo>> get_owner(const Platform& platform, Caller caller,
                                          model::EntityId owner);
/// A page of the owners that the caller is or that are below it: the tenant, then customers.
Task<Result<store::Page<model::EntityInfo>>> page_owners(const Platform& platform, Caller caller,
                                                         store::PageLink link);

}  // namespace thingstead::core
