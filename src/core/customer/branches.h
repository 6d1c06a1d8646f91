// Customers below customers: every pair of a customer and one below it, itself included, is a row,
// so that "below" is one look-up at any depth.
#pragma once
#include <optional>

#include "base/error.h"
#include "core/public_customer.h"
#include "model/ids.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Whether `customer` is `above` or below it.
Result<bool> is_below(store::Reader& reader, model::CustomerId above, model::CustomerId customer);
/// The customer and all below it now belong under `parent`, which is not below it.
Result<> move_branch(store::Transaction& transaction, model::CustomerId customer,
                     std::optional<model::CustomerId> parent);
/// The customer goes; those right below it move to its parent.
Result<> remove_branch(store::Transaction& transaction, model::CustomerId customer,
                       std::optional<model::CustomerId> parent);

}  // namespace thingstead::core
