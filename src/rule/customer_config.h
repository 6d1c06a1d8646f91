// What the nodes that assign to customers and unassign from them have alike.
#pragma once
#include <cstdint>

#include "base/error.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::rule {

/// Errors: unsupported - entities of the kind belong to no customer.
Result<> check_assignable(model::EntityType originator);

/// 0 → 1: nothing is cached.
inline Result<> upgrade_customer_config(std::int32_t from, json::object& configuration) {
    if (from < 1) configuration.erase("customerCacheExpiration");
    return {};
}

}  // namespace thingstead::rule
