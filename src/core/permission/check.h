// The one decision on rights: may this caller do this operation with this entity? Services ask it
// where the data is read, so that no door can forget.
#pragma once
#include <vector>

#include "base/error.h"
#include "core/caller.h"
#include "core/permission/operation.h"
#include "model/ids.h"
#include "store/entity_store.h"
#include "store/filter.h"

namespace thingstead::core {

/// What a decision needs to know of an entity.
struct Subject {
    Resource resource = Resource::device;
    model::EntityId id{};
    model::TenantId tenant = model::system_tenant;
    model::CustomerId owner = model::no_customer;  ///< no_customer: the tenant itself.
    /// Customers that it is assigned to beside its owner: of dashboards.
    std::vector<model::CustomerId> shared_with{};
};

/// "You don't have permission to perform this operation!"
Error permission_denied();

/// What the caller's roles give, or its authority.
const Permissions& permissions_of(const Caller& caller);

/// Errors: forbidden - permission_denied(); those of the reader, which is asked only where groups
/// or customers below the caller's own have a part in it.
Result<> check(store::Reader& reader, const Caller& caller, Operation operation,
               const Subject& subject);
/// Whether the caller may do the operation with some entity of the kind: asked before a list is
/// read, and for what is not an entity.
Result<> check(const Caller& caller, Operation operation, Resource resource);
/// Whether `owner` is the caller's own owner or below it: the tenant is above all of its customers.
Result<bool> is_under(store::Reader& reader, const Caller& caller, model::CustomerId owner);

/// Fields of an entity's table that tell whose it is.
struct OwnerFields {
    std::string_view id = "id";
    std::string_view tenant = "tenantId";
    std::string_view owner = "customerId";  ///< Empty: entities of the kind have no owner.
};

/// Entities of a kind that the caller may read; what lists add to their own filter. Errors:
/// forbidden - none at all.
Result<store::Filter> readable(const Caller& caller, Resource resource, model::EntityType type,
                               const OwnerFields& fields = {});

}  // namespace thingstead::core
