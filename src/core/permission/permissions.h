// What a user may do: granted by the authority it has, or by the roles of its groups.
#pragma once
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/uuid.h"
#include "core/permission/operation.h"
#include "model/entities.h"
#include "model/entity_group.h"

namespace thingstead::core {

/// Operations by resource.
class Grants {
  public:
    Operations of(Resource resource) const { return sets_[static_cast<std::size_t>(resource)]; }
    Operations& at(Resource resource) { return sets_[static_cast<std::size_t>(resource)]; }
    void add(const Grants& other);
    void take(const Grants& other);
    /// Leaves what `other` has too.
    void limit(const Grants& other);

  private:
    std::array<Operations, resource_count> sets_{};
};

/// Granted on one group of entities.
struct GroupGrant {
    model::EntityType type = model::EntityType::device;
    Operations operations;
    /// The group has every entity of this owner (no_customer: the tenant) and no rows of members.
    bool all = false;
    model::CustomerId owner = model::no_customer;
};

/// A merged set of rights. Immutable once it is shared.
struct Permissions {
    /// On entities of the user's owner and of the customers below it.
    Grants generic;
    /// On everything of the tenant, whoever owns it.
    Grants tenant_wide;
    std::unordered_map<Uuid, GroupGrant> groups{};
    bool from_roles = false;  ///< Not the built-in role of the authority.
};

/// The three authorities are three built-in roles: they hold for users of whose groups none has a
/// role.
const Permissions& built_in_permissions(model::Authority authority);

/// What roles may give at most to a user of the authority, and what such a user may do beside its
/// roles: read what the tenant's pages are made of.
const Grants& role_ceiling(model::Authority authority);
Permissions before_roles(model::Authority authority);

/// What everybody may do with its own account, and a customer's users with the customer itself.
Operations on_own_account();
Operations on_own_customer();
/// Operations of a role of type GROUP that are about the group itself, beside its entities.
Operations on_group_itself();

/// Adds what `role` gives. Errors: invalid_argument - a resource or operation has no such name.
Result<> add_generic_role(Permissions& permissions, const model::Role& role);
/// Operations of a role of type GROUP. Errors: as above.
Result<Operations> group_role_operations(const model::Role& role);

}  // namespace thingstead::core
