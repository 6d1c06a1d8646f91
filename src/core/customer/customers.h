// Customers as they are shown.
#pragma once
#include <string>

#include "base/error.h"
#include "core/caller.h"
#include "core/platform.h"
#include "model/entities.h"
#include "net/task.h"

namespace thingstead::core {

/// One customer, without a home dashboard that is gone. Errors: not_found, forbidden.
Task<Result<model::Customer>> customer_details(const Platform& platform, Caller caller,
                                               model::CustomerId id);
/// The tenant's customer with this title. Errors: not_found, forbidden.
Task<Result<model::Customer>> customer_by_title(const Platform& platform, Caller caller,
                                                std::string title);

}  // namespace thingstead::core
