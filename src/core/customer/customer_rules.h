// What is asked of a customer that is saved, and what goes with it.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entities.h"

namespace thingstead::core {

template <>
struct EntityRules<model::Customer> {
    static Result<> prepare(Save<model::Customer>& save);
    /// Keeps branches and the copies of its title.
    static Result<> written(Save<model::Customer>& save);
    /// Unassigns everything, removes its users, groups and roles; customers below it move up.
    static Result<> removing(Removal<model::Customer>& removal);
    static constexpr std::string_view limit = "maxCustomers";
};

/// The entity's customer becomes none, for all of `customer`. Kinds that have one:
/// core/customer/assigned_kinds.h.
Result<> unassign_everything(store::Transaction& transaction, const model::Customer& customer);

}  // namespace thingstead::core
